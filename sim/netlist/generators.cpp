#include "sim/netlist/generators.hpp"

#include <fmt/format.h>

namespace bitscale::netlist {
namespace {

void expect_range(const Builder& b, const char* what, int value, int low, int high) {
  if (value >= low && value <= high) return;
  throw NetlistError(b.name(), fmt::format("{} is {}, expected {} to {}", what, value, low, high));
}

const char* spelling(Reduction reduction) {
  switch (reduction) {
    case Reduction::dadda:
      return "dadda";
    case Reduction::array:
      return "array";
    case Reduction::booth:
      return "booth";
  }
  return "";
}

const char* spelling(AdderKind adder) { return adder == AdderKind::ripple ? "ripple" : "prefix"; }

std::string name_of(const MultiplierConfig& c) {
  return fmt::format("multiplier_{}{}x{}{}_{}_{}", c.a_signed ? 's' : 'u', c.a_bits,
                     c.b_signed ? 's' : 'u', c.b_bits, spelling(c.reduction), spelling(c.adder));
}

void expect_multiplier(const Builder& b, const MultiplierConfig& config) {
  expect_range(b, "a_bits", config.a_bits, 1, 32);
  expect_range(b, "b_bits", config.b_bits, 1, 32);
}

std::size_t product_width(const MultiplierConfig& config) {
  return static_cast<std::size_t>(config.a_bits) + static_cast<std::size_t>(config.b_bits);
}

/// A register that adds `addend` every clock, or takes it alone where `clear` is 1.
Bits accumulate(Builder& b, const Bits& addend, const Bits& state, NodeId clear, AdderKind kind) {
  const Bits kept = b.known(clear) ? state : and_all(b, state, b.not_gate(clear));
  return add(b, kind, addend, kept, b.constant(false)).bits;
}

}  // namespace

Bits multiply_add(Builder& b, const Operand& x, const Operand& y, const std::vector<Row>& addends,
                  std::size_t width, Reduction reduction, AdderKind adder) {
  std::vector<Row> rows =
      reduction == Reduction::booth ? booth_rows(b, x, y, width) : partial_products(b, x, y, width);
  rows.insert(rows.end(), addends.begin(), addends.end());
  const Columns columns = reduction == Reduction::array ? reduce_array(b, rows, width)
                                                        : reduce_dadda(b, to_columns(rows, width));
  return add_columns(b, columns, adder);
}

Bits multiply(Builder& b, const Operand& x, const Operand& y, std::size_t width,
              Reduction reduction, AdderKind adder) {
  return multiply_add(b, x, y, {}, width, reduction, adder);
}

Netlist multiplier(const MultiplierConfig& config) {
  Builder b(name_of(config));
  expect_multiplier(b, config);
  const Operand x = {b.input("a", config.a_bits, config.a_signed), config.a_signed};
  const Operand y = {b.input("b", config.b_bits, config.b_signed), config.b_signed};
  const std::size_t width = product_width(config);
  b.output("product", multiply(b, x, y, width, config.reduction, config.adder),
           config.a_signed || config.b_signed);
  return b.build();
}

Netlist adder(int bits, AdderKind kind, bool is_signed) {
  Builder b(fmt::format("adder_{}{}_{}", is_signed ? 's' : 'u', bits, spelling(kind)));
  expect_range(b, "bits", bits, 1, 63);
  const Bits x = b.input("a", bits, is_signed);
  const Bits y = b.input("b", bits, is_signed);
  const auto width = static_cast<std::size_t>(bits) + 1;
  b.output("sum",
           add(b, kind, resize(b, x, width, is_signed), resize(b, y, width, is_signed),
               b.constant(false))
               .bits,
           is_signed);
  return b.build();
}

Netlist accumulator(const AccumulatorConfig& config) {
  Builder b(
      fmt::format("accumulator_{}_{}_{}", config.addend_bits, config.bits, spelling(config.adder)));
  expect_range(b, "bits", config.bits, 1, 64);
  expect_range(b, "addend_bits", config.addend_bits, 1, 64);
  const Bits addend = b.input("addend", config.addend_bits, config.addend_signed);
  const NodeId clear = config.has_clear ? b.input("clear", 1)[0] : b.constant(false);
  const auto width = static_cast<std::size_t>(config.bits);
  const Bits state = b.flip_flops("accumulator", config.bits);
  b.connect(state, accumulate(b, resize(b, addend, width, config.addend_signed), state, clear,
                              config.adder));
  b.output("accumulator", state, config.addend_signed);
  return b.build();
}

Netlist mac(const MacConfig& config) {
  const MultiplierConfig& m = config.multiplier;
  Builder b(fmt::format("mac_{}_{}{}", name_of(m), config.accumulator_bits,
                        config.fused ? "_fused" : ""));
  expect_multiplier(b, m);
  expect_range(b, "accumulator_bits", config.accumulator_bits, 1, 64);
  const Operand x = {b.input("a", m.a_bits, m.a_signed), m.a_signed};
  const Operand y = {b.input("b", m.b_bits, m.b_signed), m.b_signed};
  const bool is_signed = m.a_signed || m.b_signed;
  const NodeId clear = config.has_clear ? b.input("clear", 1)[0] : b.constant(false);
  const auto width = static_cast<std::size_t>(config.accumulator_bits);
  const Bits state = b.flip_flops("accumulator", config.accumulator_bits);
  Bits next;
  if (config.fused) {
    const Bits kept = config.has_clear ? and_all(b, state, b.not_gate(clear)) : state;
    next = multiply_add(b, x, y, {kept}, width, m.reduction, config.accumulator_adder);
  } else {
    const Bits product = multiply(b, x, y, product_width(m), m.reduction, m.adder);
    next =
        accumulate(b, resize(b, product, width, is_signed), state, clear, config.accumulator_adder);
  }
  b.connect(state, next);
  b.output("accumulator", state, is_signed);
  return b.build();
}

Netlist sip(const SipConfig& config) {
  Builder b(fmt::format("sip_{}x{}_{}", config.lanes, config.weight_bits, config.accumulator_bits));
  expect_range(b, "lanes", config.lanes, 1, 64);
  expect_range(b, "weight_bits", config.weight_bits, 1, 32);
  expect_range(b, "accumulator_bits", config.accumulator_bits, 1, 64);
  const Bits activation = b.input("activation", config.lanes);
  std::vector<Bits> products;
  for (int lane = 0; lane < config.lanes; ++lane) {
    const Bits weight =
        b.input(fmt::format("weight{}", lane), config.weight_bits, config.weight_signed);
    products.push_back(and_all(b, weight, activation[static_cast<std::size_t>(lane)]));
  }
  const NodeId negative = b.input("negative", 1)[0];
  const NodeId first = b.input("first", 1)[0];
  const Bits sum = adder_tree(b, config.adder, products, config.weight_signed);
  const auto width = static_cast<std::size_t>(config.accumulator_bits);
  const Bits state = b.flip_flops("sum", config.accumulator_bits);
  // -s = ~s + 1: the carry into the adder is free. An unsigned sum gets a sign bit first.
  const Bits word = resize(b, sum, sum.size() + (config.weight_signed ? 0 : 1), false);
  const Bits addend = resize(b, xor_all(b, word, negative), width, true);
  const Bits doubled = shift_left(b, and_all(b, state, b.not_gate(first)), 1);
  b.connect(state, add(b, config.adder, addend, doubled, negative).bits);
  b.output("sum", state, true);
  return b.build();
}

}  // namespace bitscale::netlist
