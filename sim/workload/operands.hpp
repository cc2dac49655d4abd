#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "sim/workload/tensor.hpp"

namespace bitscale {

/// Operand tensors of one array layer.
struct Operands {
  Tensor activations, weights;
};

/// Makes a tensor of `shape` and `type` from its source. Synthetic values depend on (seed, stream, index) only: `stream` is a stable hash of layer and
/// tensor name. A file's or data set's values are rounded from their own type to `type` (round half up, saturate).
/// Throws IoError for a file that is missing or not what it says, ConfigError for a wrong shape or dtype.
[[nodiscard]] Tensor make_tensor(const TensorSource& source, const TensorType& type, std::int64_t n,
                                 std::int64_t c, std::int64_t h, std::int64_t w, std::uint64_t stream);

/// Activations and weights of one array layer, each from its own source (layers run one by one).
[[nodiscard]] Operands make_operands(const Layer& layer);

}  // namespace bitscale
