#include <gtest/gtest.h>

#include "sim/kernel/pin_layout.hpp"
#include "sim/mapping/closed_form.hpp"
#include "sim/pipeline/runner.hpp"
#include "sim/workload/reference.hpp"
#include "tests/arch/unit_cases.hpp"
#include "tests/unit/mapping/machines.hpp"
#include "tests/unit/mapping/random_machines.hpp"

namespace bitscale {
namespace {

using kernel::Fidelity;
using kernel::LayerSimulation;
using testing_support::Accumulators;
using testing_support::all_cases;
using testing_support::causes;
using testing_support::machine_of;
using testing_support::RandomMachines;
using testing_support::UnitCase;

/// Arrays round the unit under test, one per way in which operands move and sums combine.
// NOLINTBEGIN(bugprone-suspicious-missing-comma): an entry is a text of several lines
const std::vector<std::string> kArrays = {
    "array: {rows: {size: 3, loops: K 3, weights: unicast}, lanes: {size: 2, loops: C 2}}\n",
    "array: {rows: {size: 2, loops: K 2, weights: unicast},\n"
    "        columns: {size: 3, loops: PQ 3, activations: unicast}, lanes: {size: 3, loops: C 3},\n"
    "        drain_outputs_per_cycle: 2}\n"
    "dataflow: {fc_mode: multiplexed}\n"
    "memory: {weights: {port_bits: 40}, activations: {port_bits: 24, latency_cycles: 2}}\n",
    "array: {rows: {size: 3, loops: PQ 3, activations: unicast, weights: forward},\n"
    "        columns: {size: 2, loops: K 2, activations: forward, weights: unicast},\n"
    "        lanes: {size: 2, loops: C 2}, accumulator_sets: 1, pipeline_depth: 1}\n",
    "array: {rows: {size: 3, loops: C 3, activations: unicast, weights: unicast,\n"
    "               partial_sums: chain},\n"
    "        columns: {size: 2, loops: K 2, activations: forward, weights: unicast},\n"
    "        accumulator_entries: 5, shadow_weights: true}\n"
    "dataflow: {stationary: weight}\n",
    "array: {rows: {size: 2, loops: K 2, weights: unicast}, lanes: {size: 2, loops: C 2}}\n"
    "dataflow: {order: [C, N, G, K, PQ, R, S], pack_groups: true}\n",
};
// NOLINTEND(bugprone-suspicious-missing-comma)
const std::string kChannel = "dram: {kind: channel, bits_per_cycle: 24, clock: 600MHz}";

std::string with_channel(std::string array) {
  const std::size_t memory = array.find("memory: {");
  if (memory == std::string::npos) return array + "memory: {" + kChannel + "}\n";
  return array.insert(memory + 9, kChannel + ", ");
}

class UnitContract : public testing::TestWithParam<UnitCase> {
 protected:
  /// Calls visit(machine, layer, mapping, operands) on small random layers for every array that the
  /// unit can stand in; at least the first, or the unit is not tested.
  template <typename Visit>
  void for_each_layer(std::uint64_t seed, bool channel, Visit&& visit) {
    int mapped = 0;
    for (const std::string& array : kArrays) {
      const MachineConfig machine =
          machine_of("unit: {" + GetParam().yaml + "}\n" + (channel ? with_channel(array) : array));
      RandomMachines random(100 * seed + static_cast<std::uint64_t>(&array - kArrays.data()));
      for (int round = 0; round < 6; ++round) {
        const Layer layer = small_layer(random, *machine.unit);
        if (!testing_support::refusal_of(layer, machine).empty()) continue;
        const Mapping mapping = map_layer(layer, machine);
        SCOPED_TRACE(mapping.describe());
        ++mapped;
        visit(machine, layer, mapping, make_operands(layer));
        if (HasFatalFailure()) return;
      }
    }
    EXPECT_GE(mapped, 6);
  }

