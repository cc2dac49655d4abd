#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "sim/netlist/netlist.hpp"

namespace bitscale::netlist {

/// Draws a netlist cell by cell. Constants are folded as they appear, as synthesis would: a gate
/// that a constant decides, or that hands one input through, is never made. Gates without an effect
/// on an output or a flip-flop vanish in build().
class Builder {
 public:
  explicit Builder(std::string name);

  [[nodiscard]] NodeId constant(bool value);
  /// An input bus of 1..64 bits; `is_signed` says how its value reads.
  Bits input(const std::string& name, int width, bool is_signed = false);
  void output(const std::string& name, const Bits& bits, bool is_signed = false);

  NodeId not_gate(NodeId a);
  NodeId and_gate(NodeId a, NodeId b);
  NodeId nand_gate(NodeId a, NodeId b);
  NodeId or_gate(NodeId a, NodeId b);
  NodeId nor_gate(NodeId a, NodeId b);
  NodeId xor_gate(NodeId a, NodeId b);
  NodeId mux(NodeId select, NodeId at_0, NodeId at_1);

  /// A register of `width` flip-flops whose data is connected later; returns their outputs.
  Bits flip_flops(const std::string& name, int width);
  /// A net that is used before its driver is drawn.
  NodeId wire(const std::string& name);
  /// Drives a flip-flop or a wire, once.
  void connect(NodeId target, NodeId source);
  void connect(const Bits& targets, const Bits& sources);

  /// The value of a node that is a constant.
  [[nodiscard]] std::optional<bool> known(NodeId node) const;

  /// The finished netlist, in topological order. Throws NetlistError for a net or flip-flop without
  /// a driver and for a loop of gates, with the node's name.
  [[nodiscard]] Netlist build() const;

  [[nodiscard]] const std::string& name() const { return netlist_.name; }

 private:
  NodeId add(Cell cell, NodeId a = kNoNode, NodeId b = kNoNode, NodeId c = kNoNode);
  NodeId add_named(Cell cell, std::string name);
  [[nodiscard]] NodeId source_of(NodeId node) const;

  Netlist netlist_;
  std::array<NodeId, 2> constants_ = {kNoNode, kNoNode};
  std::unordered_map<NodeId, NodeId> wires_;  ///< wire -> its driver, kNoNode while it has none
};

}  // namespace bitscale::netlist
