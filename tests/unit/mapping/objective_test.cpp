#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <functional>
#include <limits>

#include "sim/mapping/tile_sums.hpp"
#include "sim/mapping/tiling_cost.hpp"
#include "tests/unit/mapping/machines.hpp"
#include "tests/unit/mapping/random_machines.hpp"

namespace bitscale {
namespace {

using testing_support::for_random_mappings;

constexpr int kCases = 300;

std::int64_t bits_with(const Layer& layer, MachineConfig machine, TilingObjective objective,
                       const TrafficCosts& costs = {}) {
  machine.memory.tiling.objective = objective;
  machine.memory.tiling.costs = costs;
  return tile_sums(map_layer(layer, machine)).bits();
}

TEST(Objective, TrafficNeverMovesMoreThanAnotherDoes) {
  int less = 0;
  for_random_mappings(31, kCases, true,
                      [&](const MachineConfig& machine, const Layer& layer, const Mapping&) {
                        const auto traffic = bits_with(layer, machine, TilingObjective::traffic);
                        const auto cycles = bits_with(layer, machine, TilingObjective::cycles);
                        ASSERT_LE(traffic, cycles);
                        less += traffic < cycles ? 1 : 0;
                      });
  EXPECT_GT(less, kCases / 20);
}

TEST(Objective, EnergyOfDramAloneIsTraffic) {
  TrafficCosts costs;
  costs.dram_read = costs.dram_write = 3;
  for_random_mappings(32, kCases, true,
                      [&](const MachineConfig& machine, const Layer& layer, const Mapping&) {
                        ASSERT_EQ(bits_with(layer, machine, TilingObjective::energy, costs),
                                  bits_with(layer, machine, TilingObjective::traffic));
                      });
}

TEST(Objective, EnergyWeighsWeightsAgainstActivations) {
  // Either operand can be fetched once and the other twice or more: the dear one is fetched once.
  const Layer layer = testing_support::layer_of(testing_support::convolution(64, 16, 34, 3));
  MachineConfig machine = testing_support::machine_of(
      "unit: {kind: parallel}\narray: {rows: {size: 4, loops: K 4}}\n"
      "memory: {dram: {kind: channel, bits_per_cycle: 64, clock: 1GHz},\n"
      "         activations: {capacity: 100000}, weights: {capacity: 100000},\n"
      "         tiling: {C: 16, objective: energy}}\n");
  const auto fetched = [&](double activation, double weight) {
    machine.memory.tiling.costs.activation_write = activation;
    machine.memory.tiling.costs.weight_write = weight;
    return tile_sums(map_layer(layer, machine));
  };
  EXPECT_EQ(fetched(0, 1).weight_bits, layer.shape.weights() * 16);
  EXPECT_GT(fetched(1, 0).weight_bits, layer.shape.weights() * 16);
  EXPECT_LT(fetched(1, 0).activation_bits, fetched(0, 1).activation_bits);
}

/// A convolution on 4 x `lanes` multipliers behind a channel and three buffers of so many bits.
struct SmallCase {
  LayerShape shape;
  int lanes, bits_per_cycle, activations, weights, outputs;
};

MachineConfig machine_of_case(const SmallCase& small) {
  return testing_support::machine_of(fmt::format(
      "unit: {{kind: parallel, activation_bits: 8, weight_bits: 8}}\n"
      "array: {{rows: {{size: 4, loops: K 4}},\n"
      "        lanes: {{size: {0}, loops: C {0}, partial_sums: tree}}}}\n"
      "memory: {{dram: {{kind: channel, bits_per_cycle: {1}, clock: 1GHz}},\n"
      "         activations: {{capacity: {2}}}, weights: {{capacity: {3}}},\n"
      "         outputs: {{capacity: {4}}}}}\n",
      small.lanes, small.bits_per_cycle, small.activations, small.weights, small.outputs));
}

LayerShape shape_of(std::int64_t images, LayerShape shape) {
  shape.N = images;
  return shape;
}

/// Calls `visit` with every size of tile and every order of loops over tiles that has C inside.
template <typename Visit>
void for_all_tiles(Mapping m, Visit&& visit) {
  std::array<Dim, kDims> order = {Dim::N, Dim::G, Dim::K, Dim::P, Dim::Q, Dim::C, Dim::R, Dim::S};
  do {
    m.tile_order = order;
    const std::array dims = {Dim::N, Dim::K, Dim::C, Dim::P, Dim::Q};
    const std::function<void(std::size_t)> sizes = [&](std::size_t i) {
      if (i == dims.size()) return visit(m);
      for (m.tile[dims[i]] = 1; m.tile[dims[i]] <= m.bound[dims[i]]; ++m.tile[dims[i]])
        sizes(i + 1);
    };
    sizes(0);
  } while (std::next_permutation(order.begin(), order.begin() + 5));
}

bool fits(const Mapping& m, const MemoryConfig& memory, const TileSums& sums) {
  const std::int64_t width =
      m.partial_sums_in_place ? m.output_bits : std::max<std::int64_t>(m.partial_sum_bits, 8);
  const auto places = [&](Operand operand) { return tile_places(m, operand); };
  return sums.largest_activations * places(Operand::activations) <=
             memory.activations.capacity_bits &&
         sums.largest_weights * places(Operand::weights) <= memory.weights.capacity_bits &&
         sums.largest_outputs / m.output_bits * width * places(Operand::outputs) <=
             memory.outputs.capacity_bits;
}

TEST(Objective, TrafficIsTheLeastOfAllTilesThatFit) {
  using testing_support::convolution;
  // In each of these a tile that leaves positions idle moves less than any that fills the array.
  for (const SmallCase& small :
       {SmallCase{convolution(17, 4, 8, 3), 2, 128, 3200, 2400, 7200},
        SmallCase{shape_of(2, convolution(19, 6, 6, 3)), 4, 4, 800, 6400, 4800},
        SmallCase{convolution(20, 8, 6, 3), 1, 16, 2400, 800, 1600}}) {
    const Layer layer = testing_support::layer_of(small.shape);
    MachineConfig machine = machine_of_case(small);
    machine.memory.tiling.objective = TilingObjective::traffic;
    const Mapping chosen = map_layer(layer, machine);
    std::int64_t least = std::numeric_limits<std::int64_t>::max();
    for_all_tiles(chosen, [&](Mapping& m) {
      lay_out_passes(m);
      const TileSums sums = tile_sums(m);
      if (fits(m, machine.memory, sums)) least = std::min(least, sums.bits());
    });
    EXPECT_EQ(tile_sums(chosen).bits(), least) << chosen.describe();
  }
}

TEST(Objective, CyclesCountTheWholeMemoryCyclesOfSmallRequests) {
  // A tile of one pixel fetches 16 bits and writes 32 back, each in a cycle that could move 128.
  const SmallCase small{testing_support::convolution(4, 2, 11, 1), 4, 128, 6400, 4800, 1600};
  MachineConfig machine = machine_of_case(small);
  machine.memory.tiling.all.size[Dim::P] = machine.memory.tiling.all.size[Dim::Q] = 1;
  const Mapping pixels = map_layer(testing_support::layer_of(small.shape), machine);
  EXPECT_GE(tiling_cost(pixels, tile_sums(pixels), {}).cycles, 2 * 11 * 11);
}

}  // namespace
}  // namespace bitscale
