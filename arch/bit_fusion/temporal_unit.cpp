#include "arch/bit_fusion/temporal_unit.hpp"

#include <fmt/format.h>

#include "sim/netlist/generators.hpp"

namespace bitscale {
namespace {

using netlist::AdderKind;
using netlist::Bits;

constexpr int kShiftBits = 4;  ///< up to 14 digits of 2 bits: the highest of 16 x 16 bits

/// Two bits and the sign they have at the top of a signed word.
Bits draw_digit(netlist::Builder& b, const std::string& name) {
  Bits digit = b.input(name, 2);
  digit.push_back(b.and_gate(digit[1], b.input(name + "_signed", 1)[0]));
  return digit;
}

constexpr std::size_t kBuses = 5;  ///< per multiplier: x, x_signed, y, y_signed, shift

}  // namespace

netlist::Netlist temporal_unit(const TemporalUnitConfig& config) {
  netlist::Builder b(fmt::format("temporal_{}x{}", config.multipliers, config.register_bits));
  for (int i = 0; i < config.multipliers; ++i) {
    const Bits x = draw_digit(b, fmt::format("x{}", i));
    const Bits y = draw_digit(b, fmt::format("y{}", i));
    const Bits shift = b.input(fmt::format("shift{}", i), kShiftBits);
    // The brick of a Fusion Unit, then a shifter on the width of the register.
    const Bits product =
        netlist::multiply(b, {x, true}, {y, true}, 6, netlist::Reduction::dadda, AdderKind::ripple);
    const std::string name = fmt::format("accumulator{}", i);
    const Bits state = b.flip_flops(name, config.register_bits);
    Bits moved = netlist::resize(b, product, state.size(), true);
    for (std::size_t level = 0; level < shift.size(); ++level) {
      const Bits up = netlist::shift_left(b, moved, std::size_t{2} << level);
      moved = netlist::mux_all(b, shift[level], moved, up);
    }
    b.connect(state, netlist::add(b, AdderKind::ripple, state, moved, b.constant(false)).bits);
    b.output(name, state, true);
  }
  return b.build();
}

std::vector<netlist::Tie> temporal_ties(const netlist::Netlist& gates,
                                        const TemporalUnitConfig& config, int bits) {
  // Products of digits of b-bit words move up by as many as b - 2 places of two bits.
  std::size_t used = 0;
  while ((1 << used) <= bits - 2) ++used;
  std::vector<netlist::Tie> ties;
  for (std::size_t i = 0; i < static_cast<std::size_t>(config.multipliers); ++i) {
    const auto bus = [&](std::size_t which) { return gates.inputs[kBuses * i + which].bits; };
    const Bits shift = bus(4);
    for (std::size_t level = used; level < shift.size(); ++level)
      ties.push_back({shift[level], false});
    if (bits > 2) continue;  // every digit is a whole word
    ties.push_back({bus(1)[0], true});
    ties.push_back({bus(3)[0], true});
  }
  return ties;
}

}  // namespace bitscale
