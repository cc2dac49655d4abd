#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sim/import/draft.hpp"

namespace bitscale::importing {

/// Reads a SCALE-Sim topology: one layer a row, either `Layer name, IFMAP Height, IFMAP Width,
/// Filter Height, Filter Width, Channels, Num Filter, Strides` (one stride, or one per axis) or
/// `Layer, M, N, K` (M x K times K x N). The header row may be missing. `file` names the text in
/// messages. Rows do not say how layers connect: each stands on its own. As SCALE-Sim does, a last
/// window may hang over the edge, and a name that holds `DP` is a depthwise layer. Throws
/// ConfigError with every problem, each by line and column.
[[nodiscard]] Draft read_scale_sim(std::string_view text, const std::string& file,
                                   const Widths& widths);

/// A topology file and what it could not say.
struct ScaleSimTopology {
  std::string csv;
  std::vector<std::string> remarks;
};

/// Writes the array layers of a workload as topology rows that make SCALE-Sim count the same
/// multiply-accumulates: padding becomes part of the input, a group becomes a row, a depthwise
/// layer a `DP` row, other layers are left out; the remarks say so. A network of matrix products
/// alone takes the GEMM form. Throws ConfigError that names every layer with dilation, which the
/// format cannot express, or where the workload has no array layer.
[[nodiscard]] ScaleSimTopology write_scale_sim(const Workload& workload);

}  // namespace bitscale::importing
