#pragma once

#include <cstdint>
#include <vector>

#include "sim/activity/unit_gates.hpp"
#include "sim/activity/unit_stream.hpp"
#include "sim/netlist/planes.hpp"

namespace bitscale {

/// Columns `first`.. of every window side by side in the lanes of a stimulus, packed bit i on input
/// bit planes[i]; a window that ends earlier stays where it is. Without `first` from the first
/// column on.
[[nodiscard]] netlist::Stimulus side_by_side(const netlist::Netlist& netlist,
                                             const std::vector<std::uint32_t>& planes,
                                             const std::vector<Window>& windows, std::size_t width,
                                             const std::vector<std::size_t>& first,
                                             std::size_t columns);

/// Fills in what the unit's own registers hold, which each step starts afresh, and leaves one
/// column before each window.
void follow_registers(const UnitGates& gates, std::vector<Window>& windows);

}  // namespace bitscale
