#pragma once

#include "sim/report/metrics.hpp"

namespace bitscale {

/// The part of all_metrics() that is about zeros and sweeps of precision.
[[nodiscard]] std::span<const Metric> scaling_metrics();

}  // namespace bitscale
