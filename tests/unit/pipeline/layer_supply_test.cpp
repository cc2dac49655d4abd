// Runs of small networks on machines whose supplies and clocks follow the layers.
#include "sim/pipeline/layer_supply.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/pipeline/runner.hpp"
#include "sim/report/power.hpp"

namespace bitscale {
namespace {

const std::vector<std::string> kBase = {"machine.technology=moons40", "machine.clock=204MHz",
                                        "machine.unit.gating=lsb",
                                        "machine.unit.netlist.reduction=array"};

/// A 16 x 16 array of single multipliers at `bits` for both operands of every layer.
Experiment experiment(const std::vector<std::string>& more, int bits = 7,
                      const std::string& machine = "dadiannao") {
  ExperimentRequest request;
  request.machine = machine;
  request.workload = "lenet";
  request.operands = "off";
  request.layers = "all";
  request.overrides = kBase;
  request.overrides.emplace_back("machine.array.rows={size: 16, loops: K 16, weights: unicast}");
  request.overrides.emplace_back(
      "machine.array.columns={size: 16, loops: PQ 16, activations: unicast}");
  request.overrides.emplace_back("machine.array.lanes={size: 1, loops: C 1}");
  for (const char* tensor : {"activation", "weight"}) {
    request.overrides.push_back("workload.defaults." + std::string(tensor) +
                                ".bits=" + std::to_string(bits));
    request.overrides.push_back("workload.defaults." + std::string(tensor) + ".encoding=twos");
  }
  request.overrides.push_back("workload.input.bits=" + std::to_string(bits));
  request.overrides.emplace_back("workload.input.encoding=twos");
  request.overrides.insert(request.overrides.end(), more.begin(), more.end());
  return load_experiment(request);
}

RunResult run(const std::vector<std::string>& more, int bits = 7) {
  return run_experiment(experiment(more, bits), {});
}

/// A copy: callers pass runs that end with the expression.
LayerResult layer(const RunResult& result, std::string_view name) {
  for (const LayerResult& one : result.layers) {
    if (one.name == name) return one;
  }
  throw std::out_of_range(std::string(name));
}

const std::string kDvas =
    "machine.voltage={policy: dvas, domains: {control: follow, memory: fixed}}";

TEST(SuppliedRun, LowersTheSupplyOfNarrowLayers) {
  const OperatingPoint conv = layer(run({kDvas}), "conv2").operating.value();
  EXPECT_NEAR(conv.datapath.V, 0.893, 0.001);
  EXPECT_EQ(conv.control, conv.datapath);
  EXPECT_EQ(conv.memory.V, 1.1);
  EXPECT_EQ(conv.clock_Hz, 204'000'000);
}

TEST(SuppliedRun, KeepsTheNominalSupplyAtFullPrecision) {
  EXPECT_EQ(layer(run({kDvas}, 16), "conv2").operating.value().datapath.V, 1.1);
}

TEST(SuppliedRun, LayersWithoutMacsRunLikeTheWidestMode) {
  const OperatingPoint pool = layer(run({kDvas}), "pool1").operating.value();
  EXPECT_EQ(pool.datapath.V, 1.1);
}

TEST(SuppliedRun, ScalesEnergyWithTheSquareOfTheSupply) {
  const RunResult fixed = run({});
  const RunResult scaled = run({kDvas});
  const double ratio = layer(scaled, "conv2").energy.components_pJ[0].value /
                       layer(fixed, "conv2").energy.components_pJ[0].value;
  const double volts = layer(scaled, "conv2").operating.value().datapath.V / 1.1;
  EXPECT_EQ(layer(scaled, "conv2").energy.components_pJ[0].component, "multiplier");
  EXPECT_NEAR(ratio, volts * volts, 1e-7);
}

TEST(SuppliedRun, ChangesNoCycleAndNoCount) {
  const RunResult fixed = run({});
  const RunResult scaled = run({kDvas});
  EXPECT_EQ(fixed.cycles(), scaled.cycles());
  EXPECT_EQ(fixed.provenance.result_digest, scaled.provenance.result_digest);
}

TEST(SuppliedRun, WithoutADelayModelIsAsItWas) {
  const RunResult plain = run({"machine.technology=horowitz45"});
  EXPECT_FALSE(has_supplies(plain));
  EXPECT_EQ(plain.vdd_V, 0.9);
}

TEST(SuppliedRun, DeclaredPowerNeedsNoDelayModel) {
  const RunResult leaking = run({"machine.technology=horowitz45",
                                 "machine.power.leakage={power: 5mW, source: {label: assumed, "
                                 "cite: a test}}"});
  EXPECT_NEAR(run_power(leaking).leakage_mW, 5, 1e-6);
  EXPECT_THAT(leaking.provenance.costs,
              ::testing::Contains("leakage of the chip: assumed (5 mW; a test)"));
}

TEST(SuppliedRun, NamesTheConstantsItRestsOn) {
  EXPECT_THAT(run({kDvas}).provenance.costs,
              ::testing::Contains(::testing::StartsWith(
                  "delay against supply: fitted (38.6 ps per unit of the path at 1.1 V, Vt 0.45 V, "
                  "exponent 1.3; tau: ")));
}

TEST(SuppliedRun, IsRefusedWhereNoSupplyReachesTheClock) {
  try {
    (void)run({kDvas, "machine.clock=300MHz"}, 16);
    FAIL() << "a clock that no supply reaches passed";
  } catch (const MappingError& error) {
    EXPECT_THAT(error.what(),
                ::testing::HasSubstr("no supply up to 1.1 V reaches 300 MHz: a path of 127 unit "
                                     "delays takes 4.902 ns there, which allows 204 MHz"));
  }
}

TEST(SuppliedRun, IsRefusedByCheckToo) {
  EXPECT_THROW(map_all_layers(experiment({kDvas, "machine.clock=300MHz"}, 16)), MappingError);
}

TEST(Dvfs, RunsEveryLayerAtItsOwnClock) {
  const RunResult slow =
      run({"machine.voltage={policy: dvfs, macs_per_s: 2e9, domains: {control: scaled, memory: "
           "fixed}}"});
  for (const char* name : {"conv1", "conv2"}) {
    const LayerResult& conv = layer(slow, name);
    const double macs_per_s = static_cast<double>(conv.macs) / layer_seconds(slow, conv);
    EXPECT_GE(macs_per_s, 2e9) << name;
    EXPECT_NEAR(macs_per_s / 2e9, 1, 1e-6) << name;
    EXPECT_LT(conv.operating.value().datapath.V, 0.893) << name;
  }
}

TEST(Dvfs, ReachesTheFrameRateAndNoMore) {
  const RunResult slow =
      run({"machine.voltage={policy: dvfs, frames_per_s: 1000, domains: {control: scaled, memory: "
           "fixed}}"});
  EXPECT_GE(frames_per_second(slow).value(), 1000);
  EXPECT_NEAR(frames_per_second(slow).value(), 1000, 0.1);
}

TEST(Dvfs, CountsThatDramWaitsLessForASlowerArray) {
  const std::vector<std::string> channel = {
      "machine.memory.dram={kind: channel, bits_per_cycle: 8, clock: 100MHz}"};
  std::vector<std::string> dvfs = channel;
  dvfs.emplace_back(
      "machine.voltage={policy: dvfs, frames_per_s: 100, domains: {control: scaled, memory: "
      "fixed}}");
  const RunResult fast = run(channel);
  const RunResult slow = run(dvfs);
  EXPECT_LT(slow.cycles().total(), fast.cycles().total());
  EXPECT_GE(frames_per_second(slow).value(), 100);
  EXPECT_NEAR(frames_per_second(slow).value(), 100, 1);
}

TEST(Dvafs, DividesTheClockByTheSubwords) {
  ExperimentRequest request;
  request.machine = "dvafs16";
  request.workload = "lenet";
  request.operands = "off";
  request.overrides = {"machine.technology=moons40",
                       "machine.voltage={policy: dvafs, domains: {control: scaled, memory: fixed}}",
                       "workload.defaults.activation={bits: 8, encoding: twos}",
                       "workload.defaults.weight={bits: 4, encoding: twos}",
                       "workload.input.bits=8",
                       "workload.input.encoding=twos"};
  const RunResult scaled = run_experiment(load_experiment(request), {});
  const OperatingPoint conv = layer(scaled, "conv2").operating.value();
  EXPECT_EQ(conv.throughput_ratio, 2);
  EXPECT_EQ(conv.clock_Hz, 102'000'000);
  EXPECT_LT(conv.path_ratio(), 1);
  EXPECT_LT(conv.datapath.V, conv.control.V);
  EXPECT_LT(conv.control.V, conv.memory.V);
}

TEST(ClockRoot, RunsOnWhereRegistersAreGated) {
  ExperimentRequest request;
  request.machine = "dvafs16";
  request.workload = "lenet";
  request.layers = "conv";
  request.overrides = {"simulation.energy_model=structure",
                       "machine.power.clock_root={share: 0.1, source: {label: assumed, cite: x}}"};
  const RunResult rooted = run_experiment(load_experiment(request), {});
  const LayerResult& conv = layer(rooted, "conv1");
  std::uint64_t clocked = 0;
  std::uint64_t root = 0;
  for (const ActionCount& action : conv.actions) {
    if (action.component == "registers" && action.action == Action::flip_flop_clock)
      clocked = action.count;
    if (action.component == "clock_root") root = action.count;
  }
  // 256 units of 48 flip-flops; a tenth of the edges that gating saved.
  const std::uint64_t edges = 256 * 48 * conv.cycles.total();
  EXPECT_NEAR(static_cast<double>(root), 0.1 * static_cast<double>(edges - clocked), 0.51);
  EXPECT_GT(root, 0U);
}

}  // namespace
}  // namespace bitscale
