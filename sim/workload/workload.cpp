#include "sim/workload/workload.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>

#include "sim/workload/encodings.hpp"

namespace bitscale {

namespace {

/// Bits of the two's complement integers that a type's range is that of.
int integer_bits(const TensorType& type) {
  return type.encoding == Encoding::codebook ? type.entry_bits : type.bits;
}

}  // namespace

std::int32_t min_value(const TensorType& type) {
  switch (type.encoding) {
    case Encoding::unsigned_:
      return 0;
    case Encoding::binary_pm1:
    case Encoding::ternary:
      return -1;
    case Encoding::log2:
      return -max_value(type);
    case Encoding::twos:
    case Encoding::codebook:
      break;
  }
  return -(std::int32_t{1} << (integer_bits(type) - 1));
}

std::int32_t max_value(const TensorType& type) {
  switch (type.encoding) {
    case Encoding::unsigned_:
      return (std::int32_t{1} << type.bits) - 1;
    case Encoding::binary_pm1:
    case Encoding::ternary:
      return 1;
    case Encoding::log2:
      return std::int32_t{1} << (largest_log2_code(type.bits) - 1);
    case Encoding::twos:
    case Encoding::codebook:
      break;
  }
  return (std::int32_t{1} << (integer_bits(type) - 1)) - 1;
}

std::int64_t max_magnitude(const TensorType& type) {
  return std::max(-std::int64_t{min_value(type)}, std::int64_t{max_value(type)});
}

bool is_value(const TensorType& type, std::int64_t value) {
  if (value < min_value(type) || value > max_value(type)) return false;
  if (type.encoding == Encoding::binary_pm1) return value != 0;
  if (type.encoding != Encoding::log2) return true;
  return value == 0 || std::has_single_bit(static_cast<std::uint64_t>(value < 0 ? -value : value));
}

std::string describe_values(const TensorType& type) {
  std::string_view except;
  if (type.encoding == Encoding::binary_pm1) except = " without 0";
  if (type.encoding == Encoding::log2) except = ", powers of two and 0";
  return fmt::format("{} {} bits ({}..{}{})", to_string(type.encoding), integer_bits(type),
                     min_value(type), max_value(type), except);
}

std::string_view to_string(LayerKind kind) {
  switch (kind) {
    case LayerKind::conv:
      return "conv";
    case LayerKind::depthwise:
      return "depthwise";
    case LayerKind::fully_connected:
      return "fully_connected";
    case LayerKind::matmul:
      return "matmul";
    case LayerKind::max_pool:
      return "max_pool";
    case LayerKind::average_pool:
      return "average_pool";
    case LayerKind::relu:
      return "relu";
    case LayerKind::bias:
      return "bias";
    case LayerKind::add:
      return "add";
    case LayerKind::concat:
      return "concat";
    case LayerKind::multiply:
      return "multiply";
  }
  return "";
}

bool is_array_layer(LayerKind kind) {
  return kind == LayerKind::conv || kind == LayerKind::depthwise ||
         kind == LayerKind::fully_connected || kind == LayerKind::matmul;
}

TensorShape output_shape(const Layer& layer) {
  const LayerShape& shape = layer.shape;
  // A layer without MACs keeps its channels apart: they are all in C, and K is 1.
  const std::int64_t channels = is_array_layer(layer.kind) ? shape.G * shape.K : shape.C;
  return {shape.N, channels, shape.P, shape.Q};
}

}  // namespace bitscale
