#pragma once

#include <vector>

#include "sim/netlist/adders.hpp"

namespace bitscale::netlist {

/// A word of a multiplier: its bits and whether the highest has negative weight.
struct Operand {
  Bits bits;
  bool is_signed = false;
};

/// One row of bits to be added: kNoNode where it has none.
using Row = Bits;
/// Bits to be added, by weight.
using Columns = std::vector<Bits>;

/// The AND matrix of x and y on `width` columns, one row per bit of y, with signs as Baugh and
/// Wooley (1973): products of one sign bit become NANDs, -p 2^k = (1 - p) 2^k - 2^k, and the
/// constants that this leaves enter rows where they are vacant.
[[nodiscard]] std::vector<Row> partial_products(Builder& b, const Operand& x, const Operand& y,
                                                std::size_t width);

/// Radix-4 Booth rows (MacSorley's recoding): digits -2..2 of y select 0, x or 2x; a negative digit
/// inverts the row and adds one.
[[nodiscard]] std::vector<Row> booth_rows(Builder& b, const Operand& x, const Operand& y,
                                          std::size_t width);

/// Adds a constant, given modulo 2^width, to rows; it fills vacant places and opens rows where none
/// is left.
void add_constant(Builder& b, std::vector<Row>& rows, std::uint64_t value, std::size_t width);

[[nodiscard]] Columns to_columns(const std::vector<Row>& rows, std::size_t width);

/// Dadda (1965): stages reduce every column to at most ..., 9, 6, 4, 3, 2 bits with as few adders
/// as that takes. What leaves the highest column is dropped.
[[nodiscard]] Columns reduce_dadda(Builder& b, Columns columns, const CarryGates& gates = {});

/// Carry-save array: one row of adders per row of bits, carries saved to the next.
[[nodiscard]] Columns reduce_array(Builder& b, const std::vector<Row>& rows, std::size_t width,
                                   const CarryGates& gates = {});

/// Adds columns of at most two bits: columns with one bit below the first with two pass through.
[[nodiscard]] Bits add_columns(Builder& b, const Columns& columns, AdderKind kind,
                               const CarryGates& gates = {});

}  // namespace bitscale::netlist
