#pragma once

#include <string_view>
#include <vector>

#include "sim/netlist/netlist.hpp"

namespace bitscale::netlist {

/// A netlist with flip-flops taken out: what is left does not remember them, and any sequence of
/// states can be put to it, resets and sums that come from elsewhere included. Given the states
/// that the registers go through it counts the toggles of the original, those of flip-flops
/// included.
struct CutNetlist {
  Netlist netlist;              ///< inputs: those of the original, then one bus per register
  std::size_t input_buses = 0;  ///< of the original; the registers' buses follow
  std::size_t flip_flops = 0;   ///< that were taken out
};

/// Turns every register (flip-flops of one name) whose name starts with `prefix` into an input bus
/// of that name, and what it takes at the next clock into an output bus `<name>_next`; output buses
/// that only showed such a register go. Other flip-flops stay. By default it is the accumulators of
/// a unit, whose states depend on all the steps before; what else a unit has in registers is its
/// own, and fresh with every step.
[[nodiscard]] CutNetlist cut_registers(const Netlist& netlist,
                                       std::string_view prefix = "accumulator");

}  // namespace bitscale::netlist
