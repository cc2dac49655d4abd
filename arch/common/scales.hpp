#pragma once

#include <vector>

#include "arch/unit.hpp"

namespace bitscale {

/// Networks of one- and two-bit weights multiply their sums by real factors: one or two
/// multiplications per result, behind the accumulator. The factors belong to requantisation, so
/// that sums stay integers; what is counted here is the work. The multipliers stand once per drain
/// lane, not in the unit, whose area leaves them out.
void count_scales(const UnitActivity& activity, int per_output, int scale_bits,
                  std::vector<ActionCount>& actions);

/// Reads `scale_bits`.
[[nodiscard]] int parse_scale_bits(config::Reader& reader, int fallback);

}  // namespace bitscale
