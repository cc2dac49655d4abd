#include "sim/netlist/builder.hpp"

#include <fmt/format.h>

#include <utility>

namespace bitscale::netlist {
namespace {

/// Puts the nodes that matter into topological order; a node's place is decided when all that it
/// reads has one. Order of creation is kept where it is topological already.
class Sorter {
 public:
  explicit Sorter(const Netlist& drawing) : drawing_(drawing), state_(drawing.nodes.size()) {}

  void visit(NodeId root) {
    std::vector<std::pair<NodeId, int>> stack = {{root, 0}};
    while (!stack.empty()) {
      auto& [node, pin] = stack.back();
      if (pin == 0 && !enter(node)) {
        stack.pop_back();
        continue;
      }
      const Cell cell = drawing_.nodes[node].cell;
      if (is_gate(cell) && pin < input_count(cell)) {
        const NodeId source = drawing_.nodes[node].in.at(static_cast<std::size_t>(pin++));
        if (state_[source] != State::done) stack.emplace_back(source, 0);
        continue;
      }
      state_[node] = State::done;
      order_.push_back(node);
      stack.pop_back();
    }
  }
  [[nodiscard]] const std::vector<NodeId>& order() const { return order_; }

 private:
  enum class State : std::uint8_t { untouched, open, done };

  bool enter(NodeId node) {
    if (state_[node] == State::open) {
      throw NetlistError(drawing_.name,
                         fmt::format("loop through {} '{}'", to_string(drawing_.nodes[node].cell),
                                     node_name(drawing_, node)));
    }
    if (state_[node] == State::done) return false;
    state_[node] = State::open;
    return true;
  }

