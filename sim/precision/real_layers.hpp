#pragma once

#include "sim/precision/float_network.hpp"

/// Layers of one image in real numbers, and their derivatives. Tensors are [channel][row][column];
/// shapes as in LayerShape.
namespace bitscale::precision::real {

using Values = std::vector<double>;

[[nodiscard]] Values convolve(const RealLayer& layer, std::span<const double> operand);

struct ConvolutionGradients {
  Values operand, weights;
};
/// Derivatives with respect to operand and weights of what has derivatives `gradient` with respect
/// to the layer's output. Zeros of `gradient` cost nothing.
[[nodiscard]] ConvolutionGradients convolution_gradients(const RealLayer& layer,
                                                         std::span<const double> operand,
                                                         std::span<const double> gradient);

[[nodiscard]] Values run_vector_layer(const RealLayer& layer,
                                      const std::vector<std::span<const double>>& inputs);
/// One per input. At a kink the derivative is that of the side away from zero; a pool's goes to its
/// first maximum.
[[nodiscard]] std::vector<Values> vector_layer_gradients(
    const RealLayer& layer, const std::vector<std::span<const double>>& inputs,
    std::span<const double> gradient);
/// Per channel, summed over its pixels.
[[nodiscard]] Values bias_gradient(const RealLayer& layer, std::span<const double> gradient);

}  // namespace bitscale::precision::real
