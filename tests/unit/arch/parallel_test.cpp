#include "arch/parallel/parallel.hpp"

#include <gtest/gtest.h>

#include "arch/common/accumulator.hpp"
#include "arch/unit_netlist.hpp"
#include "sim/netlist/timing.hpp"
#include "tests/unit/arch/block.hpp"

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

ParallelUnit gated(int accumulator_bits = 48, Overflow overflow = Overflow::wrap) {
  return ParallelUnit({16, 16, Guard::none, {accumulator_bits, overflow}, Gating::lsb});
}

TEST(GatedUnit, StoresOperandsInTheirOwnBits) {
  EXPECT_EQ(gated().stored_activation_bits({3, Encoding::unsigned_, 0}), 3);
  EXPECT_EQ(gated().stored_weight_bits({5, Encoding::twos, 0}), 5);
}

TEST(GatedUnit, AccumulatorIsNarrowerByTheBitsThatProductsStandUp) {
  EXPECT_EQ(gated().mode(types_of(16, 16, 48)).accumulator_bits, 48);
  EXPECT_EQ(gated().mode(types_of(7, 4, 48)).accumulator_bits, 48 - 9 - 12);
  OperandTypes types = types_of(7, 7, 48);
  types.activation.encoding = Encoding::unsigned_;  // a word of 16 bits keeps its sign bit
  EXPECT_EQ(gated().mode(types).accumulator_bits, 48 - 8 - 9);
}

TEST(GatedUnit, RefusesRegistersThatLeaveIntegersTooFewBits) {
  EXPECT_EQ(gated(20).refusal(types_of(8, 8, 20)), "");
  EXPECT_EQ(
      gated(19).refusal(types_of(8, 8, 19)),
      "an accumulator of 19 bits under products that stand 16 bits up (gating: lsb); the unit "
      "leaves them at least 4");
}

TEST(GatedUnit, LayersAskForBitsOfIntegers) {
  EXPECT_EQ(gated().mode(types_of(8, 8, 20)).accumulator_bits, 20);
  EXPECT_EQ(gated().mode(types_of(8, 8, 40)).accumulator_bits, 32);
  EXPECT_EQ(gated().mode(types_of(8, 8, 50)).accumulator_bits, 34);
  const UnitNetlist drawn = gated().make_netlist(1, types_of(8, 8, 20));
  EXPECT_EQ(count(drawn.netlist, netlist::Cell::flip_flop), 36U);
}

TEST(GatedUnit, OverflowsWhereAShiftedRegisterWould) {
  for (const Overflow overflow : {Overflow::wrap, Overflow::saturate}) {
    const ParallelUnit unit = gated(24, overflow);
    const OperandTypes types{{8, Encoding::twos, 0}, {9, Encoding::twos, 0}, {24, overflow}};
    test::Block block = test::random_block({50, 1, 1, 1}, types, 3);
    Accumulator whole(types.accumulator);
    whole.load(block.accumulators[0] * (1 << 15));
    std::uint64_t events = 0;
    for (std::size_t step = 0; step < 50; ++step) {
      const std::int64_t weight =
          block.weights[step * static_cast<std::size_t>(block.weight_stride())];
      events += whole.add(block.activations[step] * 256 * weight * 128) ? 1U : 0U;
    }
    EXPECT_EQ(unit.accumulate(block.view(), types), events);
    EXPECT_EQ(block.accumulators[0], whole.value() >> 15);
    EXPECT_GT(events, 0U);
  }
}

TEST(GatedUnit, PathsGetShorterAsInTheReference) {
  // Ratios of a Dadda MAC with ripple adders and a 48-bit accumulator at 12, 8, 7 and 4 bits.
  const auto path = [](int bits) {
    const UnitNetlist drawn = gated().make_netlist(1, types_of(bits, bits, 48));
    return static_cast<double>(analyse_timing(drawn.netlist, drawn.ties).path_units);
  };
  EXPECT_NEAR(path(12) / path(16), .962, .01);
  EXPECT_NEAR(path(8) / path(16), .867, .025);
  EXPECT_NEAR(path(7) / path(16), .810, .01);
  EXPECT_NEAR(path(4) / path(16), .676, .01);
}

TEST(UngatedUnit, NarrowOperandsLeaveThePathAsItIs) {
  const ParallelUnit unit({});
  const auto path = [&](int bits) {
    const UnitNetlist drawn = unit.make_netlist(1, types_of(bits, bits, 48));
    return analyse_timing(drawn.netlist, drawn.ties).path_units;
  };
  EXPECT_EQ(path(4), path(16));
}

TEST(ParallelNetlist, GuardsMaskProductsWhereThereIsATree) {
  const auto enables = [](Guard guard, std::int64_t lanes) {
    const UnitNetlist drawn =
        ParallelUnit({16, 16, guard, {}}).make_netlist(lanes, types_of(8, 8, 48));
    return drawn.netlist.inputs.size() - 2 * static_cast<std::size_t>(lanes);
  };
  EXPECT_EQ(enables(Guard::none, 4), 0U);
  EXPECT_EQ(enables(Guard::product, 4), 4U);
  EXPECT_EQ(enables(Guard::product, 1), 0U);
}

TEST(ParallelNetlist, GuardedLanesHoldTheirOperands) {
  const ParallelUnit unit({16, 16, Guard::activation, {}});
  const UnitNetlist drawn = unit.make_netlist(2, types_of(8, 8, 48));
  std::vector<std::int64_t> buses(drawn.netlist.inputs.size(), 77);
  const std::vector<std::int32_t> activations = {0, 5};
  const std::vector<std::int32_t> weights = {0, -6};
  const std::vector<std::uint8_t> valid = {0, 1};
  drawn.drive({activations, weights, valid}, 0, buses);
  EXPECT_EQ(buses, (std::vector<std::int64_t>{77, 77, 5, -6, 0, 1}));
}

TEST(ParallelNetlist, InputsOfLessThan16BitsTakeBothSigns) {
  const auto signs = [](int activation_bits, int weight_bits) {
    const ParallelUnit unit({activation_bits, weight_bits, Guard::none, {}});
    return unit.make_netlist(1, types_of(2, 2, 48)).netlist.inputs.size() - 2;
  };
  EXPECT_EQ(signs(16, 16), 0U);
  EXPECT_EQ(signs(8, 16), 1U);
  EXPECT_EQ(signs(8, 8), 2U);
}

TEST(ParallelNetlist, FusedAccumulatorsShortenThePathAndTakeOneLane) {
  ParallelConfig config;
  const auto path = [](const ParallelUnit& unit) {
    return analyse_timing(unit.make_netlist(1, types_of(16, 16, 32)).netlist).path_units;
  };
  const std::uint32_t separate = path(ParallelUnit(config));
  config.drawing.fused = true;
  const ParallelUnit fused(config);
  EXPECT_LT(path(fused), separate);
  EXPECT_THROW(static_cast<void>(fused.make_netlist(2, types_of(16, 16))), netlist::NetlistError);
}

}  // namespace
}  // namespace bitscale
