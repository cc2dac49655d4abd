#pragma once

#include <string>

#include "arch/unit.hpp"
#include "sim/netlist/adders.hpp"

namespace bitscale {

/// Draws a segment's register with its adder: register <- wrap or clamp(register + addend), output
/// bus `name`. `addend` is two's complement of any width; wider than the register it is added
/// exactly, so that clamping sees every overflow. `config.bits` is the width of the segment. A
/// `carry_in` adds one more.
netlist::Bits draw_accumulator(netlist::Builder& b, const std::string& name,
                               const netlist::Bits& addend, const AccumulatorConfig& config,
                               netlist::AdderKind adder,
                               netlist::NodeId carry_in = netlist::kNoNode);

}  // namespace bitscale
