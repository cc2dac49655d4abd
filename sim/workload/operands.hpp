#pragma once

#include <cstdint>
#include <string_view>

#include "sim/workload/tensor.hpp"

namespace bitscale {

/// Operand tensors of one array layer: activations [N][G C][H][W], weights [G K][C][R][S].
struct Operands {
  Tensor activations, weights;
};

/// Random stream of a tensor: a stable hash of the layer's name and the tensor's ('activations',
/// 'weights').
[[nodiscard]] std::uint64_t tensor_stream(std::string_view layer, std::string_view tensor);

/// Makes a tensor [n][c][h][w] of `type` from its source. Synthetic values depend on (seed, stream,
/// index) only. Values of a data set, or of a file whose width is stated, are rounded from their
/// own full scale to that of `type` (round half up, saturate; wider types get them shifted left).
/// Throws IoError for a file that is missing or not what it says, ConfigError for a wrong shape or
/// dtype, values outside the type, or a source of kind `layer`, which only a run of the whole
/// network has values for.
[[nodiscard]] Tensor make_tensor(const TensorSource& source, const TensorType& type, std::int64_t n,
                                 std::int64_t c, std::int64_t h, std::int64_t w,
                                 std::uint64_t stream);

/// Activations and weights of one array layer, each from its own source (layers run one by one).
/// Throws as make_tensor.
[[nodiscard]] Operands make_operands(const Layer& layer);

/// The weights alone: what a run of the whole network adds to its activations.
[[nodiscard]] Tensor make_weights(const Layer& layer);

}  // namespace bitscale
