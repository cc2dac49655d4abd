#include "sim/workload/shapes.hpp"

#include <fmt/format.h>

#include "sim/core/checked.hpp"

namespace bitscale {
namespace {

/// Output positions of one axis, or nothing where the window does not fit.
struct Extent {
  std::int64_t input, kernel, stride, dilation, pad_before, pad_after;
};

std::optional<std::int64_t> output_extent(const Extent& e, bool ceil_mode) {
  const std::int64_t room =
      e.input + e.pad_before + e.pad_after - ((e.kernel - 1) * e.dilation + 1);
  if (room < 0) return std::nullopt;
  if (!ceil_mode) return room / e.stride + 1;
  std::int64_t extent = ceil_div(room, e.stride) + 1;
  // As Caffe and PyTorch do: a window that would start behind the data and its leading pad is left
  // out.
  while (extent > 1 && (extent - 1) * e.stride >= e.input + e.pad_before) --extent;
  return extent;
}

bool fit_windows(LayerShape& shape, bool ceil_mode, const Complain& complain) {
  const auto p = output_extent(
      {shape.H, shape.R, shape.stride_h, shape.dilation_h, shape.pad_top, shape.pad_bottom},
      ceil_mode);
  const auto q = output_extent(
      {shape.W, shape.S, shape.stride_w, shape.dilation_w, shape.pad_left, shape.pad_right},
      ceil_mode);
  if (!p || !q) {
    complain(
        "kernel",
        fmt::format("the kernel covers {} x {} positions, but the padded input has only {} x {}",
                    (shape.R - 1) * shape.dilation_h + 1, (shape.S - 1) * shape.dilation_w + 1,
                    shape.H + shape.pad_top + shape.pad_bottom,
                    shape.W + shape.pad_left + shape.pad_right));
    return false;
  }
  shape.P = *p;
  shape.Q = *q;
  return true;
}

/// Channels and filters per group; true where the groups divide both.
bool split_groups(const LayerGeometry& geometry, LayerShape& shape, const Complain& complain) {
  const std::int64_t channels = shape.C;
  if (geometry.kind == LayerKind::depthwise) {
    shape.G = channels;
    shape.C = 1;
    shape.K = geometry.multiplier;
    return true;
  }
  if (geometry.kind != LayerKind::conv) return true;
  shape.G = geometry.groups;
  shape.C = channels / geometry.groups;
  shape.K = geometry.out_channels / geometry.groups;
  const bool channels_divide = channels % geometry.groups == 0;
  const bool filters_divide = geometry.out_channels % geometry.groups == 0;
  if (!channels_divide) {
    complain("groups", fmt::format("{} groups do not divide the {} input channels", geometry.groups,
                                   channels));
  }
  if (!filters_divide) {
    complain("groups", fmt::format("{} groups do not divide the {} output channels",
                                   geometry.groups, geometry.out_channels));
  }
  return channels_divide && filters_divide;
}

bool is_pool(LayerKind kind) {
  return kind == LayerKind::max_pool || kind == LayerKind::average_pool;
}

std::optional<LayerShape> window_shape(const LayerGeometry& geometry, const TensorShape& input,
                                       const Complain& complain) {
  LayerShape shape;
  shape.N = input.n;
  shape.C = input.c;
  shape.H = input.h;
  shape.W = input.w;
  if (!split_groups(geometry, shape, complain)) return std::nullopt;
  const Pair kernel = geometry.kernel.value_or(Pair{input.h, input.w});
  const Pair stride = geometry.stride.value_or(is_pool(geometry.kind) ? kernel : Pair{});
  shape.R = kernel.h;
  shape.S = kernel.w;
  shape.stride_h = stride.h;
  shape.stride_w = stride.w;
  shape.dilation_h = geometry.dilation.h;
  shape.dilation_w = geometry.dilation.w;
  const Padding& pad = geometry.pad;
  shape.pad_top = pad.top;
  shape.pad_bottom = pad.bottom;
  shape.pad_left = pad.left;
  shape.pad_right = pad.right;
  if (is_pool(geometry.kind) && (pad.top >= kernel.h || pad.bottom >= kernel.h ||
                                 pad.left >= kernel.w || pad.right >= kernel.w)) {
    complain("pad", fmt::format("a pool's pad must be smaller than its {} x {} kernel, or a window "
                                "would see no data",
                                kernel.h, kernel.w));
    return std::nullopt;
  }
  if (!fit_windows(shape, geometry.ceil_mode, complain)) return std::nullopt;
  return shape;
}

std::optional<LayerShape> fully_connected_shape(const LayerGeometry& geometry,
                                                const TensorShape& input) {
  LayerShape shape;
  shape.N = input.n;
  shape.C = input.c * input.h * input.w;
  shape.K = geometry.out_channels;
  return shape;
}

/// rows x inner times inner x columns: the inner dimension runs over channels, the rows over P.
std::optional<LayerShape> matmul_shape(const LayerGeometry& geometry, const TensorShape& input,
                                       const Complain& complain) {
  const std::int64_t rows = input.h * input.w;
  if (geometry.inner != 0 && geometry.inner != input.c) {
    complain("inner", fmt::format("expected {}, the channels of the input, got {}", input.c,
                                  geometry.inner));
    return std::nullopt;
  }
  if (geometry.rows != 0 && geometry.rows != rows) {
    complain("rows",
             fmt::format("expected {}, the pixels of the input, got {}", rows, geometry.rows));
    return std::nullopt;
  }
  LayerShape shape;
  shape.N = input.n;
  shape.C = input.c;
  shape.K = geometry.columns;
  shape.H = shape.P = rows;
  return shape;
}

std::string text_of(const TensorShape& shape) {
  return fmt::format("{} channels of {} x {}", shape.c, shape.h, shape.w);
}

std::optional<LayerShape> elementwise_shape(const LayerGeometry& geometry,
                                            const std::vector<TensorShape>& inputs,
                                            const Complain& complain) {
  const TensorShape& first = inputs.front();
  LayerShape shape;
  shape.N = first.n;
  shape.C = 0;
  shape.H = shape.P = first.h;
  shape.W = shape.Q = first.w;
  const bool concat = geometry.kind == LayerKind::concat;
  for (const TensorShape& input : inputs) {
    const bool same_image = input.h == first.h && input.w == first.w && input.n == first.n;
    if (!same_image || (!concat && input.c != first.c)) {
      complain("inputs",
               fmt::format("the inputs of {} must have {}: the first has {}, another has {}",
                           to_string(geometry.kind),
                           concat ? "rows and columns alike" : "the same shape", text_of(first),
                           text_of(input)));
      return std::nullopt;
    }
    shape.C = concat ? shape.C + input.c : first.c;
  }
  return shape;
}

bool check_tensor(std::string_view name, const std::vector<std::int64_t>& extents,
                  const Complain& complain) {
  const auto count = count_elements(extents);
  if (count && *count <= kMaxTensorElements) return true;
  const std::string size = count ? fmt::format("{}", *count) : std::string("more than 2^62");
  complain("", fmt::format("the {} would have {} elements; a tensor holds at most {}", name, size,
                           kMaxTensorElements));
  return false;
}

bool check_sizes(LayerKind kind, const LayerShape& s, const Complain& complain) {
  const bool array = is_array_layer(kind);
  const std::int64_t channels_out = array ? s.K : s.C;
  bool fits = check_tensor("input", {s.N, s.G, s.C, s.H, s.W}, complain);
  fits = check_tensor("output", {s.N, s.G, channels_out, s.P, s.Q}, complain) && fits;
  // Outputs x taps is then at most 2^31 x 2^31, so the layer's MACs fit 2^62 of themselves.
  return array ? check_tensor("weights", {s.G, s.K, s.C, s.R, s.S}, complain) && fits : fits;
}

}  // namespace

std::optional<std::int64_t> count_elements(const std::vector<std::int64_t>& extents) {
  std::int64_t product = 1;
  for (const std::int64_t extent : extents) {
    const auto next = checked_multiply(product, extent);
    if (!next || *next > kMaxMacs) return std::nullopt;
    product = *next;
  }
  return product;
}

std::optional<LayerShape> infer_shape(const LayerGeometry& geometry,
                                      const std::vector<TensorShape>& inputs,
                                      const Complain& complain) {
  std::optional<LayerShape> shape;
  switch (geometry.kind) {
    case LayerKind::conv:
    case LayerKind::depthwise:
    case LayerKind::max_pool:
    case LayerKind::average_pool:
      shape = window_shape(geometry, inputs.front(), complain);
      break;
    case LayerKind::fully_connected:
      shape = fully_connected_shape(geometry, inputs.front());
      break;
    case LayerKind::matmul:
      shape = matmul_shape(geometry, inputs.front(), complain);
      break;
    case LayerKind::relu:
    case LayerKind::bias:
    case LayerKind::add:
    case LayerKind::concat:
    case LayerKind::multiply:
      shape = elementwise_shape(geometry, inputs, complain);
      break;
  }
  if (shape && !check_sizes(geometry.kind, *shape, complain)) return std::nullopt;
  return shape;
}

}  // namespace bitscale
