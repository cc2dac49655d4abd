#pragma once

#include <vector>

#include "sim/netlist/netlist.hpp"

namespace bitscale::netlist {

/// A netlist with its flip-flops taken out: what is left is combinational, and any sequence of
/// states can be put to it, resets and sums that come from elsewhere included. Given the states
/// that the registers go through it counts the toggles of the original, those of flip-flops
/// included.
struct CutNetlist {
  Netlist netlist;              ///< inputs: those of the original, then one bus per register
  std::size_t input_buses = 0;  ///< of the original; the registers' buses follow
  std::size_t flip_flops = 0;   ///< that were taken out
};

/// Turns every register (flip-flops of one name) into an input bus of that name, and what it takes
/// at the next clock into an output bus `<name>_next`; output buses that only showed a register go.
[[nodiscard]] CutNetlist cut_registers(const Netlist& netlist);

}  // namespace bitscale::netlist
