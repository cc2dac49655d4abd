#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "sim/import/draft.hpp"
#include "sim/import/onnx.hpp"
#include "sim/import/onnx_model.hpp"

namespace bitscale::importing {

/// Attributes of one node, with the defaults of the operator.
class Attributes {
 public:
  explicit Attributes(const onnx::NodeProto& node) : node_(node) {}
  [[nodiscard]] bool has(std::string_view name) const { return find(name) != nullptr; }
  [[nodiscard]] std::int64_t integer(std::string_view name, std::int64_t fallback) const;
  [[nodiscard]] double number(std::string_view name, double fallback) const;
  [[nodiscard]] std::vector<std::int64_t> integers(std::string_view name) const;
  [[nodiscard]] std::string text(std::string_view name, std::string_view fallback) const;

 private:
  [[nodiscard]] const onnx::AttributeProto* find(std::string_view name) const;
  const onnx::NodeProto& node_;
};

/// A tensor between nodes: the layer that writes it (or `input`), its extents as a workload has
/// them, and how ONNX orders them.
struct Value {
  std::string layer = "input";
  TensorShape shape;
  bool channels_last = false;  ///< [N, ..., C] where it has more than two axes
  bool negative = true;        ///< can be negative
  Padding pad;                 ///< zeros round it, for the convolution that reads it
  /// Extents with those zeros, as ONNX has them.
  [[nodiscard]] TensorShape padded() const {
    return {shape.n, shape.c, shape.h + pad.top + pad.bottom, shape.w + pad.left + pad.right};
  }
};

/// Window of a convolution or pool.
struct Window {
  Pair kernel, stride, dilation;
  Padding pad;
};

/// Weights of a layer, to be quantised when every scale is known.
struct PendingWeights {
  std::size_t layer = 0;                      ///< index into the draft's layers
  const onnx::TensorProto* tensor = nullptr;  ///< as the model has them
  Tensor extents;                             ///< [filter][channel][R][S] of the workload
  bool transposed = false;                    ///< the model has [channel][filter]
  std::int64_t pixels = 1;  ///< over 1: the model's channels are [pixel][channel], flattened
  double factor = 1.0;
  std::vector<double> filter_scale;  ///< of a folded batch normalisation; empty: 1
};

/// Turns the nodes of a checked model into layers, one method per operator. A node that cannot be
/// imported is a problem; what reads its output is then left alone, so one cause is one message.
class Converter {
 public:
  Converter(const OnnxModel& model, const OnnxOptions& options);
  Imported run();

 private:
  using Handler = void (Converter::*)(const onnx::NodeProto&);
  static const std::map<std::string_view, Handler>& handlers();

  // onnx_convert.cpp: the way through the graph
  void check_operators();
  void check_window(const onnx::NodeProto& node);
  ValueShapes read_input();
  void convert(const onnx::NodeProto& node);
  void write_notes();

  // onnx_values.cpp: values and layers
  void problem(const onnx::NodeProto& node, std::string message);
  [[nodiscard]] const Value* value(const onnx::NodeProto& node, int input) const;
  [[nodiscard]] const onnx::TensorProto* constant(const onnx::NodeProto& node, int input) const;
  [[nodiscard]] const std::vector<std::int64_t>& extents(const std::string& name) const;
  [[nodiscard]] bool is_left_out(const onnx::NodeProto& node) const;
  void write(const onnx::NodeProto& node, Value value);
  std::optional<Value> add_layer(const onnx::NodeProto& node, const LayerGeometry& geometry,
                                 const std::vector<Value>& inputs);
  void add_and_write(const onnx::NodeProto& node, const LayerGeometry& geometry,
                     const std::vector<Value>& inputs);
  std::optional<Window> read_window(const onnx::NodeProto& node, const Value& input,
                                    const std::vector<std::int64_t>& kernel);
  [[nodiscard]] bool spatial(const onnx::NodeProto& node, const Value& input);
  void left_out(const onnx::NodeProto& node);

  // onnx_array_layers.cpp
  void conv(const onnx::NodeProto& node);
  void gemm(const onnx::NodeProto& node);
  void matmul(const onnx::NodeProto& node);
  void batch_normalization(const onnx::NodeProto& node);
  void fully_connected(const onnx::NodeProto& node, const Value& input,
                       const onnx::TensorProto& weights, bool transposed, double factor);
  void keep_weights(const onnx::TensorProto& weights, PendingWeights pending);
  std::vector<WeightFile> quantise_weights();

  // onnx_vector_layers.cpp
  void max_pool(const onnx::NodeProto& node);
  void average_pool(const onnx::NodeProto& node);
  void pool(const onnx::NodeProto& node, LayerKind kind);
  void global_average_pool(const onnx::NodeProto& node);
  void global_max_pool(const onnx::NodeProto& node);
  void reduce_mean(const onnx::NodeProto& node);
  void relu(const onnx::NodeProto& node);
  void clip(const onnx::NodeProto& node);
  void add(const onnx::NodeProto& node);
  void multiply(const onnx::NodeProto& node);
  void divide(const onnx::NodeProto& node);
  void subtract(const onnx::NodeProto& node);
  void elementwise(const onnx::NodeProto& node, LayerKind kind);
  void concat(const onnx::NodeProto& node);
  void layout(const onnx::NodeProto& node);
  void transpose(const onnx::NodeProto& node);
  void pad(const onnx::NodeProto& node);
  void pass(const onnx::NodeProto& node);
  void softmax(const onnx::NodeProto& node);

  const OnnxModel& model_;
  const OnnxOptions& options_;
  ModelProblems problems_;
  ValueShapes shapes_;
  std::map<std::string, Value> values_;
  std::set<std::string> shape_values_;  ///< integers that only say how large something is
  Draft draft_;
  LayerNames names_;
  std::vector<PendingWeights> pending_;
  std::map<std::string, std::vector<std::string>> left_out_;  ///< nodes by what was left out
};

}  // namespace bitscale::importing
