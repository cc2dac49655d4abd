#include "arch/shift_add/shift_add.hpp"

#include <gtest/gtest.h>

#include "sim/activity/unit_energy.hpp"

namespace bitscale {
namespace {

TensorType log2_type(int bits) { return {bits, Encoding::log2, 0}; }

OperandTypes types_of(const TensorType& activation, int weight_bits) {
  return {activation, log2_type(weight_bits), {40, Overflow::wrap}};
}

ShiftAddUnit unit_of(int activation_bits, int weight_bits) {
  return ShiftAddUnit({activation_bits, weight_bits, Guard::none, {40, Overflow::wrap}});
}

constexpr TensorType kInteger{8, Encoding::twos, 0};

TEST(ShiftAddUnit, TakesPowersOfTwoAndIntegersOrPowersOfTwo) {
  const ShiftAddUnit unit = unit_of(8, 4);
  EXPECT_EQ(unit.refusal(types_of(kInteger, 4)), "");
  EXPECT_EQ(unit.refusal(types_of(log2_type(4), 4)), "");
  EXPECT_EQ(unit.refusal(types_of(kInteger, 5)), "weights of 5 bits (log2); the unit takes 2 to 4");
  EXPECT_EQ(unit.refusal(types_of({9, Encoding::twos, 0}, 4)),
            "activations of 9 bits (twos); the unit takes 2 to 8");
  EXPECT_EQ(unit.refusal({kInteger, {8, Encoding::twos, 0}, {40, Overflow::wrap}}),
            "weights encoded as twos; the unit takes log2");
  EXPECT_EQ(unit.refusal(types_of({2, Encoding::ternary, 0}, 4)),
            "activations encoded as ternary; the unit takes unsigned and twos and log2");
}

TEST(ShiftAddUnit, RefusesPowersBeyondItsActivations) {
  EXPECT_EQ(unit_of(8, 4).refusal(types_of(log2_type(5), 4)),
            "activations of 5 bits (log2) reach 2^14; the unit takes up to 2^7");
  EXPECT_EQ(unit_of(15, 4).refusal(types_of(log2_type(5), 4)), "");
}

TEST(ShiftAddUnit, StoresCodesNotIntegers) {
  const ShiftAddUnit unit = unit_of(16, 5);
  EXPECT_EQ(unit.stored_weight_bits(log2_type(5)), 5);
  EXPECT_EQ(unit.stored_activation_bits(log2_type(4)), 4);
  EXPECT_EQ(unit.stored_activation_bits(kInteger), 16);
}

TEST(ShiftAddUnit, CountsAShiftPerProductAndNoMultiplication) {
  std::vector<ActionCount> actions;
  unit_of(8, 4).count_actions({1600, 1600, 100, 100, types_of(kInteger, 4), 16, 9}, actions);
  ASSERT_EQ(actions.size(), 3U);
  // 8 bits and a sign, shifted by up to 6.
  EXPECT_EQ(actions[0], (ActionCount{"shifter", Action::add, 15, 0, 0, 0, 1600}));
  EXPECT_EQ(actions[1], (ActionCount{"adder_tree", Action::add, 19, 0, 0, 0, 1500}));
  EXPECT_EQ(actions[2], (ActionCount{"accumulator", Action::add, 40, 0, 0, 0, 100}));
}

TEST(ShiftAddUnit, AreaHasAShifterPerLane) {
  std::vector<AreaItem> area;
  unit_of(8, 4).count_area(4, 10, area);
  ASSERT_EQ(area.size(), 3U);
  EXPECT_EQ(area[0], (AreaItem{"shifter", Action::add, 15, 0, 0, 40}));
  EXPECT_EQ(area[1].count, 30U);
}

TEST(ShiftAddUnit, ShorterCodesSwitchLess) {
  const ShiftAddUnit unit = unit_of(16, 5);
  const double shortest = measure_uniform(unit, 1, types_of(kInteger, 2)).zero_delay;
  EXPECT_GT(shortest, 0);
  EXPECT_LT(shortest, measure_uniform(unit, 1, types_of(kInteger, 5)).zero_delay);
}

}  // namespace
}  // namespace bitscale
