#include "sim/netlist/verilog.hpp"

#include <fmt/format.h>

#include <cctype>

#include "sim/netlist/delay.hpp"

namespace bitscale::netlist {
namespace {

/// A Verilog identifier: letters, digits and underscores.
std::string identifier(const std::string& name) {
  std::string result;
  for (const char c : name) {
    const bool plain = std::isalnum(static_cast<unsigned char>(c)) != 0;
    result += plain ? c : '_';
  }
  if (result.empty() || std::isdigit(static_cast<unsigned char>(result[0])) != 0)
    result.insert(0, 1, 'n');
  return result;
}

std::string ports(const Netlist& netlist, bool has_clock) {
  std::string text = has_clock ? "  input clk" : "";
  const auto add = [&](const char* direction, const Bus& bus) {
    text += fmt::format("{}  {} [{}:0] {}", text.empty() ? "" : ",\n", direction,
                        bus.bits.size() - 1, identifier(bus.name));
  };
  for (const Bus& bus : netlist.inputs) add("input", bus);
  for (const Bus& bus : netlist.outputs) add("output", bus);
  return text;
}

std::string delay_text(Cell cell, bool delays) {
  return delays ? fmt::format("#{} ", unit_delay(cell)) : std::string();
}

std::string gate_text(const Node& node, NodeId id, bool delays) {
  const std::string delay = delay_text(node.cell, delays);
  if (node.cell == Cell::mux) {
    return fmt::format("  assign {}net{} = net{} ? net{} : net{};\n", delay, id, node.in[0],
                       node.in[2], node.in[1]);
  }
  std::string text = fmt::format("  {} {}gate{} (net{}", to_string(node.cell), delay, id, id);
  for (int pin = 0; pin < input_count(node.cell); ++pin) {
    text += fmt::format(", net{}", node.in.at(static_cast<std::size_t>(pin)));
  }
  return text + ");\n";
}

std::string declarations(const Netlist& netlist) {
  std::string text;
  for (NodeId id = 0; id < netlist.nodes.size(); ++id) {
    const bool is_register = netlist.nodes[id].cell == Cell::flip_flop;
    text += fmt::format("  {} net{}{};{}\n", is_register ? "reg" : "wire", id,
                        is_register ? " = 1'b0" : "",
                        netlist.names[id].empty() ? "" : "  // " + netlist.names[id]);
  }
  return text;
}

}  // namespace

std::string to_verilog(const Netlist& netlist, const VerilogOptions& options) {
  const bool has_clock = count(netlist, Cell::flip_flop) > 0;
  std::string text = fmt::format("module {} (\n{}\n);\n",
                                 identifier(options.module.empty() ? netlist.name : options.module),
                                 ports(netlist, has_clock));
  text += declarations(netlist);
  for (const Bus& bus : netlist.inputs) {
    for (std::size_t bit = 0; bit < bus.bits.size(); ++bit) {
      text += fmt::format("  assign net{} = {}[{}];\n", bus.bits[bit], identifier(bus.name), bit);
    }
  }
  for (NodeId id = 0; id < netlist.nodes.size(); ++id) {
    const Node& node = netlist.nodes[id];
    if (is_gate(node.cell)) text += gate_text(node, id, options.delays);
    if (node.cell == Cell::constant)
      text += fmt::format("  assign net{} = 1'b{:d};\n", id, node.value);
    if (node.cell == Cell::flip_flop) {
      text += fmt::format("  always @(posedge clk) net{} <= net{};\n", id, node.in[0]);
    }
  }
  for (const Bus& bus : netlist.outputs) {
    for (std::size_t bit = 0; bit < bus.bits.size(); ++bit) {
      text += fmt::format("  assign {}[{}] = net{};\n", identifier(bus.name), bit, bus.bits[bit]);
    }
  }
  return text + "endmodule\n";
}

std::string to_dot(const Netlist& netlist) {
  std::string text = fmt::format("digraph \"{}\" {{\n  rankdir=LR;\n", netlist.name);
  for (NodeId id = 0; id < netlist.nodes.size(); ++id) {
    const Node& node = netlist.nodes[id];
    const bool named = !netlist.names[id].empty();
    std::string label(to_string(node.cell));
    if (node.cell == Cell::constant) label = node.value ? "1" : "0";
    if (named) label = netlist.names[id];
    text += fmt::format("  n{} [label=\"{}\"{}];\n", id, label, named ? ", shape=box" : "");
    for (int pin = 0; pin < input_count(node.cell); ++pin) {
      text += fmt::format("  n{} -> n{};\n", node.in.at(static_cast<std::size_t>(pin)), id);
    }
  }
  for (const Bus& bus : netlist.outputs) {
    for (std::size_t bit = 0; bit < bus.bits.size(); ++bit) {
      text += fmt::format("  \"{0}[{1}]\" [shape=box];\n  n{2} -> \"{0}[{1}]\";\n", bus.name, bit,
                          bus.bits[bit]);
    }
  }
  return text + "}\n";
}

}  // namespace bitscale::netlist
