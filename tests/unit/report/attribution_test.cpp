#include "sim/report/attribution.hpp"

#include <gtest/gtest.h>

namespace bitscale {
namespace {

/// A layer of 100 positions at work for `compute` cycles with `used` of them busy, then waiting.
LayerResult layer(std::uint64_t compute, std::uint64_t used, std::uint64_t wait) {
  LayerResult result;
  result.cycles[Cause::compute] = compute;
  result.cycles[Cause::wait_weights] = wait;
  result.slots.active = used * compute;
  result.slots.idle = (100 - used) * compute;
  result.slots.stalled = 100 * wait;
  return result;
}

RunResult run(double clock_Hz, std::vector<LayerResult> layers) {
  RunResult result;
  result.clock_Hz = clock_Hz;
  result.layers = std::move(layers);
  return result;
}

TEST(SpeedFactors, TellUnitsIdlePositionsAndWaitsApart) {
  // Busy 80, at work 100, with waits 150 cycles against 20, 40 and 100 at twice the clock.
  const SpeedFactors factors =
      speed_factors(run(1e9, {layer(100, 80, 50)}), run(2e9, {layer(40, 50, 60)}));
  EXPECT_DOUBLE_EQ(factors.peak, 80.0 / (20.0 / 2));
  EXPECT_DOUBLE_EQ(factors.mapping, (100.0 / 80) / (40.0 / 20));
  EXPECT_DOUBLE_EQ(factors.memory, (150.0 / 100) / (100.0 / 40));
  EXPECT_DOUBLE_EQ(factors.product(), 150.0 / (100.0 / 2));
}

TEST(SpeedFactors, CountLayersWithoutPositionsAsMapping) {
  LayerResult pool;
  pool.cycles[Cause::vector] = 100;
  const SpeedFactors factors =
      speed_factors(run(1e9, {layer(100, 100, 0), pool}), run(1e9, {layer(100, 100, 0)}));
  EXPECT_DOUBLE_EQ(factors.peak, 1);
  EXPECT_DOUBLE_EQ(factors.mapping, 2);
  EXPECT_DOUBLE_EQ(factors.memory, 1);
}

LayerResult spends(std::uint64_t adds, std::uint64_t sram_bits, std::uint64_t dram_bits) {
  LayerResult result;
  result.actions = {{"accumulator", Action::add, 32, 0, 0, 0, adds},
                    {"weight_buffer", Action::sram_read, 0, 0, 8 * 1024 * 8, 64, sram_bits},
                    {"dram_weights", Action::dram_read, 0, 0, 0, 0, dram_bits}};
  return result;
}

TEST(EnergyFactors, TellUnitsBuffersAndDramApart) {
  Technology technology;
  const auto flat = [](double value) {
    CostCurve curve;
    curve.points = {{32, value, {}}, {65536, value, {}}};
    return curve;
  };
  technology.add = OperatorCosts{flat(1), {}};
  technology.sram = SramCosts{flat(1), {64, 64}, std::nullopt, std::nullopt, std::nullopt};
  technology.dram = DramCosts{{10, {}}, std::nullopt};
  // 4, 6 and 26 pJ against 2, 4 and 14.
  const EnergyFactors factors =
      energy_factors(run(1e9, {spends(4, 2, 2)}), run(1e9, {spends(2, 2, 1)}), technology);
  EXPECT_DOUBLE_EQ(factors.arithmetic, 2);
  EXPECT_DOUBLE_EQ(factors.on_chip, (6.0 / 4) / (4.0 / 2));
  EXPECT_DOUBLE_EQ(factors.dram, (26.0 / 6) / (14.0 / 4));
  EXPECT_DOUBLE_EQ(factors.product(), 26.0 / 14);
}

}  // namespace
}  // namespace bitscale
