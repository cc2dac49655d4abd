// Exported netlists in tools that know nothing of ours: Icarus Verilog simulates them, Yosys reads
// and checks them. Skipped, with a notice, where a tool is missing.
#include "sim/netlist/verilog.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "sim/netlist/generators.hpp"
#include "tests/unit/netlist/icarus.hpp"
#include "tests/unit/netlist/streams.hpp"

namespace bitscale::netlist {
namespace {

constexpr std::size_t kSteps = 60;
std::vector<Netlist> exported_netlists() {
  using enum Reduction;
  Builder b("every_cell");
  const Bits x = b.input("x", 4);
  const Bits s = b.input("s", 2);
  const NodeId deep =
      b.mux(s[0], b.xor_gate(x[0], x[1]), b.nor_gate(x[2], b.nand_gate(x[3], x[0])));
  b.output("y", {b.mux(s[1], deep, b.not_gate(x[1])), b.or_gate(deep, x[3]), b.and_gate(deep, s[0]),
                 x[2], b.constant(true)});
  return {b.build(),
          multiplier({16, 16}),
          multiplier({8, 8, true, false, booth, AdderKind::prefix}),
          multiplier({8, 8, true, true, array}),
          mac({{6, 6, true, true}, 16, true, true}),
          sip({4, 5, true, 16})};
}

/// Lane 0 in every lane: the counts of 64 lanes are 64 times those of the simulator.
Stimulus one_lane(const Netlist& netlist) {
  Stimulus stimulus(netlist, kSteps, 64);
  const CounterRng random(21, netlist.nodes.size());
  for (std::size_t step = 0; step < kSteps; ++step) {
    for (std::size_t bus = 0; bus < netlist.inputs.size(); ++bus) {
      stimulus.set_all(step, bus, static_cast<std::int64_t>(random(step * 100 + bus)));
    }
  }
  return stimulus;
}

TEST(Verilog, IcarusSeesOurValuesAndGlitches) {
  if (!installed("iverilog")) GTEST_SKIP() << "iverilog is not installed: export not simulated";
  const Scratch scratch;
  for (const Netlist& netlist : exported_netlists()) {
    const Stimulus stimulus = one_lane(netlist);
    EXPECT_EQ(simulate(scratch, netlist, stimulus, true), expected_with_glitches(netlist, stimulus))
        << netlist.name;
  }
}

TEST(Verilog, IcarusSeesOurValuesWithoutDelays) {
  if (!installed("iverilog")) GTEST_SKIP() << "iverilog is not installed: export not simulated";
  const Scratch scratch;
  for (const Netlist& netlist : exported_netlists()) {
    const Stimulus stimulus = one_lane(netlist);
    const std::string output = simulate(scratch, netlist, stimulus, false);
    // Events within one instant depend on the simulator's order: values and settled states only.
    EXPECT_EQ(output.substr(0, output.find("events")), expected_values(netlist, stimulus))
        << netlist.name;
    const std::string settled =
        fmt::format("settled {}\n", ZeroDelayToggles(netlist).count(stimulus).half_units[0] / 64);
    EXPECT_TRUE(output.ends_with(settled)) << netlist.name;
  }
}

TEST(Verilog, YosysAcceptsEveryExport) {
  if (!installed("yosys")) GTEST_SKIP() << "yosys is not installed: export not checked";
  const Scratch scratch;
  for (const Netlist& netlist : exported_netlists()) {
    for (const bool delays : {false, true}) {
      const std::string output = yosys_verdict(scratch, netlist, delays);
      EXPECT_TRUE(output.ends_with("accepted\n")) << netlist.name << "\n" << output;
    }
  }
}

TEST(Verilog, FullAdderReadsLikeItsDrawing) {
  Builder b("full_adder");
  const Bits x = b.input("x", 3);
  const SumCarry digit = full_adder(b, x[0], x[1], x[2]);
  b.output("y", {digit.sum, digit.carry});
  const std::string text = to_verilog(b.build(), {.delays = true, .module = ""});
  EXPECT_NE(text.find("module full_adder (\n  input [2:0] x,\n  output [1:0] y\n);"),
            std::string::npos);
  EXPECT_NE(text.find("  xor #2 gate3 (net3, net0, net1);\n"), std::string::npos);
  EXPECT_NE(text.find("  or #1 "), std::string::npos);
}

TEST(Dot, DrawsAnEdgePerPin) {
  Builder b("half_adder");
  const Bits x = b.input("x", 2);
  const SumCarry digit = half_adder(b, x[0], x[1]);
  b.output("y", {digit.sum, digit.carry});
  const std::string text = to_dot(b.build());
  std::size_t edges = 0;
  for (std::size_t at = text.find(" -> "); at != std::string::npos;
       at = text.find(" -> ", at + 1)) {
    ++edges;
  }
  EXPECT_EQ(edges, 6U);
}

}  // namespace
}  // namespace bitscale::netlist
