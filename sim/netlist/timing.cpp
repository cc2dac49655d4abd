#include "sim/netlist/timing.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace bitscale::netlist {
namespace {

using Known = std::optional<bool>;

/// The other input of a two-input gate does not matter where one input holds this value.
Known deciding_value(Cell cell) {
  switch (cell) {
    case Cell::and_:
    case Cell::nand_:
      return false;
    case Cell::or_:
    case Cell::nor_:
      return true;
    default:
      return std::nullopt;
  }
}

bool gate_bool(Cell cell, bool a, bool b, bool c) {
  return (gate_value<unsigned>(cell, a ? ~0U : 0U, b ? ~0U : 0U, c ? ~0U : 0U) & 1U) != 0;
}

/// What a gate is held at, given what its inputs are held at.
Known held_value(const Node& node, const std::vector<Known>& known) {
  const Known a = known[node.in[0]];
  if (node.cell == Cell::mux) {
    const Known at_0 = known[node.in[1]];
    const Known at_1 = known[node.in[2]];
    if (a) return *a ? at_1 : at_0;
    return at_0 && at_1 && *at_0 == *at_1 ? at_0 : std::nullopt;
  }
  if (node.cell == Cell::not_) return a ? Known(!*a) : std::nullopt;
  const Known b = known[node.in[1]];
  if (a && b) return gate_bool(node.cell, *a, *b, false);
  const Known decides = deciding_value(node.cell);
  if (!decides || (a != decides && b != decides)) return std::nullopt;
  return gate_bool(node.cell, *decides, *decides, false);
}

/// Inputs through which a gate that is not held can be switched, latest last.
NodeId latest_source(const Node& node, const std::vector<Known>& known,
                     const std::vector<std::uint32_t>& arrival) {
  NodeId latest = kNoNode;
  for (int pin = 0; pin < input_count(node.cell); ++pin) {
    const NodeId source = node.in.at(static_cast<std::size_t>(pin));
    if (known[source]) continue;
    if (node.cell == Cell::mux && pin > 0 && known[node.in[0]] &&
        *known[node.in[0]] != (pin == 2)) {
      continue;
    }
    if (latest == kNoNode || arrival[source] > arrival[latest]) latest = source;
  }
  return latest;
}

/// Where paths end: outputs and the data of flip-flops.
std::vector<NodeId> endpoints(const Netlist& netlist) {
  std::vector<NodeId> ends;
  for (const Bus& bus : netlist.outputs) ends.insert(ends.end(), bus.bits.begin(), bus.bits.end());
  for (const Node& node : netlist.nodes) {
    if (node.cell == Cell::flip_flop) ends.push_back(node.in[0]);
  }
  return ends;
}

/// What ties and constants hold every node at. Flip-flops start at 0; those whose data then stays 0
/// are held too (the largest such set: all are assumed held until their data contradicts).
std::vector<Known> propagate(const Netlist& netlist, const std::vector<Tie>& ties) {
  std::vector<Known> known(netlist.nodes.size(), std::nullopt);
  for (NodeId id = 0; id < known.size(); ++id) {
    if (netlist.nodes[id].cell == Cell::constant) known[id] = netlist.nodes[id].value;
    if (netlist.nodes[id].cell == Cell::flip_flop) known[id] = false;
  }
  for (const Tie& tie : ties) known.at(tie.node) = tie.value;
  for (bool changed = true; changed;) {
    for (NodeId id = 0; id < known.size(); ++id) {
      if (is_gate(netlist.nodes[id].cell)) known[id] = held_value(netlist.nodes[id], known);
    }
    changed = false;
    for (NodeId id = 0; id < known.size(); ++id) {
      const Node& node = netlist.nodes[id];
      if (node.cell != Cell::flip_flop || !known[id] || known[node.in[0]] == false) continue;
      known[id] = std::nullopt;
      changed = true;
    }
  }
  return known;
}

}  // namespace

std::vector<Tie> tie_low(const Netlist& netlist, std::string_view bus, int bits) {
  const Bits& all = input_bus(netlist, bus).bits;
  if (bits < 0 || static_cast<std::size_t>(bits) > all.size()) {
    throw NetlistError(netlist.name,
                       fmt::format("cannot tie {} of {} bits of '{}'", bits, all.size(), bus));
  }
  std::vector<Tie> ties;
  ties.reserve(static_cast<std::size_t>(bits));
  for (std::size_t bit = 0; bit < static_cast<std::size_t>(bits); ++bit) {
    ties.push_back({all[bit], false});
  }
  return ties;
}

std::vector<Tie> tie_bus(const Netlist& netlist, std::string_view bus, std::int64_t value) {
  std::vector<Tie> ties;
  for (const NodeId bit : input_bus(netlist, bus).bits) {
    ties.push_back({bit, (static_cast<std::uint64_t>(value) >> ties.size() & 1U) != 0});
  }
  return ties;
}

Timing analyse_timing(const Netlist& netlist, const std::vector<Tie>& ties) {
  Timing timing;
  timing.arrival_units.assign(netlist.nodes.size(), 0);
  timing.constant = propagate(netlist, ties);
  std::vector<NodeId> before(netlist.nodes.size(), kNoNode);
  for (NodeId id = 0; id < netlist.nodes.size(); ++id) {
    const Node& node = netlist.nodes[id];
    if (!is_gate(node.cell) || timing.constant[id]) continue;
    before[id] = latest_source(node, timing.constant, timing.arrival_units);
    timing.arrival_units[id] = timing.arrival_units[before[id]] + unit_delay(node.cell);
  }
  NodeId end = kNoNode;
  for (const NodeId id : endpoints(netlist)) {
    if (timing.constant[id]) continue;
    if (end == kNoNode || timing.arrival_units[id] > timing.arrival_units[end]) end = id;
  }
  if (end == kNoNode) return timing;
  timing.path_units = timing.arrival_units[end];
  for (NodeId id = end; id != kNoNode; id = before[id]) timing.critical_path.push_back(id);
  std::ranges::reverse(timing.critical_path);
  return timing;
}

}  // namespace bitscale::netlist
