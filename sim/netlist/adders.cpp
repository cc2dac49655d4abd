#include "sim/netlist/adders.hpp"

#include <fmt/format.h>

#include <utility>

#include "sim/netlist/products.hpp"

namespace bitscale::netlist {
namespace {

Sum ripple_add(Builder& b, const Bits& x, const Bits& y, NodeId carry, const CarryGates& gates) {
  Sum sum;
  for (std::size_t bit = 0; bit < x.size(); ++bit) {
    const SumCarry digit = full_adder(b, x[bit], y[bit], gate_carry(b, gates, bit, carry));
    sum.bits.push_back(digit.sum);
    carry = digit.carry;
  }
  sum.carry = carry;
  return sum;
}

/// Generate and propagate of a span of bits.
struct Span {
  NodeId generate = kNoNode, propagate = kNoNode;
};

Span join(Builder& b, const Span& high, const Span& low) {
  return {b.or_gate(high.generate, b.and_gate(high.propagate, low.generate)),
          b.and_gate(high.propagate, low.propagate)};
}

/// Kogge and Stone (1973): carries in ceil(log2 width) levels, every span twice as long as the
/// level before.
Sum prefix_add(Builder& b, const Bits& x, const Bits& y, NodeId carry_in, const CarryGates& gates) {
  const std::size_t width = x.size();
  std::vector<Span> spans(width);
  Bits halves(width);
  for (std::size_t bit = 0; bit < width; ++bit) {
    halves[bit] = b.xor_gate(x[bit], y[bit]);
    spans[bit] = {b.and_gate(x[bit], y[bit]), halves[bit]};
  }
  spans[0].generate = b.or_gate(spans[0].generate, b.and_gate(halves[0], carry_in));
  for (std::size_t bit = 0; bit + 1 < width; ++bit) {  // a cut makes and passes no carry
    spans[bit].generate = gate_carry(b, gates, bit + 1, spans[bit].generate);
    spans[bit].propagate = gate_carry(b, gates, bit + 1, spans[bit].propagate);
  }
  for (std::size_t distance = 1; distance < width; distance *= 2) {
    std::vector<Span> next = spans;
    for (std::size_t bit = distance; bit < width; ++bit) {
      next[bit] = join(b, spans[bit], spans[bit - distance]);
    }
    spans = std::move(next);
  }
  Sum sum;
  for (std::size_t bit = 0; bit < width; ++bit) {
    sum.bits.push_back(b.xor_gate(halves[bit], bit == 0 ? carry_in : spans[bit - 1].generate));
  }
  sum.carry = spans.back().generate;
  return sum;
}

}  // namespace

SumCarry half_adder(Builder& b, NodeId x, NodeId y) { return {b.xor_gate(x, y), b.and_gate(x, y)}; }

SumCarry full_adder(Builder& b, NodeId x, NodeId y, NodeId late) {
  for (NodeId* input : {&x, &y}) {
    if (b.known(*input)) std::swap(*input, late);
  }
  if (const auto value = b.known(late)) {
    if (*value) return {b.not_gate(b.xor_gate(x, y)), b.or_gate(x, y)};
    return half_adder(b, x, y);
  }
  const SumCarry first = half_adder(b, x, y);
  const SumCarry second = half_adder(b, first.sum, late);
  return {second.sum, b.or_gate(first.carry, second.carry)};
}

NodeId gate_carry(Builder& b, const CarryGates& gates, std::size_t column, NodeId carry) {
  if (column >= gates.size() || gates[column] == kNoNode) return carry;
  return b.and_gate(carry, gates[column]);
}

Sum add(Builder& b, AdderKind kind, const Bits& x, const Bits& y, NodeId carry_in,
        const CarryGates& gates) {
  if (x.size() != y.size() || x.empty()) {
    throw NetlistError(b.name(), fmt::format("adder of {} and {} bits", x.size(), y.size()));
  }
  return kind == AdderKind::ripple ? ripple_add(b, x, y, carry_in, gates)
                                   : prefix_add(b, x, y, carry_in, gates);
}

Bits resize(Builder& b, const Bits& word, std::size_t width, bool is_signed) {
  Bits result = word;
  const NodeId fill = is_signed && !word.empty() ? word.back() : b.constant(false);
  result.resize(width, fill);
  return result;
}

Bits adder_tree(Builder& b, AdderKind kind, std::vector<Bits> words, bool is_signed) {
  if (words.empty()) throw NetlistError(b.name(), "adder tree without a word");
  while (words.size() > 1) {
    std::vector<Bits> sums;
    const std::size_t width = words.front().size() + 1;
    for (std::size_t i = 0; i + 1 < words.size(); i += 2) {
      sums.push_back(add(b, kind, resize(b, words[i], width, is_signed),
                         resize(b, words[i + 1], width, is_signed), b.constant(false))
                         .bits);
    }
    if (words.size() % 2 == 1) sums.push_back(resize(b, words.back(), width, is_signed));
    words = std::move(sums);
  }
  return words.front();
}

Bits popcount(Builder& b, const Bits& bits) {
  if (bits.empty()) throw NetlistError(b.name(), "popcount of no bits");
  std::size_t width = 1;
  while ((std::size_t{1} << width) <= bits.size()) ++width;
  Columns columns(width);
  columns[0] = bits;
  return add_columns(b, reduce_dadda(b, std::move(columns)), AdderKind::ripple);
}

Bits and_all(Builder& b, const Bits& word, NodeId enable) {
  Bits result;
  for (const NodeId bit : word) result.push_back(b.and_gate(bit, enable));
  return result;
}

Bits xor_all(Builder& b, const Bits& word, NodeId invert) {
  Bits result;
  for (const NodeId bit : word) result.push_back(b.xor_gate(bit, invert));
  return result;
}

Bits mux_all(Builder& b, NodeId select, const Bits& at_0, const Bits& at_1) {
  if (at_0.size() != at_1.size()) {
    throw NetlistError(b.name(), fmt::format("mux of {} and {} bits", at_0.size(), at_1.size()));
  }
  Bits result;
  for (std::size_t bit = 0; bit < at_0.size(); ++bit) {
    result.push_back(b.mux(select, at_0[bit], at_1[bit]));
  }
  return result;
}

Bits shift_left(Builder& b, const Bits& word, std::size_t bits) {
  Bits result(std::min(bits, word.size()), b.constant(false));
  for (std::size_t bit = 0; result.size() < word.size(); ++bit) result.push_back(word[bit]);
  return result;
}

}  // namespace bitscale::netlist
