#include "sim/workload/workload.hpp"

namespace bitscale {

std::int32_t min_value(const TensorType& type) {
  switch (type.encoding) {
    case Encoding::unsigned_:
    case Encoding::codebook:
      return 0;
    case Encoding::binary_pm1:
    case Encoding::ternary:
      return -1;
    case Encoding::twos:
    case Encoding::log2:
      break;
  }
  return -(std::int32_t{1} << (type.bits - 1));
}

std::int32_t max_value(const TensorType& type) {
  switch (type.encoding) {
    case Encoding::unsigned_:
    case Encoding::codebook:
      return (std::int32_t{1} << type.bits) - 1;
    case Encoding::binary_pm1:
    case Encoding::ternary:
      return 1;
    case Encoding::twos:
    case Encoding::log2:
      break;
  }
  return (std::int32_t{1} << (type.bits - 1)) - 1;
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
