#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/mapping/machine.hpp"

namespace bitscale {

/// Units along the two axes of an array. The lanes are part of a unit and stay.
struct ArraySize {
  std::int64_t rows = 1, columns = 1;
  [[nodiscard]] std::int64_t units() const { return rows * columns; }
  bool operator==(const ArraySize&) const = default;
};

[[nodiscard]] ArraySize declared_size(const ArrayConfig& array);

/// Smallest change of an axis: its resize_step, in whole multiples of its loops but the outermost,
/// which is the one that grows. Nothing where the axis has no loop to grow or may not be resized.
[[nodiscard]] std::optional<std::int64_t> resize_step(const Axis& axis);

/// The size whose number of units is nearest to `units`; of several, that nearest to the declared
/// shape. An array with two axes to resize keeps its shape: rows over columns within a factor of
/// two of what is declared, as far as the steps allow. Nothing where no axis may be resized. The
/// result may miss `units` by any distance: at least one step of each axis remains.
[[nodiscard]] std::optional<ArraySize> nearest_size(const ArrayConfig& array, double units);

/// What gives a machine another size, as settings of its file (`array.rows.size=8`): the outermost
/// loop of an axis grows with it, and so do the wires that the axis feeds (ports of the buffers,
/// results that drain per cycle). Capacities and banks of the buffers, the off-chip channel, the
/// vector unit and what a position holds stay.
[[nodiscard]] std::vector<std::string> resize_settings(const MachineConfig& machine,
                                                       const ArraySize& size);

}  // namespace bitscale