  const Netlist& drawing_;
  std::vector<State> state_;
  std::vector<NodeId> order_;
};

/// Nodes from which an output or a flip-flop's data can be reached; inputs and flip-flops always
/// stay.
std::vector<bool> find_live(const Netlist& drawing) {
  std::vector<bool> live(drawing.nodes.size(), false);
  std::vector<NodeId> open;
  const auto mark = [&](NodeId node) {
    if (!live[node]) open.push_back(node);
    live[node] = true;
  };
  for (const Bus& bus : drawing.outputs) {
    for (const NodeId bit : bus.bits) mark(bit);
  }
  for (NodeId id = 0; id < drawing.nodes.size(); ++id) {
    const Cell cell = drawing.nodes[id].cell;
    if (cell == Cell::input || cell == Cell::flip_flop) mark(id);
  }
  while (!open.empty()) {
    const Node& node = drawing.nodes[open.back()];
    open.pop_back();
    for (int pin = 0; pin < input_count(node.cell); ++pin) {
      mark(node.in.at(static_cast<std::size_t>(pin)));
    }
  }
  return live;
}

}  // namespace

Builder::Builder(std::string name) { netlist_.name = std::move(name); }

NodeId Builder::add(Cell cell, NodeId a, NodeId b, NodeId c) {
  netlist_.nodes.push_back({cell, false, {a, b, c}});
  netlist_.names.emplace_back();
  return static_cast<NodeId>(netlist_.nodes.size() - 1);
}

NodeId Builder::add_named(Cell cell, std::string name) {
  const NodeId node = add(cell);
  netlist_.names.back() = std::move(name);
  return node;
}

NodeId Builder::constant(bool value) {
  NodeId& node = constants_.at(value ? 1 : 0);
  if (node == kNoNode) {
    node = add(Cell::constant);
    netlist_.nodes.back().value = value;
  }
  return node;
}

Bits Builder::input(const std::string& name, int width, bool is_signed) {
  if (width < 1 || width > 64) {
    throw NetlistError(netlist_.name,
                       fmt::format("input '{}' of {} bits, expected 1 to 64", name, width));
  }
  Bits bits;
  for (int bit = 0; bit < width; ++bit) {
    bits.push_back(add_named(Cell::input, fmt::format("{}[{}]", name, bit)));
  }
  netlist_.inputs.push_back({name, bits, is_signed});
  return bits;
}

void Builder::output(const std::string& name, const Bits& bits, bool is_signed) {
  netlist_.outputs.push_back({name, bits, is_signed});
}

std::optional<bool> Builder::known(NodeId node) const {
  const Node& of = netlist_.nodes.at(node);
  if (of.cell != Cell::constant || wires_.contains(node)) return std::nullopt;
  return of.value;
}

NodeId Builder::not_gate(NodeId a) {
  if (const auto value = known(a)) return constant(!*value);
  const Node& of = netlist_.nodes[a];
  return of.cell == Cell::not_ ? of.in[0] : add(Cell::not_, a);
}

NodeId Builder::and_gate(NodeId a, NodeId b) {
  if (known(b)) std::swap(a, b);
  if (const auto value = known(a)) return *value ? b : a;
  return a == b ? a : add(Cell::and_, a, b);
}

NodeId Builder::nand_gate(NodeId a, NodeId b) {
  if (known(a) || known(b) || a == b) return not_gate(and_gate(a, b));
  return add(Cell::nand_, a, b);
}

NodeId Builder::or_gate(NodeId a, NodeId b) {
  if (known(b)) std::swap(a, b);
  if (const auto value = known(a)) return *value ? a : b;
  return a == b ? a : add(Cell::or_, a, b);
}

NodeId Builder::nor_gate(NodeId a, NodeId b) {
  if (known(a) || known(b) || a == b) return not_gate(or_gate(a, b));
  return add(Cell::nor_, a, b);
}

NodeId Builder::xor_gate(NodeId a, NodeId b) {
  if (a == b) return constant(false);
  if (known(b)) std::swap(a, b);
  if (const auto value = known(a)) return *value ? not_gate(b) : b;
  return add(Cell::xor_, a, b);
}

NodeId Builder::mux(NodeId select, NodeId at_0, NodeId at_1) {
  if (const auto value = known(select)) return *value ? at_1 : at_0;
  if (at_0 == at_1) return at_0;
  if (const auto value = known(at_0)) {
    return *value ? or_gate(not_gate(select), at_1) : and_gate(select, at_1);
  }
  if (const auto value = known(at_1)) {
    return *value ? or_gate(select, at_0) : and_gate(not_gate(select), at_0);
  }
  return add(Cell::mux, select, at_0, at_1);
}

Bits Builder::flip_flops(const std::string& name, int width) {
  Bits bits;
  for (int bit = 0; bit < width; ++bit) {
    bits.push_back(add_named(Cell::flip_flop, fmt::format("{}[{}]", name, bit)));
  }
  return bits;
}

NodeId Builder::wire(const std::string& name) {
  const NodeId node = add_named(Cell::constant, name);
  wires_.emplace(node, kNoNode);
  return node;
}

void Builder::connect(NodeId target, NodeId source) {
  Node& node = netlist_.nodes.at(target);
  const auto wire = wires_.find(target);
  const bool is_flip_flop = node.cell == Cell::flip_flop;
  NodeId& driver = wire != wires_.end() ? wire->second : node.in[0];
  if ((wire == wires_.end() && !is_flip_flop) || driver != kNoNode) {
    throw NetlistError(netlist_.name, fmt::format("{} '{}' is driven already", to_string(node.cell),
                                                  node_name(netlist_, target)));
  }
  driver = source;
}

void Builder::connect(const Bits& targets, const Bits& sources) {
  if (targets.size() != sources.size()) {
    throw NetlistError(netlist_.name,
                       fmt::format("{} bits connected to {}", sources.size(), targets.size()));
  }
  for (std::size_t bit = 0; bit < targets.size(); ++bit) connect(targets[bit], sources[bit]);
}

NodeId Builder::source_of(NodeId node) const {
  NodeId source = node;
  std::size_t hops = 0;
  for (auto wire = wires_.find(source); wire != wires_.end(); wire = wires_.find(source)) {
    if (wire->second == kNoNode) {
      throw NetlistError(netlist_.name,
                         fmt::format("wire '{}' floats", node_name(netlist_, source)));
    }
    if (++hops > wires_.size()) {
      throw NetlistError(netlist_.name,
                         fmt::format("loop through wire '{}'", node_name(netlist_, source)));
    }
    source = wire->second;
  }
  return source;
}

Netlist Builder::build() const {
  Netlist drawing = netlist_;
  for (NodeId id = 0; id < drawing.nodes.size(); ++id) {
    Node& node = drawing.nodes[id];
    for (int pin = 0; pin < input_count(node.cell); ++pin) {
      NodeId& source = node.in.at(static_cast<std::size_t>(pin));
      if (source == kNoNode) {
        throw NetlistError(drawing.name, fmt::format("input {} of {} '{}' floats", pin,
                                                     to_string(node.cell), node_name(drawing, id)));
      }
      source = source_of(source);
    }
  }
  for (Bus& bus : drawing.outputs) {
    for (NodeId& bit : bus.bits) bit = source_of(bit);
  }
  const std::vector<bool> live = find_live(drawing);
  Sorter sorter(drawing);
  for (NodeId id = 0; id < drawing.nodes.size(); ++id) {
    if (live[id]) sorter.visit(id);
  }

  Netlist result;
  result.name = drawing.name;
  std::vector<NodeId> place(drawing.nodes.size(), kNoNode);
  for (const NodeId id : sorter.order()) {
    place[id] = static_cast<NodeId>(result.nodes.size());
    result.nodes.push_back(drawing.nodes[id]);
    result.names.push_back(drawing.names[id]);
  }
  for (Node& node : result.nodes) {
    for (int pin = 0; pin < input_count(node.cell); ++pin) {
      NodeId& source = node.in.at(static_cast<std::size_t>(pin));
      source = place[source];
    }
  }
  result.inputs = drawing.inputs;
  result.outputs = drawing.outputs;
  for (auto* buses : {&result.inputs, &result.outputs}) {
    for (Bus& bus : *buses) {
      for (NodeId& bit : bus.bits) bit = place[bit];
    }
  }
  check(result);
  return result;
}

}  // namespace bitscale::netlist
