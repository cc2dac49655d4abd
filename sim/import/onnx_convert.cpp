#include "sim/import/onnx_convert.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>
#include <utility>

#include "sim/config/values.hpp"
#include "sim/import/onnx_sizes.hpp"

namespace bitscale::importing {
namespace {

using onnx::NodeProto;

bool is_default_domain(const NodeProto& node) {
  return node.domain().empty() || node.domain() == "ai.onnx";
}

/// Whether all nodes that read `name` turn channels last into channels first.
bool is_turned_first(const OnnxModel& model, const std::string& name) {
  const std::vector<std::int64_t> kTurn = {0, 3, 1, 2};
  bool any = false;
  for (const NodeProto* node : model.nodes) {
    if (std::find(node->input().begin(), node->input().end(), name) == node->input().end())
      continue;
    any = true;
    if (node->op_type() != "Transpose" || Attributes(*node).integers("perm") != kTurn) return false;
  }
  return any;
}

bool is_convolved(const OnnxModel& model, const std::string& name) {
  return std::any_of(model.nodes.begin(), model.nodes.end(), [&](const NodeProto* node) {
    return node->op_type() == "Conv" && node->input_size() > 0 && node->input(0) == name;
  });
}

/// `a, b, c and 4 more`
std::string some_of(const std::vector<std::string>& names) {
  constexpr std::size_t kShown = 6;
  const std::size_t shown = std::min(names.size(), kShown);
  std::string text =
      fmt::format("{}", fmt::join(names.begin(), names.begin() + static_cast<int>(shown), ", "));
  if (names.size() > shown) text += fmt::format(" and {} more", names.size() - shown);
  return text;
}

}  // namespace

Converter::Converter(const OnnxModel& model, const OnnxOptions& options)
    : model_(model), options_(options), problems_(model.path) {}

const std::map<std::string_view, Converter::Handler>& Converter::handlers() {
  static const std::map<std::string_view, Handler> kHandlers = {
      {"Add", &Converter::add},
      {"AveragePool", &Converter::average_pool},
      {"BatchNormalization", &Converter::batch_normalization},
      {"Cast", &Converter::pass},
      {"Clip", &Converter::clip},
      {"Concat", &Converter::concat},
      {"Conv", &Converter::conv},
      {"Div", &Converter::divide},
      {"Dropout", &Converter::pass},
      {"Flatten", &Converter::layout},
      {"Gemm", &Converter::gemm},
      {"GlobalAveragePool", &Converter::global_average_pool},
      {"GlobalMaxPool", &Converter::global_max_pool},
      {"Identity", &Converter::layout},
      {"LRN", &Converter::pass},
      {"LogSoftmax", &Converter::softmax},
      {"MatMul", &Converter::matmul},
      {"MaxPool", &Converter::max_pool},
      {"Mul", &Converter::multiply},
      {"Pad", &Converter::pad},
      {"ReduceMean", &Converter::reduce_mean},
      {"Relu", &Converter::relu},
      {"Reshape", &Converter::layout},
      {"Softmax", &Converter::softmax},
      {"Squeeze", &Converter::layout},
      {"Sub", &Converter::subtract},
      {"Sum", &Converter::add},
      {"Transpose", &Converter::transpose},
      {"Unsqueeze", &Converter::layout}};
  return kHandlers;
}

void Converter::check_operators() {
  for (const NodeProto* node : model_.nodes) {
    const std::string& type = node->op_type();
    if (node->output_size() == 0 || shape_values_.count(node->output(0)) != 0) continue;
    if (is_left_out(*node)) continue;
    if (!is_default_domain(*node)) {
      problem(*node, fmt::format("an operator of domain '{}', which is not supported",
                                 config::excerpt(node->domain())));
    } else if (handlers().count(type) == 0) {
      // Activation functions and the like have one input, and a result of its shape.
      const bool may_keep_shape = node->input_size() == 1 && node->output_size() == 1;
      problem(*node, may_keep_shape
                         ? fmt::format("an operator that is not supported; --leave-out {} skips it "
                                       "if it keeps the tensor's shape",
                                       config::excerpt(type))
                         : std::string("an operator that is not supported"));
    } else if (type == "Conv" || type == "MaxPool" || type == "AveragePool") {
      check_window(*node);
    }
  }
}

/// Sizes of windows before anybody divides by them.
void Converter::check_window(const NodeProto& node) {
  const Attributes attributes(node);
  const auto check = [&](std::string_view name, std::int64_t least, std::int64_t most) {
    for (const std::int64_t value : attributes.integers(name)) {
      if (value >= least && value <= most) continue;
      return problem(node, fmt::format("{} of {}: expected {}..{}", name, value, least, most));
    }
  };
  for (const char* name : {"kernel_shape", "strides", "dilations"}) check(name, 1, kMaxWindow);
  check("pads", 0, kMaxWindow);
  const std::int64_t group = attributes.integer("group", 1);
  if (group < 1 || group > kMaxExtent)
    problem(node, fmt::format("a group of {}: expected 1..{}", group, kMaxExtent));
}

/// The one input that is data: its shape with a batch, and its layout.
ValueShapes Converter::read_input() {
  ValueShapes shapes;
  std::vector<std::string> names;
  for (const auto& input : model_.proto.graph().input()) {
    if (model_.constants.count(input.name()) != 0) continue;
    names.push_back(config::excerpt(input.name()));
    std::vector<std::int64_t>& extents = shapes[input.name()];
    for (const auto& dim : input.type().tensor_type().shape().dim()) {
      std::int64_t extent = dim.has_dim_value() ? dim.dim_value() : -1;
      if (extent < 1 && extents.empty() && !dim.has_dim_value()) {
        draft_.notes.emplace_back("the model leaves the batch open; this file runs one image");
        extent = 1;
      }
      if (extent < 1 || extent > kMaxExtent)
        problems_.add(fmt::format("input '{}'", names.back()),
                      dim.has_dim_value()
                          ? fmt::format("dimension {} has {} elements: expected 1..{}",
                                        extents.size(), extent, kMaxExtent)
                          : fmt::format("dimension {} ('{}') is open: export the model with fixed "
                                        "sizes; only the first, the batch, may be open",
                                        extents.size(), config::excerpt(dim.dim_param())));
      extents.push_back(extent);
    }
    const auto elements = count_elements(extents);
    if (!elements || *elements > kMaxTensorElements)
      problems_.add(fmt::format("input '{}'", names.back()),
                    fmt::format("more elements than the {} of a tensor", kMaxTensorElements));
    const std::size_t rank = extents.size();
    if (rank < 2 || rank > 4)
      problems_.add(
          fmt::format("input '{}'", names.back()),
          fmt::format("{} dimensions: expected 2 [N, C], 3 [N, rows, C] or 4 [N, C, H, W]", rank));
  }
  if (names.size() != 1)
    problems_.add("", fmt::format("a workload reads one input, the model has {}{}{}", names.size(),
                                  names.empty() ? "" : ": ", some_of(names)));
  problems_.throw_as_unsupported();
  const auto& [name, e] = *shapes.begin();
  Value value;
  const bool one_axis = e.size() == 3;
  value.channels_last = one_axis ? !is_convolved(model_, name) : is_turned_first(model_, name);
  if (e.size() == 2) value.shape = {e[0], e[1], 1, 1};
  if (one_axis && value.channels_last) value.shape = {e[0], e[2], e[1], 1};
  if (one_axis && !value.channels_last) value.shape = {e[0], e[1], e[2], 1};
  if (e.size() == 4 && value.channels_last) value.shape = {e[0], e[3], e[1], e[2]};
  if (e.size() == 4 && !value.channels_last) value.shape = {e[0], e[1], e[2], e[3]};
  draft_.batch = value.shape.n;
  draft_.input = value.shape;
  values_.emplace(name, value);
  return shapes;
}

void Converter::convert(const NodeProto& node) {
  if (node.output_size() == 0 || shape_values_.count(node.output(0)) != 0) return;
  for (int i = 1; i < node.output_size(); ++i) {
    const bool used =
        model_.readers.count(node.output(i)) != 0 || model_.outputs.count(node.output(i)) != 0;
    if (used) return problem(node, fmt::format("its output {} is used", i + 1));
  }
  for (const std::string& input : node.input()) {
    const bool known = input.empty() || values_.count(input) != 0 ||
                       model_.constants.count(input) != 0 || shape_values_.count(input) != 0;
    if (!known) return;  // a problem was reported where it should have been written
  }
  if (node.input_size() == 0 || node.input(0).empty()) return problem(node, "it reads nothing");
  if (!is_left_out(node)) return (this->*handlers().at(node.op_type()))(node);
  const Value* input = value(node, 0);
  if (input == nullptr) return problem(node, "it reads no data of the network");
  if (extents(node.input(0)) != extents(node.output(0)))
    return problem(node, "it changes the shape, so it cannot be left out");
  Value output = *input;
  output.negative = true;
  left_out(node);
  write(node, output);
}

void Converter::write_notes() {
  const onnx::ModelProto& proto = model_.proto;
  const std::string stem = std::filesystem::path(model_.path).stem().string();
  draft_.name = LayerNames().take(stem);
  draft_.description = fmt::format("{}, imported from ONNX", config::excerpt(stem));
  std::string made_by;
  if (!proto.producer_name().empty())
    made_by = fmt::format(", written by {}{}{}", config::excerpt(proto.producer_name()),
                          proto.producer_version().empty() ? "" : " ",
                          config::excerpt(proto.producer_version()));
  std::vector<std::string> notes = {
      fmt::format("shapes from the ONNX model {}{}",
                  std::filesystem::path(model_.path).filename().string(), made_by)};
  for (const auto& [what, names] : left_out_)
    notes.push_back(fmt::format("left out: {} ({})", what, some_of(names)));
  notes.insert(notes.end(), draft_.notes.begin(), draft_.notes.end());
  draft_.notes = std::move(notes);
  draft_.assumed = {
      assumed_widths(options_.widths, "model"),
      "45 % of the activations that an array layer reads behind a ReLU are zero (synthetic "
      "tensors)",
      "the last layer writes 16 bits"};
}

Imported Converter::run() {
  draft_.widths = options_.widths;
  shape_values_ = size_values(model_);
  check_operators();
  problems_.throw_as_unsupported();
  shapes_ = infer_shapes(model_, read_input());
  for (const NodeProto* node : model_.nodes) convert(*node);
  problems_.throw_as_unsupported();
  if (draft_.layers.empty()) problems_.add("", "the model has no layer to import");
  if (draft_.layers.size() > kMaxLayers)
    problems_.add(
        "", fmt::format("{} layers; a workload has at most {}", draft_.layers.size(), kMaxLayers));
  problems_.throw_as_unsupported();
  Imported imported;
  imported.weights = quantise_weights();
  write_notes();
  imported.draft = std::move(draft_);
  return imported;
}

bool onnx_available() { return true; }

Imported import_onnx(std::span<const std::byte> model, const std::string& path,
                     const OnnxOptions& options) {
  const OnnxModel parsed = parse_model(model, path);
  return Converter(parsed, options).run();
}

}  // namespace bitscale::importing
