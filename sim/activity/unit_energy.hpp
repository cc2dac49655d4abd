#pragma once

#include <cstdint>
#include <vector>

#include "arch/unit.hpp"
#include "arch/unit_netlist.hpp"

namespace bitscale {

/// Capacitance that one unit switches per cycle, in NAND input pins. Multiply by the energy of a
/// pin (a technology's structure.capacitance) for joules.
struct UnitEnergy {
  double zero_delay = 0;           ///< nets of the gates and registers, between settled states
  double glitches = 0;             ///< what gate delays add: inertial minus zero-delay
  double flip_flops = 0;           ///< clock and internal nodes of the registers
  double relative_half_width = 0;  ///< of zero_delay, at 95 %
  std::uint64_t transitions = 0;   ///< sampled

  /// At glitch gain g.
  [[nodiscard]] double total(double glitch_gain) const {
    return zero_delay + glitch_gain * glitches + flip_flops;
  }
};

/// How much to sample.
struct UnitSample {
  std::size_t steps = 64;              ///< of a window, which starts at an accumulator reset
  std::size_t zero_delay_batches = 8;  ///< of 512 windows
  std::size_t inertial_batches = 1;
  std::uint64_t seed = 1;
};

/// A unit on independent operands, uniform over the values of its types, every lane filled. Pure
/// and deterministic.
[[nodiscard]] UnitEnergy measure_uniform(const Unit& unit, std::int64_t lanes,
                                         const OperandTypes& types, const UnitSample& sample = {});

/// The same for gates on their own: every input bus takes uniform words, but for the bits that
/// `ties` hold (gated low bits, mode signals).
[[nodiscard]] UnitEnergy measure_uniform(const netlist::Netlist& gates,
                                         const UnitSample& sample = {},
                                         const std::vector<netlist::Tie>& ties = {});

}  // namespace bitscale
