#pragma once

#include <cstdint>

#include "sim/workload/workload.hpp"

namespace bitscale {

/// A value of the type, each alike: what `word` random bits stand for.
[[nodiscard]] std::int32_t uniform_value(const TensorType& type, std::uint64_t word);

}  // namespace bitscale
