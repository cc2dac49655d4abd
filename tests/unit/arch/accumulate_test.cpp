#include "arch/common/accumulate.hpp"

#include <gtest/gtest.h>

#include "tests/unit/arch/block.hpp"

namespace bitscale {
namespace {

using test::Block;
using test::BlockSize;
using test::naive_accumulate;
using test::random_block;

TensorType unsigned_type(int bits) { return {bits, Encoding::unsigned_, 0}; }
TensorType twos_type(int bits) { return {bits, Encoding::twos, 0}; }

/// Runs kernel and naive model from the same start; values, untouched places and events must agree.
void expect_like_naive(Block block) {
  std::vector<std::int64_t> expected = block.accumulators;
  AccumulateBlock naive = block.view();
  naive.accumulators = expected.data();
  const std::uint64_t events = naive_accumulate(naive, block.types);
  EXPECT_EQ(accumulate_block(block.view(), block.types), events);
  EXPECT_EQ(block.accumulators, expected);
}

TEST(Accumulate, EveryProductOfEightBitTwosOperandsIsExact) {
  // 256 windows x 256 filters, one term: all products at once.
  std::vector<std::int16_t> values(256);
  for (int i = 0; i < 256; ++i)
    values[static_cast<std::size_t>(i)] = static_cast<std::int16_t>(i - 128);
  std::vector<std::int64_t> sums(256 * 256, 0);
  AccumulateBlock block{1, 1, 256, 256, values.data(), values.data(), 256, sums.data(), 256};
  EXPECT_EQ(accumulate_block(block, {twos_type(8), twos_type(8), {16, Overflow::wrap}}), 0U);
  for (std::int64_t a = 0; a < 256; ++a) {
    for (std::int64_t w = 0; w < 256; ++w) {
      ASSERT_EQ(sums[static_cast<std::size_t>(a * 256 + w)], (a - 128) * (w - 128));
    }
  }
}

TEST(Accumulate, EveryProductOfEightBitUnsignedActivationsIsExact) {
  std::vector<std::int16_t> activations(256), weights(256);
  for (int i = 0; i < 256; ++i) {
    activations[static_cast<std::size_t>(i)] = static_cast<std::int16_t>(i);
    weights[static_cast<std::size_t>(i)] = static_cast<std::int16_t>(i - 128);
  }
  std::vector<std::int64_t> sums(256 * 256, 0);
  AccumulateBlock block{1, 1, 256, 256, activations.data(), weights.data(), 256, sums.data(), 256};
  EXPECT_EQ(accumulate_block(block, {unsigned_type(8), twos_type(8), {24, Overflow::wrap}}), 0U);
  for (std::int64_t a = 0; a < 256; ++a) {
    for (std::int64_t w = 0; w < 256; ++w) {
      ASSERT_EQ(sums[static_cast<std::size_t>(a * 256 + w)], a * (w - 128));
    }
  }
}

TEST(Accumulate, NarrowAccumulatorsFollowTheScheduleForRandomShapesAndTypes) {
  std::mt19937_64 random(7);
  const auto up_to = [&random](std::int64_t most) {
    return 1 + static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(most));
  };
  for (std::uint64_t round = 0; round < 150; ++round) {
    OperandTypes types;
    types.activation = random() % 2 ? unsigned_type(static_cast<int>(up_to(15)))
                                    : twos_type(static_cast<int>(1 + up_to(15)));
    types.weight = random() % 2 ? unsigned_type(static_cast<int>(up_to(15)))
                                : twos_type(static_cast<int>(1 + up_to(15)));
    types.accumulator.bits = static_cast<int>(3 + up_to(40));
    types.accumulator.overflow = random() % 2 ? Overflow::wrap : Overflow::saturate;
    expect_like_naive(random_block({up_to(12), up_to(20), up_to(70), up_to(9)}, types, round));
  }
}

TEST(Accumulate, ManyWindowsAndFewFiltersAgreeWithTheNaiveModel) {
  for (const int bits : {10, 20, 30, 40}) {
    const OperandTypes types{twos_type(6), twos_type(9), {bits, Overflow::saturate}};
    expect_like_naive(random_block({9, 1, 1, 100}, types, 3));
    expect_like_naive(random_block({9, 3, 2, 67}, types, 4));
  }
}

TEST(Accumulate, LongSchedulesAgreeAcrossChunks) {
  const OperandTypes types{twos_type(8), twos_type(8), {17, Overflow::saturate}};
  expect_like_naive(random_block({5000, 1, 2, 1}, types, 5));
  expect_like_naive(random_block({150, 64, 3, 1}, types, 6));
}

TEST(Accumulate, WidestAccumulatorsStillCountTheirOverflows) {
  for (const int bits : {62, 63, 64}) {
    for (const Overflow overflow : {Overflow::wrap, Overflow::saturate}) {
      const OperandTypes types{twos_type(16), twos_type(16), {bits, overflow}};
      Block block = random_block({6, 3, 5, 3}, types, 9);
      const std::int64_t near_max = (INT64_MAX >> (64 - bits)) - (std::int64_t{1} << 30);
      for (std::size_t i = 0; i < block.accumulators.size(); ++i) {
        block.accumulators[i] = i % 2 ? near_max : -near_max;
      }
      expect_like_naive(block);
    }
  }
}

TEST(Accumulate, OrderFreeKernelAgreesWithTheOrderedOneWhereNothingOverflows) {
  std::mt19937_64 random(11);
  const auto up_to = [&random](std::int64_t most) {
    return 1 + static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(most));
  };
  for (std::uint64_t round = 0; round < 60; ++round) {
    const OperandTypes types{twos_type(static_cast<int>(1 + up_to(15))),
                             unsigned_type(static_cast<int>(up_to(15))),
                             {48, Overflow::wrap}};
    Block ordered = random_block({up_to(60), up_to(20), up_to(80), up_to(40)}, types, round);
    Block exact = ordered;
    AccumulateBlock order_free = exact.view();
    order_free.exact = true;
    EXPECT_EQ(accumulate_block(ordered.view(), types), 0U);
    EXPECT_EQ(accumulate_block(order_free, types), 0U);
    ASSERT_EQ(exact.accumulators, ordered.accumulators);
  }
}

