#include "sim/import/onnx_model.hpp"

#include <fmt/format.h>
#include <google/protobuf/stubs/logging.h>

#include <algorithm>
#include <filesystem>
#include <limits>
#include <set>
#include <utility>

#include "sim/config/reader.hpp"
#include "sim/config/values.hpp"
#include "sim/import/onnx_tensor.hpp"

namespace bitscale::importing {
namespace {

using onnx::AttributeProto;
using onnx::NodeProto;
using onnx::TensorProto;

[[noreturn]] void malformed(const std::string& path, std::string_view message) {
  throw IoError(fmt::format("{}: error: {}", path, message));
}

onnx::ModelProto parse(std::span<const std::byte> bytes, const std::string& path) {
  // Failures are reported here, not on standard error by the library.
  google::protobuf::SetLogHandler(nullptr);
  onnx::ModelProto model;
  if (bytes.empty()) malformed(path, "the file is empty");
  if (bytes.size() > std::numeric_limits<std::int32_t>::max())
    malformed(path, "larger than the 2 GiB that an ONNX file can have");
  if (!model.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())))
    malformed(path, "not an ONNX model, or cut short: it does not parse");
  if (!model.has_graph() || model.graph().node_size() == 0)
    malformed(path, "not an ONNX model: it has no graph of nodes");
  return model;
}

/// The tensor that a Constant node stands for, or nothing where its attribute is no number.
std::optional<TensorProto> constant_of(const NodeProto& node) {
  TensorProto tensor;
  for (const AttributeProto& attribute : node.attribute()) {
    const std::string& name = attribute.name();
    if (name == "value" && attribute.has_t()) return attribute.t();
    if (name == "value_int" || name == "value_ints") {
      tensor.set_data_type(TensorProto::INT64);
      if (name == "value_int") tensor.add_int64_data(attribute.i());
      for (const std::int64_t value : attribute.ints()) tensor.add_int64_data(value);
      if (name == "value_ints") tensor.add_dims(attribute.ints_size());
      return tensor;
    }
    if (name == "value_float" || name == "value_floats") {
      tensor.set_data_type(TensorProto::FLOAT);
      if (name == "value_float") tensor.add_float_data(attribute.f());
      for (const float value : attribute.floats()) tensor.add_float_data(value);
      if (name == "value_floats") tensor.add_dims(attribute.floats_size());
      return tensor;
    }
  }
  return std::nullopt;
}

std::string named(std::string_view what, const std::string& name) {
  return fmt::format("{} '{}'", what, config::excerpt(name));
}

/// Fills in the constants; every one is checked, used or not.
void collect_constants(OnnxModel& model, ModelProblems& problems) {
  const auto check = [&](const std::string& name, const TensorProto& tensor) {
    const std::string problem = tensor_problem(tensor);
    if (!problem.empty()) problems.add(named("constant", name), problem);
    if (!model.constants.emplace(name, &tensor).second)
      problems.add(named("constant", name), "it is defined twice");
  };
  for (const TensorProto& tensor : model.proto.graph().initializer()) check(tensor.name(), tensor);
  for (const auto& sparse : model.proto.graph().sparse_initializer())
    problems.add(named("constant", sparse.values().name()), "sparse constants are not supported");
  for (const NodeProto& node : model.proto.graph().node()) {
    const bool plain = node.op_type() == "Constant" && node.output_size() == 1;
    const auto tensor = plain ? constant_of(node) : std::nullopt;
    if (!tensor) {
      model.nodes.push_back(&node);
      continue;
    }
    const auto made = model.made.emplace(node.output(0), *tensor);
    if (made.second) {
      check(node.output(0), made.first->second);
    } else {
      problems.add(named("constant", node.output(0)), "it is defined twice");
    }
  }
}

/// Sizes that a model keeps in a file beside it are read at once: inference needs them.
void fetch_sizes(OnnxModel& model) {
  constexpr std::int64_t kLongest = 64;
  for (auto& [name, tensor] : model.constants) {
    const bool integers = tensor->data_type() == TensorProto::INT64;
    const bool outside = tensor->data_location() == TensorProto::EXTERNAL;
    if (!integers || !outside || element_count(*tensor) > kLongest) continue;
    const WeightAt number = numbers_of(*tensor, model.folder);
    TensorProto copy;
    copy.set_name(name);
    copy.set_data_type(TensorProto::INT64);
    *copy.mutable_dims() = tensor->dims();
    constexpr double kLargest = 4e18;  // an open end is written as the largest integer
    for (std::int64_t i = 0; i < element_count(*tensor); ++i) {
      const double size = number(static_cast<std::size_t>(i));
      copy.add_int64_data(static_cast<std::int64_t>(std::clamp(size, -kLargest, kLargest)));
    }
    tensor = &(model.made[name] = std::move(copy));
  }
}

/// Every value is written once, and before it is read: no cycles.
void check_order(OnnxModel& model, ModelProblems& problems) {
  std::set<std::string> known;
  for (const auto& constant : model.constants) known.insert(constant.first);
  for (const auto& input : model.proto.graph().input()) known.insert(input.name());
  std::set<std::string> written = known;
  for (const NodeProto* node : model.nodes) {
    for (const std::string& input : node->input()) {
      if (input.empty()) continue;  // an optional input that is left out
      ++model.readers[input];
      if (known.count(input) == 0)
        problems.add(describe(*node),
                     fmt::format("reads '{}', which nothing before it writes (a cycle, or nodes "
                                 "out of order)",
                                 config::excerpt(input)));
    }
    for (const std::string& output : node->output()) {
      if (output.empty()) continue;
      if (!written.insert(output).second)
        problems.add(describe(*node), fmt::format("writes '{}', which has a value already",
                                                  config::excerpt(output)));
      known.insert(output);
    }
  }
  for (const auto& output : model.proto.graph().output()) {
    model.outputs.insert(output.name());
    if (known.count(output.name()) == 0)
      problems.add(named("output", output.name()), "no node writes it");
  }
}

}  // namespace

void ModelProblems::add(std::string what, std::string message) {
  Diagnostic problem;
  problem.where.file = path_;
  problem.key = std::move(what);
  problem.message = std::move(message);
  problems_.push_back(std::move(problem));
}

void ModelProblems::throw_as_malformed() const {
  if (none()) return;
  std::string text;
  for (const Diagnostic& problem : config::in_file_order(problems_))
    text += (text.empty() ? "" : "\n") + to_string(problem);
  throw IoError(text);
}

void ModelProblems::throw_as_unsupported() const {
  if (!none()) throw ConfigError(config::in_file_order(problems_));
}

std::string describe(const NodeProto& node) {
  const std::string& written = node.output_size() > 0 ? node.output(0) : node.op_type();
  return fmt::format("node '{}' ({})", config::excerpt(node.name().empty() ? written : node.name()),
                     config::excerpt(node.op_type()));
}

OnnxModel parse_model(std::span<const std::byte> bytes, const std::string& path) {
  OnnxModel model;
  model.path = path;
  model.folder = std::filesystem::path(path).parent_path().string();
  model.proto = parse(bytes, path);
  ModelProblems problems(path);
  collect_constants(model, problems);
  check_order(model, problems);
  problems.throw_as_malformed();
  fetch_sizes(model);
  return model;
}

}  // namespace bitscale::importing
