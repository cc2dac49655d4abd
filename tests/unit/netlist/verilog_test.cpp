// Exported netlists in tools that know nothing of ours: Icarus Verilog simulates them, Yosys reads
// and checks them. Skipped, with a notice, where a tool is missing.
#include "sim/netlist/verilog.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>

#include "sim/netlist/generators.hpp"
#include "tests/unit/netlist/streams.hpp"

namespace bitscale::netlist {
namespace {

constexpr std::size_t kSteps = 60;
constexpr int kSettleTime = 1000;  // longer than any path

bool installed(const std::string& tool) {
  return std::system(("command -v " + tool + " >/dev/null 2>&1").c_str()) == 0;
}

std::string output_of(const std::string& command) {
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe(popen(command.c_str(), "r"), &pclose);
  std::string text;
  std::array<char, 4096> part{};
  while (fgets(part.data(), part.size(), pipe.get()) != nullptr) text += part.data();
  return text;
}

/// A folder that goes away with its owner.
class Scratch {
 public:
  Scratch()
      : folder_(std::filesystem::temp_directory_path() /
                fmt::format("bitscale_verilog_{}", getpid())) {
    std::filesystem::create_directories(folder_);
  }
  ~Scratch() { std::filesystem::remove_all(folder_); }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;

  [[nodiscard]] std::string write(const std::string& name, const std::string& text) const {
    std::ofstream(folder_ / name) << text;
    return path(name);
  }
  [[nodiscard]] std::string path(const std::string& name) const {
    return (folder_ / name).string();
  }

 private:
  std::filesystem::path folder_;
};

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

/// Drives lane 0 of the stimulus into the module and prints every step's outputs, then the toggles
/// of all nets in half units: of every event, and between settled states.
std::string testbench(const Netlist& netlist, const Stimulus& stimulus, bool delays) {
  const std::vector<std::uint32_t> weights = node_weight_halves(netlist);
  const std::size_t nodes = netlist.nodes.size();
  const bool has_clock = count(netlist, Cell::flip_flop) > 0;
  std::string text = "`timescale 1ns/1ns\nmodule testbench;\n  reg clk = 0;\n  reg counting = 0;\n";
  std::string pins = has_clock ? ".clk(clk)" : "";
  for (const auto* buses : {&netlist.inputs, &netlist.outputs}) {
    for (const Bus& bus : *buses) {
      text += fmt::format("  {} [{}:0] p_{};\n", buses == &netlist.inputs ? "reg" : "wire",
                          bus.bits.size() - 1, bus.name);
      pins += fmt::format("{}.{}(p_{})", pins.empty() ? "" : ", ", bus.name, bus.name);
    }
  }
  text += fmt::format("  exported dut ({});\n  integer events = 0, settled = 0, i;\n", pins);
  text += fmt::format("  integer w [0:{}];\n  reg [{}:0] last;\n  wire [{}:0] now;\n", nodes - 1,
                      nodes - 1, nodes - 1);
  std::string weigh;
  for (std::size_t id = 0; id < nodes; ++id) {
    text += fmt::format("  assign now[{0}] = dut.net{0};\n", id);
    text +=
        fmt::format("  always @(dut.net{}) if (counting) events = events + {};\n", id, weights[id]);
    weigh += fmt::format("    w[{}] = {};\n", id, weights[id]);
  }
  text += "  initial begin\n" + weigh;
  for (std::size_t step = 0; step < stimulus.steps(); ++step) {
    const std::uint64_t* plane = stimulus.step_planes(step);
    // Gates without delay would be ahead of the flip-flops that read them: the clock comes first.
    if (step > 0) text += delays ? "    clk = 1;\n" : "    clk = 1; #1;\n";
    for (const Bus& bus : netlist.inputs) {
      std::string bits;
      for (std::size_t bit = 0; bit < bus.bits.size(); ++bit, plane += kPlaneWords) {
        bits.insert(bits.begin(), (plane[0] & 1U) != 0 ? '1' : '0');
      }
      text += fmt::format("    p_{} = {}'b{};\n", bus.name, bus.bits.size(), bits);
    }
    text += fmt::format("    #{0} clk = 0; #{0};\n", kSettleTime);
    if (step > 0) {
      text += fmt::format(
          "    for (i = 0; i < {}; i = i + 1)"
          " if (last[i] !== now[i]) settled = settled + w[i];\n",
          nodes);
    }
    text += "    last = now; counting = 1;\n";
    for (const Bus& bus : netlist.outputs) {
      text += fmt::format("    $display(\"%0d\", {}(p_{}));\n", bus.is_signed ? "$signed" : "",
                          bus.name);
    }
  }
  return text +
         "    $display(\"events %0d\", events);\n    $display(\"settled %0d\", settled);\n"
         "    $finish;\n  end\nendmodule\n";
}

std::string expected_values(const Netlist& netlist, const Stimulus& stimulus) {
  const Response response(netlist, stimulus);
  std::string text;
  for (std::size_t step = 0; step < stimulus.steps(); ++step) {
    for (std::size_t bus = 0; bus < netlist.outputs.size(); ++bus) {
      text += fmt::format("{}\n", response.value(step, bus, 0));
    }
  }
  return text;
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

std::string simulate(const Scratch& scratch, const Netlist& netlist, const Stimulus& stimulus,
                     bool delays) {
  const std::string unit =
      scratch.write("unit.v", to_verilog(netlist, {.delays = delays, .module = "exported"}));
  const std::string bench = scratch.write("testbench.v", testbench(netlist, stimulus, delays));
  return output_of(fmt::format("iverilog -g2005 -o '{0}' '{1}' '{2}' 2>&1 && vvp -n '{0}' 2>&1",
                               scratch.path("unit.vvp"), bench, unit));
}

TEST(Verilog, IcarusSeesOurValuesAndGlitches) {
  if (!installed("iverilog")) GTEST_SKIP() << "iverilog is not installed: export not simulated";
  const Scratch scratch;
  for (const Netlist& netlist : exported_netlists()) {
    const Stimulus stimulus = one_lane(netlist);
    const std::string expected =
        expected_values(netlist, stimulus) +
        fmt::format("events {}\nsettled {}\n",
                    InertialToggles(netlist).count(stimulus).half_units[0] / 64,
                    ZeroDelayToggles(netlist).count(stimulus).half_units[0] / 64);
    EXPECT_EQ(simulate(scratch, netlist, stimulus, true), expected) << netlist.name;
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
      const std::string file = scratch.write("unit.v", to_verilog(netlist, {delays, "exported"}));
      const std::string command = fmt::format(
          "yosys -q -p 'read_verilog {}; hierarchy -check -top exported; proc; check -assert' 2>&1",
          file);
      const std::string output = output_of(command + " && echo accepted");
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
