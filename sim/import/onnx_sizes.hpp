#pragma once

#include <map>
#include <set>
#include <string>

#include "sim/import/onnx_model.hpp"

namespace bitscale::importing {

/// Names of the values that only say how large something is: what Shape writes, and what a few
/// operators make of that and of constants. Exporters put such nodes in front of a Reshape.
[[nodiscard]] std::set<std::string> size_values(const OnnxModel& model);

/// A vector of sizes, or one size alone.
struct Sizes {
  std::vector<std::int64_t> values;
  bool scalar = false;
};

/// Computes the size values that `shapes` already determine. Anything unusual (an index outside, a
/// division by zero) leaves a value unknown.
[[nodiscard]] std::map<std::string, Sizes> evaluate_sizes(const OnnxModel& model,
                                                          const ValueShapes& shapes);

}  // namespace bitscale::importing