TEST(Accumulate, RangeHoldsEveryPartialSumInScheduleOrder) {
  std::mt19937_64 random(12);
  const auto up_to = [&random](std::int64_t most) {
    return 1 + static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(most));
  };
  for (std::uint64_t round = 0; round < 60; ++round) {
    const OperandTypes types{twos_type(static_cast<int>(1 + up_to(15))),
                             twos_type(static_cast<int>(1 + up_to(15))),
                             {6, Overflow::saturate}};
    Block tracked = random_block({up_to(30), up_to(12), up_to(50), up_to(20)}, types, round);
    Block naive = tracked;
    SumRange range;
    SumRange expected;
    AccumulateBlock block = tracked.view();
    block.range = &range;
    block.max_sum = std::int64_t{1} << 45;
    EXPECT_EQ(accumulate_block(block, types), 0U);
    AccumulateBlock by_definition = naive.view();
    by_definition.range = &expected;
    naive_accumulate(by_definition, {types.activation, types.weight, {62, Overflow::wrap}});
    ASSERT_EQ(range, expected);
    ASSERT_EQ(tracked.accumulators, naive.accumulators);
  }
}

TEST(Accumulate, WidthOfARangeIsTheNarrowestRegister) {
  EXPECT_EQ(width_of({0, 0}), 1);
  EXPECT_EQ(width_of({-1, 0}), 1);
  EXPECT_EQ(width_of({0, 1}), 2);
  EXPECT_EQ(width_of({-128, 127}), 8);
  EXPECT_EQ(width_of({-129, 0}), 9);
  EXPECT_EQ(width_of({0, 128}), 9);
}

TEST(Accumulate, ExtremeSixteenBitProductsSumWithoutLoss) {
  const std::int64_t terms = 700;
  std::vector<std::int16_t> values(static_cast<std::size_t>(terms * 40), INT16_MIN);
  std::vector<std::int64_t> sums(40 * 40, 0);
  AccumulateBlock block{7,  100,         40, 40,   values.data(), values.data(),
                        40, sums.data(), 40, true, terms << 30};
  accumulate_block(block, {twos_type(16), twos_type(16), {48, Overflow::wrap}});
  EXPECT_EQ(sums, std::vector<std::int64_t>(40 * 40, terms << 30));
}

TEST(Accumulate, ExtremeProductsOfEveryWidthSumWithoutLoss) {
  // Crosses the width at which sums no longer fit 32 bits, and the term at which they stop to.
  const std::int64_t terms = 600;
  for (int bits = 2; bits <= 16; ++bits) {
    const std::int64_t weight = -(std::int64_t{1} << (bits - 1));
    const std::vector<std::int16_t> activations(static_cast<std::size_t>(terms * 3), INT16_MIN);
    const std::vector<std::int16_t> weights(static_cast<std::size_t>(terms * 33),
                                            static_cast<std::int16_t>(weight));
    std::vector<std::int64_t> sums(3 * 33, 0);
    AccumulateBlock block{terms,          1,  33,          3,  activations.data(),
                          weights.data(), 33, sums.data(), 33, true};
    accumulate_block(block, {twos_type(16), twos_type(bits), {48, Overflow::wrap}});
    EXPECT_EQ(sums, std::vector<std::int64_t>(3 * 33, terms * INT16_MIN * weight)) << bits;
  }
}

TEST(Accumulate, SaturationDependsOnTheOrderOfSteps) {
  // 100 + 100 - 100 in 8 bits: 27 when the sum clamps first, 100 when it does not.
  const std::int16_t ones[] = {1, 1, 1};
  const OperandTypes types{twos_type(8), twos_type(8), {8, Overflow::saturate}};
  const std::int16_t clamps[] = {100, 100, -100};
  std::int64_t sum = 0;
  AccumulateBlock block{3, 1, 1, 1, ones, clamps, 1, &sum, 1};
  EXPECT_EQ(accumulate_block(block, types), 1U);
  EXPECT_EQ(sum, 27);
  const std::int16_t stays[] = {100, -100, 100};
  sum = 0;
  block.weights = stays;
  EXPECT_EQ(accumulate_block(block, types), 0U);
  EXPECT_EQ(sum, 100);
}

TEST(Accumulate, LanesAddExactlyBeforeTheFiniteAccumulator) {
  const std::int16_t ones[] = {1, 1, 1};
  const std::int16_t weights[] = {100, 100, -100};
  const OperandTypes types{twos_type(8), twos_type(8), {8, Overflow::saturate}};
  std::int64_t sum = 0;
  AccumulateBlock block{1, 3, 1, 1, ones, weights, 1, &sum, 1};
  EXPECT_EQ(accumulate_block(block, types), 0U);
  EXPECT_EQ(sum, 100);
}

TEST(Accumulate, EmptyBlockLeavesTheAccumulatorsAlone) {
  std::int64_t sum = 5;
  AccumulateBlock block{0, 1, 1, 1, nullptr, nullptr, 1, &sum, 1};
  EXPECT_EQ(accumulate_block(block, {twos_type(8), twos_type(8), {8, Overflow::wrap}}), 0U);
  EXPECT_EQ(sum, 5);
}

}  // namespace
}  // namespace bitscale
