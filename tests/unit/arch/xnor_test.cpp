#include "arch/xnor/xnor.hpp"

#include <gtest/gtest.h>

#include <cstdio>
#include <string>

#include "arch/builtin.hpp"
#include "arch/common/accumulator_netlist.hpp"
#include "sim/activity/unit_energy.hpp"

namespace bitscale {
namespace {

const OperandTypes kBinary = {
    {1, Encoding::binary_pm1, 0}, {1, Encoding::binary_pm1, 0}, {16, Overflow::wrap}};

XnorUnit unit_with(XnorScales scales) { return XnorUnit({scales, 16, {16, Overflow::wrap}}); }

std::vector<ActionCount> actions_of(const XnorUnit& unit) {
  UnitActivity activity;
  activity.macs = activity.active_macs = 6400;
  activity.unit_steps = activity.active_unit_steps = 100;
  activity.outputs = 10;
  activity.types = kBinary;
  activity.lanes = 64;
  std::vector<ActionCount> actions;
  unit.count_actions(activity, actions);
  return actions;
}

std::string problem_of(const std::string& yaml) {
  try {
    config::read_all(config::parse_yaml(yaml, "unit.yaml"),
                     [](config::Reader& reader) { return parse_unit(reader); });
  } catch (const ConfigError& error) {
    return error.what();
  }
  return "";
}

TEST(XnorUnit, HasA16BitAccumulatorUnlessToldOtherwise) {
  const auto read = [](const std::string& yaml) {
    return config::read_all(config::parse_yaml(yaml, "unit.yaml"),
                            [](config::Reader& reader) { return parse_unit(reader); });
  };
  EXPECT_EQ(read("kind: xnor")->accumulator().bits, 16);
  EXPECT_EQ(read("kind: xnor\naccumulator: {overflow: saturate}\n")->accumulator(),
            (AccumulatorConfig{16, Overflow::saturate}));
  EXPECT_EQ(read("kind: xnor\naccumulator: {bits: 20}\n")->accumulator().bits, 20);
}

TEST(XnorUnit, HasNoGuardBecauseItsOperandsHaveNoZero) {
  EXPECT_NE(problem_of("kind: xnor\nguard: activation\n"), "");
}

TEST(XnorUnit, StoresABitPerOperand) {
  const XnorUnit unit = unit_with(XnorScales::none);
  EXPECT_EQ(unit.stored_activation_bits(kBinary.activation), 1);
  EXPECT_EQ(unit.stored_weight_bits(kBinary.weight), 1);
}

TEST(XnorUnit, TakesBinaryOperandsOnly) {
  const XnorUnit unit = unit_with(XnorScales::none);
  EXPECT_EQ(unit.refusal(kBinary), "");
  OperandTypes types = kBinary;
  types.activation = {8, Encoding::unsigned_, 0};
  EXPECT_EQ(unit.refusal(types), "activations encoded as unsigned; the unit takes binary_pm1");
  types = kBinary;
  types.weight = {2, Encoding::ternary, 0};
  EXPECT_EQ(unit.refusal(types), "weights encoded as ternary; the unit takes binary_pm1");
  types = kBinary;
  types.accumulator.bits = 3;
  EXPECT_NE(unit.refusal(types), "");
}

TEST(XnorUnit, CountsAnAdderPerProductAndTwoWordsPerStep) {
  const auto actions = actions_of(unit_with(XnorScales::none));
  ASSERT_EQ(actions.size(), 3U);
  EXPECT_EQ(actions[0], (ActionCount{"popcount", Action::add, 1, 0, 0, 0, 6400}));
  EXPECT_EQ(actions[1], (ActionCount{"offset", Action::add, 8, 0, 0, 0, 100}));
  EXPECT_EQ(actions[2], (ActionCount{"accumulator", Action::add, 16, 0, 0, 0, 100}));
}

TEST(XnorUnit, MultipliesEveryResultByItsScales) {
  const auto one = actions_of(unit_with(XnorScales::filter));
  EXPECT_EQ(one.back(), (ActionCount{"scale", Action::multiply, 16, 16, 0, 0, 10}));
  const auto two = actions_of(unit_with(XnorScales::filter_and_position));
  EXPECT_EQ(two.back().count, 20U);
}

TEST(XnorUnit, HasNoMultiplier) {
  std::vector<AreaItem> area;
  unit_with(XnorScales::filter).count_area(64, 2, area);
  ASSERT_EQ(area.size(), 3U);
  EXPECT_EQ(area[0], (AreaItem{"popcount", Action::add, 1, 0, 0, 128}));
  for (const AreaItem& item : area) EXPECT_EQ(item.action, Action::add);
}

struct PerProduct {
  double logic = 0, inertial = 0, flip_flops = 0;
};

PerProduct per_product(const char* name, const UnitEnergy& energy) {
  // The study's flip-flops hold the operands too: two per lane, 12 per clock and 14 per toggle
  // each. Here they are the operand registers of the array, not the unit's.
  const double operand_registers = 2 * (12 + 14 * 0.5);
  const PerProduct result{energy.zero_delay / 64, (energy.zero_delay + energy.glitches) / 64,
                          energy.flip_flops / 64 + operand_registers};
  std::printf("%s: %.1f units of logic per product, %.1f with glitches, %.1f of flip-flops\n", name,
              result.logic, result.inertial, result.flip_flops);
  return result;
}

/// Figures of the reference study for 64 lanes and 16 bits: 23.9 units of logic at zero delay, 99
/// with glitches, 42 of flip-flops. They are those of a unit that adds up the ones.
TEST(XnorUnit, CountingOnesCostsWhatTheReferenceStudyFound) {
  netlist::Builder b("ones");
  netlist::Bits matches;
  for (int lane = 0; lane < 64; ++lane) {
    const netlist::NodeId activation = b.input("activation" + std::to_string(lane), 1)[0];
    const netlist::NodeId weight = b.input("weight" + std::to_string(lane), 1)[0];
    matches.push_back(b.not_gate(b.xor_gate(activation, weight)));
  }
  netlist::Bits ones = popcount(b, matches);
  ones.push_back(b.constant(false));
  draw_accumulator(b, "accumulator0", ones, {16, Overflow::wrap}, netlist::AdderKind::ripple);
  const PerProduct units = per_product("adding ones", measure_uniform(b.build()));
  EXPECT_NEAR(units.logic, 23.9, 0.1 * 23.9);
  EXPECT_NEAR(units.inertial, 99, 0.1 * 99);
  EXPECT_NEAR(units.flip_flops, 42, 0.05 * 42);
}

/// Adding 2 x ones - lanes costs a subtraction per step, and sums of random signs stay near 0,
/// where every change of sign switches the high bits.
TEST(XnorUnit, AddingProductsOfPlusMinusOneCostsAFifthMore) {
  const PerProduct units =
      per_product("adding +-1", measure_uniform(unit_with(XnorScales::none), 64, kBinary));
  EXPECT_NEAR(units.logic, 1.18 * 23.9, 0.1 * 23.9);
  EXPECT_NEAR(units.inertial, 1.47 * 99, 0.15 * 99);
  EXPECT_NEAR(units.flip_flops, 42, 0.05 * 42);
}

}  // namespace
}  // namespace bitscale
