#pragma once

#include <vector>

#include "sim/report/result.hpp"

namespace bitscale::reproduce {

/// A Fusion Unit beside temporal 2-bit multipliers of the same throughput: area and power from
/// their gates (part of `reproduce bitfusion`).
void add_temporal_design(std::vector<ReproduceCheck>& checks);

}  // namespace bitscale::reproduce
