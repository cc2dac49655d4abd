#pragma once

#include <cstdint>
#include <vector>

#include "sim/workload/tensor.hpp"

namespace bitscale {

/// The oracle: a plain int64 convolution (conv, depthwise, fully connected, matmul) that shares no
/// code with any unit or mapping. Activations [N][G C][H][W], weights [G K][C][R][S]; padded taps
/// hold `pad_value`. Returns sums [N][G K][P][Q], exact: 16-bit operands fit
/// 64 bits up to 2^33 taps. Throws std::invalid_argument where a tensor does not have the shape's
/// extents.
[[nodiscard]] std::vector<std::int64_t> reference_convolution(const LayerShape& shape,
                                                              const Tensor& activations,
                                                              const Tensor& weights,
                                                              std::int16_t pad_value = 0);

/// Sum -> output type: shift right by (in_frac_bits - out.frac_bits) with round half up (left where
/// negative), then saturate.
[[nodiscard]] std::int16_t requantise(std::int64_t sum, int in_frac_bits, const TensorType& out);

/// Right shift that takes an array layer's sums to its output type: requantise_shift where the
/// layer states one, else activation.frac_bits + weight.frac_bits - output.frac_bits.
[[nodiscard]] int requantisation_shift(const Layer& layer);

/// Right shift for workloads that state no frac_bits, from bits and fan-in: operands of a standard
/// deviation of about 0.2 full scale (the default of synthetic sources), half of the activations
/// zero after a ReLU, give outputs of about the same deviation; binary_pm1 operands deviate by full
/// scale and are taken for that. Whole bits are rounded to larger values, so that deep networks
/// saturate rather than die out. Never negative: narrow operands of a wide output leave its upper
/// bits unused.
[[nodiscard]] int default_shift(const LayerShape& shape, const TensorType& activation,
                                const TensorType& weight, const TensorType& output);

/// One zero-MAC layer on its inputs, bit-true; inputs are given in the layer's order, each with its
/// own type. The output is [N][C][P][Q] of layer.output, rounded half up once and saturated; values
/// align as alignment_shift() says.
///   max_pool      padding never wins; a window outside the input gives 0 (1 in binary_pm1)
///   average_pool  divides by the window's elements inside the input
///   relu          max(0, x)
///   bias          x + b, one b per channel, made from layer.weight_source as layer.weight
///   add           sum of all inputs
///   concat        inputs behind one another along the channels
///   multiply      product of two inputs; an input of one row and column applies to whole channels
/// Throws std::invalid_argument where the inputs do not have the layer's extents.
[[nodiscard]] Tensor run_vector_layer(const Layer& layer, const std::vector<const Tensor*>& inputs);

}  // namespace bitscale
