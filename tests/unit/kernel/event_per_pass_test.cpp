#include "tests/unit/kernel/event_per_pass.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <set>

#include "tests/unit/mapping/machines.hpp"
#include "tests/unit/mapping/random_machines.hpp"

namespace bitscale {
namespace {

using kernel::LayerSimulation;
using testing_support::causes;
using testing_support::convolution;
using testing_support::for_random_mappings;
using testing_support::layer_of;
using testing_support::machine_of;
using testing_support::simulate_event_per_pass;

void expect_same_as_event_per_pass(const Mapping& mapping, const MachineConfig& machine,
                                   const Operands* operands = nullptr) {
  SCOPED_TRACE(mapping.describe());
  const LayerSimulation expected = simulate_event_per_pass(mapping);
  const LayerSimulation tile = kernel::simulate_layer(mapping, *machine.unit, operands, {});
  ASSERT_GT(expected.cycles.total(), 0);
  ASSERT_EQ(causes(tile.cycles), causes(expected.cycles));
  ASSERT_EQ(tile.traffic, expected.traffic);
  ASSERT_EQ(tile.dram_busy_cycles, expected.dram_busy_cycles);
}

/// A layer of a few more turns in every loop than the random ones have.
Layer longer(Layer layer, std::uint64_t seed) {
  testing_support::RandomMachines random(seed);
  LayerShape& s = layer.shape;
  s.N = random.pick(1, 5);
  s.G = random.pick(1, 5);
  s.K = random.pick(1, 40);
  s.C = random.pick(1, 40);
  if (s.R * s.S * s.H * s.W == 1) return layer;
  const std::int64_t rows = (s.R - 1) * s.dilation_h + 1;
  const std::int64_t columns = (s.S - 1) * s.dilation_w + 1;
  s.H = std::max(random.pick(1, 20), rows);
  s.W = std::max(random.pick(1, 20), columns);
  s.P = (s.H + s.pad_top + s.pad_bottom - rows) / s.stride_h + 1;
  s.Q = (s.W + s.pad_left + s.pad_right - columns) / s.stride_w + 1;
  return layer;
}

constexpr int kCases = 250;

/// Random machines on random layers and on longer ones; returns how many of the latter mapped, and
/// notes which causes occurred.
int compare_on_random_layers(std::uint64_t seed, bool channel, std::set<std::string>& seen) {
  int mapped = 0;
  const auto compare = [&](const MachineConfig& machine, const Layer& layer,
                           const Mapping& mapping) {
    expect_same_as_event_per_pass(mapping, machine);
    const Layer more = longer(layer, seed + static_cast<std::uint64_t>(++mapped));
    if (testing::Test::HasFailure() || !testing_support::refusal_of(more, machine).empty()) return;
    const Mapping long_mapping = map_layer(more, machine);
    const Schedule schedule(long_mapping);
    if (schedule.tiles() * schedule.passes(schedule.tile(0)) > 3000) return;
    expect_same_as_event_per_pass(long_mapping, machine);
    const LayerSimulation tile = kernel::simulate_layer(long_mapping, *machine.unit, nullptr, {});
    for (std::size_t i = 0; i < kCauses; ++i) {
      if (tile.cycles.by_cause[i] > 0) seen.insert(std::string(kCauseNames[i]));
    }
  };
  return for_random_mappings(seed, kCases, channel, compare);
}

TEST(TileEngine, EqualsAnEventPerPassWithIdealMemory) {
  std::set<std::string> seen;
  EXPECT_EQ(compare_on_random_layers(41, false, seen), kCases);
  EXPECT_EQ(seen, (std::set<std::string>{"compute", "drain", "fill", "operand_fetch", "spill",
                                         "stationary_load"}));
}

TEST(TileEngine, EqualsAnEventPerPassBehindAChannel) {
  std::set<std::string> seen;
  EXPECT_EQ(compare_on_random_layers(42, true, seen), kCases);
  EXPECT_EQ(seen.size(), kCauses - 1);  // all but `vector`
}

TEST(TileEngine, TakesAsLongWithValuesAsAnEventPerPass) {
  for_random_mappings(43, kCases / 4, true,
                      [](const MachineConfig& machine, const Layer& layer, const Mapping& mapping) {
                        const Operands operands = make_operands(layer);
                        expect_same_as_event_per_pass(mapping, machine, &operands);
                      });
}

/// A layer of many tiles on an array with stationary weights, its channel and its port of weights
/// of these widths.
void compare_stationary(int channel_bits, int port_bits, std::uint64_t& loads) {
  const MachineConfig machine = machine_of(fmt::format(
      "unit: {{kind: parallel}}\n"
      "array: {{rows: {{size: 4, loops: C 4, activations: unicast, weights: unicast,\n"
      "                partial_sums: chain}},\n"
      "         columns: {{size: 2, loops: K 2, activations: forward, weights: unicast}},\n"
      "         accumulator_entries: 3, shadow_weights: true}}\n"
      "dataflow: {{stationary: weight}}\n"
      "memory: {{dram: {{kind: channel, bits_per_cycle: {}, clock: 1GHz}},\n"
      "          weights: {{port_bits: {}}}, tiling: {{K: 4, C: 4, P: 1}}}}\n",
      channel_bits, port_bits));
  const Mapping mapping = map_layer(layer_of(convolution(20, 17, 7, 1)), machine);
  expect_same_as_event_per_pass(mapping, machine);
  loads += simulate_event_per_pass(mapping).cycles[Cause::stationary_load];
}

TEST(TileEngine, EqualsAnEventPerPassWhereStationaryOperandsArriveLate) {
  // Loads hide behind the pass before and behind the time that the operand waits in its buffer,
  // which is not the same for tiles of equal shape.
  std::uint64_t loads = 0;
  for (const int channel_bits : {2, 7, 24, 96}) {
    for (const int port_bits : {1, 3, 17, 60}) compare_stationary(channel_bits, port_bits, loads);
  }
  EXPECT_GT(loads, 0);
}

TEST(TileEngine, EqualsAnEventPerPassWhereTilesOfOneShapeMeetOtherDrains) {
  // Single accumulators and a pass per tile: how much of the drain before a tile has to wait for
  // depends on when its place in the output buffer came free.
  const MachineConfig machine = machine_of(
      "unit: {kind: parallel}\n"
      "array: {rows: {size: 8, loops: K 8, weights: unicast}, accumulator_sets: 1,\n"
      "        drain_outputs_per_cycle: 1}\n"
      "memory: {dram: {kind: channel, bits_per_cycle: 8, clock: 1GHz}, tiling: {P: 1}}\n");
  LayerShape shape = convolution(8, 4, 1, 1);
  shape.H = 10;
  const Mapping mapping = map_layer(layer_of(shape), machine);
  expect_same_as_event_per_pass(mapping, machine);
  EXPECT_GT(simulate_event_per_pass(mapping).cycles[Cause::drain], 8);
}

}  // namespace
}  // namespace bitscale
