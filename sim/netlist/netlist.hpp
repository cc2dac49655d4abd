#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sim/core/errors.hpp"

namespace bitscale::netlist {

/// What a node of a netlist is. MUX takes (select, value at 0, value at 1); a flip-flop takes its
/// data.
enum class Cell : std::uint8_t {
  constant,
  input,
  flip_flop,
  not_,
  and_,
  nand_,
  or_,
  nor_,
  xor_,
  mux
};

using NodeId = std::uint32_t;
using Bits = std::vector<NodeId>;  ///< one node per bit, least significant first
inline constexpr NodeId kNoNode = 0xffffffffU;

/// One cell and the net it drives.
struct Node {
  Cell cell = Cell::constant;
  bool value = false;  ///< of a constant
  std::array<NodeId, 3> in = {kNoNode, kNoNode, kNoNode};
  bool operator==(const Node&) const = default;
};

/// A named port of at most 64 bits.
struct Bus {
  std::string name;
  Bits bits;
  bool is_signed = false;
  bool operator==(const Bus&) const = default;
};

/// The single structural description of a unit; evaluation, toggles, timing and area are readings
/// of it. Nodes stand in topological order: what a gate reads comes before it. Flip-flops may read
/// later nodes; they start at 0.
struct Netlist {
  std::string name;
  std::vector<Node> nodes;
  std::vector<std::string> names;  ///< one per node, '' where it has none
  std::vector<Bus> inputs, outputs;
  /// Of a netlist whose registers were cut (registers.hpp): inputs that stand for flip-flops, and
  /// the weights that its nodes have in the whole netlist.
  std::vector<NodeId> state_inputs;
  std::vector<std::uint32_t> weight_halves;
  bool operator==(const Netlist&) const = default;
};

/// A netlist that is not one: a loop, a floating node, a width out of range. Names the node.
class NetlistError : public Error {
 public:
  NetlistError(std::string_view netlist, std::string_view problem);
};

/// Number of inputs that a cell reads.
[[nodiscard]] constexpr int input_count(Cell cell) {
  switch (cell) {
    case Cell::constant:
    case Cell::input:
      return 0;
    case Cell::flip_flop:
    case Cell::not_:
      return 1;
    case Cell::mux:
      return 3;
    default:
      return 2;
  }
}

/// Gates have an input and no memory.
[[nodiscard]] constexpr bool is_gate(Cell cell) { return cell >= Cell::not_; }

/// The Boolean function of a gate on any word type.
template <class T>
[[nodiscard]] constexpr T gate_value(Cell cell, const T& a, const T& b, const T& c) {
  switch (cell) {
    case Cell::not_:
      return ~a;
    case Cell::and_:
      return a & b;
    case Cell::nand_:
      return ~(a & b);
    case Cell::or_:
      return a | b;
    case Cell::nor_:
      return ~(a | b);
    case Cell::xor_:
      return a ^ b;
    case Cell::mux:
      return b ^ (a & (b ^ c));
    default:
      return a;
  }
}

[[nodiscard]] std::string_view to_string(Cell cell);

/// 'name' of a node for messages, drawings and exports: its own, its bus and bit, or n<id>.
[[nodiscard]] std::string node_name(const Netlist& netlist, NodeId node);

/// The bus of that name; throws NetlistError where there is none.
[[nodiscard]] const Bus& input_bus(const Netlist& netlist, std::string_view name);
[[nodiscard]] const Bus& output_bus(const Netlist& netlist, std::string_view name);

/// Throws NetlistError where a node floats, order is not topological (a loop), or a bus is wider
/// than 64 bits, empty or shares its name.
void check(const Netlist& netlist);

/// Number of cells of a kind.
[[nodiscard]] std::size_t count(const Netlist& netlist, Cell cell);

/// Number of pins that each node drives; a bit of an output bus counts as one.
[[nodiscard]] std::vector<std::uint32_t> fan_out(const Netlist& netlist);

/// Capacitance that a toggle of each node switches, in halves of a NAND input pin: parasitic of the
/// driver + sum over fan-out of (pin + 1 wire). Pins: NAND, NOR, AND, OR, NOT 1; XOR 2; MUX
/// data 1.5, select 2; flip-flop data 1. Parasitics: NOT 1, NAND and NOR 1.5, AND and OR 2.5, MUX
/// 3, XOR 3.5. (Assumed: ratios of a static CMOS standard cell library.) A bit of an output bus
/// drives one wire.
[[nodiscard]] std::vector<std::uint32_t> node_weight_halves(const Netlist& netlist);

/// Energy of a flip-flop beside the nets it drives, in the same unit (assumed).
inline constexpr double kFlipFlopClockUnits = 12;
inline constexpr double kFlipFlopToggleUnits = 14;

}  // namespace bitscale::netlist
