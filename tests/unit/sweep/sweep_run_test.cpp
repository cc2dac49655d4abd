// Sweeps from file to table, with worker processes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "sim/app/point_experiments.hpp"
#include "sim/app/sweep_worker.hpp"
#include "sim/pipeline/run_reuse.hpp"
#include "sim/pipeline/runner.hpp"
#include "sim/pipeline/version.hpp"
#include "sim/report/json.hpp"
#include "sim/sweep/query.hpp"
#include "sim/sweep/shard.hpp"
#include "tests/unit/sweep/sweep_text.hpp"

namespace bitscale::app {
namespace {

using sweep::Shard;
using testing::HasSubstr;

constexpr const char* kShapes = R"(
axes:
  - name: filters
    points:
      - {machine.array.rows.size: 4, machine.array.rows.loops: K 4}
      - {machine.array.rows.size: 16, machine.array.rows.loops: K 16}
  - {key: profile, values: [stripes_100, int8]}
  - {key: machine.clock, values: [300MHz, 600MHz]}
)";

/// A sweep and everything around it, in a folder of its own.
class Sweeps : public testing::Test {
 protected:
  Sweeps()
      : folder_(std::filesystem::temp_directory_path() /
                ("bitscale_sweep_" + std::to_string(::getpid()))) {
    std::filesystem::create_directory(folder_);
  }
  ~Sweeps() override { std::filesystem::remove_all(folder_); }

  sweep::RunSummary run(const std::string& text, const std::string& store, std::size_t workers,
                        Shard shard = {}, bool retry = false) {
    const sweep::SweepConfig config = sweep::parse_text(text);
    const sweep::Space space(config);
    PointExperiments experiments(config);
    sweep::Constraints constraints(config, space,
                                   [&](const sweep::Point& point, const std::string& key) {
                                     return experiments.value(point, key);
                                   });
    sweep::StoredSweep stored;
    stored.hash = experiments.sweep_hash();
    stored.name = config.name;
    stored.candidates = space.size();
    stored.keys = space.keys();
    sweep::Sweep whole{config, space, constraints, stored,
                       [&](const sweep::Point& point) { return experiments.cost(point); }};
    sweep::RunOptions options;
    options.store = path(store);
    options.workers = workers;
    options.shard = shard;
    options.retry = retry;
    return run_sweep(whole, options,
                     [&] { return make_sweep_work(config, space, path(store), retry); });
  }

  std::string csv(const std::string& store_name) {
    sweep::Store store(path(store_name), sweep::Store::Mode::read);
    sweep::ResultTable table(store, store.find_sweep(""), {});
    std::string text;
    write_csv(table, [&](const std::string& line) { text += line; });
    return text;
  }

  [[nodiscard]] std::string path(const std::string& name) const {
    return (folder_ / name).string();
  }

  std::filesystem::path folder_;
};

TEST_F(Sweeps, GiveTheSameTableForAnyNumberOfWorkers) {
  EXPECT_EQ(run(kShapes, "one", 1).ran, 8U);
  EXPECT_EQ(run(kShapes, "three", 3).ran, 8U);
  EXPECT_EQ(csv("one"), csv("three"));
}

TEST_F(Sweeps, GiveWhatASingleRunGives) {
  run(kShapes, "a", 2);
  ExperimentRequest request;
  request.machine = "stripes";
  request.workload = "lenet";
  request.profile = "int8";
  request.overrides = {"machine.array.rows.size=16", "machine.array.rows.loops=K 16",
                       "machine.clock=600MHz"};
  const std::string digest = run_experiment(load_experiment(request), {}).provenance.result_digest;
  EXPECT_THAT(csv("a"), HasSubstr(digest));
}

TEST_F(Sweeps, RunNothingThatIsDone) {
  run(kShapes, "a", 2);
  const sweep::RunSummary again = run(kShapes, "a", 2);
  EXPECT_EQ(again.ran, 0U);
  EXPECT_EQ(again.before, 8U);
}

TEST_F(Sweeps, TakeOverThePointsThatAChangedAxisLeaves) {
  run(kShapes, "a", 2);
  std::string longer = kShapes;
  longer.replace(longer.find("600MHz]"), 7, "600MHz, 900MHz]");
  const sweep::RunSummary summary = run(longer, "a", 2);
  EXPECT_EQ(summary.ran, 12U);
  EXPECT_EQ(summary.reused, 8U);
}

TEST_F(Sweeps, KeepRefusedPointsAsRowsAndGoOn) {
  const sweep::RunSummary summary = run(R"(
axes: [{key: machine.unit.max_weight_bits, values: [4, 16]}])",
                                        "a", 2);
  EXPECT_EQ(summary.ran, 2U);
  EXPECT_EQ(summary.failed, 1U);
  EXPECT_THAT(csv("a"), HasSubstr("0,4,refused,layer 'conv1': "));
  EXPECT_THAT(csv("a"), HasSubstr("1,16,ok,"));
}

