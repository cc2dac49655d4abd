#include "sim/precision/real_layers.hpp"

#include <algorithm>
#include <stdexcept>

namespace bitscale::precision::real {
namespace {

/// Calls visit(output, operand, weight) with the indices of every product that is not padding.
/// `wanted(output)` says whether an output's products are visited at all.
template <typename Wanted, typename Visit>
void for_each_product(const LayerShape& s, Wanted&& wanted, Visit&& visit) {
  for (std::int64_t k = 0; k < s.G * s.K; ++k) {
    const std::int64_t group = k / s.K;
    for (std::int64_t p = 0; p < s.P; ++p) {
      for (std::int64_t q = 0; q < s.Q; ++q) {
        const std::int64_t output = (k * s.P + p) * s.Q + q;
        if (!wanted(output)) continue;
        for (std::int64_t c = 0; c < s.C; ++c) {
          for (std::int64_t r = 0; r < s.R; ++r) {
            const std::int64_t h = p * s.stride_h - s.pad_top + r * s.dilation_h;
            if (h < 0 || h >= s.H) continue;
            for (std::int64_t x = 0; x < s.S; ++x) {
              const std::int64_t w = q * s.stride_w - s.pad_left + x * s.dilation_w;
              if (w < 0 || w >= s.W) continue;
              visit(output, ((group * s.C + c) * s.H + h) * s.W + w,
                    ((k * s.C + c) * s.R + r) * s.S + x);
            }
          }
        }
      }
    }
  }
}

/// Calls visit(output, first row, last row, first column, last column, plane) for every window of a
/// pool, clipped to the input.
template <typename Visit>
void for_each_window(const LayerShape& s, Visit&& visit) {
  std::int64_t output = 0;
  for (std::int64_t c = 0; c < s.C; ++c) {
    for (std::int64_t p = 0; p < s.P; ++p) {
      const std::int64_t top = p * s.stride_h - s.pad_top;
      for (std::int64_t q = 0; q < s.Q; ++q, ++output) {
        const std::int64_t left = q * s.stride_w - s.pad_left;
        visit(output, std::max<std::int64_t>(top, 0), std::min(top + s.R, s.H),
              std::max<std::int64_t>(left, 0), std::min(left + s.S, s.W), c * s.H * s.W);
      }
    }
  }
}

/// Index of the first maximum of a window.
std::int64_t position_of_maximum(const LayerShape& s, std::span<const double> input,
                                 std::int64_t top, std::int64_t bottom, std::int64_t left,
                                 std::int64_t right, std::int64_t plane) {
  std::int64_t best = plane + top * s.W + left;
  for (std::int64_t h = top; h < bottom; ++h) {
    for (std::int64_t w = left; w < right; ++w) {
      if (input[plane + h * s.W + w] > input[best]) best = plane + h * s.W + w;
    }
  }
  return best;
}

[[noreturn]] void refuse(const RealLayer& layer) {
  throw std::invalid_argument("real network: layer '" + layer.name + "' has no derivatives here");
}

/// Pools: sends each output to the operands it comes from with their share.
template <typename Send>
void for_each_pooled(const RealLayer& layer, std::span<const double> input, Send&& send) {
  const LayerShape& s = layer.shape;
  for_each_window(s, [&](std::int64_t output, std::int64_t top, std::int64_t bottom,
                         std::int64_t left, std::int64_t right, std::int64_t plane) {
    if (top >= bottom || left >= right) return;
    if (layer.kind == LayerKind::max_pool) {
      send(output, position_of_maximum(s, input, top, bottom, left, right, plane), 1.0);
      return;
    }
    const double share = 1.0 / static_cast<double>((bottom - top) * (right - left));
    for (std::int64_t h = top; h < bottom; ++h)
      for (std::int64_t w = left; w < right; ++w) send(output, plane + h * s.W + w, share);
  });
}

}  // namespace

Values convolve(const RealLayer& layer, std::span<const double> operand) {
  Values sums(static_cast<std::size_t>(layer.shape.outputs()), 0.0);
  for_each_product(
      layer.shape, [](std::int64_t) { return true; },
      [&](std::int64_t output, std::int64_t x, std::int64_t w) {
        sums[output] += operand[x] * layer.weights[w];
      });
  return sums;
}

ConvolutionGradients convolution_gradients(const RealLayer& layer, std::span<const double> operand,
                                           std::span<const double> gradient) {
  ConvolutionGradients result{Values(operand.size(), 0.0), Values(layer.weights.size(), 0.0)};
  for_each_product(
      layer.shape, [&](std::int64_t output) { return gradient[output] != 0; },
      [&](std::int64_t output, std::int64_t x, std::int64_t w) {
        result.operand[x] += gradient[output] * layer.weights[w];
        result.weights[w] += gradient[output] * operand[x];
      });
  return result;
}

Values run_vector_layer(const RealLayer& layer,
                        const std::vector<std::span<const double>>& inputs) {
  Values output(static_cast<std::size_t>(layer.shape.C * layer.shape.P * layer.shape.Q), 0.0);
  const std::span<const double> input = inputs.at(0);
  const auto pixels = static_cast<std::size_t>(layer.shape.P * layer.shape.Q);
  switch (layer.kind) {
    case LayerKind::max_pool:
    case LayerKind::average_pool:
      for_each_pooled(layer, input, [&](std::int64_t o, std::int64_t i, double share) {
        output[o] += share * input[i];
      });
      break;
    case LayerKind::relu:
      for (std::size_t i = 0; i < output.size(); ++i) output[i] = std::max(input[i], 0.0);
      break;
    case LayerKind::bias:
      for (std::size_t i = 0; i < output.size(); ++i)
        output[i] = input[i] + layer.weights[i / pixels];
      break;
    case LayerKind::add:
      for (const std::span<const double> each : inputs)
        for (std::size_t i = 0; i < output.size(); ++i) output[i] += each[i];
      break;
    case LayerKind::concat: {
      auto to = output.begin();
      for (const std::span<const double> each : inputs) to = std::ranges::copy(each, to).out;
      break;
    }
    default:
      refuse(layer);
  }
  return output;
}

std::vector<Values> vector_layer_gradients(const RealLayer& layer,
                                           const std::vector<std::span<const double>>& inputs,
                                           std::span<const double> gradient) {
  std::vector<Values> result;
  result.reserve(inputs.size());
  for (const std::span<const double> each : inputs) result.emplace_back(each.size(), 0.0);
  switch (layer.kind) {
    case LayerKind::max_pool:
    case LayerKind::average_pool:
      for_each_pooled(layer, inputs[0], [&](std::int64_t o, std::int64_t i, double share) {
        result[0][i] += share * gradient[o];
      });
      break;
    case LayerKind::relu:
      for (std::size_t i = 0; i < gradient.size(); ++i)
        result[0][i] = inputs[0][i] > 0 ? gradient[i] : 0;
      break;
    case LayerKind::bias:
    case LayerKind::add:
      for (Values& each : result) std::ranges::copy(gradient, each.begin());
      break;
    case LayerKind::concat: {
      auto from = gradient.begin();
      for (Values& each : result) {
        std::copy_n(from, each.size(), each.begin());
        from += static_cast<std::ptrdiff_t>(each.size());
      }
      break;
    }
    default:
      refuse(layer);
  }
  return result;
}

Values bias_gradient(const RealLayer& layer, std::span<const double> gradient) {
  const auto pixels = static_cast<std::size_t>(layer.shape.P * layer.shape.Q);
  Values sums(static_cast<std::size_t>(layer.shape.C), 0.0);
  for (std::size_t i = 0; i < gradient.size(); ++i) sums[i / pixels] += gradient[i];
  return sums;
}

}  // namespace bitscale::precision::real
