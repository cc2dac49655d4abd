#include "arch/parallel/parallel.hpp"

#include <gtest/gtest.h>

namespace bitscale {
namespace {

OperandTypes types_of(int activation_bits, int weight_bits, int accumulator_bits = 32) {
  return {{activation_bits, Encoding::twos, 0},
          {weight_bits, Encoding::twos, 0},
          {accumulator_bits, Overflow::wrap}};
}

std::vector<ActionCount> actions_of(const Unit& unit, const UnitActivity& activity) {
  std::vector<ActionCount> actions;
  unit.count_actions(activity, actions);
  return actions;
}

std::vector<AreaItem> area_of(const Unit& unit, std::int64_t lanes, std::uint64_t count) {
  std::vector<AreaItem> area;
  unit.count_area(lanes, count, area);
  return area;
}

TEST(ParallelUnit, TakesOneCyclePerStepAtEveryPrecision) {
  const ParallelUnit unit({16, 16, Guard::none, {48, Overflow::wrap}});
  EXPECT_EQ(unit.mode(types_of(16, 16)).cycles, 1);
  EXPECT_EQ(unit.mode(types_of(2, 4)).cycles, 1);
}

TEST(ParallelUnit, StoresNarrowOperandsAsFullWords) {
  const ParallelUnit unit({12, 8, Guard::none, {32, Overflow::wrap}});
  EXPECT_EQ(unit.stored_activation_bits({3, Encoding::unsigned_, 0}), 12);
  EXPECT_EQ(unit.stored_weight_bits({2, Encoding::twos, 0}), 8);
}

TEST(ParallelUnit, RefusesWiderOperandsNamingTheLimit) {
  const ParallelUnit unit({8, 4, Guard::none, {32, Overflow::wrap}});
  EXPECT_EQ(unit.refusal(types_of(8, 4)), "");
  EXPECT_EQ(unit.refusal(types_of(9, 4)), "activations of 9 bits (twos); the unit takes 2 to 8");
  EXPECT_EQ(unit.refusal(types_of(8, 5)), "weights of 5 bits (twos); the unit takes 2 to 4");
}

TEST(ParallelUnit, RefusesEncodingsThatAreNotIntegers) {
  const ParallelUnit unit({16, 16, Guard::none, {48, Overflow::wrap}});
  OperandTypes types = types_of(8, 2);
  types.weight.encoding = Encoding::ternary;
  EXPECT_EQ(unit.refusal(types), "weights encoded as ternary; the unit takes unsigned and twos");
}

TEST(ParallelUnit, RefusesAccumulatorsOutOfRange) {
  const ParallelUnit unit({16, 16, Guard::none, {48, Overflow::wrap}});
  EXPECT_NE(unit.refusal(types_of(8, 8, 65)), "");
}

TEST(ParallelUnit, OneLaneMultipliesAndAccumulatesOnlyWhatIsNotGuarded) {
  const ParallelUnit unit({16, 8, Guard::product, {48, Overflow::wrap}});
  const auto actions = actions_of(unit, {100, 60, 100, 60, types_of(8, 8, 40), 1});
  ASSERT_EQ(actions.size(), 2U);
  EXPECT_EQ(actions[0], (ActionCount{"multiplier", Action::multiply, 16, 8, 0, 0, 60}));
  EXPECT_EQ(actions[1], (ActionCount{"accumulator", Action::add, 40, 0, 0, 0, 60}));
}

TEST(ParallelUnit, SixteenLanesAddFifteenTimesInATreeAndOnceInTheAccumulator) {
  const ParallelUnit unit({16, 16, Guard::product, {48, Overflow::wrap}});
  const auto actions = actions_of(unit, {1600, 900, 100, 90, types_of(16, 16, 48), 16});
  ASSERT_EQ(actions.size(), 3U);
  EXPECT_EQ(actions[0], (ActionCount{"multiplier", Action::multiply, 16, 16, 0, 0, 900}));
  EXPECT_EQ(actions[1], (ActionCount{"adder_tree", Action::add, 36, 0, 0, 0, 1500}));
  EXPECT_EQ(actions[2], (ActionCount{"accumulator", Action::add, 48, 0, 0, 0, 100}));
}

TEST(ParallelUnit, AreaHasAMultiplierPerLaneAndATreeBetweenThem) {
  const ParallelUnit unit({8, 8, Guard::none, {24, Overflow::wrap}});
  const auto area = area_of(unit, 4, 10);
  ASSERT_EQ(area.size(), 3U);
  EXPECT_EQ(area[0], (AreaItem{"multiplier", Action::multiply, 8, 8, 0, 40}));
  EXPECT_EQ(area[1], (AreaItem{"adder_tree", Action::add, 18, 0, 0, 30}));
  EXPECT_EQ(area[2], (AreaItem{"accumulator", Action::add, 24, 0, 0, 10}));
}

TEST(ParallelUnit, OneLaneHasNoTree) {
  const ParallelUnit unit({8, 8, Guard::none, {24, Overflow::wrap}});
  EXPECT_EQ(area_of(unit, 1, 1).size(), 2U);
}

}  // namespace
}  // namespace bitscale
