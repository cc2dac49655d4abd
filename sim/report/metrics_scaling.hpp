#pragma once

#include "sim/report/metrics.hpp"

namespace bitscale {

/// The part of all_metrics() that is about zeros and sweeps of precision.
[[nodiscard]] std::span<const Metric> scaling_metrics();

/// The part about widths of accumulators, bits of layers and in-memory columns.
[[nodiscard]] std::span<const Metric> precision_metrics();

/// The part about units from their gates.
[[nodiscard]] std::span<const Metric> unit_metrics();

}  // namespace bitscale
