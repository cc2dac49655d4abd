#include "sim/precision/noise_gain.hpp"

#include <gtest/gtest.h>

#include <limits>

#include "tests/unit/precision/printed.hpp"

namespace bitscale::precision {
namespace {

const std::vector<double> kMlp = {.3611, .11654, .075721, 4.4038, 1.6244, .47568};
const std::vector<double> kCnn = {3.0661, 1.332, .40559, 12.711, 15.562, 21.735};

struct Equalised {
  std::vector<double> gains;
  double probability;
  std::vector<int> offsets;
  int closed_form, least;
};

TEST(NoiseEqualisation, GivesEachTensorTheBitsOfItsGain) {
  for (const Equalised& v :
       {Equalised{kMlp, .01, {1, 0, 0, 3, 2, 1}, 4, 4},
        {kCnn, .01, {1, 1, 0, 2, 3, 3}, 5, 6},
        {{1, 1, 1, 1}, .01, {0, 0, 0, 0}, 6, 6},
        {{.01, 100}, .001, {0, 7}, 4, 4},
        {{.5147, .129, 7.82e-5, 2409, 980, 8.308}, .01, {6, 5, 0, 12, 12, 8}, -1, 1}}) {
    EXPECT_EQ(equalise(v.gains).offsets, v.offsets);
    EXPECT_EQ(least_precision_closed_form(v.gains, v.probability), v.closed_form);
    EXPECT_EQ(assign_bits(v.gains, v.probability).least, v.least);
  }
}

TEST(NoiseEqualisation, RechecksTheBoundAfterRounding) {
  const PrecisionAssignment assignment = assign_bits(kCnn, .01);
  EXPECT_LE(assignment.bound, .01);
  std::vector<int> fewer = assignment.bits;
  for (int& bits : fewer) --bits;
  EXPECT_GT(mismatch_bound(kCnn, fewer), .01);
}

TEST(NoiseGains, BoundTheMismatchOfUniformPrecision) {
  const std::vector<const char*> mlp = {".441", ".110", ".0276", "6.9e-3", "1.7e-3", "4.3e-4"};
  const std::vector<const char*> cnn = {"3.43", ".856", ".214", ".0535", ".0134", "3.3e-3"};
  for (std::size_t i = 0; i < mlp.size(); ++i) {
    const std::vector<int> bits(6, static_cast<int>(i) + 3);
    EXPECT_TRUE(is(mismatch_bound(kMlp, bits), mlp[i]));
    EXPECT_TRUE(is(mismatch_bound(kCnn, bits), cnn[i]));
  }
  EXPECT_EQ(uniform_bits(kMlp, .01).least, 6);
  EXPECT_EQ(uniform_bits(kCnn, .01).least, 8);
}

TEST(NoiseGains, OfZeroTakeTheLeastPrecision) {
  const PrecisionOffsets offsets = equalise(std::vector<double>{0, 4, 1});
  EXPECT_EQ(offsets.offsets, (std::vector<int>{0, 1, 0}));
  EXPECT_EQ(offsets.silent, (std::vector<bool>{true, false, false}));
}

TEST(NoiseGains, AreRefusedWhereNothingMatters) {
  const std::vector<double> zeros = {0, 0};
  const std::vector<double> broken = {1, std::numeric_limits<double>::quiet_NaN()};
  EXPECT_THROW((void)equalise(zeros), std::invalid_argument);
  EXPECT_THROW((void)equalise(broken), std::invalid_argument);
  EXPECT_THROW((void)equalise(std::vector<double>{}), std::invalid_argument);
  EXPECT_THROW((void)assign_bits(kMlp, 0), std::invalid_argument);
  EXPECT_THROW((void)assign_bits(kMlp, 1), std::invalid_argument);
  EXPECT_THROW((void)mismatch_bound(kMlp, std::vector<int>{4}), std::invalid_argument);
}

}  // namespace
}  // namespace bitscale::precision
