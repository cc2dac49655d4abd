#include "sim/precision/training.hpp"

#include <gtest/gtest.h>

#include "tests/unit/precision/printed.hpp"

namespace bitscale::precision {
namespace {

struct Criteria {
  TrainingStatistics statistics;
  int gradient_bits, activation_gradient_bits, accumulator_bits;
};

TEST(TrainingFormats, FollowTheCriteria) {
  for (const Criteria& v : {Criteria{{.05, .001, .002, 4, 147456, 1048576, 8, .001}, 10, 9, 15},
                            {{.01, .0005, .0003, 16, 2359296, 2097152, 6, .001}, 9, 7, 18},
                            {{.1, .002, .01, 1, 5120, 5120, 10, .01}, 10, 8, 9},
                            {{.03, 1e-4, .001, 64, 36864, 6422528, 12, 1e-4}, 13, 15, 19},
                            {{.25, .01, .05, .25, 1000, 1000, 4, .1}, 9, 7, 10}}) {
    const TrainingFormats formats = training_formats(v.statistics);
    EXPECT_EQ(formats.weight_gradients.bits(), v.gradient_bits);
    EXPECT_EQ(formats.activation_gradients.bits(), v.activation_gradient_bits);
    EXPECT_EQ(formats.weight_accumulator.bits(), v.accumulator_bits);
  }
}

TEST(TrainingFormats, AreThoseOfTheWorkedExample) {
  const TrainingFormats formats = training_formats({.05, .001, .002, 4, 147456, 1048576, 8, .001});
  EXPECT_EQ(formats.weight_gradients.range, .125);
  EXPECT_TRUE(is(formats.weight_gradients.step, "2.44141e-4"));
  EXPECT_EQ(formats.activation_gradients.range, std::exp2(-6));
  EXPECT_TRUE(is(formats.activation_gradients.step, "6.10352e-5"));
  EXPECT_EQ(formats.weight_accumulator.range, std::exp2(-8));
  EXPECT_TRUE(is(formats.weight_accumulator.step, "2.38419e-7"));
}

struct Accumulated {
  int gradient_bits;
  double range;
  int weight_bits, accumulator_bits;
};

TEST(TrainingFormats, KeepTheSmallestUpdate) {
  for (const Accumulated& v : {Accumulated{11, .25, 14, 9},
                               {12, .0625, 13, 13},
                               {11, .03125, 13, 13},
                               {12, .015625, 13, 15},
                               {14, .015625, 12, 18},
                               {14, .25, 10, 16}}) {
    const double step = v.range * std::exp2(1 - v.gradient_bits);
    EXPECT_EQ(accumulator_format(v.weight_bits, step, .001).bits(), v.accumulator_bits);
  }
}

TEST(TrainingFormats, WarnOfAStepThatEqualsItsLimit) {
  EXPECT_EQ(training_formats({.25, .01, .05, .25, 1000, 1000, 4, .1}).warnings.size(), 1U);
  EXPECT_TRUE(training_formats({.1, .002, .01, 2, 5120, 5120, 10, .01}).warnings.empty());
}

TEST(TrainingFormats, RefuseTensorsWithoutDeviation) {
  EXPECT_THROW((void)training_formats({0, .001, .002, 4, 100, 100, 8, .001}),
               std::invalid_argument);
  EXPECT_THROW((void)training_formats({.05, .001, std::nan(""), 4, 100, 100, 8, .001}),
               std::invalid_argument);
}

struct Retention {
  int accumulator, product;
  std::int64_t length;
  const char* ratio;
};

TEST(Swamping, LosesVarianceAsSumsGrowLong) {
  for (const Retention& v : {Retention{5, 5, 64, ".992193"},
                             {6, 5, 256, ".996050"},
                             {6, 5, 1024, ".945290"},
                             {8, 5, 4096, ".998974"},
                             {8, 5, 16384, ".892640"},
                             {4, 5, 256, ".727906"},
                             {9, 5, 16384, ".999443"},
                             {12, 5, 1 << 20, ".999538"}})
    EXPECT_TRUE(is(variance_retention({v.accumulator, v.product, v.length}), v.ratio));
}

TEST(Swamping, TakesMoreMantissaForLongerSums) {
  const std::vector<std::pair<std::int64_t, int>> expected = {
      {64, 4},     {256, 6},    {1024, 7},     {4096, 9},
      {16384, 10}, {65536, 12}, {1 << 18, 13}, {1 << 20, 15}};
  for (const auto& [length, bits] : expected) EXPECT_EQ(swamping_bits(5, length), bits) << length;
}

TEST(Swamping, RefusesWhatItCannotAddUp) {
  EXPECT_THROW((void)variance_retention({8, 5, (std::int64_t{1} << 26) + 1}),
               std::invalid_argument);
  EXPECT_THROW((void)variance_retention({33, 5, 64}), std::invalid_argument);
  EXPECT_THROW((void)variance_retention({8, 0, 64}), std::invalid_argument);
  EXPECT_THROW((void)swamping_bits(5, 0), std::invalid_argument);
}

}  // namespace
}  // namespace bitscale::precision
