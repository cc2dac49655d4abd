#include "sim/netlist/netlist.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace bitscale::netlist {
namespace {

constexpr std::uint32_t kWireHalves = 2;

std::uint32_t pin_halves(Cell cell, int pin) {
  switch (cell) {
    case Cell::xor_:
      return 4;
    case Cell::mux:
      return pin == 0 ? 4 : 3;
    default:
      return 2;
  }
}

std::uint32_t parasitic_halves(Cell cell) {
  switch (cell) {
    case Cell::not_:
      return 2;
    case Cell::nand_:
    case Cell::nor_:
      return 3;
    case Cell::and_:
    case Cell::or_:
      return 5;
    case Cell::xor_:
      return 7;
    case Cell::mux:
      return 6;
    default:
      return 0;  // driven from outside, or inside the flip-flop's own figures
  }
}

const Bus& find_bus(const Netlist& netlist, const std::vector<Bus>& buses, std::string_view name) {
  const auto bus = std::ranges::find(buses, name, &Bus::name);
  if (bus == buses.end()) throw NetlistError(netlist.name, fmt::format("no bus '{}'", name));
  return *bus;
}

void check_node(const Netlist& netlist, NodeId id) {
  const Node& node = netlist.nodes[id];
  for (int pin = 0; pin < input_count(node.cell); ++pin) {
    const NodeId source = node.in.at(static_cast<std::size_t>(pin));
    if (source >= netlist.nodes.size()) {
      throw NetlistError(netlist.name, fmt::format("input {} of {} '{}' floats", pin,
                                                   to_string(node.cell), node_name(netlist, id)));
    }
    if (is_gate(node.cell) && source >= id) {
      throw NetlistError(netlist.name, fmt::format("loop through {} '{}'", to_string(node.cell),
                                                   node_name(netlist, id)));
    }
  }
}

void check_bus(const Netlist& netlist, const Bus& bus, std::set<std::string>& names) {
  if (!names.insert(bus.name).second) {
    throw NetlistError(netlist.name, fmt::format("two buses are named '{}'", bus.name));
  }
  if (bus.bits.empty() || bus.bits.size() > 64) {
    throw NetlistError(netlist.name, fmt::format("bus '{}' has {} bits, expected 1 to 64", bus.name,
                                                 bus.bits.size()));
  }
  for (std::size_t bit = 0; bit < bus.bits.size(); ++bit) {
    if (bus.bits[bit] >= netlist.nodes.size()) {
      throw NetlistError(netlist.name, fmt::format("'{}[{}]' floats", bus.name, bit));
    }
  }
}

}  // namespace

NetlistError::NetlistError(std::string_view netlist, std::string_view problem)
    : Error(ExitCode::configuration, fmt::format("error: netlist '{}': {}", netlist, problem)) {}

std::string_view to_string(Cell cell) {
  switch (cell) {
    case Cell::constant:
      return "constant";
    case Cell::input:
      return "input";
    case Cell::flip_flop:
      return "flip-flop";
    case Cell::not_:
      return "not";
    case Cell::and_:
      return "and";
    case Cell::nand_:
      return "nand";
    case Cell::or_:
      return "or";
    case Cell::nor_:
      return "nor";
    case Cell::xor_:
      return "xor";
    case Cell::mux:
      return "mux";
  }
  return "";
}

std::string node_name(const Netlist& netlist, NodeId node) {
  if (node < netlist.names.size() && !netlist.names[node].empty()) return netlist.names[node];
  return fmt::format("n{}", node);
}

const Bus& input_bus(const Netlist& netlist, std::string_view name) {
  return find_bus(netlist, netlist.inputs, name);
}

const Bus& output_bus(const Netlist& netlist, std::string_view name) {
  return find_bus(netlist, netlist.outputs, name);
}

void check(const Netlist& netlist) {
  for (NodeId id = 0; id < netlist.nodes.size(); ++id) check_node(netlist, id);
  std::set<std::string> names;
  for (const Bus& bus : netlist.inputs) {
    check_bus(netlist, bus, names);
    for (const NodeId bit : bus.bits) {
      if (netlist.nodes[bit].cell == Cell::input) continue;
      throw NetlistError(netlist.name,
                         fmt::format("input bus '{}' holds {} '{}'", bus.name,
                                     to_string(netlist.nodes[bit].cell), node_name(netlist, bit)));
    }
  }
  for (const Bus& bus : netlist.outputs) check_bus(netlist, bus, names);
}

std::size_t count(const Netlist& netlist, Cell cell) {
  return static_cast<std::size_t>(std::ranges::count(netlist.nodes, cell, &Node::cell));
}

std::vector<std::uint32_t> fan_out(const Netlist& netlist) {
  std::vector<std::uint32_t> pins(netlist.nodes.size(), 0);
  for (const Node& node : netlist.nodes) {
    for (int pin = 0; pin < input_count(node.cell); ++pin) {
      ++pins[node.in.at(static_cast<std::size_t>(pin))];
    }
  }
  for (const Bus& bus : netlist.outputs) {
    for (const NodeId bit : bus.bits) ++pins[bit];
  }
  return pins;
}

std::vector<std::uint32_t> node_weight_halves(const Netlist& netlist) {
  if (!netlist.weight_halves.empty()) return netlist.weight_halves;
  std::vector<std::uint32_t> weights(netlist.nodes.size(), 0);
  for (std::size_t id = 0; id < weights.size(); ++id) {
    const Node& node = netlist.nodes[id];
    weights[id] += parasitic_halves(node.cell);
    for (int pin = 0; pin < input_count(node.cell); ++pin) {
      weights[node.in.at(static_cast<std::size_t>(pin))] +=
          pin_halves(node.cell, pin) + kWireHalves;
    }
  }
  for (const Bus& bus : netlist.outputs) {
    for (const NodeId bit : bus.bits) weights[bit] += kWireHalves;
  }
  return weights;
}

}  // namespace bitscale::netlist
