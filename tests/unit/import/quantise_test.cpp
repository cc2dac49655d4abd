#include "sim/import/quantise.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>
#include <stdexcept>
#include <vector>

namespace bitscale::importing {
namespace {

Tensor quantised(const std::vector<double>& weights, int bits) {
  Tensor tensor;
  tensor.type.bits = bits;
  tensor.n = static_cast<std::int64_t>(weights.size());
  tensor.c = tensor.h = tensor.w = 1;
  quantise([&](std::size_t i) { return weights[i]; }, tensor);
  return tensor;
}

TEST(Quantise, TakesTheFinestPowerOfTwoThatKeepsTheLargestWeight) {
  const Tensor tensor = quantised({0.5, -0.25, 0.1}, 8);
  EXPECT_EQ(tensor.type, (TensorType{8, Encoding::twos, 7}));
  EXPECT_EQ(tensor.values, (std::vector<std::int16_t>{64, -32, 13}));
}

TEST(Quantise, StepsDownWhereRoundingWouldLeaveTheRange) {
  // 0.999 x 2^7 rounds to 128, one over the largest of 8 bits.
  EXPECT_EQ(quantised({0.999}, 8).type.frac_bits, 6);
  EXPECT_EQ(quantised({0.996}, 8).type.frac_bits, 7);
  EXPECT_EQ(quantised({0.996}, 8).values[0], 127);
}

TEST(Quantise, UsesMoreThanHalfOfTheRange) {
  std::mt19937_64 random(7);
  for (int bits = 2; bits <= 16; ++bits) {
    for (int round = 0; round < 50; ++round) {
      const double largest = std::ldexp(1.0 + 0.9 * std::generate_canonical<double, 53>(random),
                                        static_cast<int>(random() % 20) - 10);
      const Tensor tensor = quantised({-largest, largest / 3}, bits);
      const int limit = (1 << (bits - 1)) - 1;
      EXPECT_LE(-tensor.values[0], limit);
      EXPECT_GE(-2 * tensor.values[0], limit) << bits << " " << largest;
      const double step = std::ldexp(1.0, -tensor.type.frac_bits);
      EXPECT_LE(std::fabs(tensor.values[1] * step - largest / 3), step / 2);
    }
  }
}

TEST(Quantise, IsSymmetric) {
  EXPECT_EQ(quantised({-1.0, 1.0}, 4).values, (std::vector<std::int16_t>{-4, 4}));
  EXPECT_EQ(quantised({-1.0, 1.0}, 2).values, (std::vector<std::int16_t>{-1, 1}));
}

TEST(Quantise, ZerosStayZeros) {
  const Tensor tensor = quantised({0.0, 0.0}, 8);
  EXPECT_EQ(tensor.type.frac_bits, 0);
  EXPECT_EQ(tensor.values, (std::vector<std::int16_t>{0, 0}));
}

TEST(Quantise, ScalesOutOfReachSaturateOrVanish) {
  EXPECT_EQ(quantised({1e300}, 8).values[0], 127);
  EXPECT_EQ(quantised({1e-300}, 8).values[0], 0);
  EXPECT_EQ(quantised({1e-300}, 8).type.frac_bits, 32);
}

TEST(Quantise, RefusesWhatIsNoNumber) {
  EXPECT_THROW(quantised({1.0, std::nan("")}, 8), std::invalid_argument);
  EXPECT_THROW(quantised({std::numeric_limits<double>::infinity()}, 8), std::invalid_argument);
}

TEST(Quantise, ValuesCountAsReal) { EXPECT_EQ(quantised({1.0}, 8).origin, Origin::real); }

}  // namespace
}  // namespace bitscale::importing
