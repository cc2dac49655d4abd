#include <gtest/gtest.h>

#include <functional>

#include "sim/netlist/adders.hpp"
#include "tests/unit/netlist/streams.hpp"

namespace bitscale::netlist {
namespace {

std::string error_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const NetlistError& error) {
    return error.what();
  }
  return "";
}

TEST(Builder, LoopOfGatesIsAnErrorWithANodesName) {
  Builder b("latch");
  const NodeId set = b.input("set", 1)[0];
  const NodeId held = b.wire("held");
  const NodeId next = b.or_gate(set, held);
  b.connect(held, next);
  b.output("q", {next});
  EXPECT_EQ(error_of([&] { (void)b.build(); }), "error: netlist 'latch': loop through or 'n2'");
}

TEST(Builder, WireWithoutADriverIsAnErrorWithItsName) {
  Builder b("open");
  b.output("y", {b.and_gate(b.input("x", 1)[0], b.wire("carry_back"))});
  EXPECT_EQ(error_of([&] { (void)b.build(); }), "error: netlist 'open': wire 'carry_back' floats");
}

TEST(Builder, FlipFlopWithoutDataIsAnErrorWithItsName) {
  Builder b("open");
  b.output("y", b.flip_flops("state", 2));
  EXPECT_EQ(error_of([&] { (void)b.build(); }),
            "error: netlist 'open': input 0 of flip-flop 'state[0]' floats");
}

TEST(Builder, TwoDriversAreAnError) {
  Builder b("twice");
  const NodeId x = b.input("x", 1)[0];
  const NodeId w = b.wire("w");
  b.connect(w, x);
  EXPECT_EQ(error_of([&] { b.connect(w, x); }),
            "error: netlist 'twice': constant 'w' is driven already");
}

TEST(Builder, WiresThatDriveEachOtherAreALoop) {
  Builder b("ring");
  const NodeId first = b.wire("first");
  const NodeId second = b.wire("second");
  b.connect(first, second);
  b.connect(second, first);
  b.output("y", {first});
  EXPECT_NE(error_of([&] { (void)b.build(); }).find("loop through wire"), std::string::npos);
}

TEST(Builder, BusOf65BitsIsRefused) {
  Builder b("wide");
  EXPECT_EQ(error_of([&] { b.input("x", 65); }),
            "error: netlist 'wide': input 'x' of 65 bits, expected 1 to 64");
}

TEST(Builder, BusesOfOneNameAreRefused) {
  Builder b("same");
  b.output("x", b.input("x", 2));
  EXPECT_EQ(error_of([&] { (void)b.build(); }), "error: netlist 'same': two buses are named 'x'");
}

TEST(Builder, WiresMayBeUsedBeforeTheyAreDriven) {
  Builder b("late");
  const Bits x = b.input("x", 2);
  const NodeId w = b.wire("w");
  b.output("y", {b.not_gate(w)});
  b.connect(w, b.and_gate(x[0], x[1]));
  const Netlist netlist = b.build();
  EXPECT_EQ(outputs(netlist, {{0, 1, 2, 3}}), (std::vector<std::int64_t>{1, 1, 1, 0}));
}

TEST(Builder, FoldsConstantsAndRepeatedInputs) {
  Builder b("fold");
  const NodeId x = b.input("x", 1)[0];
  const NodeId zero = b.constant(false);
  const NodeId one = b.constant(true);
  EXPECT_EQ(b.and_gate(x, one), x);
  EXPECT_EQ(b.and_gate(zero, x), zero);
  EXPECT_EQ(b.or_gate(x, one), one);
  EXPECT_EQ(b.or_gate(zero, x), x);
  EXPECT_EQ(b.xor_gate(x, zero), x);
  EXPECT_EQ(b.xor_gate(x, x), zero);
  EXPECT_EQ(b.nand_gate(x, zero), one);
  EXPECT_EQ(b.nor_gate(one, x), zero);
  EXPECT_EQ(b.not_gate(b.not_gate(x)), x);
  EXPECT_EQ(b.mux(one, zero, x), x);
  EXPECT_EQ(b.mux(x, one, one), one);
}