TEST_F(Sweeps, RunFailedPointsAgainOnRequest) {
  const char* const text = "axes: [{key: machine.unit.max_weight_bits, values: [4, 16]}]";
  run(text, "a", 1);
  EXPECT_EQ(run(text, "a", 1).ran, 0U);
  EXPECT_EQ(run(text, "a", 1, {}, true).ran, 1U);
}

TEST_F(Sweeps, LeaveOutWhatConstraintsOverKeysExclude) {
  const sweep::RunSummary summary =
      run(std::string(kShapes) +
              "constraints: ['machine.clock < 500MHz', 'machine.array.columns.size = 16']\n",
          "a", 1);
  EXPECT_EQ(summary.selected, 4U);
}

TEST_F(Sweeps, OfShardsMergeToTheTableOfOneRun) {
  run(kShapes, "whole", 2);
  std::uint64_t ran = 0;
  for (std::uint64_t i = 1; i <= 3; ++i)
    ran += run(kShapes, "part" + std::to_string(i), 1, {i, 3}).ran;
  EXPECT_EQ(ran, 8U);
  {
    sweep::Store merged(path("merged"), sweep::Store::Mode::write);
    for (const char* part : {"part2", "part3", "part1"}) merged.merge(path(part));
  }
  EXPECT_EQ(csv("whole"), csv("merged"));
}

TEST_F(Sweeps, SimulateNothingWhereOnlyTheClockOfIdealMemoryChanges) {
  run(kShapes, "a", 1);
  sweep::Store store(path("a"), sweep::Store::Mode::read);
  sweep::Statement count = store.database().prepare("SELECT count(*) FROM simulations");
  ASSERT_TRUE(count.step());
  // 2 shapes x 2 profiles x 4 array layers, whatever the clock.
  EXPECT_EQ(count.integer(0), 16);
}

TEST_F(Sweeps, SimulateAgainWhereTheClockChangesAgainstMemory) {
  run("axes: [{key: machine.clock, values: [300MHz, 600MHz]}, {key: machine, values: "
      "[stripes_dram]}]",
      "a", 1);
  sweep::Store store(path("a"), sweep::Store::Mode::read);
  sweep::Statement count = store.database().prepare("SELECT count(*) FROM simulations");
  ASSERT_TRUE(count.step());
  EXPECT_EQ(count.integer(0), 8);
}

TEST(Constraints, OverMetricsKnowOnlyTheKeysOfAxes) {
  const sweep::SweepConfig config = sweep::parse_text(
      "axes: [{key: batch, values: [1]}]\nconstraints: ['cycles * machine.clock < 1']");
  try {
    const sweep::Space space(config);
    const sweep::Constraints constraints(
        config, space, [](const auto&, const auto&) { return sweep::Value(1.0); });
    FAIL();
  } catch (const ConfigError& error) {
    EXPECT_THAT(error.what(), HasSubstr("sweep.yaml:6:15: error: constraints: 'machine.clock' is a "
                                        "key that no axis changes"));
  }
}

TEST(PointExperiments, ReportEveryProblemOfAPoint) {
  const sweep::SweepConfig config =
      sweep::parse_text("axes: [{key: machine.clock, values: [fast]}, {key: batch, values: [-1]}]");
  PointExperiments experiments(config);
  try {
    (void)experiments.make(sweep::Space(config).at(0));
    FAIL();
  } catch (const ConfigError& error) {
    EXPECT_THAT(error.what(), HasSubstr("sweep.yaml:5:38: error: machine.clock: expected"));
    EXPECT_THAT(error.what(), HasSubstr("batch: expected"));
  }
}

TEST(PointExperiments, SuggestTheKeyThatWasMeant) {
  const sweep::SweepConfig config =
      sweep::parse_text("axes: [{key: machine.array.rwos.size, values: [4]}]");
  PointExperiments experiments(config);
  try {
    (void)experiments.make(sweep::Space(config).at(0));
    FAIL();
  } catch (const ConfigError& error) {
    EXPECT_THAT(error.what(), HasSubstr("did you mean 'rows'?"));
  }
}

TEST(PointExperiments, ChooseAMachineBeforeTheyChangeIt) {
  const sweep::SweepConfig config = sweep::parse_text(
      "axes: [{key: machine.clock, values: [123MHz]}, {key: machine, values: [dadiannao]}]");
  PointExperiments experiments(config);
  const Experiment made = experiments.make(sweep::Space(config).at(0)).experiment;
  EXPECT_EQ(made.machine.config.name, "dadiannao");
  EXPECT_EQ(made.machine.config.clock_Hz, 123'000'000);
}

