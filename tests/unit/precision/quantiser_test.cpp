#include "sim/precision/quantiser.hpp"

#include <gtest/gtest.h>

#include <limits>

#include "tests/unit/precision/printed.hpp"

namespace bitscale::precision {
namespace {

struct SqnrVector {
  int bits;
  double full_scale, sigma;
  const char *signed_dB, *unsigned_dB;
};

TEST(Quantiser, HasTheSqnrOfTheAdditiveModel) {
  for (const SqnrVector& v : {SqnrVector{4, 1, 0.5, "22.8330", "28.8536"},
                              {6, 1, 0.57735027, "36.1236", "42.1442"},
                              {8, 4, 1, "40.8948", "46.9154"},
                              {8, 3, 1, "43.3936", "49.4142"},
                              {10, 1, 0.1, "44.9772", "50.9978"},
                              {12, 2.5, 0.8, "67.1214", "73.1420"}}) {
    EXPECT_TRUE(is(quantisation_sqnr_dB({v.bits, v.full_scale, true}, v.sigma).value, v.signed_dB));
    EXPECT_TRUE(
        is(quantisation_sqnr_dB({v.bits, v.full_scale, false}, v.sigma).value, v.unsigned_dB));
  }
}

TEST(Quantiser, OfAFullRangeClipsTheTopHalfStep) {
  EXPECT_TRUE(is(full_range_sqnr_dB(2), "9.6108"));
  EXPECT_TRUE(is(full_range_sqnr_dB(4), "23.3361"));
  EXPECT_TRUE(is(full_range_sqnr_dB(6), "35.9247"));
  EXPECT_TRUE(is(full_range_sqnr_dB(8), "48.1142"));
  EXPECT_TRUE(is(full_range_sqnr_dB(10), "60.1933"));
}

TEST(Quantiser, OfCoarseStepsHasLessNoiseThanAssumed) {
  EXPECT_TRUE(is(gaussian_noise_factor(0.25), "0.64811"));
  EXPECT_TRUE(is(gaussian_noise_factor(0.3), "0.79450"));
  EXPECT_TRUE(is(gaussian_noise_factor(0.4), "0.94833"));
  EXPECT_TRUE(is(gaussian_noise_factor(0.5), "0.99126"));
  EXPECT_TRUE(is(gaussian_noise_factor(0.75), "0.99998"));
}

TEST(Quantiser, WarnsOfStepsThatAreTooCoarseForTheModel) {
  EXPECT_TRUE(quantisation_sqnr_dB({4, 1, true}, 0.07).warnings.empty());
  EXPECT_EQ(quantisation_sqnr_dB({4, 1, true}, 0.06).warnings.size(), 1U);
}

TEST(Quantiser, RefusesWhatHasNoMeaning) {
  EXPECT_THROW((void)quantisation_sqnr_dB({0, 1, true}, 1), std::invalid_argument);
  EXPECT_THROW((void)quantisation_sqnr_dB({65, 1, true}, 1), std::invalid_argument);
  EXPECT_THROW((void)quantisation_sqnr_dB({8, 0, true}, 1), std::invalid_argument);
  EXPECT_THROW((void)quantisation_sqnr_dB({8, 1, true}, 0), std::invalid_argument);
  EXPECT_THROW((void)quantisation_sqnr_dB({8, 1, true}, std::numeric_limits<double>::quiet_NaN()),
               std::invalid_argument);
}

TEST(GaussianNoiseFactor, IsThatOfTheSignalWhereEverythingRoundsToZero) {
  for (const double sigma : {1e-6, 1e-4, 0.01, 0.06})
    EXPECT_NEAR(gaussian_noise_factor(sigma) / (12 * sigma * sigma), 1, 1e-9) << sigma;
  // On both sides of where the series takes over.
  EXPECT_NEAR(gaussian_noise_factor(0.0626) / (12 * 0.0626 * 0.0626), 1, 1e-9);
}

TEST(Quantiser, WarnsOfASignalBeyondItsFullScale) {
  EXPECT_TRUE(quantisation_sqnr_dB({8, 1, true}, 0.9).warnings.empty());
  EXPECT_EQ(quantisation_sqnr_dB({8, 1, true}, 1.1).warnings.size(), 1U);
}

}  // namespace
}  // namespace bitscale::precision
