#include "arch/common/accumulator.hpp"

#include <gtest/gtest.h>

#include "tests/unit/arch/block.hpp"

namespace bitscale {
namespace {

class AccumulatorWidth : public testing::TestWithParam<int> {};

INSTANTIATE_TEST_SUITE_P(Bits, AccumulatorWidth,
                         testing::Range(kMinAccumulatorBits, kMaxAccumulatorBits + 1));

TEST_P(AccumulatorWidth, HoldsItsExtremesWithoutAnOverflow) {
  const int bits = GetParam();
  for (const Overflow overflow : {Overflow::wrap, Overflow::saturate}) {
    Accumulator accumulator({bits, overflow});
    accumulator.load(accumulator_max(bits) - 1);
    EXPECT_FALSE(accumulator.add(1));
    EXPECT_EQ(accumulator.value(), accumulator_max(bits));
    accumulator.load(accumulator_min(bits) + 1);
    EXPECT_FALSE(accumulator.add(-1));
    EXPECT_EQ(accumulator.value(), accumulator_min(bits));
  }
}

TEST_P(AccumulatorWidth, WrapsToTheOtherEndOnePastItsRange) {
  const int bits = GetParam();
  Accumulator accumulator({bits, Overflow::wrap});
  accumulator.load(accumulator_max(bits));
  EXPECT_TRUE(accumulator.add(1));
  EXPECT_EQ(accumulator.value(), accumulator_min(bits));
  EXPECT_TRUE(accumulator.add(-1));
  EXPECT_EQ(accumulator.value(), accumulator_max(bits));
}

TEST_P(AccumulatorWidth, SaturatesOnePastItsRange) {
  const int bits = GetParam();
  Accumulator accumulator({bits, Overflow::saturate});
  accumulator.load(accumulator_max(bits));
  EXPECT_TRUE(accumulator.add(1));
  EXPECT_EQ(accumulator.value(), accumulator_max(bits));
  accumulator.load(accumulator_min(bits));
  EXPECT_TRUE(accumulator.add(-1));
  EXPECT_EQ(accumulator.value(), accumulator_min(bits));
}

TEST_P(AccumulatorWidth, AgreesWithExactArithmeticOnRandomAdditions) {
  const int bits = GetParam();
  std::mt19937_64 random(static_cast<std::uint64_t>(bits));
  for (const Overflow overflow : {Overflow::wrap, Overflow::saturate}) {
    Accumulator accumulator({bits, overflow});
    test::Exact exact = 0;
    for (int i = 0; i < 2000; ++i) {
      // Addends of every magnitude, so that sums stay inside, just leave and leave by far.
      const auto addend =
          static_cast<std::int64_t>(random()) >> (1 + random() % static_cast<std::uint64_t>(63));
      const bool expected = test::add_finite(exact, addend, {bits, overflow});
      ASSERT_EQ(accumulator.add(addend), expected);
      ASSERT_EQ(accumulator.value(), static_cast<std::int64_t>(exact));
    }
  }
}

TEST(Accumulator, StartsAtZero) { EXPECT_EQ(Accumulator({8, Overflow::wrap}).value(), 0); }

TEST(Accumulator, RangeIsThatOfTwosComplement) {
  EXPECT_EQ(accumulator_min(4), -8);
  EXPECT_EQ(accumulator_max(4), 7);
  EXPECT_EQ(accumulator_min(64), INT64_MIN);
  EXPECT_EQ(accumulator_max(64), INT64_MAX);
}

TEST(Accumulator, WidthsThatNoUnitHasAreRefusedByName) {
  EXPECT_EQ(accumulator_refusal({4, Overflow::wrap}), "");
  EXPECT_EQ(accumulator_refusal({64, Overflow::wrap}), "");
  EXPECT_EQ(accumulator_refusal({3, Overflow::wrap}),
            "an accumulator of 3 bits; units have 4 to 64");
  EXPECT_EQ(accumulator_refusal({65, Overflow::wrap}),
            "an accumulator of 65 bits; units have 4 to 64");
}

}  // namespace
}  // namespace bitscale
