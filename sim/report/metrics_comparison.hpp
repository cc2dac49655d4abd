#pragma once

#include "sim/report/metrics.hpp"

namespace bitscale {

/// The part of all_metrics() that is about fair comparisons.
[[nodiscard]] std::span<const Metric> comparison_metrics();

}  // namespace bitscale
