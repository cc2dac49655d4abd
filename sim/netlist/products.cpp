#include "sim/netlist/products.hpp"

#include <algorithm>
#include <utility>

namespace bitscale::netlist {
namespace {

/// Bits of a digit of the recoded operand: select x, select 2x, negate.
struct BoothDigit {
  NodeId one = kNoNode, two = kNoNode, negative = kNoNode;
};

/// All three select signals take two or three gates. 111 is 0, not -0: a row inverted for nothing,
/// and early, made a fifth more glitches.
BoothDigit booth_digit(Builder& b, NodeId low, NodeId middle, NodeId high) {
  const NodeId both = b.nand_gate(middle, low);
  const NodeId two = b.or_gate(b.and_gate(high, b.nor_gate(middle, low)), b.nor_gate(high, both));
  return {b.xor_gate(middle, low), two, b.and_gate(high, both)};
}

/// Adds the bits of one column of a carry-save row: sum stays, carry moves up.
void add_column(Builder& b, const Bits& bits, Bits& sums, Bits* carries, std::size_t column,
                const CarryGates& gates) {
  if (bits.size() < 2) {
    sums.insert(sums.end(), bits.begin(), bits.end());
    return;
  }
  const SumCarry digit =
      bits.size() == 2 ? half_adder(b, bits[0], bits[1]) : full_adder(b, bits[0], bits[1], bits[2]);
  sums.push_back(digit.sum);
  if (carries != nullptr) carries->push_back(gate_carry(b, gates, column + 1, digit.carry));
}

}  // namespace

void add_constant(Builder& b, std::vector<Row>& rows, std::uint64_t value, std::size_t width) {
  for (std::size_t column = 0; column < width; ++column) {
    if ((value >> column & 1U) == 0) continue;
    auto row = std::ranges::find_if(rows, [&](const Row& r) { return r[column] == kNoNode; });
    if (row == rows.end()) row = rows.insert(rows.end(), Row(width, kNoNode));
    (*row)[column] = b.constant(true);
  }
}

std::vector<Row> partial_products(Builder& b, const Operand& x, const Operand& y,
                                  std::size_t width) {
  std::vector<Row> rows(y.bits.size(), Row(width, kNoNode));
  std::uint64_t correction = 0;
  for (std::size_t j = 0; j < y.bits.size(); ++j) {
    for (std::size_t i = 0; i < x.bits.size() && i + j < width; ++i) {
      const bool x_sign = x.is_signed && i + 1 == x.bits.size();
      const bool y_sign = y.is_signed && j + 1 == y.bits.size();
      if (x_sign == y_sign) {
        rows[j][i + j] = b.and_gate(x.bits[i], y.bits[j]);
      } else {
        rows[j][i + j] = b.nand_gate(x.bits[i], y.bits[j]);
        correction -= std::uint64_t{1} << (i + j);
      }
    }
  }
  add_constant(b, rows, correction, width);
  return rows;
}

std::vector<Row> booth_rows(Builder& b, const Operand& x, const Operand& y, std::size_t width) {
  const NodeId zero = b.constant(false);
  const std::size_t digits = (y.bits.size() + (y.is_signed ? 1 : 2)) / 2;
  const Bits code = resize(b, y.bits, 2 * digits, y.is_signed);
  const Bits word = resize(b, x.bits, x.bits.size() + (x.is_signed ? 1 : 2), x.is_signed);
  std::vector<Row> rows;
  Row negations(width, kNoNode);
  std::uint64_t correction = 0;
  for (std::size_t d = 0; d < digits; ++d) {
    const NodeId low = d == 0 ? zero : code[2 * d - 1];
    const BoothDigit digit = booth_digit(b, low, code[2 * d], code[2 * d + 1]);
    Row row(width, kNoNode);
    for (std::size_t i = 0; i < word.size() && i + 2 * d < width; ++i) {
      const NodeId doubled = i == 0 ? zero : word[i - 1];
      NodeId bit =
          b.xor_gate(b.or_gate(b.and_gate(digit.one, word[i]), b.and_gate(digit.two, doubled)),
                     digit.negative);
      if (i + 1 == word.size()) {  // sign: -s 2^k = (1 - s) 2^k - 2^k
        bit = b.not_gate(bit);
        correction -= std::uint64_t{1} << (i + 2 * d);
      }
      row[i + 2 * d] = bit;
    }
    rows.push_back(std::move(row));
    if (2 * d < width) negations[2 * d] = digit.negative;
  }
  rows.push_back(std::move(negations));
  add_constant(b, rows, correction, width);
  return rows;
}

Columns to_columns(const std::vector<Row>& rows, std::size_t width) {
  Columns columns(width);
  for (const Row& row : rows) {
    for (std::size_t column = 0; column < row.size() && column < width; ++column) {
      if (row[column] != kNoNode) columns[column].push_back(row[column]);
    }
  }
  return columns;
}

Columns reduce_dadda(Builder& b, Columns columns, const CarryGates& gates) {
  std::size_t height = 0;
  for (const Bits& column : columns) height = std::max(height, column.size());
  std::vector<std::size_t> stages = {2};
  while (stages.back() * 3 / 2 < height) stages.push_back(stages.back() * 3 / 2);
  for (auto stage = stages.rbegin(); stage != stages.rend(); ++stage) {
    Columns next(columns.size());
    Bits none;
    for (std::size_t c = 0; c < columns.size(); ++c) {
      const Bits& bits = columns[c];
      Bits& carries = c + 1 < columns.size() ? next[c + 1] : none;
      std::size_t used = 0;
      Bits sums;
      while (bits.size() - used + sums.size() + next[c].size() > *stage) {
        const bool half = bits.size() - used + sums.size() + next[c].size() == *stage + 1;
        const SumCarry digit = half ? half_adder(b, bits[used], bits[used + 1])
                                    : full_adder(b, bits[used], bits[used + 1], bits[used + 2]);
        used += half ? 2 : 3;
        sums.push_back(digit.sum);
        carries.push_back(gate_carry(b, gates, c + 1, digit.carry));
      }
      // The order decides which bits meet in the next stage; with sums first and carries last, path
      // ratios and glitches of a 16-bit tree stay in proportion as operands get narrower.
      sums.insert(sums.end(), bits.begin() + static_cast<std::ptrdiff_t>(used), bits.end());
      sums.insert(sums.end(), next[c].begin(), next[c].end());
      next[c] = std::move(sums);
    }
    columns = std::move(next);
  }
  return columns;
}

Columns reduce_array(Builder& b, const std::vector<Row>& rows, std::size_t width,
                     const CarryGates& gates) {
  Columns state(width);
  for (const Row& row : rows) {
    Columns next(width);
    Columns sums(width);
    for (std::size_t c = 0; c < width; ++c) {
      Bits bits = state[c];
      if (row[c] == kNoNode || bits.size() < 2) {
        if (row[c] != kNoNode) bits.push_back(row[c]);
        sums[c] = std::move(bits);
        continue;
      }
      bits.insert(bits.begin(), row[c]);
      add_column(b, bits, sums[c], c + 1 < width ? &next[c + 1] : nullptr, c, gates);
    }
    for (std::size_t c = 0; c < width; ++c) {
      sums[c].insert(sums[c].end(), next[c].begin(), next[c].end());
    }
    // A column whose sum and saved carry meet a third bit is reduced once more.
    state = reduce_dadda(b, std::move(sums), gates);
  }
  return state;
}

Bits add_columns(Builder& b, const Columns& columns, AdderKind kind, const CarryGates& gates) {
  const NodeId zero = b.constant(false);
  std::size_t first = 0;
  while (first < columns.size() && columns[first].size() < 2) ++first;
  Bits result;
  for (std::size_t c = 0; c < first; ++c) {
    result.push_back(columns[c].empty() ? zero : columns[c][0]);
  }
  if (first == columns.size()) return result;
  Bits x;
  Bits y;
  for (std::size_t c = first; c < columns.size(); ++c) {
    x.push_back(columns[c].empty() ? zero : columns[c][0]);
    y.push_back(columns[c].size() < 2 ? zero : columns[c][1]);
  }
  CarryGates above;
  for (std::size_t c = first; c < gates.size(); ++c) above.push_back(gates[c]);
  const Bits upper = add(b, kind, x, y, zero, above).bits;
  result.insert(result.end(), upper.begin(), upper.end());
  return result;
}

}  // namespace bitscale::netlist
