#include "sim/workload/reference.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

#include "tests/unit/tensor/random_layer.hpp"

namespace bitscale {
namespace {

using testing_support::for_each_product;
using testing_support::RandomLayers;

std::vector<std::int64_t> seven_loops(const LayerShape& s, const Tensor& a, const Tensor& w) {
  std::vector<std::int64_t> sums(static_cast<std::size_t>(s.outputs()));
  for_each_product(s, a, w, [&](std::size_t output, std::int64_t x, std::int64_t y, std::int64_t) {
    sums[output] += x * y;
  });
  return sums;
}

TEST(ReferenceConvolution, IsTheSevenLoopsOnRandomLayers) {
  RandomLayers random(11);
  for (int round = 0; round < 300; ++round) {
    const LayerShape s = random.shape();
    const Tensor a = random.activations(s);
    const Tensor w = random.weights(s);
    ASSERT_EQ(reference_convolution(s, a, w), seven_loops(s, a, w)) << "round " << round;
  }
}

TEST(ReferenceConvolution, HandlesMoreFiltersThanABlock) {
  RandomLayers random(12);
  LayerShape s;
  s.K = 150;
  s.C = 3;
  s.H = s.P = 5;
  s.W = s.Q = 3;
  const Tensor a = random.activations(s);
  const Tensor w = random.weights(s);
  EXPECT_EQ(reference_convolution(s, a, w), seven_loops(s, a, w));
}

TEST(ReferenceConvolution, OfAFullyConnectedLayerIsADotProductPerOutput) {
  RandomLayers random(13);
  LayerShape s;
  s.N = 3;
  s.K = 7;
  s.C = 1000;
  const Tensor a = random.activations(s);
  const Tensor w = random.weights(s);
  EXPECT_EQ(reference_convolution(s, a, w), seven_loops(s, a, w));
}

TEST(ReferenceConvolution, OfAMatmulTakesItsRowsFromP) {
  // [[1 2] [3 4]] x [[5 6] [7 8]], inner dimension on C, columns of the second on K.
  LayerShape s;
  s.K = s.C = 2;
  s.H = s.P = 2;
  const Tensor a{{}, 1, 2, 2, 1, {1, 3, 2, 4}, Origin::real};
  const Tensor w{{}, 2, 2, 1, 1, {5, 7, 6, 8}, Origin::real};
  EXPECT_EQ(reference_convolution(s, a, w), (std::vector<std::int64_t>{19, 43, 22, 50}));
}

TEST(ReferenceConvolution, KeepsSumsBeyond32Bits) {
  LayerShape s;
  s.C = 10000;
  const Tensor a{{}, 1, s.C, 1, 1, std::vector<std::int16_t>(10000, -32768), Origin::real};
  EXPECT_EQ(reference_convolution(s, a, a), (std::vector<std::int64_t>{10000LL << 30}));
}

TEST(ReferenceConvolution, RefusesTensorsOfAnotherShape) {
  RandomLayers random(14);
  LayerShape s;
  s.C = 4;
  const Tensor a = random.activations(s);
  EXPECT_THROW((void)reference_convolution(s, a, random.tensor(1, 3, 1, 1)), std::invalid_argument);
  EXPECT_THROW((void)reference_convolution(s, random.tensor(1, 4, 2, 1), a), std::invalid_argument);
}

TEST(Requantise, ShiftsByTheDifferenceOfFracBits) {
  EXPECT_EQ(requantise(100, 5, {8, Encoding::twos, 2}), 13);  // 12.5
  EXPECT_EQ(requantise(100, 2, {16, Encoding::twos, 4}), 400);
  EXPECT_EQ(requantise(-100, 3, {8, Encoding::unsigned_, 0}), 0);
}

TEST(RequantisationShift, IsTheStatedOneElseThatOfFracBits) {
  Layer layer;
  layer.activation.frac_bits = 4;
  layer.weight.frac_bits = 7;
  layer.output.frac_bits = 5;
  EXPECT_EQ(requantisation_shift(layer), 6);
  layer.requantise_shift = 0;
  EXPECT_EQ(requantisation_shift(layer), 0);
}

TEST(DefaultShift, GrowsByOneBitPerFourfoldFanIn) {
  const TensorType type{16, Encoding::twos, 0};
  LayerShape s;
  s.C = 64;
  const int narrow = default_shift(s, type, type, type);
  s.C = 256;
  EXPECT_EQ(default_shift(s, type, type, type), narrow + 1);
}

TEST(DefaultShift, FollowsTheBitsOfOperandsAndOutput) {
  LayerShape s;
  s.C = 64;
  const TensorType sixteen{16, Encoding::twos, 0};
  const TensorType eight{8, Encoding::twos, 0};
  const int wide = default_shift(s, sixteen, sixteen, sixteen);
  EXPECT_EQ(default_shift(s, eight, sixteen, sixteen), wide - 8);
  EXPECT_EQ(default_shift(s, sixteen, sixteen, eight), wide + 8);
  EXPECT_EQ(default_shift(s, {2, Encoding::twos, 0}, {2, Encoding::twos, 0}, sixteen), 0);
}

}  // namespace
}  // namespace bitscale
