#include "sim/netlist/timing.hpp"

#include <gtest/gtest.h>

#include "sim/netlist/generators.hpp"

namespace bitscale::netlist {
namespace {

TEST(Timing, FullAdderIsTwoXorsDeep) {
  Builder b("full_adder");
  const Bits x = b.input("x", 3);
  const SumCarry digit = full_adder(b, x[0], x[1], x[2]);
  b.output("y", {digit.sum, digit.carry});
  const Timing timing = analyse_timing(b.build());
  // Both outputs arrive at 4: XOR and XOR; XOR, AND and OR.
  EXPECT_EQ(timing.path_units, 4U);
}

TEST(Timing, RippleAdderGrowsByAnAndAndAnOrPerBit) {
  const auto path = [](int bits) {
    return analyse_timing(adder(bits, AdderKind::ripple, false)).path_units;
  };
  EXPECT_EQ(path(16) - path(15), 2U);
  EXPECT_EQ(path(32) - path(16), 32U);
}

TEST(Timing, PrefixAdderGrowsByOneLevelPerDoubling) {
  const auto path = [](int bits) {
    return analyse_timing(adder(bits, AdderKind::prefix, false)).path_units;
  };
  EXPECT_EQ(path(32) - path(16), 2U);
  EXPECT_EQ(path(16), path(12));
}

TEST(Timing, CriticalPathIsAChainOfItsDelays) {
  const Netlist netlist = multiplier({8, 8});
  const Timing timing = analyse_timing(netlist);
  ASSERT_FALSE(timing.critical_path.empty());
  EXPECT_EQ(netlist.nodes[timing.critical_path.front()].cell, Cell::input);
  std::uint32_t delay = 0;
  for (std::size_t i = 1; i < timing.critical_path.size(); ++i) {
    const Node& node = netlist.nodes[timing.critical_path[i]];
    delay += unit_delay(node.cell);
    const NodeId before = timing.critical_path[i - 1];
    EXPECT_TRUE(node.in[0] == before || node.in[1] == before || node.in[2] == before);
  }
  EXPECT_EQ(delay, timing.path_units);
}

TEST(Timing, MuxWithAKnownSelectPassesOneInputOnly) {
  Builder b("mux");
  const Bits x = b.input("x", 2);
  const NodeId select = b.input("select", 1)[0];
  const NodeId slow = b.xor_gate(b.xor_gate(b.and_gate(x[0], x[1]), x[0]), x[1]);
  b.output("y", {b.mux(select, x[0], slow)});
  const Netlist netlist = b.build();
  EXPECT_EQ(analyse_timing(netlist).path_units, 7U);
  EXPECT_EQ(analyse_timing(netlist, tie_bus(netlist, "select", 1)).path_units, 7U);
  EXPECT_EQ(analyse_timing(netlist, tie_bus(netlist, "select", 0)).path_units, 2U);
}

TEST(Timing, GateDecidedByOneInputSwitchesNothing) {
  Builder b("and");
  const Bits x = b.input("x", 1);
  const Bits y = b.input("y", 1);
  b.output("z", {b.and_gate(x[0], y[0])});
  const Netlist netlist = b.build();
  const Timing timing = analyse_timing(netlist, tie_bus(netlist, "x", 0));
  EXPECT_EQ(timing.path_units, 0U);
  EXPECT_TRUE(timing.critical_path.empty());
  EXPECT_EQ(timing.constant[netlist.outputs[0].bits[0]], false);
}

TEST(Timing, RegisterBitsThatStayAtResetAreOnNoPath) {
  // Even addends never switch the lowest bit of the sum.
  const Netlist netlist = accumulator({4, 8, false});
  const Timing timing = analyse_timing(netlist, tie_low(netlist, "addend", 1));
  EXPECT_EQ(timing.constant[netlist.outputs[0].bits[0]], false);
  EXPECT_EQ(timing.constant[netlist.outputs[0].bits[1]], std::nullopt);
}

TEST(Timing, MoreBitsThanTheBusHasCannotBeTied) {
  const Netlist netlist = multiplier({4, 4});
  EXPECT_THROW((void)tie_low(netlist, "a", 5), NetlistError);
}

// Path ratios r(p) = path with LSBs gated / full path, against an independent implementation whose
// trees order their bits differently: the stated tolerance covers that.
struct Ratios {
  const char* what;
  Netlist netlist;
  double expected[4];  ///< at 12, 8, 7 and 4 bits
  double tolerance;
};

void expect_ratios(const Ratios& r) {
  const int precisions[] = {12, 8, 7, 4};
  const double full = analyse_timing(r.netlist).path_units;
  for (int i = 0; i < 4; ++i) {
    std::vector<Tie> ties = tie_low(r.netlist, "a", 16 - precisions[i]);
    const std::vector<Tie> more = tie_low(r.netlist, "b", 16 - precisions[i]);
    ties.insert(ties.end(), more.begin(), more.end());
    const double ratio = analyse_timing(r.netlist, ties).path_units / full;
    EXPECT_NEAR(ratio / r.expected[i], 1, r.tolerance) << r.what << " at " << precisions[i];
  }
}

MultiplierConfig multiplier16(Reduction reduction, AdderKind kind) {
  return {16, 16, true, true, reduction, kind};
}

TEST(PathRatios, OfMultipliersAgreeWithTheReference) {
  using enum AdderKind;
  expect_ratios({"array/ripple",
                 multiplier(multiplier16(Reduction::array, ripple)),
                 {.900, .722, .656, .389},
                 .03});
  expect_ratios({"dadda/ripple",
                 multiplier(multiplier16(Reduction::dadda, ripple)),
                 {.881, .733, .704, .496},
                 .04});
  expect_ratios({"dadda/prefix",
                 multiplier(multiplier16(Reduction::dadda, prefix)),
                 {1.000, .895, .868, .711},
                 .035});
}

TEST(PathRatios, OfMacsAgreeWithTheReference) {
  using enum AdderKind;
  const MultiplierConfig array = multiplier16(Reduction::array, ripple);
  const MultiplierConfig dadda = multiplier16(Reduction::dadda, ripple);
  expect_ratios({"array/ripple + 48", mac({array, 48}), {.921, .795, .748, .559}, .02});
  expect_ratios({"dadda/ripple + 48", mac({dadda, 48}), {.962, .867, .810, .676}, .025});
  expect_ratios({"dadda/prefix + 48 prefix",
                 mac({multiplier16(Reduction::dadda, prefix), 48, false, false, prefix}),
                 {1.000, .923, .904, .769},
                 .03});
}

TEST(PathRatios, OfFusedMacsAreThoseOfTheReference) {
  const MultiplierConfig dadda = multiplier16(Reduction::dadda, AdderKind::ripple);
  expect_ratios({"fused 40", mac({dadda, 40, true}), {.908, .770, .747, .586}, .001});
  expect_ratios({"fused 48", mac({dadda, 48, true}), {.922, .806, .786, .650}, .001});
}

}  // namespace
}  // namespace bitscale::netlist
