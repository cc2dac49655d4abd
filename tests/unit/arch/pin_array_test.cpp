#include "sim/kernel/pin_array.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <random>
#include <sstream>

#include "arch/builtin.hpp"
#include "sim/core/errors.hpp"
#include "sim/kernel/engine.hpp"
#include "sim/mapping/machine.hpp"
#include "sim/workload/reference.hpp"
#include "sim/workload/statistics.hpp"

namespace bitscale {
namespace {

using kernel::Fidelity;
using kernel::LayerSimulation;
using kernel::simulate_layer;

struct NamedMachine {
  std::string name, yaml;
  friend std::ostream& operator<<(std::ostream& out, const NamedMachine& machine) {
    return out << machine.name;
  }
};

MachineConfig machine_of(const std::string& yaml) {
  return config::read_all(config::parse_yaml(yaml, "machine.yaml"), [](config::Reader& reader) {
    MachineConfig machine;
    machine.name = "test";
    machine.clock_Hz = 1000000000;
    machine.unit = reader.section("unit", parse_unit);
    machine.array = reader.section("array", parse_array);
    machine.dataflow = reader.section_or_default("dataflow", parse_dataflow);
    machine.memory = reader.section_or_default("memory", parse_memory);
    reader.finish();
    return machine;
  });
}

/// Output-stationary machines without chains: every movement, every serial operand.
std::vector<NamedMachine> local_machines() {
  const std::string serial = "unit: {kind: bit_serial, serial: ";
  return {
      {"tree_of_guarded_multipliers",
       "unit: {kind: parallel, guard: product}\n"
       "array: {rows: {size: 4, loops: K 4, weights: unicast}, lanes: {size: 3, loops: C 3}}\n"},
      {"serial_activations_over_windows",
       serial + "activations}\n"
                "array: {rows: {size: 3, loops: K 3, weights: unicast},\n"
                "        columns: {size: 4, loops: PQ 4, activations: unicast}, lanes: {size: 2, "
                "loops: C 2}}\n"},
      {"serial_weights", serial + "weights, accumulator: {bits: 8, overflow: saturate}}\n"
                                  "array: {rows: {size: 2, loops: K 2, weights: unicast}, lanes: "
                                  "{size: 3, loops: C 3}}\n"},
      {"both_serial_and_multiplexed", serial +
                                          "both, accumulator: {bits: 8, overflow: wrap}}\n"
                                          "array: {rows: {size: 2, loops: K 2, weights: unicast},\n"
                                          "        columns: {size: 2, loops: PQ 2, activations: "
                                          "unicast}, lanes: {size: 2, loops: C 2}}\n"
                                          "dataflow: {fc_mode: multiplexed}\n"},
      {"output_stationary_systolic",
       "unit: {kind: parallel, accumulator: {bits: 8, overflow: saturate}}\n"
       "array: {rows: {size: 3, loops: PQ 3, activations: unicast, weights: forward},\n"
       "        columns: {size: 4, loops: K 4, activations: forward, weights: unicast}}\n"},
      {"serial_systolic",
       serial + "activations}\n"
                "array: {rows: {size: 3, loops: PQ 3, activations: unicast, weights: forward},\n"
                "        columns: {size: 2, loops: K 2, activations: forward, weights: unicast},\n"
                "        lanes: {size: 2, loops: C 2}, accumulator_sets: 1, pipeline_depth: 2}\n"},
  };
}

/// Chains, other stationary operands, unusual loops, waits and spills.
std::vector<NamedMachine> other_machines() {
  const std::string serial = "unit: {kind: bit_serial, serial: ";
  return {
      {"weight_stationary_chain",
       "unit: {kind: parallel, accumulator: {bits: 8, overflow: wrap}}\n"
       "array: {rows: {size: 4, loops: C 4, activations: unicast, weights: unicast, partial_sums: "
       "chain},\n"
       "        columns: {size: 3, loops: K 3, activations: forward, weights: unicast},\n"
       "        accumulator_entries: 7, shadow_weights: true}\ndataflow: {stationary: weight}\n"},
      {"weight_stationary_chain_with_exposed_loads",
       "unit: {kind: parallel, guard: weight}\n"
       "array: {rows: {size: 3, loops: [C 2], activations: unicast, weights: unicast, "
       "partial_sums: chain},\n"
       "        columns: {size: 2, loops: K 2, activations: forward, weights: unicast},\n"
       "        lanes: {size: 2, loops: S 2}, accumulator_entries: 64}\ndataflow: {stationary: "
       "weight}\n"},
      {"serial_chain_across_columns",
       serial + "activations, accumulator: {bits: 8, overflow: saturate}}\n"
                "array: {rows: {size: 2, loops: K 2, activations: broadcast, weights: unicast},\n"
                "        columns: {size: 3, loops: [C fit, R fit], activations: unicast, weights: "
                "unicast, partial_sums: chain}}\n"},
      {"weight_stationary_without_chain",
       "unit: {kind: parallel, guard: activation}\n"
       "array: {rows: {size: 3, loops: K 3, weights: unicast},\n"
       "        columns: {size: 2, loops: PQ 2, activations: unicast}, accumulator_entries: 5}\n"
       "dataflow: {stationary: weight}\n"},
      {"input_stationary",
       "unit: {kind: parallel, accumulator: {bits: 8, overflow: saturate}}\n"
       "array: {rows: {size: 2, loops: K 2, weights: unicast},\n"
       "        columns: {size: 3, loops: PQ 3, activations: unicast}, accumulator_entries: 3}\n"
       "dataflow: {stationary: input}\n"},
      {"rows_of_pixels",
       "unit: {kind: parallel, guard: product}\n"
       "array: {rows: {size: 4, loops: [K 2, Q 2], activations: unicast, weights: unicast},\n"
       "        columns: {size: 3, loops: P 3, activations: unicast}}\n"},
      {"packed_groups",
       "unit: {kind: parallel}\n"
       "array: {rows: {size: 5, loops: K 5, weights: unicast}, lanes: {size: 2, loops: C 2}}\n"
       "dataflow: {pack_groups: true}\n"},
      {"narrow_ports",
       serial +
           "activations}\n"
           "array: {rows: {size: 2, loops: K 2, weights: unicast},\n"
           "        columns: {size: 2, loops: PQ 2, activations: unicast}, lanes: {size: 2, loops: "
           "C 2}}\n"
           "memory: {weights: {port_bits: 8}, activations: {port_bits: 3, latency_cycles: 3}}\n"},
      {"spilled_sums", serial + "activations, accumulator: {bits: 8, overflow: saturate}}\n"
                                "array: {rows: {size: 2, loops: K 2, weights: unicast},\n"
                                "        columns: {size: 2, loops: PQ 2, activations: unicast}}\n"
                                "dataflow: {order: [C, N, G, K, PQ, R, S]}\n"},
      {"spilled_sums_of_a_chain",
       "unit: {kind: parallel, accumulator: {bits: 8, overflow: saturate}}\n"
       "array: {rows: {size: 2, loops: C 2, activations: unicast, weights: unicast,\n"
       "               partial_sums: chain},\n"
       "        columns: {size: 2, loops: K 2, activations: forward, weights: unicast},\n"
       "        accumulator_entries: 4}\n"
       "dataflow: {order: [C, N, G, K, R, S, PQ]}\n"},
      {"channel",
       "unit: {kind: parallel}\n"
       "array: {rows: {size: 3, loops: PQ 3, activations: unicast, weights: forward},\n"
       "        columns: {size: 2, loops: K 2, activations: forward, weights: unicast},\n"
       "        drain_outputs_per_cycle: 1}\n"
       "memory: {dram: {kind: channel, bits_per_cycle: 16, clock: 500MHz, latency_cycles: 4}, "
       "tiling: {K: 2, C: 2, P: 2}}\n"},
  };
}

/// One machine per way that operands move, sums combine and steps wait.
std::vector<NamedMachine> machines() {
  std::vector<NamedMachine> all = local_machines();
  for (const NamedMachine& machine : other_machines()) all.push_back(machine);
  return all;
}

/// A small layer that leaves edges everywhere.
Layer random_layer(std::mt19937_64& random) {
  const auto between = [&random](std::int64_t least, std::int64_t most) {
    return least +
           static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(most - least + 1));
  };
  Layer layer;
  layer.name = "layer";
  LayerShape& s = layer.shape;
  s.N = between(1, 2);
  s.G = between(1, 2);
  s.K = between(1, 5);
  s.C = between(1, 5);
  s.R = between(1, 3);
  s.S = between(1, 3);
  s.stride_h = between(1, 2);
  s.stride_w = between(1, 2);
  s.dilation_w = between(1, 2);
  s.H = between(s.R, 5);
  s.W = between((s.S - 1) * s.dilation_w + 1, 6);
  s.pad_top = between(0, 1);
  s.pad_left = between(0, 1);
  s.pad_right = between(0, 1);
  s.P = (s.H + s.pad_top + s.pad_bottom - s.R) / s.stride_h + 1;
  s.Q = (s.W + s.pad_left + s.pad_right - ((s.S - 1) * s.dilation_w + 1)) / s.stride_w + 1;
  if (random() % 4 == 0) {  // fully connected
    s = {};
    s.K = between(1, 9);
    s.C = between(1, 9);
  }
  layer.activation = {static_cast<int>(between(2, 5)),
                      random() % 2 ? Encoding::unsigned_ : Encoding::twos, 0};
  layer.weight = {static_cast<int>(between(2, 5)), Encoding::twos, 0};
  layer.output = layer.activation;
  // Large values, so that narrow accumulators overflow often.
  layer.activation_source.distribution = Distribution::uniform;
  layer.weight_source.distribution = Distribution::uniform;
  layer.activation_source.zero_fraction = 0.4;
  layer.weight_source.zero_fraction = 0.2;
  layer.activation_source.seed = random();
  layer.weight_source.seed = random();
  return layer;
}

class PinArrayOn : public testing::TestWithParam<NamedMachine> {};
INSTANTIATE_TEST_SUITE_P(Machines, PinArrayOn, testing::ValuesIn(machines()),
                         [](const auto& test) { return test.param.name; });

TEST_P(PinArrayOn, AgreesWithTheTileEngineInCyclesValuesAndCounts) {
  const MachineConfig machine = machine_of(GetParam().yaml);
  std::mt19937_64 random(1);
  std::uint64_t overflow_events = 0;
  for (int round = 0; round < 12; ++round) {
    const Layer layer = random_layer(random);
    const Operands operands = make_operands(layer);
    const Mapping mapping = map_layer(layer, machine);
    SCOPED_TRACE(mapping.describe());
    const LayerSimulation tile = simulate_layer(mapping, *machine.unit, &operands, {});
    kernel::SimulationOptions options;
    options.fidelity = Fidelity::pin;
    const LayerSimulation pin = simulate_layer(mapping, *machine.unit, &operands, options);
    ASSERT_EQ(pin.cycles, tile.cycles);
    ASSERT_EQ(pin.sums, tile.sums);
    ASSERT_EQ(pin.overflow_events, tile.overflow_events);
    ASSERT_EQ(pin.macs_visited, static_cast<std::uint64_t>(layer.shape.macs()));
    ASSERT_EQ(pin.traffic, tile.traffic);
    overflow_events += pin.overflow_events;
    if (pin.overflow_events > 0) continue;
    ASSERT_EQ(pin.sums, reference_convolution(layer.shape, operands.activations, operands.weights));
  }
  // A comparison of overflow counts that are all zero would prove nothing.
  EXPECT_EQ(overflow_events > 0, machine.unit->accumulator().bits < 16);
}

TEST_P(PinArrayOn, CountsTheProductsThatItsGuardLeaves) {
  const MachineConfig machine = machine_of(GetParam().yaml);
  std::mt19937_64 random(2);
  for (int round = 0; round < 6; ++round) {
    const Layer layer = random_layer(random);
    const Operands operands = make_operands(layer);
    kernel::SimulationOptions options;
    options.fidelity = Fidelity::pin;
    const LayerSimulation pin =
        simulate_layer(map_layer(layer, machine), *machine.unit, &operands, options);
    const OperandStatistics zeros =
        count_operands(layer.shape, operands.activations, operands.weights);
    std::uint64_t expected = zeros.products;
    if (machine.unit->guard() == Guard::product) expected = zeros.active_products;
    if (machine.unit->guard() == Guard::activation) expected = zeros.nonzero_activation_products;
    if (machine.unit->guard() == Guard::weight) expected = zeros.nonzero_weight_products;
    ASSERT_EQ(pin.pin_active_macs, expected);
  }
}

Layer small_layer() {
  Layer layer;
  layer.name = "layer";
  layer.shape.K = 4;
  layer.shape.C = 6;
  layer.activation = {4, Encoding::unsigned_, 0};
  layer.weight = {4, Encoding::twos, 0};
  layer.output = layer.activation;
  return layer;
}

LayerSimulation run_pin(const MachineConfig& machine, const Layer& layer,
                        const std::string& vcd_path = "") {
  const Operands operands = make_operands(layer);
  kernel::SimulationOptions options;
  options.fidelity = Fidelity::pin;
  options.vcd_path = vcd_path;
  return simulate_layer(map_layer(layer, machine), *machine.unit, &operands, options);
}

std::string refusal_of(const std::string& yaml, const Layer& layer) {
  try {
    run_pin(machine_of(yaml), layer);
  } catch (const MappingError& error) {
    return error.what();
  }
  return "";
}

TEST(PinArray, RandomLayersMakeTheSpillingMachinesSpill) {
  for (const NamedMachine& named : machines()) {
    if (named.name.find("spilled") == std::string::npos) continue;
    const MachineConfig machine = machine_of(named.yaml);
    std::mt19937_64 random(1);
    std::uint64_t spills = 0;
    for (int round = 0; round < 12; ++round) {
      const Layer layer = random_layer(random);
      spills += run_pin(machine, layer).traffic.partial_writes;
    }
    EXPECT_GT(spills, 0U) << named.name;
  }
}

TEST(PinArray, LaneGroupsOfZerosAreHeld) {
  const MachineConfig machine = machine_of(
      "unit: {kind: bit_serial, guard: lane_group}\n"
      "array: {rows: {size: 2, loops: K 2, weights: unicast}, lanes: {size: 2, loops: C 2}}\n");
  Layer layer = small_layer();
  layer.activation_source.zero_fraction = 0.8;
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    layer.activation_source.seed = seed;
    const Operands operands = make_operands(layer);
    const ActiveGroups groups = count_active_groups(layer.shape, operands.activations, 2);
    EXPECT_EQ(run_pin(machine, layer).pin_active_macs, groups.products);
  }
}