TEST(PointExperiments, TellPricesFromTiming) {
  const sweep::SweepConfig config = sweep::parse_text(R"(
combine: list
points: [{machine.clock: 1GHz}, {machine.clock: 2GHz}, {machine.array.lanes.size: 8, machine.array.lanes.loops: C 8}])");
  const sweep::Space space(config);
  PointExperiments experiments(config);
  const PointExperiment slow = experiments.make(space.at(0));
  const PointExperiment fast = experiments.make(space.at(1));
  const PointExperiment other = experiments.make(space.at(2));
  EXPECT_NE(slow.key, fast.key);
  EXPECT_EQ(slow.machine_key, fast.machine_key);
  EXPECT_NE(slow.machine_key, other.machine_key);
}

TEST(PointExperiments, AreKeyedByTheSourcesThatDecideResults) {
  EXPECT_EQ(source_digest().size(), 64U);
  EXPECT_EQ(source_digest().find_first_not_of("0123456789abcdef"), std::string_view::npos);
}

TEST(PointResult, HasNoEffectualMacsWhereThereWereNoOperands) {
  ExperimentRequest request;
  request.machine = "stripes";
  request.workload = "tiny";
  const std::size_t effectual = *sweep::metric_index("effectual_macs");
  const auto metrics = [&] {
    return sweep::summarise(run_experiment(load_experiment(request), {})).metrics;
  };
  EXPECT_GT(metrics()[effectual], 0);
  request.operands = "off";
  EXPECT_EQ(metrics()[effectual], std::nullopt);
}

TEST(RunReuse, GivesTheResultOfARunWithoutIt) {
  struct Case {
    const char *machine, *model;
  };
  for (const Case& one : {Case{"moons40", "both"}, Case{"stripes_dram", "horowitz"}}) {
    ExperimentRequest request;
    request.machine = one.machine;
    request.workload = "tiny";
    request.energy_model = one.model;
    const Experiment experiment = load_experiment(request);
    const RunResult plain = run_experiment(experiment, {});
    std::map<std::string, std::string> stored;
    RunReuse first([](const std::string&) { return std::nullopt; });
    first.begin(experiment, "machine", "unit");
    (void)run_experiment(experiment, {}, {}, &first);
    for (const RunReuse::Kept& kept : first.take_new()) stored[kept.key] = kept.content;
    EXPECT_FALSE(stored.empty());
    RunReuse second([&](const std::string& key) -> std::optional<std::string> {
      return stored.contains(key) ? std::optional(stored[key]) : std::nullopt;
    });
    second.begin(experiment, "machine", "unit");
    const RunResult again = run_experiment(experiment, {}, {}, &second);
    EXPECT_TRUE(second.take_new().empty());
    EXPECT_EQ(run_json(plain), run_json(again));
    EXPECT_EQ(plain.provenance.result_digest, again.provenance.result_digest);
  }
}

// Timing that changes no walk: what gates switch is taken over, cycles are not.
TEST(RunReuse, TakesOverWhatGatesSwitchWhereOnlyMemoriesChange) {
  ExperimentRequest request;
  request.machine = "moons40";
  request.workload = "tiny";
  request.energy_model = "structure";
  const Experiment ideal = load_experiment(request);
  request.overrides = {"machine.memory.dram={kind: channel, bits_per_cycle: 8, clock: 204MHz}"};
  const Experiment limited = load_experiment(request);
  RunReuse reuse;
  reuse.begin(ideal, "ideal", "unit");
  (void)run_experiment(ideal, {}, {}, &reuse);
  reuse.begin(limited, "limited", "unit");
  EXPECT_EQ(run_json(run_experiment(limited, {}, {}, &reuse)),
            run_json(run_experiment(limited, {})));
}

TEST(Shards, AreParsedAndChecked) {
  EXPECT_EQ(sweep::parse_shard("2/8"), (Shard{2, 8}));
  for (const char* text : {"", "0/4", "5/4", "1", "1/", "a/b", "1/0", "1/2x", "-1/2"})
    EXPECT_THROW((void)sweep::parse_shard(text), UsageError) << text;
}

TEST(Shards, DivideEveryCostClassEvenly) {
  const sweep::SweepConfig config =
      sweep::parse_text("axes: [{key: a, from: 0, to: 99, steps: 100}]");
  const sweep::Space space(config);
  sweep::Constraints constraints(
      config, space, [](const auto&, const auto&) { return std::optional<sweep::Value>(); });
  // Ten dear points at the start, as of a workload that comes first.
  const sweep::Sweep whole{
      config, space, constraints, {}, [](const sweep::Point& point) {
        return point.index < 10 ? sweep::CostClass{"dear", 100} : sweep::CostClass{"cheap", 1};
      }};
  std::vector<int> times(100, 0);
  for (std::uint64_t i = 1; i <= 4; ++i) {
    const std::vector<bool> mine = select_points(whole, {i, 4});
    int dear = 0;
    for (std::size_t p = 0; p < 100; ++p) {
      times[p] += mine[p] ? 1 : 0;
      dear += p < 10 && mine[p] ? 1 : 0;
    }
    EXPECT_GE(dear, 2);
    EXPECT_LE(dear, 3);
  }
  EXPECT_EQ(times, std::vector<int>(100, 1));
}

}  // namespace
}  // namespace bitscale::app
