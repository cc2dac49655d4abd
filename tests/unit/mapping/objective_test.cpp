#include <gtest/gtest.h>

#include "sim/mapping/tile_sums.hpp"
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

}  // namespace
}  // namespace bitscale
