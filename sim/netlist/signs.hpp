#pragma once

#include <vector>

#include "sim/netlist/generators.hpp"

namespace bitscale::netlist {

/// A word whose highest bit has negative weight while `is_signed` is 1: what a multiplier that
/// takes signed and unsigned words has for operands. A constant decides it in the drawing.
struct SignedWhen {
  Bits bits;
  NodeId is_signed = kNoNode;
};

/// The rows of x * y whose sum modulo 2^width is the product: Baugh and Wooley's, where signs are
/// selected with an XOR per product of a sign bit and the constants they leave as bits; Booth's
/// with one digit for both signs.
[[nodiscard]] std::vector<Row> product_rows(Builder& b, const SignedWhen& x, const SignedWhen& y,
                                            std::size_t width, Reduction reduction);

/// The sum of rows on `width` bits.
[[nodiscard]] Bits sum_rows(Builder& b, const std::vector<Row>& rows, std::size_t width,
                            Reduction reduction, AdderKind adder);

/// x * y as a two's complement word: of both widths together, and one more where both operands may
/// be unsigned.
[[nodiscard]] Bits multiply(Builder& b, const SignedWhen& x, const SignedWhen& y,
                            Reduction reduction, AdderKind adder);

}  // namespace bitscale::netlist
