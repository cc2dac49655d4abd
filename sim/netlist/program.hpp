#pragma once

#include <span>
#include <vector>

#include "sim/netlist/netlist.hpp"

namespace bitscale::netlist {

/// A gate as the interpreters read it.
struct GateOp {
  NodeId out = 0, a = 0, b = 0, c = 0;
};

/// Gates of one kind and one weight class that do not read each other.
struct GateRun {
  Cell cell = Cell::not_;
  std::uint32_t weight_class = 0;
  std::uint32_t begin = 0, end = 0;  ///< in Program::ops
};

/// A netlist prepared for interpretation: gates by level, then by kind and weight class, so that a
/// run of gates is one loop and one counter.
struct Program {
  explicit Program(const Netlist& netlist);
  /// Writes the constants into a table of node values with `stride` words per node, otherwise zero.
  void set_constants(std::uint64_t* values, std::size_t stride) const;

  std::vector<GateOp> ops;
  std::vector<GateRun> runs;
  std::vector<std::uint32_t> class_weight_halves;  ///< of each weight class
  std::vector<std::uint32_t> node_class;           ///< weight class of each node
  std::vector<NodeId> flip_flops, flip_flop_data;
  std::vector<std::uint8_t> is_state_input;  ///< per node: an input that stands for a flip-flop
  std::vector<NodeId> ones;                  ///< constants of value 1
  std::size_t node_count = 0;
};

/// Zero-based level of every node: 0 for sources, else one more than the highest level it reads.
[[nodiscard]] std::vector<std::uint32_t> levels(const Netlist& netlist);

}  // namespace bitscale::netlist
