#include "sim/netlist/signs.hpp"

#include <algorithm>

namespace bitscale::netlist {
namespace {

/// The same value as a word that is always two's complement: one bit more, unless it is anyway.
Operand always_signed(Builder& b, const SignedWhen& word) {
  Operand result{word.bits, true};
  if (b.known(word.is_signed) != true) {
    result.bits.push_back(b.and_gate(word.bits.back(), word.is_signed));
  }
  return result;
}

void add_bit(std::vector<Row>& rows, NodeId bit, std::size_t column, std::size_t width) {
  if (column >= width) return;
  auto row = std::ranges::find_if(rows, [&](const Row& r) { return r[column] == kNoNode; });
  if (row == rows.end()) row = rows.insert(rows.end(), Row(width, kNoNode));
  (*row)[column] = bit;
}

/// A product bit of negative weight enters inverted: -p 2^k = (1 - p) 2^k - 2^k. Summed over the
/// row and the column of sign bits these constants are sx 2^(n-1) + sy 2^(m-1) - (sx or sy)
/// 2^(n+m-1) for words of n and m bits.
std::vector<Row> selected_products(Builder& b, const SignedWhen& x, const SignedWhen& y,
                                   std::size_t width) {
  const std::size_t n = x.bits.size();
  const std::size_t m = y.bits.size();
  const NodeId never = b.constant(false);
  std::vector<Row> rows(m, Row(width, kNoNode));
  for (std::size_t j = 0; j < m; ++j) {
    for (std::size_t i = 0; i < n && i + j < width; ++i) {
      const NodeId x_negative = i + 1 == n ? x.is_signed : never;
      const NodeId y_negative = j + 1 == m ? y.is_signed : never;
      const NodeId negative = b.xor_gate(x_negative, y_negative);
      rows[j][i + j] = b.known(negative) == true
                           ? b.nand_gate(x.bits[i], y.bits[j])
                           : b.xor_gate(b.and_gate(x.bits[i], y.bits[j]), negative);
    }
  }
  add_bit(rows, x.is_signed, n - 1, width);
  add_bit(rows, y.is_signed, m - 1, width);
  const NodeId negative = b.or_gate(x.is_signed, y.is_signed);
  for (std::size_t column = n + m - 1; column < width; ++column) {
    add_bit(rows, negative, column, width);
  }
  return rows;
}

}  // namespace

std::vector<Row> product_rows(Builder& b, const SignedWhen& x, const SignedWhen& y,
                              std::size_t width, Reduction reduction) {
  if (reduction == Reduction::booth) {
    return booth_rows(b, always_signed(b, x), always_signed(b, y), width);
  }
  const auto x_signed = b.known(x.is_signed);
  const auto y_signed = b.known(y.is_signed);
  if (x_signed && y_signed) {
    return partial_products(b, {x.bits, *x_signed}, {y.bits, *y_signed}, width);
  }
  return selected_products(b, x, y, width);
}

Bits sum_rows(Builder& b, const std::vector<Row>& rows, std::size_t width, Reduction reduction,
              AdderKind adder) {
  const Columns columns = reduction == Reduction::array ? reduce_array(b, rows, width)
                                                        : reduce_dadda(b, to_columns(rows, width));
  return add_columns(b, columns, adder);
}

Bits multiply(Builder& b, const SignedWhen& x, const SignedWhen& y, Reduction reduction,
              AdderKind adder) {
  const std::size_t width = x.bits.size() + y.bits.size();
  Bits product = sum_rows(b, product_rows(b, x, y, width, reduction), width, reduction, adder);
  const NodeId is_signed = b.or_gate(x.is_signed, y.is_signed);
  if (b.known(is_signed) != true) product.push_back(b.and_gate(product.back(), is_signed));
  return product;
}

}  // namespace bitscale::netlist
