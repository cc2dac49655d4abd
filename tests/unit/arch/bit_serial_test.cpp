#include "arch/bit_serial/bit_serial.hpp"

#include <gtest/gtest.h>

#include "arch/unit_netlist.hpp"

namespace bitscale {
namespace {

BitSerialUnit sip(Serial serial, int max_activation_bits = 16, int max_weight_bits = 16) {
  return BitSerialUnit(
      {serial, max_activation_bits, max_weight_bits, Guard::none, {48, Overflow::wrap}});
}

OperandTypes types_of(int activation_bits, int weight_bits) {
  return {{activation_bits, Encoding::unsigned_, 0},
          {weight_bits, Encoding::twos, 0},
          {40, Overflow::wrap}};
}

TEST(Sip, TakesOneCyclePerActivationBit) {
  EXPECT_EQ(sip(Serial::activations).mode(types_of(5, 16)).cycles, 5);
  EXPECT_EQ(sip(Serial::activations).mode(types_of(1, 16)).cycles, 1);
}

TEST(Sip, TakesOneCyclePerWeightBitWhereWeightsAreSerial) {
  EXPECT_EQ(sip(Serial::weights).mode(types_of(5, 11)).cycles, 11);
}

TEST(Sip, TakesOneCyclePerPairOfBitsWhereBothAreSerial) {
  EXPECT_EQ(sip(Serial::both).mode(types_of(5, 11)).cycles, 55);
}

TEST(Sip, StoresTheSerialOperandInTheBitsUsedAndTheOtherInWords) {
  const TensorType five{5, Encoding::unsigned_, 0};
  const BitSerialUnit activations = sip(Serial::activations, 12, 10);
  EXPECT_EQ(activations.stored_activation_bits(five), 5);
  EXPECT_EQ(activations.stored_weight_bits(five), 10);
  const BitSerialUnit weights = sip(Serial::weights, 12, 10);
  EXPECT_EQ(weights.stored_activation_bits(five), 12);
  EXPECT_EQ(weights.stored_weight_bits(five), 5);
  const BitSerialUnit both = sip(Serial::both, 12, 10);
  EXPECT_EQ(both.stored_activation_bits(five), 5);
  EXPECT_EQ(both.stored_weight_bits(five), 5);
}

TEST(Sip, RefusesOperandsWiderThanItsDeclaration) {
  const BitSerialUnit unit = sip(Serial::activations, 8, 12);
  EXPECT_EQ(unit.refusal(types_of(8, 12)), "");
  EXPECT_EQ(unit.refusal(types_of(9, 12)),
            "activations of 9 bits (unsigned); the unit takes 1 to 8");
  EXPECT_EQ(unit.refusal(types_of(8, 13)), "weights of 13 bits (twos); the unit takes 2 to 12");
}

TEST(Sip, CycleCostsTheTreeAndOneAccumulation) {
  // 16 lanes, 16-bit weights: adders of 20 bits (published: weight bits + 4).
  std::vector<ActionCount> actions;
  sip(Serial::activations).count_actions({1600, 1600, 100, 100, types_of(5, 16), 16}, actions);
  ASSERT_EQ(actions.size(), 2U);
  EXPECT_EQ(actions[0], (ActionCount{"adder_tree", Action::add, 20, 0, 0, 0, 7500}));
  EXPECT_EQ(actions[1], (ActionCount{"accumulator", Action::add, 40, 0, 0, 0, 500}));
}

TEST(Sip, HeldUnitsCostNothing) {
  std::vector<ActionCount> actions;
  sip(Serial::activations).count_actions({1600, 400, 100, 25, types_of(4, 16), 16}, actions);
  ASSERT_EQ(actions.size(), 2U);
  EXPECT_EQ(actions[0].count, 1500U);
  EXPECT_EQ(actions[1].count, 100U);
}

TEST(Sip, TreeAddsSingleBitsWhereBothOperandsAreSerial) {
  std::vector<ActionCount> actions;
  sip(Serial::both).count_actions({32, 32, 2, 2, types_of(2, 3), 16}, actions);
  ASSERT_EQ(actions.size(), 2U);
  EXPECT_EQ(actions[0], (ActionCount{"adder_tree", Action::add, 5, 0, 0, 0, 180}));
  EXPECT_EQ(actions[1].count, 12U);
}

TEST(Sip, TreeIsAsWideAsTheParallelOperand) {
  std::vector<AreaItem> area;
  sip(Serial::weights, 8, 16).count_area(16, 3, area);
  ASSERT_EQ(area.size(), 2U);
  EXPECT_EQ(area[0], (AreaItem{"adder_tree", Action::add, 12, 0, 0, 45}));
  EXPECT_EQ(area[1], (AreaItem{"accumulator", Action::add, 48, 0, 0, 3}));
}

TEST(SipNetlist, TakesBitsMostSignificantFirst) {
  const UnitNetlist drawn = sip(Serial::activations).make_netlist(1, types_of(3, 16));
  std::vector<std::int64_t> buses(drawn.netlist.inputs.size(), 0);
  const std::vector<std::int32_t> activation = {0b110};
  const std::vector<std::int32_t> weight = {-5};
  const std::vector<std::uint8_t> valid = {1};
  std::vector<std::int64_t> bits;
  for (std::int64_t cycle = 0; cycle < 3; ++cycle) {
    drawn.drive({activation, weight, valid}, cycle, buses);
    bits.push_back(buses[0]);
    EXPECT_EQ(buses[1], -5);
  }
  EXPECT_EQ(bits, (std::vector<std::int64_t>{1, 1, 0}));
}

TEST(SipNetlist, AccumulatorAddsWithTheLastBit) {
  const UnitNetlist drawn = sip(Serial::activations).make_netlist(2, types_of(3, 16));
  EXPECT_EQ(drawn.idle_cycles, 2);
  const std::vector<std::int32_t> activations = {6, 1};
  const std::vector<std::int32_t> weights = {-5, 4};
  const std::vector<std::uint8_t> valid = {1, 1};
  const StepOperands step{activations, weights, valid};
  EXPECT_EQ(drawn.addend(step, 0, 0), 0);
  EXPECT_EQ(drawn.addend(step, 1, 0), 0);
  EXPECT_EQ(drawn.addend(step, 2, 0), -26);
}

TEST(SipNetlist, WordRegisterHoldsEverySumOfItsLanes) {
  // 16-bit weights, 16 lanes: 20 bits of tree, 16 more for the activation's bits.
  const auto flip_flops = [](Serial serial) {
    return count(sip(serial).make_netlist(16, types_of(8, 8)).netlist, netlist::Cell::flip_flop);
  };
  EXPECT_EQ(flip_flops(Serial::activations), 40U + 36U);
  // Popcount of 16 lanes and a sign: 6 bits; a row of 22, a word of 38.
  EXPECT_EQ(flip_flops(Serial::both), 40U + 22U + 38U);
}

TEST(SipNetlist, SingleBitsLeaveNoShiftingRegisterOnThePath) {
  const auto ties = [](int bits) {
    return sip(Serial::activations).make_netlist(1, types_of(bits, 16)).ties.size();
  };
  EXPECT_EQ(ties(4), 1U);  // unsigned: nothing is taken away
  EXPECT_EQ(ties(1), 3U);  // the first bit is the last
}

}  // namespace
}  // namespace bitscale
