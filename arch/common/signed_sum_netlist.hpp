#pragma once

#include <vector>

#include "sim/netlist/adders.hpp"

namespace bitscale {

/// A two's complement sum that is still one too small where `carry` is 1: the adder that takes it
/// next has a carry input to spare.
struct OpenSum {
  netlist::Bits bits;
  netlist::NodeId carry = netlist::kNoNode;
};

/// The integer on an input bus as a two's complement word, one bit wider, for buses that carry
/// unsigned integers where `is_signed` is 0.
[[nodiscard]] netlist::Bits signed_word(netlist::Builder& b, const netlist::Bits& bus,
                                        netlist::NodeId is_signed);

/// Adds or subtracts words of one width: word i counts negative where negatives[i] is 1. Rows of
/// XOR gates invert, and the ones that -x = ~x + 1 asks for enter the carry inputs of the tree; one
/// of them is left open. Words must not be the most negative of their width.
[[nodiscard]] OpenSum add_or_subtract(netlist::Builder& b, std::vector<netlist::Bits> words,
                                      const netlist::Bits& negatives);

}  // namespace bitscale
