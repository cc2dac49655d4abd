#pragma once

#include <vector>

#include "sim/sweep/sweep_file.hpp"

namespace bitscale::sweep {

/// The axes of a sweep file; `as_list`: the points written under `points`, as one axis.
[[nodiscard]] std::vector<Axis> parse_axes(config::Reader& reader, bool as_list);

}  // namespace bitscale::sweep
