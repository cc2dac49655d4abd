#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "sim/pipeline/runner.hpp"

// Integers of small runs against committed files: cheap, and no change of a model goes unnoticed.
// After a change that is meant, run from the source folder
//   BITSCALE_UPDATE_GOLDEN=1 <build folder>/tests/paper/golden_tests
// and commit the files together with the reason.

namespace bitscale {
namespace {

using Json = nlohmann::ordered_json;

struct GoldenRun {
  std::string machine, workload, profile;
  [[nodiscard]] std::string name() const {
    return machine + "_" + workload + (profile.empty() ? "" : "_" + profile);
  }
  friend std::ostream& operator<<(std::ostream& out, const GoldenRun& run) {
    return out << run.name();
  }
};

RunResult simulate(const GoldenRun& run) {
  ExperimentRequest request;
  request.machine = run.machine;
  request.workload = run.workload;
  if (!run.profile.empty()) request.profile = run.profile;
  request.check = true;
  return run_experiment(load_experiment(request), {});
}

Json counts_of(const LayerResult& layer) {
  Json counts = Json::object();
  for (const ActionCount& action : layer.actions) {
    std::string key = action.component + " " + std::string(to_string(action.action));
    if (action.width_a > 0) key += " " + std::to_string(action.width_a);
    if (action.width_b > 0) key += "x" + std::to_string(action.width_b);
    counts[key] = action.count;
  }
  return counts;
}

Json causes_of(const CycleAccount& account) {
  Json causes = Json::object();
  for (std::size_t i = 0; i < kCauses; ++i) {
    if (account.by_cause[i] > 0) causes[std::string(kCauseNames[i])] = account.by_cause[i];
  }
  return causes;
}

/// The integers of a run: no energy, which belongs to a technology file.
std::string integers_of(const RunResult& run) {
  std::string text = "{\"layers\": [\n";
  for (const LayerResult& layer : run.layers) {
    Json json;
    json["name"] = layer.name;
    json["macs"] = layer.macs;
    json["cycles"] = causes_of(layer.cycles);
    json["slots"] = {layer.slots.active, layer.slots.guarded, layer.slots.idle,
                     layer.slots.stalled};
    json["effectual_macs"] = layer.operands.effectual_macs;
    json["overflow_events"] = layer.overflow_events;
    json["counts"] = counts_of(layer);
    json["mapping"] = layer.mapping;
    text += json.dump() + (&layer == &run.layers.back() ? "\n" : ",\n");
  }
  return text + "]}\n";
}

class Golden : public testing::TestWithParam<GoldenRun> {};
INSTANTIATE_TEST_SUITE_P(Runs, Golden,
                         testing::Values(GoldenRun{"dadiannao", "tiny", ""},
                                         GoldenRun{"stripes", "tiny", ""},
                                         GoldenRun{"stripes_dram", "tiny", "narrow"},
                                         GoldenRun{"tpu_like", "tiny", "narrow"},
                                         GoldenRun{"loom", "tiny", "narrow"}),
                         [](const auto& test) { return test.param.name(); });

TEST_P(Golden, RunGivesTheCommittedIntegers) {
  const std::string path = "tests/paper/golden/" + GetParam().name() + ".json";
  const RunResult run = simulate(GetParam());
  EXPECT_EQ(run.check_matched(), true);
  const std::string now = integers_of(run);
  if (std::getenv("BITSCALE_UPDATE_GOLDEN") != nullptr) {
    std::ofstream(path) << now;
    return;
  }
  std::stringstream committed;
  committed << std::ifstream(path).rdbuf();
  ASSERT_TRUE(Json::accept(committed.str())) << path;
  const Json expected = Json::parse(committed.str())["layers"];
  const Json layers = Json::parse(now)["layers"];
  ASSERT_EQ(layers.size(), expected.size());
  for (std::size_t i = 0; i < layers.size(); ++i) {
    EXPECT_EQ(layers[i], expected[i]) << path << ": after a change that is meant, see the head of "
                                      << "tests/paper/golden_test.cpp";
  }
}

TEST_P(Golden, TwoRunsInOneProcessHaveTheSameDigest) {
  const RunResult first = simulate(GetParam());
  const RunResult second = simulate(GetParam());
  EXPECT_EQ(first.provenance.result_digest.size(), 64U);
  EXPECT_EQ(first.provenance.result_digest, second.provenance.result_digest);
  EXPECT_EQ(first.provenance.result_digest, result_digest(first));
}

}  // namespace
}  // namespace bitscale
