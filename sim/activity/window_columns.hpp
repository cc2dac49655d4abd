#pragma once

#include <cstdint>
#include <vector>

#include "sim/activity/unit_gates.hpp"
#include "sim/activity/unit_stream.hpp"
#include "sim/netlist/planes.hpp"

namespace bitscale {

/// A window from one of its columns on.
struct Excerpt {
  const Window* window = nullptr;
  std::size_t first = 0;
};

/// `columns` columns of every excerpt side by side in the lanes of a stimulus, packed bit i on
/// input bit planes[i]; a window that ends earlier stays where it is.
[[nodiscard]] netlist::Stimulus side_by_side(const netlist::Netlist& netlist,
                                             const std::vector<std::uint32_t>& planes,
                                             const std::vector<Excerpt>& excerpts,
                                             std::size_t width, std::size_t columns);

/// Every window from its first column on.
[[nodiscard]] std::vector<Excerpt> whole(const std::vector<Window>& windows);

/// Fills in what the unit's own registers hold, which each step starts afresh, and leaves one
/// column before each window.
void follow_registers(const UnitGates& gates, std::vector<Window>& windows);

}  // namespace bitscale
