#include "sim/precision/accumulator_width.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/unit/precision/printed.hpp"

namespace bitscale::precision {
namespace {

struct WorstCase {
  int x_bits, w_bits;
  std::int64_t length;
  int unsigned_bits, signed_bits;
};

TEST(WorstCaseWidth, HoldsTheExtremes) {
  for (const WorstCase& v : {WorstCase{8, 8, 1, 16, 16},
                             {8, 8, 16, 20, 20},
                             {8, 8, 64, 22, 22},
                             {8, 8, 256, 24, 24},
                             {8, 8, 4096, 28, 28},
                             {4, 4, 64, 14, 14},
                             {1, 1, 64, 7, 8},
                             {6, 6, 256, 20, 20}}) {
    EXPECT_EQ(worst_case_bits(v.x_bits, v.w_bits, v.length, false), v.unsigned_bits);
    EXPECT_EQ(worst_case_bits(v.x_bits, v.w_bits, v.length, true), v.signed_bits);
  }
}

TEST(WorstCaseWidth, OfSignedOperandsGrowsWithTheWholePowersOfTheLength) {
  for (std::int64_t length = 1; length <= 1030; ++length) {
    const auto log = static_cast<int>(std::floor(std::log2(static_cast<double>(length))));
    EXPECT_EQ(worst_case_bits(5, 3, length, true), 5 + 3 + log) << length;
  }
}

// Every combination of operands, counted out.
TEST(WorstCaseWidth, IsTheNarrowestThatHoldsEverySum) {
  for (const bool is_signed : {false, true}) {
    for (int x_bits = 1; x_bits <= 3; ++x_bits) {
      for (int w_bits = 1; w_bits <= 3; ++w_bits) {
        const int x_low = is_signed ? -(1 << (x_bits - 1)) : 0;
        const int x_high = x_low + (1 << x_bits) - 1;
        int low = 0;
        int high = INT32_MIN;
        for (int x = x_low; x <= x_high; ++x) {
          for (int w = -(1 << (w_bits - 1)); w < 1 << (w_bits - 1); ++w) {
            low = std::min(low, x * w);
            high = std::max(high, x * w);
          }
        }
        for (int length = 1; length <= 9; ++length) {
          int bits = 1;
          while (length * low < -(1 << (bits - 1)) || length * high > (1 << (bits - 1)) - 1) ++bits;
          EXPECT_EQ(worst_case_bits(x_bits, w_bits, length, is_signed), bits);
        }
      }
    }
  }
}

TEST(KnownWeightWidth, TakesTheSumOfTheWeights) {
  EXPECT_EQ(known_weight_bits(100, 15), 12);
  EXPECT_EQ(known_weight_bits(127, 255), 16);
  EXPECT_EQ(known_weight_bits(1000, 255), 19);
  EXPECT_EQ(known_weight_bits(4096, 1), 14);
  EXPECT_EQ(known_weight_bits(1, 1), 2);
}

struct Statistical {
  double mean, sigma, probability;
  int bits;
  const char* at_width;
};

TEST(StatisticalWidth, HasAtMostTheProbability) {
  for (const Statistical& v : {Statistical{0, 100, 1e-2, 10, "3.056e-7"},
                               {0, 100, 1e-6, 10, "3.056e-7"},
                               {-1020, 43562.1, 1e-3, 19, "1.787e-9"},
                               {-960, 650.3, 1e-3, 13, "7.065e-7"},
                               {0, 5000, 1e-9, 16, "5.617e-11"},
                               {200, 300, 1e-4, 12, "3.676e-10"}}) {
    const StatisticalWidth width = statistical_bits({v.mean, v.sigma}, v.probability);
    EXPECT_EQ(width.bits, v.bits) << v.sigma;
    EXPECT_TRUE(is(width.probability, v.at_width)) << v.sigma;
  }
}

TEST(StatisticalWidth, IsLogarithmicBeforeItIsRounded) {
  EXPECT_TRUE(is(statistical_bits_real(100, 1e-2), "9.0089"));
  EXPECT_TRUE(is(statistical_bits_real(100, 1e-6), "9.9342"));
  EXPECT_TRUE(is(statistical_bits_real(43562.1, 1e-3), "18.1291"));
  EXPECT_TRUE(is(statistical_bits_real(5000, 1e-9), "15.8987"));
}

// Products of codes that are uniform over 8 unsigned and 8 two's complement bits.
TEST(StatisticalWidth, SavesBitsThatGrowWithTheLength) {
  const double x_mean = 127.5;
  const double x_power = (256.0 * 256 - 1) / 12 + x_mean * x_mean;
  const double w_power = (256.0 * 256 - 1) / 12 + 0.25;
  const double mean = -0.5 * x_mean;
  const double sigma = std::sqrt(x_power * w_power - mean * mean);
  std::vector<int> bits;
  for (const std::int64_t length : {16, 64, 256, 1024, 4096})
    bits.push_back(statistical_bits(sum_of(length, mean, sigma), 1e-3).bits);
  EXPECT_EQ(bits, (std::vector<int>{19, 20, 21, 22, 23}));
}

TEST(StatisticalWidth, WarnsWhereTheGaussianTailIsNotReliable) {
  EXPECT_TRUE(statistical_bits({0, 100}, 1e-5, 64).warnings.empty());
  EXPECT_EQ(statistical_bits({0, 100}, 1e-5, 63).warnings.size(), 1U);
  EXPECT_TRUE(statistical_bits({0, 100}, 1e-3, 16).warnings.empty());
  EXPECT_EQ(statistical_bits({0, 100}, 1e-3, 16, 33).warnings.size(), 1U);
  EXPECT_TRUE(statistical_bits({0, 100}, 1e-3, 1024, 33).warnings.empty());
}

struct Hoeffding {
  std::int64_t length;
  double low, high, probability;
  const char* limit;
  int bits;
};

TEST(HoeffdingWidth, HoldsWhateverTheDistribution) {
  for (const Hoeffding& v : {Hoeffding{64, -32640, 32385, 1e-3, "1.01412e6", 21},
                             {256, -120, 105, 1e-3, "7018.1", 14},
                             {1024, -1, 1, 1e-6, "172.38", 9},
                             {16, -120, 105, 1e-2, "1464.9", 12},
                             {4096, -32640, 32385, 1e-6, "1.1209e7", 25}}) {
    const HoeffdingWidth width = hoeffding_bits(v.length, v.low, v.high, v.probability);
    EXPECT_TRUE(is(width.limit, v.limit));
    EXPECT_EQ(width.bits, v.bits);
  }
}

TEST(HoeffdingWidth, MakesRoomForTheMean) {
  EXPECT_EQ(hoeffding_bits(256, -120, 105, 1e-3, 0).bits, 14);
  EXPECT_EQ(hoeffding_bits(256, -120, 105, 1e-3, -1920).bits, 15);
}

TEST(OverflowProbability, MatchesTheTheoryOfUniformCodes) {
  // 8 x 8 bits, mean -63.75 per product; 4 x 4 bits, mean -3.75.
  const auto sum = [](int bits, std::int64_t length) {
    const double codes = std::exp2(bits);
    const double x_mean = (codes - 1) / 2;
    const double variance = (codes * codes - 1) / 12;
    const double mean = -0.5 * x_mean;
    return sum_of(length, mean,
                  std::sqrt((variance + x_mean * x_mean) * (variance + 0.25) - mean * mean));
  };
  EXPECT_TRUE(is(overflow_probability(19, sum(8, 64)), "2.651e-3"));
  EXPECT_TRUE(is(overflow_probability(20, sum(8, 256)), "2.737e-3"));
  EXPECT_TRUE(is(overflow_probability(19, sum(8, 1024)), ".4598"));
  EXPECT_TRUE(is(overflow_probability(12, sum(4, 256)), ".04710"));
  EXPECT_TRUE(is(overflow_probability(14, sum(4, 1024)), "4.10e-4"));
  EXPECT_TRUE(is(overflow_probability(15, sum(4, 4096)), ".3469"));
  EXPECT_TRUE(is(running_overflow_bound(19, sum(8, 64)).value, "5.30e-3"));
  EXPECT_TRUE(is(running_overflow_bound(20, sum(8, 256)).value, "5.47e-3"));
  EXPECT_TRUE(is(running_overflow_bound(19, sum(8, 1024)).value, ".92"));
}

TEST(OverflowProbability, OfRunningSumsWarnsOfADrift) {
  EXPECT_TRUE(running_overflow_bound(12, {0, 500}).warnings.empty());
  EXPECT_EQ(running_overflow_bound(12, {-400, 500}).warnings.size(), 1U);
}

// Products of uniform codes, by counting.
TEST(OverflowProbability, OfSortedProductsIsThatOfTheirPositivePart) {
  const auto sorted = [](int bits, int accumulator_bits, std::int64_t length) {
    const int codes = 1 << bits;
    double mean = 0;
    double power = 0;
    for (int x = 0; x < codes; ++x) {
      for (int w = -codes / 2; w < codes / 2; ++w) {
        const double positive = std::max(x * w, 0);
        mean += positive;
        power += positive * positive;
      }
    }
    mean /= double(codes) * codes;
    power /= double(codes) * codes;
    return sorted_overflow_probability(accumulator_bits, length, mean, power - mean * mean);
  };
  EXPECT_TRUE(is(sorted(8, 19, 64), ".4765"));
  EXPECT_TRUE(is(sorted(4, 13, 256), ".02048"));
}

TEST(AccumulatorWidth, RefusesWhatNoRegisterHolds) {
  EXPECT_THROW((void)worst_case_bits(32, 32, 4, true), std::invalid_argument);
  EXPECT_EQ(worst_case_bits(32, 32, 1, true), 64);
  EXPECT_THROW((void)worst_case_bits(33, 8, 1, true), std::invalid_argument);
  EXPECT_THROW((void)worst_case_bits(8, 8, 0, true), std::invalid_argument);
  EXPECT_THROW((void)known_weight_bits(INT64_MAX, 4), std::invalid_argument);
  EXPECT_THROW((void)known_weight_bits(-1, 4), std::invalid_argument);
  for (const double p : {0.0, 1.0, -0.5, 2.0, std::nan("")}) {
    EXPECT_THROW((void)statistical_bits({0, 1}, p), std::invalid_argument) << p;
    EXPECT_THROW((void)hoeffding_bits(4, 0, 1, p), std::invalid_argument) << p;
  }
  EXPECT_THROW((void)statistical_bits({0, 0}, 0.1), std::invalid_argument);
  EXPECT_THROW((void)statistical_bits({0, 1e30}, 0.1), std::invalid_argument);
}

}  // namespace
}  // namespace bitscale::precision