  /// Integers, or for units that do not take them the encodings of quantised networks.
  static Layer small_layer(RandomMachines& random, const Unit& unit) {
    const auto fits = [&unit](const Layer& layer) {
      return unit.refusal({layer.activation, layer.weight, unit.accumulator()}).empty();
    };
    while (true) {
      Layer layer = random.layer();
      if (layer.shape.macs() > 3000) continue;
      if (!fits(layer)) random.quantise(layer);
      if (fits(layer)) return layer;
    }
  }
};

LayerSimulation simulate(const MachineConfig& machine, const Mapping& mapping,
                         const Operands& operands, Fidelity fidelity) {
  kernel::SimulationOptions options;
  options.fidelity = fidelity;
  return kernel::simulate_layer(mapping, *machine.unit, &operands, options);
}

/// Chains and memories of accumulators have no pins for segments; all else has.
bool has_pins(const Mapping& mapping) {
  if (mapping.segments == 1) return true;
  try {
    static_cast<void>(kernel::PinLayout(mapping));
  } catch (const MappingError&) {
    return false;
  }
  return true;
}

/// The layer as `run` accounts for it.
LayerResult account(const MachineConfig& machine, const Layer& layer, const Operands& operands) {
  Experiment experiment;
  experiment.machine.config = machine;
  return run_array_layer(experiment, layer, &operands, nullptr);
}

class WideAccumulatorContract : public UnitContract {};
class NarrowAccumulatorContract : public UnitContract {};

std::string name_of(const testing::TestParamInfo<UnitCase>& test) { return test.param.name; }

INSTANTIATE_TEST_SUITE_P(Units, UnitContract, testing::ValuesIn(all_cases(Accumulators::all)),
                         name_of);
INSTANTIATE_TEST_SUITE_P(Units, WideAccumulatorContract,
                         testing::ValuesIn(all_cases(Accumulators::wide)), name_of);
INSTANTIATE_TEST_SUITE_P(Units, NarrowAccumulatorContract,
                         testing::ValuesIn(all_cases(Accumulators::narrow)), name_of);

TEST_P(UnitContract, EnginesAgreeInCyclesWithIdealMemory) {
  for_each_layer(
      1, false,
      [](const MachineConfig& machine, const Layer&, const Mapping& mapping,
         const Operands& operands) {
        const std::string expected = causes(closed_form(mapping));
        ASSERT_EQ(causes(simulate(machine, mapping, operands, Fidelity::tile).cycles), expected);
        if (!has_pins(mapping)) return;
        ASSERT_EQ(causes(simulate(machine, mapping, operands, Fidelity::pin).cycles), expected);
      });
}

TEST_P(UnitContract, EnginesAgreeInCyclesAndCountsBehindAChannel) {
  for_each_layer(2, true,
                 [](const MachineConfig& machine, const Layer&, const Mapping& mapping,
                    const Operands& operands) {
                   if (!has_pins(mapping)) return;
                   const LayerSimulation tile =
                       simulate(machine, mapping, operands, Fidelity::tile);
                   const LayerSimulation pin = simulate(machine, mapping, operands, Fidelity::pin);
                   ASSERT_EQ(causes(pin.cycles), causes(tile.cycles));
                   ASSERT_EQ(pin.traffic, tile.traffic);
                   ASSERT_EQ(pin.dram_busy_cycles, tile.dram_busy_cycles);
                 });
}

TEST_P(WideAccumulatorContract, SumsEqualTheReferenceConvolution) {
  for_each_layer(3, true,
                 [](const MachineConfig& machine, const Layer& layer, const Mapping& mapping,
                    const Operands& operands) {
                   const std::vector<std::int64_t> expected = reference_convolution(
                       layer.shape, operands.activations, operands.weights, layer.pad_value);
                   const LayerSimulation tile =
                       simulate(machine, mapping, operands, Fidelity::tile);
                   ASSERT_EQ(tile.overflow_events, 0U);
                   ASSERT_EQ(tile.sums, expected);
                   if (!has_pins(mapping)) return;
                   ASSERT_EQ(simulate(machine, mapping, operands, Fidelity::pin).sums, expected);
                 });
}

TEST_P(NarrowAccumulatorContract, OverflowsAlikeInTheSpanKernelAndInThePins) {
  std::uint64_t overflow_events = 0;
  for_each_layer(4, false,
                 [&](const MachineConfig& machine, const Layer&, const Mapping& mapping,
                     const Operands& operands) {
                   if (!has_pins(mapping)) return;
                   const LayerSimulation tile =
                       simulate(machine, mapping, operands, Fidelity::tile);
                   const LayerSimulation pin = simulate(machine, mapping, operands, Fidelity::pin);
                   ASSERT_EQ(pin.overflow_events, tile.overflow_events);
                   ASSERT_EQ(pin.sums, tile.sums);
                   overflow_events += tile.overflow_events;
                 });
  EXPECT_GT(overflow_events, 0U);
}

TEST_P(UnitContract, GuardCountsEqualThoseOfThePins) {
  for_each_layer(5, false,
                 [](const MachineConfig& machine, const Layer& layer, const Mapping& mapping,
                    const Operands& operands) {
                   if (!has_pins(mapping)) return;
                   const LayerSimulation pin = simulate(machine, mapping, operands, Fidelity::pin);
                   ASSERT_EQ(pin.macs_visited, static_cast<std::uint64_t>(layer.shape.macs()));
                   const SlotAccount slots = account(machine, layer, operands).slots;
                   const auto unit_cycles = static_cast<std::uint64_t>(mapping.unit_cycles);
                   ASSERT_EQ(slots.active, pin.pin_active_macs * unit_cycles);
                   ASSERT_EQ(slots.guarded, (pin.macs_visited - pin.pin_active_macs) * unit_cycles);
                 });
}

TEST_P(UnitContract, EverySlotIsAccountedForOnce) {
  for_each_layer(6, true,
                 [](const MachineConfig& machine, const Layer& layer, const Mapping& mapping,
                    const Operands& operands) {
                   const LayerResult result = account(machine, layer, operands);
                   const auto positions = static_cast<std::uint64_t>(mapping.positions());
                   ASSERT_EQ(result.slots.total(), positions * result.cycles.total());
                   // A difference of counts that went below zero would still sum up.
                   for (const std::uint64_t slots : {result.slots.active, result.slots.guarded,
                                                     result.slots.idle, result.slots.stalled}) {
                     ASSERT_LE(slots, result.slots.total());
                   }
                 });
}

TEST_P(UnitContract, RealMemoryIsNeverFasterThanIdealMemory) {
  for_each_layer(7, true,
                 [](const MachineConfig& machine, const Layer&, const Mapping& mapping,
                    const Operands& operands) {
                   Mapping ideal = mapping;
                   ideal.dram = {};
                   const LayerSimulation real =
                       simulate(machine, mapping, operands, Fidelity::tile);
                   ASSERT_GE(real.cycles.total(),
                             simulate(machine, ideal, operands, Fidelity::tile).cycles.total());
                   ASSERT_GE(real.cycles.total(), bandwidth_bound(mapping, real.traffic));
                 });
}

TEST_P(UnitContract, StepTimeDependsOnTypesAlone) {
  for_each_layer(8, false,
                 [](const MachineConfig& machine, const Layer&, const Mapping& mapping,
                    const Operands& operands) {
                   Operands zeros = operands;
                   for (Tensor* tensor : {&zeros.activations, &zeros.weights})
                     std::ranges::fill(tensor->values, std::int16_t{0});
                   ASSERT_EQ(causes(simulate(machine, mapping, zeros, Fidelity::tile).cycles),
                             causes(simulate(machine, mapping, operands, Fidelity::tile).cycles));
                 });
}

TEST_P(UnitContract, ZeroOperandsSaveWorkWhereThereIsAGuard) {
  std::uint64_t held = 0;
  std::uint64_t busy = 0;
  bool guarded = false;
  for_each_layer(9, false,
                 [&](const MachineConfig& machine, const Layer& layer, const Mapping&,
                     const Operands& operands) {
                   Operands zeros = operands;
                   for (Tensor* tensor : {&zeros.activations, &zeros.weights})
                     std::ranges::fill(tensor->values, std::int16_t{0});
                   guarded = machine.unit->guard() != Guard::none;
                   for (const ActionCount& action : account(machine, layer, zeros).actions)
                     held += action.count;
                   for (const ActionCount& action : account(machine, layer, operands).actions)
                     busy += action.count;
                 });
  EXPECT_GT(busy, 0U);
  if (guarded) {
    EXPECT_LT(held, busy);
  } else {
    EXPECT_EQ(held, busy);
  }
}

}  // namespace
}  // namespace bitscale
