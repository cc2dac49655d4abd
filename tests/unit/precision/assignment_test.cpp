#include "sim/precision/assignment.hpp"

#include <gtest/gtest.h>

#include "sim/core/errors.hpp"
#include "sim/workload/classification.hpp"
#include "sim/workload/network.hpp"
#include "sim/workload/workload_file.hpp"
#include "tests/unit/precision/printed.hpp"

namespace bitscale::precision {
namespace {

/// One image, one rival at `margin`, squared derivatives of one layer's tensors and, of the
/// weights, their sum.
Sensitivity image(double margin, double activation_power, double weight_power,
                  double weight_drift = 0) {
  Sensitivity s;
  s.scores = {margin, 0};
  s.rivals.push_back({margin, {activation_power}, {weight_power}, {0}, {weight_drift}});
  return s;
}

const std::vector<ChosenTensor> kTensors = {{"fc", 0, false, 1, 1, 16}, {"fc", 0, true, 1, 2, 16}};

TEST(MismatchEstimate, OfOneRivalIsChebyshevs) {
  const std::vector<Sensitivity> images = {image(.5, 2, 2.5)};
  // Steps of 2^-3 and 2^-4: variance (2/64 + 2.5/256)/12, over twice the squared margin.
  const double variance = (2.0 / 64 + 2.5 / 256) / 12;
  const MismatchEstimate estimate = estimate_mismatch(images, kTensors, std::vector<int>{4, 5});
  EXPECT_DOUBLE_EQ(estimate.bound, variance / (2 * .25));
  EXPECT_DOUBLE_EQ(estimate.capped, estimate.bound);
  EXPECT_DOUBLE_EQ(estimate.gaussian, tail(.5 / std::sqrt(variance)));
}

TEST(MismatchEstimate, IsTheSumOfStepsAndGains) {
  const std::vector<Sensitivity> images = {image(.5, 2, 2.5), image(2, 1, 3)};
  const std::vector<double> gains = noise_gains(images, kTensors);
  EXPECT_TRUE(is(gains[0], "0.171875"));  // (0.333333 + 0.010417) / 2
  for (const int bits : {3, 6}) {
    const std::vector<int> all = {bits, bits + 1};
    EXPECT_NEAR(estimate_mismatch(images, kTensors, all).bound, mismatch_bound(gains, all), 1e-15);
  }
}

TEST(MismatchEstimate, CountsAnImageAtMostOnceWhereCapped) {
  const std::vector<Sensitivity> images = {image(1e-3, 2, 2), image(10, 0, 0)};
  const MismatchEstimate estimate = estimate_mismatch(images, kTensors, std::vector<int>{4, 4});
  EXPECT_GT(estimate.bound, 100);
  EXPECT_DOUBLE_EQ(estimate.capped, .25);  // half of one of two images
}

TEST(MismatchEstimate, HasNoNoiseFromStoredBits) {
  std::vector<ChosenTensor> tensors = kTensors;
  tensors[0].stored = tensors[1].stored = true;
  tensors[0].most_bits = tensors[1].most_bits = 8;
  const std::vector<Sensitivity> images = {image(.5, 2, 2)};
  EXPECT_EQ(estimate_mismatch(images, tensors, std::vector<int>{8, 8}).bound, 0);
  EXPECT_GT(estimate_mismatch(images, tensors, std::vector<int>{7, 8}).bound, 0);
}

// Errors of stored integers are counted: all 8-bit values rounded half up to fewer bits.
TEST(MismatchEstimate, OfStoredBitsHasTheirMeanAndVariance) {
  std::vector<ChosenTensor> tensors = kTensors;
  tensors[1].stored = true;
  tensors[1].most_bits = 8;
  for (const int bits : {7, 6, 4}) {
    const int unit = 1 << (8 - bits);
    double mean = 0;
    double power = 0;
    for (int value = 0; value < 256; ++value) {
      const int rounded = (value + unit / 2) / unit * unit;
      const double error = (rounded - value) / 128.0;
      mean += error / 256;
      power += error * error / 256;
    }
    // One weight with a derivative of -2, activations without noise.
    const std::vector<Sensitivity> images = {image(.5, 0, 4, -2)};
    const double margin = .5 - 2 * mean;
    const double variance = 4 * (power - mean * mean);
    const MismatchEstimate found = estimate_mismatch(images, tensors, std::vector<int>{4, bits});
    EXPECT_NEAR(found.capped, variance / (2 * margin * margin), 1e-12) << bits;
    EXPECT_NEAR(found.gaussian, tail(margin / std::sqrt(variance)), 1e-12) << bits;
  }
}

TEST(MismatchEstimate, IsSureOfAClassThatTheMeanErrorTakesAlong) {
  std::vector<ChosenTensor> tensors = kTensors;
  tensors[1].stored = true;
  tensors[1].most_bits = 8;
  const std::vector<Sensitivity> images = {image(1e-3, 0, 1e-9, -2)};
  const MismatchEstimate found = estimate_mismatch(images, tensors, std::vector<int>{4, 7});
  EXPECT_EQ(found.capped, 1);
  EXPECT_GT(found.gaussian, .99);
}

TEST(NoiseGains, ScaleWithTheRangeOfATensor) {
  std::vector<ChosenTensor> tensors = kTensors;
  tensors[1].scale = 4;
  const std::vector<Sensitivity> images = {image(.5, 2, 2)};
  const std::vector<double> gains = noise_gains(images, tensors);
  EXPECT_DOUBLE_EQ(gains[1] / gains[0], 16);
}

TEST(AssignWithinLimits, TakesTheLeastPrecisionThatHolds) {
  const std::vector<Sensitivity> images = {image(.5, 2, 2.5), image(.25, 1, 3)};
  const std::vector<int> offsets = {0, 1};
  for (const MismatchRule rule :
       {MismatchRule::bound, MismatchRule::capped, MismatchRule::gaussian}) {
    const PrecisionAssignment found = assign_within_limits(images, kTensors, offsets, .01, rule);
    EXPECT_LE(found.bound, .01);
    EXPECT_EQ(found.bits, (std::vector<int>{found.least, found.least + 1}));
    const std::vector<int> fewer = bits_within_limits(kTensors, found.least - 1, offsets);
    EXPECT_GT(by_rule(estimate_mismatch(images, kTensors, fewer), rule), .01);
  }
}

TEST(AssignWithinLimits, RefusesWhatNoTypeReaches) {
  const std::vector<Sensitivity> images = {image(1e-9, 2, 2)};
  EXPECT_THROW((void)assign_within_limits(images, kTensors, std::vector<int>{0, 0}, .01,
                                          MismatchRule::bound),
               ConfigError);
}

TEST(ChosenTensors, OfATrainedNetworkHaveItsScales) {
  const std::vector<ChosenTensor> tensors = chosen_tensors(load_workload("lenet_fashion"));
  ASSERT_EQ(tensors.size(), 10U);
  EXPECT_EQ(tensors[0].layer, "conv1");
  EXPECT_EQ(tensors[0].scale, .5);  // unsigned 0 .. 1
  EXPECT_TRUE(tensors[0].stored);
  EXPECT_EQ(tensors[1].scale, 2);  // unsigned 0 .. 4
  EXPECT_FALSE(tensors[1].stored);
  EXPECT_TRUE(tensors[5].weights);
  EXPECT_EQ(tensors[5].scale, .5);  // two's complement +-0.5
  EXPECT_EQ(tensors[5].most_bits, 8);
}

// The network in real numbers against the same one bit-true with its widest types.
TEST(RealNetwork, OfATrainedNetworkNamesTheClassesOfItsFixedPoint) {
  const Workload workload = load_workload("lenet_fashion", {"", 20});
  const RealNetwork network = RealNetwork::from(workload);
  const Tensor input = make_network_input(workload);
  const std::vector<std::int32_t> fixed = classes_of(run_reference(workload).back());
  int equal = 0;
  for (std::size_t i = 0; i < fixed.size(); ++i) {
    std::vector<double> pixels;
    for (std::size_t p = i * 784; p < (i + 1) * 784; ++p) pixels.push_back(input.values[p] / 256.0);
    equal += largest(network.scores(pixels)) == fixed[i] ? 1 : 0;
  }
  EXPECT_GE(equal, 19);
}

TEST(RealNetwork, IsRefusedWithoutScales) {
  EXPECT_THROW((void)RealNetwork::from(load_workload("alexnet")), MappingError);
}

}  // namespace
}  // namespace bitscale::precision
