#include "sim/report/trace.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/unit/report/results.hpp"

namespace bitscale {
namespace {

/// A layer of so many tiles of ten cycles, two of them waits for weights.
LayerResult traced_layer(const std::string& name, std::int64_t tiles) {
  LayerResult layer = conv_layer();
  layer.name = name;
  layer.cycles = {};
  layer.timeline.emplace();
  CycleAccount cycles;
  cycles[Cause::wait_weights] = 2;
  cycles[Cause::compute] = 8;
  for (std::int64_t tile = 0; tile < tiles; ++tile) {
    layer.timeline->add_array(tile, 10 * tile, 10 * tile + 10, cycles);
    layer.cycles[Cause::wait_weights] += 2;
    layer.cycles[Cause::compute] += 8;
  }
  return layer;
}

RunResult traced_run(const std::vector<LayerResult>& layers) {
  RunResult run = small_run();
  run.layers = layers;
  return run;
}

nlohmann::json events_of(const RunResult& run) {
  nlohmann::json events = nlohmann::json::array();
  const nlohmann::json trace = nlohmann::json::parse(trace_json(run));
  for (const nlohmann::json& event : trace["traceEvents"]) {
    if (event["ph"] == "X") events.push_back(event);
  }
  return events;
}

TEST(Trace, LayersFollowEachOtherOnOneAxis) {
  const auto events = events_of(traced_run({traced_layer("a", 2), traced_layer("b", 3)}));
  std::vector<std::pair<std::string, int>> layers;
  for (const auto& event : events) {
    if (event["cat"] == "layer") layers.emplace_back(event["name"], event["ts"].get<int>());
  }
  EXPECT_EQ(layers, (std::vector<std::pair<std::string, int>>{{"a", 0}, {"b", 20}}));
}

TEST(Trace, CausesStandInsideTheirTileWithTheWaitsFirst) {
  const auto events = events_of(traced_run({traced_layer("a", 1)}));
  ASSERT_EQ(events.size(), 4U);
  EXPECT_EQ(events[1]["name"], "tile 0");
  EXPECT_EQ(events[2]["name"], "wait_weights");
  EXPECT_EQ(events[2]["ts"], 0);
  EXPECT_EQ(events[2]["dur"], 2);
  EXPECT_EQ(events[3]["name"], "compute");
  EXPECT_EQ(events[3]["ts"], 2);
  EXPECT_EQ(events[3]["dur"], 8);
}

TEST(Trace, NamesOfLayersCannotBreakTheDocument) {
  const auto events = events_of(traced_run({traced_layer("a\"\\\n{}", 1)}));
  EXPECT_EQ(events[0]["name"], "a\"\\\n{}");
}

TEST(Trace, ALayerWithoutTilesIsWorkOfTheVectorUnit) {
  const auto events = events_of(traced_run({pool_layer()}));
  ASSERT_EQ(events.size(), 2U);
  EXPECT_EQ(events[1]["name"], "vector");
  EXPECT_EQ(events[1]["dur"], 25);
}

TEST(Trace, MergesTilesOfTheLongestLayersUntilTheLimitHolds) {
  RunResult run = traced_run({traced_layer("long", 1000), traced_layer("short", 10)});
  ASSERT_EQ(trace_events(run.layers), 3030U);
  bound_trace(run.layers, 800);
  EXPECT_EQ(trace_events(run.layers), 780U);
  EXPECT_EQ(run.layers[0].timeline->tiles_per_slice(), 4);
  EXPECT_EQ(run.layers[1].timeline->tiles_per_slice(), 1);
  EXPECT_NE(trace_note(run).find("in 1 of 2 layers, up to 4 each"), std::string::npos);
  EXPECT_EQ(nlohmann::json::parse(trace_json(run))["otherData"]["note"], trace_note(run));
}

TEST(Trace, EndsMergingWhereNothingIsLeftToMerge) {
  RunResult run = traced_run({traced_layer("a", 100), pool_layer()});
  bound_trace(run.layers, 1);
  EXPECT_LE(trace_events(run.layers), 20U);
}

TEST(Trace, SaysNothingOfMergingWhereNoneWasNeeded) {
  RunResult run = traced_run({traced_layer("a", 100)});
  bound_trace(run.layers);
  EXPECT_EQ(trace_note(run), "");
  EXPECT_FALSE(nlohmann::json::parse(trace_json(run))["otherData"].contains("note"));
}

}  // namespace
}  // namespace bitscale
