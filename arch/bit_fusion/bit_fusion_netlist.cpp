#include <fmt/format.h>

#include <array>

#include "arch/bit_fusion/bit_fusion.hpp"
#include "arch/common/accumulator_netlist.hpp"
#include "arch/unit_netlist.hpp"
#include "sim/netlist/generators.hpp"

namespace bitscale {

namespace {

using netlist::AdderKind;
using netlist::Bits;
using netlist::Builder;
using netlist::NodeId;

/// Mode of one side of the unit, as signals: words span 4 bits or more, words span 8 bits, words
/// are signed.
struct SideSignals {
  NodeId wide_4, wide_8, narrow_4, narrow_8;  ///< narrow: the complements
  NodeId is_signed;
};

SideSignals side_signals(Builder& b, NodeId is_signed, const Bits& width) {
  return {width[0], width[1], b.not_gate(width[0]), b.not_gate(width[1]), is_signed};
}

using Digits = std::array<std::array<Bits, 4>, 4>;  ///< [line across][digit]

/// The 32-bit operand word of one side holds, in byte q, the four digits that enter at line q of
/// the other side. Where the other side's words span two or four lines, their first line's digits
/// go to all of them.
Digits spread(Builder& b, const Bits& word, const SideSignals& side, const SideSignals& across) {
  Digits digits;
  const std::array<NodeId, 4> signs = {b.and_gate(side.is_signed, side.narrow_4),
                                       b.and_gate(side.is_signed, side.narrow_8),
                                       b.and_gate(side.is_signed, side.narrow_4), side.is_signed};
  for (std::size_t digit = 0; digit < 4; ++digit) {
    const auto own = [&](std::size_t line) {
      const std::size_t bit = 8 * line + 2 * digit;
      return Bits{word[bit], word[bit + 1]};
    };
    std::array<Bits, 4> lines;
    lines[0] = own(0);
    lines[2] = netlist::mux_all(b, across.wide_8, own(2), lines[0]);
    lines[1] = netlist::mux_all(b, across.wide_4, own(1), lines[0]);
    lines[3] = netlist::mux_all(b, across.wide_4, own(3), lines[2]);
    for (std::size_t line = 0; line < 4; ++line) {
      lines[line].push_back(b.and_gate(lines[line][1], signs[digit]));
      digits[line][digit] = lines[line];
    }
  }
  return digits;
}

/// low + high on `width` bits, `high` moved up by `shift` bits where `fused`.
Bits add_moved(Builder& b, const Bits& low, const Bits& high, std::size_t width, std::size_t shift,
               NodeId fused, NodeId apart) {
  const Bits still = netlist::resize(b, high, width, true);
  Bits moved;
  for (std::size_t bit = 0; bit < width; ++bit) {
    moved.push_back(bit < shift ? b.and_gate(still[bit], apart)
                                : b.mux(fused, still[bit], still[bit - shift]));
  }
  return netlist::add(b, AdderKind::ripple, netlist::resize(b, low, width, true), moved,
                      b.constant(false))
      .bits;
}

/// One Fusion Unit: bricks, then the levels of shift_add().
Bits draw_fusion_unit(Builder& b, const Bits& activation, const Bits& weight,
                      const SideSignals& rows, const SideSignals& columns) {
  const Digits x = spread(b, activation, rows, columns);
  const Digits y = spread(b, weight, columns, rows);
  const auto brick = [&](std::size_t row, std::size_t column) {
    return netlist::multiply(b, {x[column][row], true}, {y[row][column], true}, 6,
                             netlist::Reduction::dadda, AdderKind::ripple);
  };
  const auto width = [](std::size_t level) {
    return static_cast<std::size_t>(kShiftAddBits[level]);
  };
  const auto row_pair = [&](std::size_t row, std::size_t column) {
    return add_moved(b, brick(row, column), brick(row + 1, column), width(0), 2, rows.wide_4,
                     rows.narrow_4);
  };
  const auto group = [&](std::size_t row, std::size_t column) {
    return add_moved(b, row_pair(row, column), row_pair(row, column + 1), width(1), 2,
                     columns.wide_4, columns.narrow_4);
  };
  const auto half = [&](std::size_t column) {
    return add_moved(b, group(0, column), group(2, column), width(2), 4, rows.wide_8,
                     rows.narrow_8);
  };
  return add_moved(b, half(0), half(2), width(3), 4, columns.wide_8, columns.narrow_8);
}

/// The sum of a pass in its place in the 16-bit product.
Bits place_pass(Builder& b, const Bits& sum, NodeId high) {
  const Bits still = netlist::resize(b, sum, sum.size() + 8, true);
  return netlist::mux_all(b, high, still, netlist::shift_left(b, still, 8));
}

netlist::Netlist draw(std::int64_t lanes, const AccumulatorConfig& accumulator) {
  Builder b(fmt::format("bit_fusion_{}_{}", lanes, accumulator.bits));
  std::vector<Bits> activations;
  std::vector<Bits> weights;
  for (std::int64_t lane = 0; lane < lanes; ++lane) {
    activations.push_back(b.input(fmt::format("activation{}", lane), 32));
    weights.push_back(b.input(fmt::format("weight{}", lane), 32));
  }
  const Bits activation_high = b.input("activation_high", 1);
  const Bits weight_high = b.input("weight_high", 1);
  const Bits activation_signed = b.input("activation_signed", 1);
  const Bits weight_signed = b.input("weight_signed", 1);
  const SideSignals rows = side_signals(b, activation_signed[0], b.input("activation_width", 2));
  const SideSignals columns = side_signals(b, weight_signed[0], b.input("weight_width", 2));
  std::vector<Bits> sums;
  for (std::size_t lane = 0; lane < activations.size(); ++lane) {
    sums.push_back(draw_fusion_unit(b, activations[lane], weights[lane], rows, columns));
  }
  const Bits sum = netlist::adder_tree(b, AdderKind::ripple, sums, true);
  const Bits placed = place_pass(b, place_pass(b, sum, activation_high[0]), weight_high[0]);
  draw_accumulator(b, "accumulator0", placed, accumulator, AdderKind::ripple);
  return b.build();
}

/// Where the words of product `product` lie in the operand words: digit r of line c at bit 8 c + 2
/// r.
int activation_bit(const FusionMode& mode, int product) {
  return 8 * mode.first_column(product) + 2 * mode.first_row(product);
}
int weight_bit(const FusionMode& mode, int product) {
  return 8 * mode.first_row(product) + 2 * mode.first_column(product);
}

std::uint64_t field(std::int32_t half, int width, int bit) {
  return (static_cast<std::uint64_t>(half) & ((std::uint64_t{1} << width) - 1)) << bit;
}

/// The mode signals, the control signals that it does not use, and the bits of the operand words
/// that carry nothing.
std::vector<netlist::Tie> ties_of(const netlist::Netlist& gates, const FusionMode& mode,
                                  std::int64_t lanes) {
  std::vector<netlist::Tie> ties;
  const auto tie = [&](const char* bus, std::int64_t value) {
    for (const netlist::Tie& bit : netlist::tie_bus(gates, bus, value)) ties.push_back(bit);
  };
  const auto side = [&](const FusedOperand& operand, const char* high, const char* is_signed,
                        const char* width) {
    if (operand.passes == 1) tie(high, 0);
    if (operand.passes == 1 || !operand.is_signed) tie(is_signed, operand.is_signed ? 1 : 0);
    tie(width, operand.width == 8 ? 3 : operand.width == 4 ? 1 : 0);
  };
  side(mode.activation, "activation_high", "activation_signed", "activation_width");
  side(mode.weight, "weight_high", "weight_signed", "weight_width");
  std::uint64_t activation_bits = 0;
  std::uint64_t weight_bits = 0;
  for (int product = 0; product < mode.products(); ++product) {
    activation_bits |= field(-1, mode.activation.width, activation_bit(mode, product));
    weight_bits |= field(-1, mode.weight.width, weight_bit(mode, product));
  }
  for (std::size_t bus = 0; bus < static_cast<std::size_t>(2 * lanes); ++bus) {
    const std::uint64_t used = bus % 2 == 0 ? activation_bits : weight_bits;
    for (std::size_t bit = 0; bit < 32; ++bit) {
      if ((used >> bit & 1U) == 0) ties.push_back({gates.inputs[bus].bits[bit], false});
    }
  }
  return ties;
}

void drive(const FusionMode& mode, std::size_t lanes, const StepOperands& step, int cycle,
           std::span<std::int64_t> buses) {
  const int activation_pass = mode.activation_pass(cycle);
  const int weight_pass = mode.weight_pass(cycle);
  const auto products = static_cast<std::size_t>(mode.products());
  for (std::size_t lane = 0; lane < lanes; ++lane) {
    std::uint64_t activation = 0;
    std::uint64_t weight = 0;
    for (std::size_t product = 0; product < products; ++product) {
      const std::size_t position = lane * products + product;
      if (step.valid[position] == 0) continue;
      const int number = static_cast<int>(product);
      activation |= field(mode.activation.half(step.activations[position], activation_pass),
                          mode.activation.width, activation_bit(mode, number));
      weight |= field(mode.weight.half(step.weights[position], weight_pass), mode.weight.width,
                      weight_bit(mode, number));
    }
    buses[2 * lane] = static_cast<std::int64_t>(activation);
    buses[2 * lane + 1] = static_cast<std::int64_t>(weight);
  }
  const std::array<std::int64_t, 6> control = {activation_pass,
                                               weight_pass,
                                               mode.activation.signed_in(activation_pass) ? 1 : 0,
                                               mode.weight.signed_in(weight_pass) ? 1 : 0,
                                               mode.activation.width == 8   ? 3
                                               : mode.activation.width == 4 ? 1
                                                                            : 0,
                                               mode.weight.width == 8   ? 3
                                               : mode.weight.width == 4 ? 1
                                                                        : 0};
  for (std::size_t i = 0; i < control.size(); ++i) buses[2 * lanes + i] = control[i];
}

}  // namespace

UnitNetlist BitFusionUnit::make_netlist(std::int64_t lanes, const OperandTypes& types) const {
  const FusionMode mode = fusion_mode(types);
  UnitNetlist unit;
  unit.netlist = draw(lanes, types.accumulator);
  unit.ties = ties_of(unit.netlist, mode, lanes);
  unit.cycles = mode.cycles();
  unit.drive = [mode, lanes](const StepOperands& step, std::int64_t cycle,
                             std::span<std::int64_t> buses) {
    drive(mode, static_cast<std::size_t>(lanes), step, static_cast<int>(cycle), buses);
  };
  unit.addend = [mode](const StepOperands& step, std::int64_t cycle, std::int64_t /*segment*/) {
    const int number = static_cast<int>(cycle);
    std::int64_t sum = 0;
    for (std::size_t i = 0; i < step.valid.size(); ++i) {
      if (step.valid[i] == 0) continue;
      sum += static_cast<std::int64_t>(
                 mode.activation.half(step.activations[i], mode.activation_pass(number))) *
             mode.weight.half(step.weights[i], mode.weight_pass(number));
    }
    return sum * (std::int64_t{1} << mode.shift(number));
  };
  return unit;
}

}  // namespace bitscale
