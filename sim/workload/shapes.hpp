#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/workload/workload.hpp"

namespace bitscale {

/// Largest extent of one dimension that a workload file may ask for.
inline constexpr std::int64_t kMaxExtent = std::int64_t{1} << 24;
/// Largest kernel, stride, pad and dilation.
inline constexpr std::int64_t kMaxWindow = 4096;
/// Largest tensor, in elements: int16 values of 4 GiB.
inline constexpr std::int64_t kMaxTensorElements = std::int64_t{1} << 31;
/// Largest number of multiply-accumulates of a workload: sums of a few counts still fit 64 bits.
inline constexpr std::int64_t kMaxMacs = std::int64_t{1} << 62;

/// A value per image axis.
struct Pair {
  std::int64_t h = 1, w = 1;
  bool operator==(const Pair&) const = default;
};

struct Padding {
  std::int64_t top = 0, bottom = 0, left = 0, right = 0;
  bool operator==(const Padding&) const = default;
};

/// What a file says of one layer's shape; the rest follows from its inputs.
struct LayerGeometry {
  LayerKind kind = LayerKind::conv;
  std::int64_t out_channels = 1;  ///< conv, fully_connected
  std::int64_t groups = 1;
  std::int64_t multiplier = 1;  ///< depthwise: filters per channel
  std::optional<Pair> kernel;   ///< none: the whole input (global pools)
  std::optional<Pair> stride;   ///< none: 1 for array layers, the kernel for pools
  Pair dilation;
  Padding pad;
  bool ceil_mode = false;            ///< pools: a last window may hang over the edge
  std::int64_t rows = 0, inner = 0;  ///< matmul; 0 follows from the input
  std::int64_t columns = 1;
  bool operator==(const LayerGeometry&) const = default;
};

/// Receives a problem: the key of the layer it belongs to and the message.
using Complain = std::function<void(std::string_view key, const std::string& message)>;

/// Shape of a layer on inputs of these shapes, in their order; nothing where it complained.
/// P = floor or ceil of (H + pads - ((R - 1) dilation + 1)) / stride, + 1; Q likewise.
[[nodiscard]] std::optional<LayerShape> infer_shape(const LayerGeometry& geometry,
                                                    const std::vector<TensorShape>& inputs,
                                                    const Complain& complain);

/// Product of extents, or nothing where it leaves 2^62.
[[nodiscard]] std::optional<std::int64_t> count_elements(const std::vector<std::int64_t>& extents);

}  // namespace bitscale
