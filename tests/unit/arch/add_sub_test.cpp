#include "arch/add_sub/add_sub.hpp"

#include <gtest/gtest.h>

#include "sim/activity/unit_energy.hpp"

namespace bitscale {
namespace {

constexpr TensorType kTernary{2, Encoding::ternary, 0};
constexpr TensorType kBinary{1, Encoding::binary_pm1, 0};

OperandTypes types_of(const TensorType& weight, int activation_bits = 8) {
  return {{activation_bits, Encoding::twos, 0}, weight, {24, Overflow::wrap}};
}

AddSubUnit unit_of(Guard guard, int scales = 0) {
  return AddSubUnit({8, guard, scales, 16, {24, Overflow::wrap}});
}

std::vector<ActionCount> actions_of(const Unit& unit, const UnitActivity& activity) {
  std::vector<ActionCount> actions;
  unit.count_actions(activity, actions);
  return actions;
}

std::vector<AreaItem> area_of(const Unit& unit, std::int64_t lanes) {
  std::vector<AreaItem> area;
  unit.count_area(lanes, 1, area);
  return area;
}

TEST(AddSubUnit, TakesIntegersAndOneOrTwoBitWeights) {
  const AddSubUnit unit = unit_of(Guard::none);
  EXPECT_EQ(unit.refusal(types_of(kTernary)), "");
  EXPECT_EQ(unit.refusal(types_of(kBinary)), "");
  EXPECT_EQ(unit.refusal(types_of(kBinary, 9)),
            "activations of 9 bits (twos); the unit takes 2 to 8");
  EXPECT_EQ(unit.refusal(types_of({2, Encoding::twos, 0})),
            "weights encoded as twos; the unit takes binary_pm1 and ternary");
  OperandTypes types = types_of(kBinary);
  types.activation = kBinary;
  EXPECT_EQ(unit.refusal(types),
            "activations encoded as binary_pm1; the unit takes unsigned and twos");
}

TEST(AddSubUnit, StoresWeightsInOneOrTwoBits) {
  const AddSubUnit unit = unit_of(Guard::none);
  EXPECT_EQ(unit.stored_weight_bits(kBinary), 1);
  EXPECT_EQ(unit.stored_weight_bits(kTernary), 2);
  EXPECT_EQ(unit.stored_activation_bits({5, Encoding::twos, 0}), 8);
}

TEST(AddSubUnit, CountsAdditionsAndNoMultiplications) {
  const auto actions =
      actions_of(unit_of(Guard::none), {1600, 1600, 100, 100, types_of(kTernary), 16, 9});
  ASSERT_EQ(actions.size(), 2U);
  EXPECT_EQ(actions[0], (ActionCount{"adder_tree", Action::add, 13, 0, 0, 0, 1500}));
  EXPECT_EQ(actions[1], (ActionCount{"accumulator", Action::add, 24, 0, 0, 0, 100}));
}

TEST(AddSubUnit, OneLaneSkipsZeroWeights) {
  const auto actions =
      actions_of(unit_of(Guard::weight), {100, 40, 100, 40, types_of(kTernary), 1, 9});
  ASSERT_EQ(actions.size(), 1U);
  EXPECT_EQ(actions[0].count, 40U);
}

TEST(AddSubUnit, TrainedTernaryTakesTwoFactorsAndTwoRegisters) {
  const auto actions =
      actions_of(unit_of(Guard::weight, 2), {100, 40, 100, 40, types_of(kTernary), 1, 9});
  EXPECT_EQ(actions.back(), (ActionCount{"scale", Action::multiply, 24, 16, 0, 0, 18}));
  EXPECT_EQ(area_of(unit_of(Guard::none, 1), 1).back().count, 1U);
  EXPECT_EQ(area_of(unit_of(Guard::none, 2), 1).back().count, 2U);
}

TEST(AddSubUnit, ZeroWeightsToggleLessThanSigns) {
  const AddSubUnit unit = unit_of(Guard::none);
  const double binary = measure_uniform(unit, 4, types_of(kBinary)).zero_delay;
  const double ternary = measure_uniform(unit, 4, types_of(kTernary)).zero_delay;
  EXPECT_GT(ternary, 0);
  EXPECT_LT(ternary, binary);
}

}  // namespace
}  // namespace bitscale
