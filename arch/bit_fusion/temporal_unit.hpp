#pragma once

#include <vector>

#include "sim/netlist/netlist.hpp"
#include "sim/netlist/timing.hpp"

namespace bitscale {

/// What a Fusion Unit is measured against (Sharma et al., ISCA 2018): 2-bit multipliers side by
/// side, each with a shifter, an adder and a register of its own, that take one pair of 2-bit
/// digits of a product per cycle and add it up in place. As many of them as a Fusion Unit has
/// bricks do as many products per cycle in every mode.
struct TemporalUnitConfig {
  int multipliers = 16;
  int register_bits = 32;  ///< of each: a partial sum
};

/// Per multiplier buses `x<i>` and `y<i>` (a digit), `x<i>_signed` and `y<i>_signed`, `shift<i>`
/// (half the bits by which the product moves up, 0..15); register `accumulator<i>`.
[[nodiscard]] netlist::Netlist temporal_unit(const TemporalUnitConfig& config);

/// Inputs that hold still while signed words of `bits` x `bits` (2, 4, 8 or 16) are multiplied:
/// shift bits that words of so few digits do not need, signs where every digit has one.
[[nodiscard]] std::vector<netlist::Tie> temporal_ties(const netlist::Netlist& gates,
                                                      const TemporalUnitConfig& config, int bits);

}  // namespace bitscale
