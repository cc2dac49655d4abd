#include "sim/precision/layer_sums.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "sim/core/errors.hpp"
#include "sim/workload/reference.hpp"

namespace bitscale::precision {
namespace {

/// A fully connected layer of 8-bit operands.
Layer connected(std::int64_t inputs, std::int64_t outputs, std::int64_t images) {
  Layer layer;
  layer.name = "fc";
  layer.kind = LayerKind::fully_connected;
  layer.shape.N = images;
  layer.shape.C = inputs;
  layer.shape.K = outputs;
  layer.activation = {8, Encoding::unsigned_, 0};
  layer.weight = {8, Encoding::twos, 0};
  layer.activation_source.distribution = Distribution::uniform;
  layer.weight_source.distribution = Distribution::uniform;
  return layer;
}

struct Case {
  explicit Case(const Layer& of) : layer(of), operands(make_operands(of)) {
    sums = reference_convolution(layer.shape, operands.activations, operands.weights);
  }
  Layer layer;
  Operands operands;
  std::vector<std::int64_t> sums;
};

const LayerWidth& width_by(const std::vector<LayerWidth>& widths, Criterion criterion) {
  return *std::ranges::find(widths, criterion, &LayerWidth::criterion);
}

TEST(LayerSums, OfUniformOperandsAreThoseOfIndependentProducts) {
  const Case uniform(connected(256, 64, 64));
  const LayerSums sums = measure_sums(uniform.layer, uniform.operands, uniform.sums);
  EXPECT_EQ(sums.length, 256);
  EXPECT_NEAR(sums.measured.sigma / sums.predicted.sigma, 1, 0.15);
  EXPECT_NEAR(sums.activation_zeta_dB, to_dB(3), 0.1);
  EXPECT_NEAR(sums.weight_zeta_dB, to_dB(3), 0.1);
  EXPECT_EQ(sums.activation_max, 255);
  EXPECT_EQ(sums.product_low, -255 * 128);
  EXPECT_EQ(sums.product_high, 255 * 127);
}

TEST(LayerSums, KnowTheLargestFilter) {
  Case two(connected(3, 2, 1));
  two.operands.weights.values = {1, -2, 3, -100, 0, 100};
  two.sums = reference_convolution(two.layer.shape, two.operands.activations, two.operands.weights);
  EXPECT_EQ(measure_sums(two.layer, two.operands, two.sums).weight_l1, 200);
}

TEST(LayerSums, AreRefusedWhereATensorIsAllZeros) {
  Case flat(connected(16, 4, 4));
  std::ranges::fill(flat.operands.weights.values, std::int16_t{0});
  EXPECT_THROW((void)measure_sums(flat.layer, flat.operands, flat.sums), ConfigError);
  Case dark(connected(16, 4, 4));
  std::ranges::fill(dark.operands.activations.values, std::int16_t{0});
  EXPECT_THROW((void)measure_sums(dark.layer, dark.operands, dark.sums), ConfigError);
}

TEST(LayerSums, AreRefusedForOtherEncodings) {
  Case other(connected(16, 4, 4));
  other.layer.weight.encoding = Encoding::ternary;
  EXPECT_THROW((void)measure_sums(other.layer, other.operands, other.sums), MappingError);
}

TEST(LayerWidths, GrowFromMinimumPrecisionToTheWorstCase) {
  const Case uniform(connected(256, 64, 64));
  const LayerSums sums = measure_sums(uniform.layer, uniform.operands, uniform.sums);
  const std::vector<LayerWidth> widths = layer_widths(sums, {40, 1e-3}, uniform.sums);
  EXPECT_EQ(width_by(widths, Criterion::bit_growth).register_bits, 24);
  EXPECT_EQ(width_by(widths, Criterion::worst_case).register_bits, 24);
  EXPECT_EQ(width_by(widths, Criterion::truncated_growth).output_bits, 12);
  EXPECT_EQ(width_by(widths, Criterion::minimum_precision).output_bits, 8);
  EXPECT_EQ(width_by(widths, Criterion::minimum_wrapping).output_bits, 9);
  EXPECT_EQ(width_by(widths, Criterion::statistical).register_bits, 21);
  EXPECT_LT(width_by(widths, Criterion::statistical).register_bits,
            width_by(widths, Criterion::hoeffding).register_bits);
  EXPECT_LE(width_by(widths, Criterion::known_weights).register_bits, 24);
}

TEST(LayerWidths, OfMinimumPrecisionReachTheTargetOnGaussianSums) {
  const Case uniform(connected(256, 64, 64));
  for (const double target : {25.0, 35.0, 45.0}) {
    const LayerSums sums = measure_sums(uniform.layer, uniform.operands, uniform.sums);
    const LayerWidth width =
        width_by(layer_widths(sums, {target, 1e-3}, uniform.sums), Criterion::minimum_precision);
    std::vector<std::int64_t> found = uniform.sums;
    const std::int64_t highest = (std::int64_t{1} << (width.register_bits - 1)) - 1;
    for (std::int64_t& sum : found)
      sum = without_low_bits(std::clamp(sum, -highest - 1, highest), width.dropped_bits,
                             width.register_bits);
    EXPECT_GE(measured_sqnr_dB(uniform.sums, found), target);
  }
}

TEST(LayerWidths, OfTruncatedGrowthReachTheTargetWhereTheLengthIsNoPowerOfTwo) {
  // 150 products: the register's range is 1.7 times that of the sums, and so must its steps not be.
  for (const Encoding encoding : {Encoding::unsigned_, Encoding::twos}) {
    Layer layer = connected(150, 64, 64);
    layer.activation.encoding = encoding;
    const Case uniform(layer);
    const LayerSums sums = measure_sums(uniform.layer, uniform.operands, uniform.sums);
    for (const double target : {30.0, 36.0, 38.0, 40.0}) {
      const LayerWidth width =
          width_by(layer_widths(sums, {target, 1e-3}, uniform.sums), Criterion::truncated_growth);
      std::vector<std::int64_t> found = uniform.sums;
      for (std::int64_t& sum : found)
        sum = without_low_bits(sum, width.dropped_bits, width.register_bits);
      EXPECT_GE(measured_sqnr_dB(uniform.sums, found), target - 0.2) << target;
    }
  }
}

TEST(LayerWidths, OfTruncatedGrowthReachTheTargetWhereFewBitsAreDropped) {
  std::vector<int> dropped;
  for (const std::int64_t length : {144, 170}) {
    Layer layer = connected(length, 64, 64);
    layer.activation.bits = layer.weight.bits = 3;
    const Case uniform(layer);
    const LayerSums sums = measure_sums(uniform.layer, uniform.operands, uniform.sums);
    for (double target = 24; target < 42; target += 0.5) {
      const LayerWidth width =
          width_by(layer_widths(sums, {target, 1e-3}, uniform.sums), Criterion::truncated_growth);
      dropped.push_back(width.dropped_bits);
      std::vector<std::int64_t> found = uniform.sums;
      for (std::int64_t& sum : found)
        sum = without_low_bits(sum, width.dropped_bits, width.register_bits);
      EXPECT_GE(measured_sqnr_dB(uniform.sums, found), target - 0.2) << target;
    }
  }
  for (const int bits : {0, 1, 2}) EXPECT_GT(std::ranges::count(dropped, bits), 0) << bits;
}

TEST(LayerWidths, OfTruncatedGrowthSayThatSumsAreNarrowerThanTheyTakeThemFor) {
  const Case uniform(connected(64, 16, 32));
  LayerSums sums = measure_sums(uniform.layer, uniform.operands, uniform.sums);
  const auto warnings = [&] {
    return width_by(layer_widths(sums, {40, 1e-3}, uniform.sums), Criterion::truncated_growth)
        .warnings.size();
  };
  EXPECT_EQ(warnings(), 0U);
  sums.measured.sigma = sums.predicted.sigma * 0.7;
  EXPECT_EQ(warnings(), 1U);
}

TEST(SearchedClip, ReachesTheTargetWithTheFewestBits) {
  const Case uniform(connected(64, 16, 32));
  for (const double target : {10.0, 30.0, 50.0}) {
    const LayerWidth best = search_clip(uniform.sums, target);
    EXPECT_GE(best.predicted_sqnr_dB, target);
    // No register reaches it with one output bit less.
    for (int bits = 4; bits <= 24; ++bits) {
      const std::int64_t highest = (std::int64_t{1} << (bits - 1)) - 1;
      std::vector<std::int64_t> found = uniform.sums;
      for (std::int64_t& sum : found)
        sum = without_low_bits(std::clamp(sum, -highest - 1, highest),
                               std::max(0, bits - best.output_bits + 1), bits);
      EXPECT_LT(measured_sqnr_dB(uniform.sums, found), target);
    }
  }
}

TEST(LowBits, AreRoundedHalfUpWithinTheRegister) {
  EXPECT_EQ(without_low_bits(5, 1, 8), 6);
  EXPECT_EQ(without_low_bits(-5, 1, 8), -4);
  EXPECT_EQ(without_low_bits(127, 3, 8), 120);
  EXPECT_EQ(without_low_bits(127, 0, 8), 127);
}

TEST(MeasuredSqnr, IsInfiniteWithoutError) {
  const std::vector<std::int64_t> exact = {1, 2, 3};
  EXPECT_TRUE(std::isinf(measured_sqnr_dB(exact, exact)));
  EXPECT_NEAR(measured_sqnr_dB(exact, std::vector<std::int64_t>{1, 2, 4}), to_dB(2), 1e-12);
  EXPECT_THROW((void)measured_sqnr_dB(exact, std::vector<std::int64_t>{1}), std::invalid_argument);
}

}  // namespace
}  // namespace bitscale::precision
