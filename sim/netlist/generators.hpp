#pragma once

#include "sim/netlist/products.hpp"

namespace bitscale::netlist {

/// How partial products become two rows: Dadda tree, carry-save array, or a Dadda tree over Booth
/// rows.
enum class Reduction { dadda, array, booth };

/// x * y; buses `a`, `b` in, `product` of a_bits + b_bits out (signed where an operand is).
struct MultiplierConfig {
  int a_bits = 16, b_bits = 16;
  bool a_signed = true, b_signed = true;
  Reduction reduction = Reduction::dadda;
  AdderKind adder = AdderKind::ripple;
  bool operator==(const MultiplierConfig&) const = default;
};
[[nodiscard]] Netlist multiplier(const MultiplierConfig& config);

/// Two's complement adder; buses `a`, `b` in, `sum` of bits + 1 out.
[[nodiscard]] Netlist adder(int bits, AdderKind kind, bool is_signed = true);

/// A register that adds a word every clock, wrapping: bus `addend` in, register `accumulator` out.
/// With `has_clear`, input `clear` makes it start again from the addend.
struct AccumulatorConfig {
  int addend_bits = 32, bits = 48;
  bool addend_signed = true;
  bool has_clear = false;
  AdderKind adder = AdderKind::ripple;
  bool operator==(const AccumulatorConfig&) const = default;
};
[[nodiscard]] Netlist accumulator(const AccumulatorConfig& config);

/// Multiply-accumulate, wrapping: buses `a`, `b` in, register `accumulator` out. Fused: the
/// register's bits are one more row of the reduction, and one final adder serves both.
struct MacConfig {
  MultiplierConfig multiplier;
  int accumulator_bits = 48;
  bool fused = false;
  bool has_clear = false;
  AdderKind accumulator_adder = AdderKind::ripple;
  bool operator==(const MacConfig&) const = default;
};
[[nodiscard]] Netlist mac(const MacConfig& config);

/// Serial inner-product unit: every clock takes one activation bit per lane (bus `activation`),
/// ANDs it to the lane's weight (`weight0`, `weight1`, ...), sums the lanes and adds the sum to
/// twice the register: bits arrive most significant first. `negative` marks a bit of negative
/// weight (the sign bit), `first` the first bit of a word, which starts the register afresh.
/// Register `sum` out.
struct SipConfig {
  int lanes = 16;
  int weight_bits = 16;
  bool weight_signed = true;
  int accumulator_bits = 32;
  AdderKind adder = AdderKind::ripple;
  bool operator==(const SipConfig&) const = default;
};
[[nodiscard]] Netlist sip(const SipConfig& config);

/// Parts of the above for units that are drawn elsewhere.
[[nodiscard]] Bits multiply(Builder& b, const Operand& x, const Operand& y, std::size_t width,
                            Reduction reduction, AdderKind adder);
/// Like multiply, with further rows of `width` bits (kNoNode where vacant) entering the reduction.
[[nodiscard]] Bits multiply_add(Builder& b, const Operand& x, const Operand& y,
                                const std::vector<Row>& addends, std::size_t width,
                                Reduction reduction, AdderKind adder);

}  // namespace bitscale::netlist
