#pragma once

#include <cstdint>
#include <vector>

#include "sim/workload/tensor.hpp"

namespace bitscale {

/// The oracle: a plain int64 convolution (conv, depthwise, fully connected, matmul) that shares no code with any unit or mapping.
/// Returns sums [n][filter, all groups][P][Q]. Sums must fit 64 bits (16-bit operands always do up to 2^32 taps).
[[nodiscard]] std::vector<std::int64_t> reference_convolution(const LayerShape& shape,
                                                              const Tensor& activations,
                                                              const Tensor& weights);

/// Sum -> output type: shift right by (in_frac_bits - out.frac_bits) with round half up (left where negative), then saturate.
[[nodiscard]] std::int16_t requantise(std::int64_t sum, int in_frac_bits, const TensorType& out);

/// One zero-MAC layer on its inputs, bit-true. Inputs are given in the layer's order.
[[nodiscard]] Tensor run_vector_layer(const Layer& layer, const std::vector<const Tensor*>& inputs);

}  // namespace bitscale
