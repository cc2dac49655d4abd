#include "sim/workload/tensor.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <limits>

namespace bitscale {
namespace {

constexpr TensorType kByte{8, Encoding::twos, 0};
constexpr std::int64_t kLargest = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t kSmallest = std::numeric_limits<std::int64_t>::min();

TEST(Origin, OfOneKindStaysAndOfTwoIsMixed) {
  EXPECT_EQ(combine(Origin::real, Origin::real), Origin::real);
  EXPECT_EQ(combine(Origin::none, Origin::synthetic), Origin::synthetic);
  EXPECT_EQ(combine(Origin::synthetic, Origin::none), Origin::synthetic);
  EXPECT_EQ(combine(Origin::real, Origin::synthetic), Origin::mixed);
  EXPECT_EQ(combine(Origin::mixed, Origin::real), Origin::mixed);
  EXPECT_EQ(to_string(Origin::mixed), "mixed");
}

TEST(RoundTo, RoundsHalvesUp) {
  EXPECT_EQ(round_to(3, 1, kByte), 2);    // 1.5
  EXPECT_EQ(round_to(-3, 1, kByte), -1);  // -1.5
  EXPECT_EQ(round_to(-5, 2, kByte), -1);  // -1.25
  EXPECT_EQ(round_to(-6, 2, kByte), -1);  // -1.5
  EXPECT_EQ(round_to(-7, 2, kByte), -2);  // -1.75
}

TEST(RoundTo, AgreesWithFloorOfTheShiftedValuePlusOneHalf) {
  for (int value = -600; value <= 600; ++value) {
    for (int shift = 0; shift <= 12; ++shift) {
      const double expected = std::floor(value / std::exp2(shift) + 0.5);
      const int saturated = static_cast<int>(std::fmin(std::fmax(expected, -128.0), 127.0));
      ASSERT_EQ(round_to(value, shift, kByte), saturated) << value << " >> " << shift;
    }
  }
}

TEST(RoundTo, SaturatesAtBothEndsOfTheType) {
  EXPECT_EQ(round_to(128, 0, kByte), 127);
  EXPECT_EQ(round_to(-129, 0, kByte), -128);
  EXPECT_EQ(round_to(-1, 0, TensorType{4, Encoding::unsigned_, 0}), 0);
  EXPECT_EQ(round_to(16, 0, TensorType{4, Encoding::unsigned_, 0}), 15);
  EXPECT_EQ(round_to(kLargest, 0, TensorType{16, Encoding::twos, 0}), 32767);
  EXPECT_EQ(round_to(-5, 0, TensorType{2, Encoding::ternary, 0}), -1);
}

TEST(RoundTo, ShiftsLeftWhereTheShiftIsNegative) {
  EXPECT_EQ(round_to(3, -4, kByte), 48);
  EXPECT_EQ(round_to(3, -6, kByte), 127);
  EXPECT_EQ(round_to(-1, -200, kByte), -128);
  EXPECT_EQ(round_to(0, -200, kByte), 0);
  EXPECT_EQ(round_to(kLargest, -31, kByte), 127);
  EXPECT_EQ(round_to(kSmallest, -31, kByte), -128);
}

TEST(RoundTo, LosesEverythingInAShiftOfTheWholeWord) {
  EXPECT_EQ(round_to(kLargest, 63, kByte), 1);  // 0.99..
  EXPECT_EQ(round_to(kSmallest, 63, kByte), -1);
  EXPECT_EQ(round_to(kLargest, 64, kByte), 0);
  EXPECT_EQ(round_to(kSmallest, 1000, kByte), 0);
}

TEST(RoundTo, BinaryKeepsTheSign) {
  const TensorType binary{1, Encoding::binary_pm1, 0};
  EXPECT_EQ(round_to(-7, 2, binary), -1);
  EXPECT_EQ(round_to(0, 2, binary), 1);
  EXPECT_EQ(round_to(90, 2, binary), 1);
}

TEST(Alignment, FollowsFracBitsWhereTheyAreStated) {
  EXPECT_EQ(alignment_shift({8, Encoding::twos, 6}, {8, Encoding::twos, 4}), 2);
  EXPECT_EQ(alignment_shift({16, Encoding::twos, 0}, {8, Encoding::twos, 3}), -3);
}

TEST(Alignment, FollowsFullScaleWhereNoFracBitsAreStated) {
  EXPECT_EQ(alignment_shift({16, Encoding::twos, 0}, {8, Encoding::twos, 0}), 8);
  EXPECT_EQ(alignment_shift({16, Encoding::twos, 0}, {8, Encoding::unsigned_, 0}), 7);
  EXPECT_EQ(alignment_shift({4, Encoding::unsigned_, 0}, {8, Encoding::unsigned_, 0}), -4);
}

TEST(Convert, KeepsShapeAndOriginAndRoundsEveryValue) {
  const Tensor from{{8, Encoding::twos, 0}, 1, 1, 1, 4, {127, -128, 8, 7}, Origin::real};
  const Tensor expected{{4, Encoding::twos, 0}, 1, 1, 1, 4, {7, -8, 1, 0}, Origin::real};
  EXPECT_EQ(convert(from, expected.type), expected);
}

TEST(Convert, SaturatesWhereOnlyTheSignIsLost) {
  const Tensor from{{8, Encoding::twos, 3}, 1, 1, 1, 2, {-5, 100}, Origin::real};
  EXPECT_EQ(convert(from, {8, Encoding::unsigned_, 3}).values, (std::vector<std::int16_t>{0, 100}));
}

}  // namespace
}  // namespace bitscale
