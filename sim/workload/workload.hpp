#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/core/dims.hpp"

namespace bitscale {

/// How a tensor's integers are written in `bits` bits. Tensors always hold the integers themselves:
///   unsigned_   1..15 bits: 0 .. 2^bits - 1
///   twos        2..16 bits: two's complement
///   binary_pm1  1 bit: -1 and 1, no 0
///   ternary     2 bits: -1, 0, 1
///   log2        2..5 bits, a sign and a code: 0 and +-2^e for e = 0 .. 2^(bits - 1) - 2
///   codebook    1..8 bits: an index into a table of 2^bits integers of entry_bits, two's
///   complement
enum class Encoding { unsigned_, twos, binary_pm1, ternary, log2, codebook };

/// Type of one tensor: value = integer * 2^-frac_bits, zero point 0.
struct TensorType {
  int bits = 16;
  Encoding encoding = Encoding::twos;
  int frac_bits = 0;
  int entry_bits = 16;  ///< of a codebook's table; 16 in other encodings
  bool operator==(const TensorType&) const = default;
};

/// Smallest and largest integer of a type.
[[nodiscard]] std::int32_t min_value(const TensorType& type);
[[nodiscard]] std::int32_t max_value(const TensorType& type);

/// Shape of synthetic values.
enum class Distribution { uniform, normal, laplace, half_normal, constant };

/// Where a tensor's values come from.
struct TensorSource {
  enum class Kind { synthetic, npy, dataset, layer };
  Kind kind = Kind::synthetic;
  // synthetic
  Distribution distribution = Distribution::laplace;
  double scale = 0.2;  ///< standard deviation (normal, laplace, half_normal) relative to full scale
  double zero_fraction =
      0.0;  ///< share of exact zeros put in on top of the distribution's own, 0..1
  std::uint64_t seed = 1;
  // npy: path; dataset: name ('fashion_mnist_test', 'fashion_mnist_train') and first image
  std::string path;
  int source_bits =
      0;  ///< npy: width of the file's own values, rounded to the type; 0: they are of the type
  std::string dataset;
  std::int64_t first_index = 0;
  bool operator==(const TensorSource&) const = default;
};

enum class LayerKind {
  conv,             ///< array layer; groups, stride, pad, dilation
  depthwise,        ///< array layer; one group per channel
  fully_connected,  ///< array layer; flattens its input
  matmul,           ///< array layer; rows x inner times inner x columns
  max_pool,         // the rest have no MACs and run on the vector unit
  average_pool,
  relu,
  bias,
  add,
  concat,
  multiply,
};

[[nodiscard]] std::string_view to_string(Encoding encoding);
[[nodiscard]] std::string_view to_string(LayerKind kind);
[[nodiscard]] bool is_array_layer(LayerKind kind);

/// Shape of an array layer as a convolution; of a pool, its window. K and C count within one group.
/// A fully connected layer has P = Q = R = S = 1; a matmul has its rows on P.
struct LayerShape {
  std::int64_t N = 1, G = 1, K = 1, C = 1;
  std::int64_t H = 1, W = 1;  ///< input rows and columns, before padding
  std::int64_t R = 1, S = 1, P = 1, Q = 1;
  std::int64_t stride_h = 1, stride_w = 1, dilation_h = 1, dilation_w = 1;
  std::int64_t pad_top = 0, pad_bottom = 0, pad_left = 0, pad_right = 0;
  bool operator==(const LayerShape&) const = default;

  /// Multiply-accumulates, padded taps counted: N G K C P Q R S.
  [[nodiscard]] std::int64_t macs() const { return N * G * K * C * P * Q * R * S; }
  [[nodiscard]] std::int64_t weights() const { return G * K * C * R * S; }
  [[nodiscard]] std::int64_t inputs() const { return N * G * C * H * W; }
  [[nodiscard]] std::int64_t outputs() const { return N * G * K * P * Q; }
};

/// Extents of one tensor between layers: images, channels of all groups, rows, columns.
struct TensorShape {
  std::int64_t n = 1, c = 1, h = 1, w = 1;
  bool operator==(const TensorShape&) const = default;
  [[nodiscard]] std::int64_t elements() const { return n * c * h * w; }
};

/// One node of the network, everything resolved: no default is looked up after the workload was
/// read.
struct Layer {
  std::string name;
  LayerKind kind = LayerKind::conv;
  std::vector<std::int32_t>
      inputs;  ///< producers, as indices into Workload::layers; -1 is the network's input
  LayerShape
      shape;  ///< of a pool: C channels, window R x S; of an elementwise layer: C, H, W = P, Q
  TensorType activation;  ///< type of what the layer reads
  TensorType weight;
  TensorType output;               ///< type of what the layer writes, after requantisation
  TensorSource activation_source;  ///< where the operands come from when layers run one by one
  TensorSource weight_source;
  int accumulator_bits = 0;    ///< width this layer asks of the accumulator; 0 leaves the machine's
  std::int16_t pad_value = 0;  ///< of padded taps; 1 or -1 where the activations have no zero
  int requantise_shift = -1;   ///< right shift of sums before saturation; -1: from frac_bits
  bool operator==(const Layer&) const = default;
};

/// Extents of what a layer writes.
[[nodiscard]] TensorShape output_shape(const Layer& layer);

/// A network as a graph of layers in topological order: the input of the first is the network's
/// input.
struct Workload {
  std::string name;
  std::string description;
  std::string profile;                ///< precision profile in force, '' for the file's own bits
  std::vector<std::string> notes;     ///< provenance of shapes and bits; 'recalled' where they were
  std::vector<std::string> recalled;  ///< inputs with no verified source, named for reports
  std::vector<std::string>
      assumed;  ///< inputs that no source states (sparsity of synthetic tensors, ...)
  std::vector<Layer> layers;
  std::int64_t batch = 1;
  std::int64_t input_channels = 1, input_height = 1, input_width = 1;
  TensorType input_type;
  TensorSource input_source;
  bool operator==(const Workload&) const = default;
};

}  // namespace bitscale