TEST(Builder, EveryGateComputesItsFunction) {
  Builder b("gates");
  const Bits s = b.input("s", 3);
  b.output("y", {b.not_gate(s[0]), b.and_gate(s[0], s[1]), b.nand_gate(s[0], s[1]),
                 b.or_gate(s[0], s[1]), b.nor_gate(s[0], s[1]), b.xor_gate(s[0], s[1]),
                 b.mux(s[0], s[1], s[2])});
  const std::vector<std::int64_t> words = all_words(3, false);
  const std::vector<std::int64_t> values = outputs(b.build(), {words});
  for (std::size_t i = 0; i < words.size(); ++i) {
    const auto x = static_cast<int>(words[i] & 1);
    const auto y = static_cast<int>(words[i] >> 1 & 1);
    const auto z = static_cast<int>(words[i] >> 2 & 1);
    const int expected = (1 - x) | (x & y) << 1 | (1 - (x & y)) << 2 | (x | y) << 3 |
                         (1 - (x | y)) << 4 | (x != y ? 1 : 0) << 5 | (x != 0 ? z : y) << 6;
    EXPECT_EQ(values[i], expected);
  }
}

TEST(Builder, GatesWithoutEffectVanish) {
  Builder b("dead");
  const Bits x = b.input("x", 2);
  b.xor_gate(x[0], x[1]);
  b.output("y", {b.and_gate(x[0], x[1])});
  EXPECT_EQ(count(b.build(), Cell::xor_), 0U);
}

TEST(Netlist, WeightsAreParasiticsAndPinsWithAWireEach) {
  Builder b("full_adder");
  const Bits x = b.input("x", 3);
  const SumCarry digit = full_adder(b, x[0], x[1], x[2]);
  b.output("y", {digit.sum, digit.carry});
  const Netlist netlist = b.build();
  const std::vector<std::uint32_t> halves = node_weight_halves(netlist);
  // An input drives an XOR pin and an AND pin, 2 + 1 and 1 + 1.
  EXPECT_EQ(halves[netlist.inputs[0].bits[0]], 10U);
  for (NodeId id = 0; id < netlist.nodes.size(); ++id) {
    const bool is_output = id == netlist.outputs[0].bits[0] || id == netlist.outputs[0].bits[1];
    switch (netlist.nodes[id].cell) {
      case Cell::xor_:
        EXPECT_EQ(halves[id], is_output ? 7U + 2U : 7U + 10U);
        break;
      case Cell::and_:
        EXPECT_EQ(halves[id], 5U + 4U);
        break;
      case Cell::or_:
        EXPECT_EQ(halves[id], 5U + 2U);
        break;
      default:
        break;
    }
  }
}

TEST(Netlist, FanOutCountsPinsAndOutputs) {
  Builder b("fan_out");
  const Bits x = b.input("x", 2);
  b.output("y", {b.xor_gate(x[0], x[1]), x[0]});
  const Netlist netlist = b.build();
  const std::vector<std::uint32_t> pins = fan_out(netlist);
  EXPECT_EQ(pins[netlist.inputs[0].bits[0]], 2U);
  EXPECT_EQ(pins[netlist.inputs[0].bits[1]], 1U);
}

TEST(Netlist, CheckFindsAGateThatReadsALaterNode) {
  Netlist netlist;
  netlist.name = "by_hand";
  netlist.nodes = {{Cell::input}, {Cell::and_, false, {0, 2, kNoNode}}, {Cell::not_, false, {1}}};
  netlist.nodes[2].in[1] = netlist.nodes[2].in[2] = kNoNode;
  EXPECT_EQ(error_of([&] { check(netlist); }), "error: netlist 'by_hand': loop through and 'n1'");
}

TEST(Netlist, CheckFindsAFloatingInput) {
  Netlist netlist;
  netlist.name = "by_hand";
  netlist.nodes = {{Cell::input}, {Cell::and_, false, {0, kNoNode, kNoNode}}};
  EXPECT_EQ(error_of([&] { check(netlist); }),
            "error: netlist 'by_hand': input 1 of and 'n1' floats");
}

TEST(Netlist, UnknownBusIsNamed) {
  Builder b("small");
  b.output("y", b.input("x", 1));
  const Netlist netlist = b.build();
  EXPECT_EQ(error_of([&] { (void)input_bus(netlist, "z"); }), "error: netlist 'small': no bus 'z'");
}

}  // namespace
}  // namespace bitscale::netlist