TEST(PinArray, RefusesTreesAcrossUnits) {
  EXPECT_NE(
      refusal_of("unit: {kind: parallel}\n"
                 "array: {rows: {size: 2, loops: C 2, activations: unicast, weights: unicast, "
                 "partial_sums: tree}}\n",
                 small_layer())
          .find("adder trees along the lanes only"),
      std::string::npos);
}

TEST(PinArray, RefusesMoreUnitsThanItCanBuild) {
  EXPECT_NE(refusal_of("unit: {kind: parallel}\n"
                       "array: {rows: {size: 5000, loops: K 4, weights: unicast}}\n",
                       small_layer())
                .find("at most 4096 units"),
            std::string::npos);
}

TEST(PinArray, RefusesToForwardAValueToPositionsThatNeedAnotherOne) {
  EXPECT_NE(refusal_of("unit: {kind: parallel}\n"
                       "array: {rows: {size: 4, loops: K 4, weights: forward}}\n",
                       small_layer())
                .find("the weights differ along the rows"),
            std::string::npos);
}

TEST(PinArray, RefusesIdealWindows) {
  EXPECT_NE(refusal_of("unit: {kind: parallel}\n"
                       "array: {columns: {size: 4, loops: PQ 4, activations: unicast}}\n"
                       "dataflow: {windows: ideal}\n",
                       small_layer())
                .find("windows: ideal"),
            std::string::npos);
}

TEST(PinArray, WaveformsHoldTheClockAndEveryUnit) {
  const std::string path = testing::TempDir() + "pin_array_test";
  run_pin(
      machine_of(
          "unit: {kind: bit_serial}\n"
          "array: {rows: {size: 2, loops: K 2, weights: unicast}, lanes: {size: 2, loops: C 2}}\n"),
      small_layer(), path);
  std::stringstream text;
  text << std::ifstream(path + ".vcd").rdbuf();
  for (const char* signal : {"clock", "unit_0_0", "unit_1_0", "activation_1", "sum"}) {
    EXPECT_NE(text.str().find(signal), std::string::npos) << signal;
  }
  std::filesystem::remove(path + ".vcd");
}

TEST(PinArray, UnwritableWaveformFileIsAnInputOutputError) {
  const MachineConfig machine = machine_of("unit: {kind: parallel}\narray: {rows: {size: 1}}\n");
  EXPECT_THROW(run_pin(machine, small_layer(), testing::TempDir() + "no/such/folder/file"),
               IoError);
}

}  // namespace
}  // namespace bitscale
