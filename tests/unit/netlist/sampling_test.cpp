#include "sim/netlist/sampling.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "sim/netlist/generators.hpp"
#include "tests/unit/netlist/streams.hpp"

namespace bitscale::netlist {
namespace {

StimulusSource uniform_source(const Netlist& netlist, std::uint64_t seed) {
  return [&netlist, seed](std::uint64_t index, Stimulus& batch) {
    batch = uniform_stream(netlist, batch.steps(), 0, batch.lanes(), seed * 1000 + index);
  };
}

TEST(GroupStatistics, IntervalIsStudentsT) {
  GroupStatistics statistics;
  for (const double x : {9.0, 10.0, 11.0, 10.0}) statistics.add(x);
  const Estimate estimate = statistics.estimate(0.95);
  EXPECT_DOUBLE_EQ(estimate.value, 10);
  // t(0.975, 3) = 3.182446, s = sqrt(2/3).
  EXPECT_NEAR(estimate.half_width, 3.182446 * std::sqrt(2.0 / 3) / 2, 1e-5);
}

TEST(GroupStatistics, RatioOfProportionalFiguresIsExact) {
  GroupStatistics statistics;
  for (const double x : {3.0, 5.0, 8.0}) statistics.add(2.5 * x, x);
  const Estimate estimate = statistics.estimate(0.95);
  EXPECT_DOUBLE_EQ(estimate.value, 2.5);
  EXPECT_NEAR(estimate.half_width, 0, 1e-6);
}

TEST(Sampling, StopsAtTheIntervalAskedFor) {
  const Netlist netlist = multiplier({8, 8});
  const Estimate coarse = sample_zero_delay(
      netlist, Stimulus(netlist, 9), uniform_source(netlist, 1), {.relative_half_width = 0.02});
  const Estimate fine = sample_zero_delay(netlist, Stimulus(netlist, 9), uniform_source(netlist, 1),
                                          {.relative_half_width = 0.001});
  EXPECT_TRUE(coarse.reached);
  EXPECT_TRUE(fine.reached);
  EXPECT_LE(fine.relative_half_width(), 0.001);
  EXPECT_GT(fine.transitions, coarse.transitions);
}

TEST(Sampling, SaysWhereTheLimitCameFirst) {
  const Netlist netlist = multiplier({8, 8});
  const Estimate estimate =
      sample_zero_delay(netlist, Stimulus(netlist, 9), uniform_source(netlist, 1),
                        {.relative_half_width = 1e-7, .max_transitions = 20000});
  EXPECT_FALSE(estimate.reached);
  EXPECT_GT(estimate.half_width, 0);
  EXPECT_GE(estimate.transitions, 20000U);
}

TEST(Sampling, StopsOnAStreamOfOneStep) {
  const Netlist netlist = multiplier({4, 4});
  const Estimate estimate =
      sample_zero_delay(netlist, Stimulus(netlist, 1), uniform_source(netlist, 1), {});
  EXPECT_FALSE(estimate.reached);
  EXPECT_EQ(estimate.transitions, 0U);
}

TEST(Sampling, IntervalHoldsTheTruthAboutAsOftenAsItSays) {
  const Netlist netlist = multiplier({8, 8});
  const double truth = ZeroDelayToggles(netlist)
                           .count(uniform_stream(netlist, 513, 0, kLanes, 99))
                           .units_per_transition();
  int inside = 0;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    // One look only: 16 groups, so that optional stopping does not enter.
    const Estimate estimate =
        sample_zero_delay(netlist, Stimulus(netlist, 5), uniform_source(netlist, 10 + seed),
                          {.relative_half_width = 0, .max_transitions = 2 * 4 * kLanes});
    inside += std::abs(estimate.value - truth) <= estimate.half_width ? 1 : 0;
  }
  // 190 expected, standard deviation 3.1.
  EXPECT_GE(inside, 178);
  EXPECT_LE(inside, 199);
}

TEST(Sampling, GlitchFactorIsInertialOverZeroDelay) {
  const Netlist netlist = multiplier({8, 8});
  const Estimate factor =
      sample_glitch_factor(netlist, Stimulus(netlist, 9), uniform_source(netlist, 3), {});
  const Estimate zero =
      sample_zero_delay(netlist, Stimulus(netlist, 9), uniform_source(netlist, 4), {});
  const Estimate slow =
      sample_inertial(netlist, Stimulus(netlist, 9), uniform_source(netlist, 5), {});
  EXPECT_TRUE(factor.reached);
  EXPECT_NEAR(factor.value, slow.value / zero.value, 0.03 * factor.value);
}

TEST(EnergyUnits, GlitchGainMovesFromSettledToAllToggles) {
  EXPECT_DOUBLE_EQ(energy_units(100, 240, 0), 100);
  EXPECT_DOUBLE_EQ(energy_units(100, 240, 0.5), 170);
  EXPECT_DOUBLE_EQ(energy_units(100, 240, 1), 240);
}

}  // namespace
}  // namespace bitscale::netlist
