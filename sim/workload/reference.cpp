#include "sim/workload/reference.hpp"

#include <algorithm>
#include <bit>
#include <stdexcept>

#include "sim/core/dispatch.hpp"

namespace bitscale {

namespace {

constexpr std::int64_t kPixels =
    4;  ///< outputs summed at once, so that a weight is read once for all
constexpr std::int64_t kFilters =
    64;  ///< filters summed at once: their sums stay in the first-level cache

/// Activations under the windows of kPixels outputs, pad_value where padded: [tap][kPixels], taps
/// ordered C R S.
void gather_windows(const LayerShape& shape, const std::int16_t* group_input,
                    std::int64_t first_pixel, std::int64_t pixels, std::int16_t pad_value,
                    std::int16_t* windows) {
  std::fill_n(windows, shape.C * shape.R * shape.S * kPixels, pad_value);
  for (std::int64_t j = 0; j < pixels; ++j) {
    const std::int64_t top = (first_pixel + j) / shape.Q * shape.stride_h - shape.pad_top;
    const std::int64_t left = (first_pixel + j) % shape.Q * shape.stride_w - shape.pad_left;
    std::int16_t* window = windows + j;
    for (std::int64_t c = 0; c < shape.C; ++c) {
      const std::int16_t* plane = group_input + c * shape.H * shape.W;
      for (std::int64_t r = 0; r < shape.R; ++r) {
        const std::int64_t h = top + r * shape.dilation_h;
        for (std::int64_t s = 0; s < shape.S; ++s, window += kPixels) {
          const std::int64_t w = left + s * shape.dilation_w;
          if (h >= 0 && h < shape.H && w >= 0 && w < shape.W) *window = plane[h * shape.W + w];
        }
      }
    }
  }
}

/// Filters of one group with the filter as the fastest axis: [block][tap][kFilters], zero beyond K.
std::vector<std::int16_t> transpose_filters(const std::int16_t* filters, std::int64_t count,
                                            std::int64_t taps) {
  const std::int64_t blocks = ceil_div(count, kFilters);
  std::vector<std::int16_t> turned(static_cast<std::size_t>(blocks * taps * kFilters), 0);
  for (std::int64_t k = 0; k < count; ++k) {
    std::int16_t* to = turned.data() + k / kFilters * taps * kFilters + k % kFilters;
    for (std::int64_t t = 0; t < taps; ++t) to[t * kFilters] = filters[k * taps + t];
  }
  return turned;
}

/// sums[j][k] = sum over taps of windows[t][j] x filters[t][k].
BITSCALE_HOT void sum_products(const std::int16_t* windows, const std::int16_t* filters,
                               std::int64_t taps, std::int64_t* sums) {
  for (std::int64_t i = 0; i < kPixels * kFilters; ++i) sums[i] = 0;
  for (std::int64_t t = 0; t < taps; ++t) {
    const std::int16_t* row = filters + t * kFilters;
    for (std::int64_t j = 0; j < kPixels; ++j) {
      const std::int32_t activation = windows[t * kPixels + j];
      for (std::int64_t k = 0; k < kFilters; ++k)
        sums[j * kFilters + k] += static_cast<std::int64_t>(activation * row[k]);
    }
  }
}

BITSCALE_HOT std::int64_t dot(const std::int16_t* a, const std::int16_t* b, std::int64_t count) {
  std::int64_t sum = 0;
  for (std::int64_t i = 0; i < count; ++i)
    sum += static_cast<std::int64_t>(static_cast<std::int32_t>(a[i]) * b[i]);
  return sum;
}

/// The window is the whole input, as in a fully connected layer: one dot product per output.
bool window_is_input(const LayerShape& s) {
  return s.P == 1 && s.Q == 1 && s.R == s.H && s.S == s.W && s.dilation_h == 1 &&
         s.dilation_w == 1 && s.pad_top == 0 && s.pad_left == 0;
}

void check_extents(const LayerShape& s, const Tensor& activations, const Tensor& weights) {
  const bool inputs_fit = activations.n == s.N && activations.c == s.G * s.C &&
                          activations.h == s.H && activations.w == s.W &&
                          std::ssize(activations.values) == s.inputs();
  const bool weights_fit = weights.n == s.G * s.K && weights.c == s.C && weights.h == s.R &&
                           weights.w == s.S && std::ssize(weights.values) == s.weights();
  if (!inputs_fit || !weights_fit)
    throw std::invalid_argument("reference_convolution: tensors do not have the layer's extents");
}

}  // namespace

std::vector<std::int64_t> reference_convolution(const LayerShape& shape, const Tensor& activations,
                                                const Tensor& weights, std::int16_t pad_value) {
  check_extents(shape, activations, weights);
  const std::int64_t taps = shape.C * shape.R * shape.S;
  const std::int64_t pixels = shape.P * shape.Q;
  std::vector<std::int64_t> sums(static_cast<std::size_t>(shape.outputs()));
  std::vector<std::int16_t> windows(static_cast<std::size_t>(taps * kPixels));
  std::vector<std::int64_t> block(static_cast<std::size_t>(kPixels * kFilters));
  for (std::int64_t g = 0; g < shape.G; ++g) {
    const std::int16_t* filters = weights.values.data() + g * shape.K * taps;
    std::vector<std::int16_t> turned;
    if (!window_is_input(shape)) turned = transpose_filters(filters, shape.K, taps);
    for (std::int64_t n = 0; n < shape.N; ++n) {
      const std::int16_t* input =
          activations.values.data() + (n * shape.G + g) * shape.C * shape.H * shape.W;
      std::int64_t* output = sums.data() + (n * shape.G + g) * shape.K * pixels;
      if (window_is_input(shape)) {
        for (std::int64_t k = 0; k < shape.K; ++k) output[k] = dot(input, filters + k * taps, taps);
        continue;
      }
      for (std::int64_t first = 0; first < pixels; first += kPixels) {
        const std::int64_t count = std::min(kPixels, pixels - first);
        gather_windows(shape, input, first, count, pad_value, windows.data());
        for (std::int64_t k0 = 0; k0 < shape.K; k0 += kFilters) {
          sum_products(windows.data(), turned.data() + k0 * taps, taps, block.data());
          for (std::int64_t k = k0; k < std::min(k0 + kFilters, shape.K); ++k)
            for (std::int64_t j = 0; j < count; ++j)
              output[k * pixels + first + j] =
                  block[static_cast<std::size_t>(j * kFilters + k - k0)];
        }
      }
    }
  }
  return sums;
}

std::int16_t requantise(std::int64_t sum, int in_frac_bits, const TensorType& out) {
  return round_to(sum, in_frac_bits - out.frac_bits, out);
}

int requantisation_shift(const Layer& layer) {
  if (layer.requantise_shift >= 0) return layer.requantise_shift;
  return layer.activation.frac_bits + layer.weight.frac_bits - layer.output.frac_bits;
}

int default_shift(const LayerShape& shape, const TensorType& activation, const TensorType& weight,
                  const TensorType& output) {
  // Deviation of a sum in full scales: 0.2 x 0.2 x sqrt(taps / 2). 4 log2 of its ratio to 0.2 is
  // 2 log2(taps) - 4 log2(5) - 2 = log2(taps^2) - 11.3, rounded down to whole bits.
  const auto taps =
      static_cast<std::uint64_t>(std::min(shape.C * shape.R * shape.S, std::int64_t{1} << 31));
  int quarter_bits = static_cast<int>(std::bit_width(taps * taps)) - 1 - 11;
  // An operand of deviation 1 instead of 0.2: 4 log2(5) more.
  for (const TensorType* type : {&activation, &weight})
    quarter_bits += type->encoding == Encoding::binary_pm1 ? 9 : 0;
  const int shift = magnitude_bits(activation) + magnitude_bits(weight) - magnitude_bits(output) +
                    (quarter_bits >> 2);
  return std::max(shift, 0);
}

}  // namespace bitscale
