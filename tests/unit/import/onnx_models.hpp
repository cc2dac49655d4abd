#pragma once

#include <onnx/onnx_pb.h>

#include <string>
#include <vector>

#include "sim/import/onnx.hpp"

namespace bitscale::test {

using Extents = std::vector<std::int64_t>;

/// Puts an ONNX model together, node by node, the way an exporter would.
class ModelBuilder {
 public:
  explicit ModelBuilder(const Extents& input, std::int64_t opset = 13) {
    model.set_ir_version(8);
    model.add_opset_import()->set_version(opset);
    model.mutable_graph()->set_name("graph");
    add_input("x", input);
  }

  /// -1 is an open dimension.
  void add_input(const std::string& name, const Extents& extents) {
    auto* value = model.mutable_graph()->add_input();
    value->set_name(name);
    auto* tensor = value->mutable_type()->mutable_tensor_type();
    tensor->set_elem_type(onnx::TensorProto::FLOAT);
    for (const std::int64_t extent : extents) {
      auto* dim = tensor->mutable_shape()->add_dim();
      if (extent == -1) {
        dim->set_dim_param("open");
      } else {
        dim->set_dim_value(extent);
      }
    }
  }

  onnx::TensorProto& constant(const std::string& name, const Extents& extents,
                              const std::vector<float>& values = {}) {
    onnx::TensorProto& tensor = *model.mutable_graph()->add_initializer();
    tensor.set_name(name);
    tensor.set_data_type(onnx::TensorProto::FLOAT);
    std::int64_t count = 1;
    for (const std::int64_t extent : extents) {
      tensor.add_dims(extent);
      count *= extent;
    }
    for (const float value : values) tensor.add_float_data(value);
    for (auto i = static_cast<std::int64_t>(values.size()); i < count; ++i)
      tensor.add_float_data(0.25F);
    return tensor;
  }

  onnx::TensorProto& integers(const std::string& name, const Extents& values, bool scalar = false) {
    onnx::TensorProto& tensor = *model.mutable_graph()->add_initializer();
    tensor.set_name(name);
    tensor.set_data_type(onnx::TensorProto::INT64);
    if (!scalar) tensor.add_dims(static_cast<std::int64_t>(values.size()));
    for (const std::int64_t value : values) tensor.add_int64_data(value);
    return tensor;
  }

  onnx::NodeProto& node(const std::string& type, const std::vector<std::string>& inputs,
                        const std::string& output) {
    onnx::NodeProto& made = *model.mutable_graph()->add_node();
    made.set_op_type(type);
    made.set_name(output + "_node");
    for (const std::string& input : inputs) made.add_input(input);
    made.add_output(output);
    return made;
  }

  /// A convolution with weights of its own, named after its output.
  onnx::NodeProto& conv(const std::string& input, const std::string& output,
                        const Extents& weights) {
    constant(output + "_w", weights);
    return node("Conv", {input, output + "_w"}, output);
  }

  void output(const std::string& name) {
    auto* value = model.mutable_graph()->add_output();
    value->set_name(name);
    value->mutable_type()->mutable_tensor_type()->set_elem_type(onnx::TensorProto::FLOAT);
  }

  [[nodiscard]] std::string bytes() const { return model.SerializeAsString(); }

  onnx::ModelProto model;
};

inline void set(onnx::NodeProto& node, const std::string& name, std::int64_t value) {
  onnx::AttributeProto& attribute = *node.add_attribute();
  attribute.set_name(name);
  attribute.set_type(onnx::AttributeProto::INT);
  attribute.set_i(value);
}

inline void set(onnx::NodeProto& node, const std::string& name, const Extents& values) {
  onnx::AttributeProto& attribute = *node.add_attribute();
  attribute.set_name(name);
  attribute.set_type(onnx::AttributeProto::INTS);
  for (const std::int64_t value : values) attribute.add_ints(value);
}

inline void set(onnx::NodeProto& node, const std::string& name, const std::string& value) {
  onnx::AttributeProto& attribute = *node.add_attribute();
  attribute.set_name(name);
  attribute.set_type(onnx::AttributeProto::STRING);
  attribute.set_s(value);
}

inline void set_real(onnx::NodeProto& node, const std::string& name, float value) {
  onnx::AttributeProto& attribute = *node.add_attribute();
  attribute.set_name(name);
  attribute.set_type(onnx::AttributeProto::FLOAT);
  attribute.set_f(value);
}

inline importing::Imported import_bytes(const std::string& bytes,
                                        const importing::OnnxOptions& options = {},
                                        const std::string& path = "net.onnx") {
  return importing::import_onnx(std::as_bytes(std::span(bytes)), path, options);
}

/// The workload of a model, read from the text that the import would write.
inline Workload import_model(const ModelBuilder& builder,
                             const importing::OnnxOptions& options = {}) {
  return importing::check_tree(importing::to_tree(import_bytes(builder.bytes(), options).draft));
}

/// The message of a model that is refused.
inline std::string refusal_of(const std::string& bytes,
                              const importing::OnnxOptions& options = {}) {
  try {
    (void)importing::check_tree(importing::to_tree(import_bytes(bytes, options).draft));
  } catch (const Error& error) {
    return error.what();
  }
  return "imported without a problem";
}

}  // namespace bitscale::test
