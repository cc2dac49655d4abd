#include "sim/precision/dot_product.hpp"

#include <gtest/gtest.h>

#include "tests/unit/precision/printed.hpp"

namespace bitscale::precision {
namespace {

struct InputVector {
  int x_bits, w_bits;
  double x_max, w_max, x_power, w_variance;
  const char *unsigned_dB, *first_order_dB, *signed_dB;
};

TEST(DotProduct, TakesTheNoiseOfItsOperands) {
  constexpr double kThird = 1.0 / 3;
  for (const InputVector& v :
       {InputVector{4, 4, 1, 1, kThird, kThird, "23.1099", "23.1133", "21.0636"},
        {6, 6, 1, 1, kThird, kThird, "35.1543", "35.1545", "33.1128"},
        {7, 7, 1, 1, kThird, kThird, "41.1750", "41.1751", "39.1338"},
        {8, 8, 4, 1, 1, 0.04, "38.3120", "38.3120", "36.8080"},
        {8, 4, 2, 0.5, 0.5, 0.01, "14.8728", "14.8729", "14.8686"},
        {1, 1, 1, 1, 0.5, 1, "8.9119", "9.0309", "5.7858"}}) {
    DotProduct dot{64, v.x_bits, v.w_bits, v.x_max, v.w_max, v.x_power, v.w_variance, false};
    EXPECT_TRUE(is(input_sqnr_dB(dot).value, v.unsigned_dB));
    EXPECT_TRUE(is(input_sqnr_dB(dot, false).value, v.first_order_dB));
    dot.activation_signed = true;
    EXPECT_TRUE(is(input_sqnr_dB(dot).value, v.signed_dB));
  }
}

TEST(DotProduct, LosesToTheBiasOfSaturatingWeightsAsItGrows) {
  const auto biased = [](int x_bits, int w_bits, std::int64_t length) {
    return biased_input_sqnr_dB({length, x_bits, w_bits}, 0.5);
  };
  EXPECT_TRUE(is(biased(6, 6, 1024), "33.40"));
  EXPECT_TRUE(is(biased(6, 6, 4096), "30.61"));
  EXPECT_TRUE(is(biased(8, 8, 4096), "46.69"));
  EXPECT_TRUE(is(biased(4, 4, 256), "18.37"));
}

TEST(DotProduct, CombinesInputAndOutputNoise) {
  EXPECT_TRUE(is(combine_dB(35.1505, 40), "33.9206"));
  EXPECT_TRUE(is(combine_dB(41.17, 40), "37.5354"));
  EXPECT_TRUE(is(combine_dB(30, 39), "29.4850"));
  EXPECT_TRUE(is(combine_dB(40, 49), "39.4850"));
  EXPECT_TRUE(is(combine_dB(20, 60), "19.9996"));
}

TEST(DotProduct, LosesMoreThanHalfADecibelAtAMarginOfNine) {
  EXPECT_TRUE(is(loss_of_margin_dB(9), "0.51497"));
  EXPECT_TRUE(is(margin_for_loss_dB(0.5), "9.13574"));
}

TEST(DotProduct, LosesHalfABitOfOutputForEachDoublingOfItsLength) {
  const auto output = [](int bits, std::int64_t length) {
    return full_range_output_sqnr_dB(bits, to_dB(3), to_dB(3), length).value;
  };
  EXPECT_TRUE(is(output(8, 16), "31.3524"));
  EXPECT_TRUE(is(output(12, 256), "43.3936"));
  EXPECT_TRUE(is(output(12, 512), "40.3833"));
  EXPECT_TRUE(is(output(16, 16), "79.5172"));
  EXPECT_TRUE(is(output(20, 256), "91.5584"));
  EXPECT_TRUE(is(output(10, 64), "37.3730"));
}

TEST(DotProduct, TakesZetasFromTheRangesOfItsOperands) {
  const DotProduct dot{16, 6, 6, 1, 1, 1.0 / 3, 1.0 / 3};
  EXPECT_TRUE(is(dot.activation_zeta_dB(), "4.7712"));
  EXPECT_TRUE(is(dot.weight_zeta_dB(), "4.7712"));
}

TEST(DotProduct, WarnsWhereItsOutputStepIsTooCoarse) {
  EXPECT_TRUE(full_range_output_sqnr_dB(8, 4.77, 4.77, 16).warnings.empty());
  EXPECT_EQ(full_range_output_sqnr_dB(4, 4.77, 4.77, 256).warnings.size(), 1U);
}

TEST(DotProduct, RefusesLengthsBelowOneAndFlatOperands) {
  EXPECT_THROW((void)input_sqnr_dB({0}), std::invalid_argument);
  EXPECT_THROW((void)input_sqnr_dB({-4}), std::invalid_argument);
  EXPECT_THROW((void)input_sqnr_dB({16, 8, 8, 1, 1, 0, 1}), std::invalid_argument);
  EXPECT_THROW((void)input_sqnr_dB({16, 8, 8, 1, 1, 1, 0}), std::invalid_argument);
}

}  // namespace
}  // namespace bitscale::precision
