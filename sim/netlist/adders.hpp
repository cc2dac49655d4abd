#pragma once

#include <vector>

#include "sim/netlist/builder.hpp"

namespace bitscale::netlist {

/// How carries travel through an adder: bit by bit, or in the log2 levels of a
/// Kogge-Stone tree.
enum class AdderKind { ripple, prefix };

struct SumCarry {
  NodeId sum = kNoNode, carry = kNoNode;
};

/// XOR and AND.
[[nodiscard]] SumCarry half_adder(Builder& b, NodeId x, NodeId y);
/// Two half adders and an OR; `late` is the input with the short path (2 XOR + 2 AND + OR in all).
[[nodiscard]] SumCarry full_adder(Builder& b, NodeId x, NodeId y, NodeId late);

struct Sum {
  Bits bits;
  NodeId carry = kNoNode;
};

/// Where a word can be cut into shorter ones that are computed apart: a carry goes into column c
/// only where signal c is 1. kNoNode, or no signal at all: it always goes.
using CarryGates = Bits;
[[nodiscard]] NodeId gate_carry(Builder& b, const CarryGates& gates, std::size_t column,
                                NodeId carry);

/// x + y + carry_in for words of one width.
[[nodiscard]] Sum add(Builder& b, AdderKind kind, const Bits& x, const Bits& y, NodeId carry_in,
                      const CarryGates& gates = {});

/// The word on `width` bits: cut, or extended by zeros or its sign.
[[nodiscard]] Bits resize(Builder& b, const Bits& word, std::size_t width, bool is_signed);

/// The exact sum of words of one width as a balanced tree of adders, each level one bit wider.
[[nodiscard]] Bits adder_tree(Builder& b, AdderKind kind, std::vector<Bits> words, bool is_signed);

/// Number of ones, by full adders over the columns (a Wallace counter with a ripple end).
[[nodiscard]] Bits popcount(Builder& b, const Bits& bits);

/// Bit by bit: AND with one signal, XOR with one signal, choice between two words.
[[nodiscard]] Bits and_all(Builder& b, const Bits& word, NodeId enable);
[[nodiscard]] Bits xor_all(Builder& b, const Bits& word, NodeId invert);
[[nodiscard]] Bits mux_all(Builder& b, NodeId select, const Bits& at_0, const Bits& at_1);

/// word << bits on the same width, zeros coming in.
[[nodiscard]] Bits shift_left(Builder& b, const Bits& word, std::size_t bits);

}  // namespace bitscale::netlist
