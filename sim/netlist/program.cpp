#include "sim/netlist/program.hpp"

#include <algorithm>
#include <numeric>
#include <tuple>

namespace bitscale::netlist {

std::vector<std::uint32_t> levels(const Netlist& netlist) {
  std::vector<std::uint32_t> level(netlist.nodes.size(), 0);
  for (std::size_t id = 0; id < level.size(); ++id) {
    const Node& node = netlist.nodes[id];
    if (!is_gate(node.cell)) continue;
    for (int pin = 0; pin < input_count(node.cell); ++pin) {
      level[id] = std::max(level[id], level[node.in.at(static_cast<std::size_t>(pin))] + 1);
    }
  }
  return level;
}

Program::Program(const Netlist& netlist) : node_count(netlist.nodes.size()) {
  check(netlist);
  const std::vector<std::uint32_t> weights = node_weight_halves(netlist);
  class_weight_halves = weights;
  std::ranges::sort(class_weight_halves);
  class_weight_halves.erase(std::unique(class_weight_halves.begin(), class_weight_halves.end()),
                            class_weight_halves.end());
  for (const std::uint32_t weight : weights) {
    node_class.push_back(static_cast<std::uint32_t>(
        std::ranges::lower_bound(class_weight_halves, weight) - class_weight_halves.begin()));
  }

  is_state_input.assign(node_count, 0);
  for (const NodeId id : netlist.state_inputs) is_state_input.at(id) = 1;

  std::vector<NodeId> gates;
  for (NodeId id = 0; id < node_count; ++id) {
    const Node& node = netlist.nodes[id];
    if (is_gate(node.cell)) gates.push_back(id);
    if (node.cell == Cell::constant && node.value) ones.push_back(id);
    if (node.cell == Cell::flip_flop) {
      flip_flops.push_back(id);
      flip_flop_data.push_back(node.in[0]);
    }
  }
  const std::vector<std::uint32_t> level = levels(netlist);
  const auto key = [&](NodeId id) {
    return std::tuple(level[id], netlist.nodes[id].cell, node_class[id], id);
  };
  std::ranges::sort(gates, {}, key);
  for (const NodeId id : gates) {
    const Node& node = netlist.nodes[id];
    // A pin that a gate does not have reads its first one, so that kernels can load all three.
    const NodeId b = input_count(node.cell) > 1 ? node.in[1] : node.in[0];
    const NodeId c = input_count(node.cell) > 2 ? node.in[2] : node.in[0];
    const auto place = static_cast<std::uint32_t>(ops.size());
    const bool joins = !ops.empty() && level[ops.back().out] == level[id] &&
                       runs.back().cell == node.cell && runs.back().weight_class == node_class[id];
    if (!joins) runs.push_back({node.cell, node_class[id], place, place});
    runs.back().end = place + 1;
    ops.push_back({id, node.in[0], b, c});
  }
}

void Program::set_constants(std::uint64_t* values, std::size_t stride) const {
  for (const NodeId one : ones) std::fill_n(values + one * stride, stride, ~std::uint64_t{0});
}

}  // namespace bitscale::netlist
