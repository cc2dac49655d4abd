#include <gtest/gtest.h>

#include "sim/mapping/schedule.hpp"
#include "sim/pipeline/runner.hpp"
#include "tests/unit/mapping/enumeration.hpp"
#include "tests/unit/mapping/machines.hpp"
#include "tests/unit/mapping/random_machines.hpp"

namespace bitscale {
namespace {

using testing_support::convolution;
using testing_support::for_each_pass;
using testing_support::for_random_mappings;
using testing_support::layer_of;
using testing_support::machine_of;

constexpr int kCases = 250;

LayerResult account(const MachineConfig& machine, const Layer& layer, const Operands* operands) {
  Experiment experiment;
  experiment.machine.config = machine;
  return run_array_layer(experiment, layer, operands, nullptr);
}

std::int16_t activation_at(const Operands& operands, const ElementIndex& element) {
  if (element.activation < 0) return 0;  // padding
  return operands.activations.values[static_cast<std::size_t>(element.activation)];
}

/// Products of a unit in one step that its guard leaves working, one by one.
std::uint64_t active_products(Guard guard, const Operands& operands,
                              const std::vector<ElementIndex>& products) {
  std::uint64_t active = 0;
  bool any_activation = false;
  for (const ElementIndex& product : products) {
    const bool a = activation_at(operands, product) != 0;
    const bool w = operands.weights.values[static_cast<std::size_t>(product.weight)] != 0;
    any_activation = any_activation || a;
    const bool works = guard == Guard::activation ? a
                       : guard == Guard::weight   ? w
                       : guard == Guard::product  ? a && w
                                                  : true;
    active += works ? 1 : 0;
  }
  return guard == Guard::lane_group && !any_activation ? 0 : active;
}

/// The same over the whole layer: every pass, step and unit.
std::uint64_t active_products(const Mapping& m, Guard guard, const Operands& operands) {
  std::uint64_t active = 0;
  for_each_pass(Schedule(m), [&](const Tile&, const Pass& pass) {
    for (std::int64_t step = 0; step < pass.steps; ++step)
      for (std::int64_t row = 0; row < m.rows.size; ++row)
        for (std::int64_t column = 0; column < m.columns.size; ++column) {
          std::vector<ElementIndex> products;
          for (std::int64_t lane = 0; lane < m.lanes.size; ++lane) {
            PerDim<std::int64_t> at;
            if (position_coordinates(m, pass.ranges, step, {row, column, lane}, at))
              products.push_back(element_index(m, at));
          }
          active += active_products(guard, operands, products);
        }
  });
  return active;
}

TEST(Slots, EveryPositionOfEveryCycleHasOneAccount) {
  const auto expect_conservation = [](const MachineConfig& machine, const Layer& layer,
                                      const Mapping& mapping) {
    SCOPED_TRACE(mapping.describe());
    const Operands operands = make_operands(layer);
    const LayerResult result = account(machine, layer, &operands);
    const SlotAccount& slots = result.slots;
    ASSERT_EQ(slots.total(),
              static_cast<std::uint64_t>(mapping.positions()) * result.cycles.total());
    // A share that went below zero would still sum up.
    for (const std::uint64_t share : {slots.active, slots.guarded, slots.idle, slots.stalled})
      ASSERT_LE(share, slots.total());
  };
  EXPECT_EQ(for_random_mappings(31, kCases, true, expect_conservation), kCases);
  EXPECT_EQ(for_random_mappings(33, kCases, false, expect_conservation), kCases);
}

TEST(Slots, GuardsHoldExactlyTheProductsThatEnumerationFinds) {
  int guarded = 0;
  int lane_groups = 0;
  EXPECT_EQ(for_random_mappings(
                32, kCases, true,
                [&](const MachineConfig& machine, const Layer& layer, const Mapping& mapping) {
                  SCOPED_TRACE(mapping.describe());
                  const Operands operands = make_operands(layer);
                  const Guard guard = machine.unit->guard();
                  const auto unit_cycles = static_cast<std::uint64_t>(mapping.unit_cycles);
                  const std::uint64_t active = active_products(mapping, guard, operands);
                  const SlotAccount slots = account(machine, layer, &operands).slots;
                  ASSERT_EQ(slots.active, active * unit_cycles);
                  ASSERT_EQ(
                      slots.guarded,
                      (static_cast<std::uint64_t>(layer.shape.macs()) - active) * unit_cycles);
                  guarded += slots.guarded > 0 ? 1 : 0;
                  lane_groups += guard == Guard::lane_group && slots.guarded > 0 ? 1 : 0;
                }),
            kCases);
  EXPECT_GT(guarded, kCases / 4);
  EXPECT_GT(lane_groups, kCases / 50);
}

TEST(Slots, IdlePositionsAreThoseTheLayerLeavesEmpty) {
  // 3 filters on 4 rows, 3 channels on 2 lanes: 2 steps of 8 positions hold 9 products.
  const MachineConfig machine = machine_of(
      "unit: {kind: parallel}\n"
      "array: {rows: {size: 4, loops: K 4, weights: unicast}, lanes: {size: 2, loops: C 2}}\n");
  const SlotAccount slots = account(machine, layer_of(convolution(3, 3, 1, 1)), nullptr).slots;
  EXPECT_EQ(slots.active, 9U);
  EXPECT_EQ(slots.guarded, 0U);
  EXPECT_EQ(slots.idle, 7U);
  EXPECT_EQ(slots.stalled, 8U);  // one cycle of drain
}

TEST(Slots, IdealWindowsHaveNoEmptyWindows) {
  // 9 windows on 4 places: 9 / 4 of 8 cycles, rounded up to 18.
  const MachineConfig machine = machine_of(
      "unit: {kind: bit_serial}\n"
      "array: {columns: {size: 4, loops: PQ 4, activations: unicast}}\n"
      "dataflow: {windows: ideal}\n");
  const LayerResult result = account(machine, layer_of(convolution(1, 1, 3, 1)), nullptr);
  EXPECT_EQ(result.cycles.total(), 18U);
  EXPECT_EQ(result.slots.active, 9U * 8);
  EXPECT_EQ(result.slots.idle, 0U);
  EXPECT_EQ(result.slots.stalled, 0U);
}

TEST(Slots, AGuardNeedsOperands) {
  const MachineConfig machine =
      machine_of("unit: {kind: parallel, guard: product}\narray: {rows: {size: 1}}\n");
  try {
    (void)account(machine, layer_of(convolution(1, 1, 1, 1)), nullptr);
    FAIL() << "expected a MappingError";
  } catch (const MappingError& error) {
    EXPECT_NE(std::string(error.what()).find("the unit guards zero operands"), std::string::npos);
  }
}

}  // namespace
}  // namespace bitscale
