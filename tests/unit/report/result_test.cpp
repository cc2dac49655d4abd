#include "sim/report/result.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/unit/report/results.hpp"

namespace bitscale {
namespace {

TEST(LayerResult, UtilizationCountsGuardedSlotsAsUsed) {
  EXPECT_EQ(conv_layer().utilization(), 1000.0 / 1600);
}

TEST(LayerResult, WithoutSlotsHasNoUtilization) {
  EXPECT_FALSE(pool_layer().utilization());
  EXPECT_FALSE(pool_layer().energy_per_mac_pJ());
}

TEST(RunResult, SumsItsLayers) {
  const RunResult run = small_run();
  EXPECT_EQ(run.macs(), 1000U);
  EXPECT_EQ(run.cycles().total(), 125U);
  EXPECT_EQ(run.cycles()[Cause::vector], 25U);
  EXPECT_EQ(run.slots(), conv_layer().slots);
  EXPECT_EQ(run.energy().total_pJ, 150);
  EXPECT_EQ(run.dram_bits(), 640U);
  EXPECT_EQ(run.effectual_macs(), 375U);
}

TEST(RunResult, DerivesTimePowerAndEfficiency) {
  const RunResult run = small_run();
  EXPECT_DOUBLE_EQ(run.seconds(), 125e-9);
  EXPECT_DOUBLE_EQ(run.average_power_mW(), 1.2);  // 150 pJ in 125 ns
  EXPECT_DOUBLE_EQ(run.edp_pJ_s(), 150 * 125e-9);
  EXPECT_DOUBLE_EQ(run.tops_per_watt().value(), 2000.0 / 150);
  EXPECT_DOUBLE_EQ(run.energy_per_mac_pJ().value(), 0.15);
}

TEST(RunResult, CheckMatchesOnlyWhereEveryCheckedLayerDid) {
  RunResult run = small_run();
  EXPECT_EQ(run.check_matched(), true);
  run.layers[1].check = CheckResult{false, 3, "x"};
  EXPECT_EQ(run.check_matched(), false);
  run.layers[0].check.reset();
  run.layers[1].check.reset();
  EXPECT_EQ(run.check_matched(), std::nullopt);
}

TEST(Origins, OfRealAndSyntheticOperandsAreMixed) {
  EXPECT_EQ(combine_origins("real", "synthetic"), "mixed");
  EXPECT_EQ(combine_origins("real", "real"), "real");
  EXPECT_EQ(combine_origins("none", "synthetic"), "synthetic");
  EXPECT_EQ(combine_origins("real", "none"), "real");
  EXPECT_EQ(combine_origins("mixed", "real"), "mixed");
}

TEST(ResultDigest, IsEqualForEqualIntegersWhateverTheEnergy) {
  RunResult run = small_run();
  run.layers[0].energy.total_pJ = 7;
  run.provenance.command = "another";
  EXPECT_EQ(result_digest(run), result_digest(small_run()));
  EXPECT_EQ(result_digest(run).size(), 64U);
}

TEST(ResultDigest, ChangesWithEveryCounter) {
  const std::string digest = result_digest(small_run());
  const auto differs = [&](auto change) {
    RunResult run = small_run();
    change(run.layers[0]);
    return result_digest(run) != digest;
  };
  EXPECT_TRUE(differs([](LayerResult& layer) { ++layer.macs; }));
  EXPECT_TRUE(differs([](LayerResult& layer) { ++layer.cycles[Cause::drain]; }));
  EXPECT_TRUE(differs([](LayerResult& layer) { ++layer.slots.guarded; }));
  EXPECT_TRUE(differs([](LayerResult& layer) { ++layer.overflow_events; }));
  EXPECT_TRUE(differs([](LayerResult& layer) { ++layer.actions[0].count; }));
  EXPECT_TRUE(differs([](LayerResult& layer) { layer.actions[0].component = "x"; }));
  EXPECT_TRUE(differs([](LayerResult& layer) { ++layer.dram_bits_outputs; }));
}

TEST(Speedup, IsTheRatioOfCyclesAtEqualClocks) {
  EXPECT_EQ(speedup(slow_run(), small_run()), 2);
  EXPECT_EQ(speedup(small_run(), slow_run()), 0.5);
}

TEST(Speedup, IsTheRatioOfTimesAtDifferentClocks) {
  RunResult run = small_run();
  run.clock_Hz = 5e8;
  EXPECT_EQ(speedup(slow_run(), run), 1);
}

TEST(GeometricMean, IsTheRootOfTheProduct) {
  EXPECT_NEAR(geometric_mean({2, 8}), 4, 1e-12);
  EXPECT_NEAR(geometric_mean({1, 1, 27}), 3, 1e-12);
  EXPECT_EQ(geometric_mean({}), 0);
}

TEST(Comparison, WithoutEnergyHasNoEnergyGain) {
  RunResult run = small_run();
  for (LayerResult& layer : run.layers) layer.energy = {};
  EXPECT_FALSE(energy_gain(slow_run(), run));
}

TEST(Verdict, IsReproducedUpToTheTolerance) {
  EXPECT_EQ(judge(2.0, 2.03, 0.015), Verdict::reproduced);
  EXPECT_EQ(judge(2.0, 2.031, 0.015), Verdict::deviates);
  EXPECT_EQ(judge(2.0, 1.97, 0.015), Verdict::reproduced);
  EXPECT_EQ(judge(2.0, 1.969, 0.015), Verdict::deviates);
}

TEST(Verdict, OfAFittedFigureIsNeverReproduced) {
  EXPECT_EQ(judge(2.0, 2.0, 0.1, true), Verdict::calibrated);
}

TEST(Verdict, WithoutAPublishedFigureIsInformation) {
  EXPECT_EQ(judge(std::nullopt, 2.0, 0.1), Verdict::information);
}

}  // namespace
}  // namespace bitscale
