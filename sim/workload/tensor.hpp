#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "sim/workload/workload.hpp"

namespace bitscale {

/// Where values came from; a result built on both is mixed.
enum class Origin { none, synthetic, real, mixed };

[[nodiscard]] std::string_view to_string(Origin origin);
[[nodiscard]] Origin combine(Origin a, Origin b);

/// A four-dimensional tensor of integers, last axis fastest. Activations are [n][channel][row][column], with the channels of
/// all groups; weights are [filter, all groups][channel in group][R][S].
struct Tensor {
  TensorType type;
  std::int64_t n = 0, c = 0, h = 0, w = 0;
  std::vector<std::int16_t> values;
  Origin origin = Origin::none;
  bool operator==(const Tensor&) const = default;
};

}  // namespace bitscale
