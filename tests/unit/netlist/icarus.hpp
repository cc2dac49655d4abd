#pragma once

#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>

#include "sim/netlist/toggles.hpp"
#include "sim/netlist/verilog.hpp"

namespace bitscale::netlist {

inline constexpr int kSettleTime = 1000;  // longer than any path

inline bool installed(const std::string& tool) {
  return std::system(("command -v " + tool + " >/dev/null 2>&1").c_str()) == 0;
}

inline std::string output_of(const std::string& command) {
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

/// Drives lane 0 of the stimulus into the module and prints every step's outputs, then the toggles
/// of all nets in half units: of every event, and between settled states.
inline std::string testbench(const Netlist& netlist, const Stimulus& stimulus, bool delays) {
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
  text += fmt::format("  exported dut ({});\n  integer events = 0, settled = 0;\n", pins);
  text += fmt::format("  reg [{}:0] last;\n", nodes - 1);
  // One vector of all nets would be copied whole at every event.
  std::string compare;
  for (std::size_t id = 0; id < nodes; ++id) {
    text +=
        fmt::format("  always @(dut.net{}) if (counting) events = events + {};\n", id, weights[id]);
    compare += fmt::format(
        "    if (counting && last[{0}] !== dut.net{0}) settled = settled + {1};\n"
        "    last[{0}] = dut.net{0};\n",
        id, weights[id]);
  }
  text += "  task settle; begin\n" + compare + "  end endtask\n  initial begin\n";
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
    text += "    settle; counting = 1;\n";
    for (const Bus& bus : netlist.outputs) {
      text += fmt::format("    $display(\"%0d\", {}(p_{}));\n", bus.is_signed ? "$signed" : "",
                          bus.name);
    }
  }
  return text +
         "    $display(\"events %0d\", events);\n    $display(\"settled %0d\", settled);\n"
         "    $finish;\n  end\nendmodule\n";
}

inline std::string expected_values(const Netlist& netlist, const Stimulus& stimulus) {
  const Response response(netlist, stimulus);
  std::string text;
  for (std::size_t step = 0; step < stimulus.steps(); ++step) {
    for (std::size_t bus = 0; bus < netlist.outputs.size(); ++bus) {
      text += fmt::format("{}\n", response.value(step, bus, 0));
    }
  }
  return text;
}

inline std::string simulate(const Scratch& scratch, const Netlist& netlist,
                            const Stimulus& stimulus, bool delays) {
  const std::string unit =
      scratch.write("unit.v", to_verilog(netlist, {.delays = delays, .module = "exported"}));
  const std::string bench = scratch.write("testbench.v", testbench(netlist, stimulus, delays));
  return output_of(fmt::format("iverilog -g2005 -o '{0}' '{1}' '{2}' 2>&1 && vvp -n '{0}' 2>&1",
                               scratch.path("unit.vvp"), bench, unit));
}

/// What a run with gate delays prints: values, glitches and settled toggles, from our evaluators.
/// All lanes of the stimulus carry the same, so that counts of 64 lanes are 64 times the
/// simulator's.
inline std::string expected_with_glitches(const Netlist& netlist, const Stimulus& stimulus) {
  return expected_values(netlist, stimulus) +
         fmt::format("events {}\nsettled {}\n",
                     InertialToggles(netlist).count(stimulus).half_units[0] / 64,
                     ZeroDelayToggles(netlist).count(stimulus).half_units[0] / 64);
}

/// What Yosys says of an export: 'accepted' at the end where it finds no fault.
inline std::string yosys_verdict(const Scratch& scratch, const Netlist& netlist, bool delays) {
  const std::string file = scratch.write("unit.v", to_verilog(netlist, {delays, "exported"}));
  const std::string command = fmt::format(
      "yosys -q -p 'read_verilog {}; hierarchy -check -top exported; proc; check -assert' 2>&1",
      file);
  return output_of(command + " && echo accepted");
}

}  // namespace bitscale::netlist
