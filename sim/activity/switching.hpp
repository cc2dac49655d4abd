#pragma once

#include <vector>

#include "sim/activity/activity.hpp"
#include "sim/core/account.hpp"
#include "sim/mapping/schedule.hpp"

namespace bitscale {

/// Appends what a layer switches, as integers: of the units' gates (component `datapath`), their
/// registers (`registers`), the registers that hold operands before the units
/// (`operand_registers`), and the wires there (`broadcast`). Figures per cycle of the sample times
/// the exact number of cycles in which units worked; operands per fetched bit of the exact traffic.
///
/// Operand registers: one flip-flop per fetched bit at the feed, or where an operand is handed on
/// from neighbour to neighbour one per bit in every unit. Wires: every fetched bit of operands that
/// are not handed on. A held operand toggles neither.
void count_switching(const LayerActivity& activity, const Mapping& mapping,
                     const UnitActivity& work, const Traffic& traffic,
                     std::vector<ActionCount>& actions);

/// Appends the gates and the registers of `count` units, in NAND2 equivalents.
void count_gate_area(const UnitNetlist& unit, std::uint64_t count, std::vector<AreaItem>& area);

}  // namespace bitscale
