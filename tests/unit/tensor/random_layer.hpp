#pragma once

#include <algorithm>
#include <cstdint>

#include "sim/core/rng.hpp"
#include "sim/workload/tensor.hpp"

namespace bitscale::testing_support {

/// Random small layers and tensors for comparisons with brute force.
class RandomLayers {
 public:
  explicit RandomLayers(std::uint64_t seed) : rng_(seed, 1) {}

  std::int64_t pick(std::int64_t low, std::int64_t high) {
    return low +
           static_cast<std::int64_t>(rng_(count_++) % static_cast<std::uint64_t>(high - low + 1));
  }

  /// Any mix of groups, strides, dilation and asymmetric padding, with padding up to beyond the
  /// window.
  LayerShape shape() {
    LayerShape s;
    s.N = pick(1, 2);
    s.G = pick(1, 3);
    s.K = pick(1, 5);
    s.C = pick(1, 6);
    s.R = pick(1, 4);
    s.S = pick(1, 4);
    s.stride_h = pick(1, 4);
    s.stride_w = pick(1, 4);
    s.dilation_h = pick(1, 3);
    s.dilation_w = pick(1, 3);
    s.pad_top = pick(0, 5);
    s.pad_bottom = pick(0, 5);
    s.pad_left = pick(0, 5);
    s.pad_right = pick(0, 5);
    const std::int64_t rows = (s.R - 1) * s.dilation_h + 1;
    const std::int64_t columns = (s.S - 1) * s.dilation_w + 1;
    s.H = std::max<std::int64_t>(pick(1, 12), rows - s.pad_top - s.pad_bottom);
    s.W = std::max<std::int64_t>(pick(1, 12), columns - s.pad_left - s.pad_right);
    s.P = (s.H + s.pad_top + s.pad_bottom - rows) / s.stride_h + 1;
    s.Q = (s.W + s.pad_left + s.pad_right - columns) / s.stride_w + 1;
    return s;
  }

  /// Values over the whole range of 16 bits, about half of them zero.
  Tensor tensor(std::int64_t n, std::int64_t c, std::int64_t h, std::int64_t w) {
    Tensor tensor{{16, Encoding::twos, 0}, n, c, h, w, {}, Origin::synthetic};
    for (std::int64_t i = 0; i < tensor.elements(); ++i)
      tensor.values.push_back(static_cast<std::int16_t>(pick(0, 1) == 0 ? 0 : pick(-32768, 32767)));
    return tensor;
  }

  Tensor activations(const LayerShape& s) { return tensor(s.N, s.G * s.C, s.H, s.W); }
  Tensor weights(const LayerShape& s) { return tensor(s.G * s.K, s.C, s.R, s.S); }

 private:
  CounterRng rng_;
  std::uint64_t count_ = 0;
};

/// Calls visit(output index, activation or 0 where padded, weight, channel in its group) for every
/// product of the layer: the seven loops of a convolution as one writes them on paper.
template <typename Visit>
void for_each_product(const LayerShape& s, const Tensor& a, const Tensor& w, Visit&& visit) {
  std::size_t output = 0;
  for (std::int64_t n = 0; n < s.N; ++n)
    for (std::int64_t g = 0; g < s.G; ++g)
      for (std::int64_t k = 0; k < s.K; ++k)
        for (std::int64_t p = 0; p < s.P; ++p)
          for (std::int64_t q = 0; q < s.Q; ++q, ++output)
            for (std::int64_t c = 0; c < s.C; ++c)
              for (std::int64_t r = 0; r < s.R; ++r)
                for (std::int64_t t = 0; t < s.S; ++t) {
                  const std::int64_t row = p * s.stride_h + r * s.dilation_h - s.pad_top;
                  const std::int64_t column = q * s.stride_w + t * s.dilation_w - s.pad_left;
                  const bool inside = row >= 0 && row < s.H && column >= 0 && column < s.W;
                  const std::int64_t ai =
                      ((n * s.G * s.C + g * s.C + c) * s.H + row) * s.W + column;
                  const std::int64_t wi = (((g * s.K + k) * s.C + c) * s.R + r) * s.S + t;
                  visit(output, inside ? a.values[static_cast<std::size_t>(ai)] : std::int16_t{0},
                        w.values[static_cast<std::size_t>(wi)], c);
                }
}

}  // namespace bitscale::testing_support
