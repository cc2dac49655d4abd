#include "sim/import/onnx_sizes.hpp"

#include <algorithm>
#include <optional>
#include <string_view>

#include "sim/core/checked.hpp"
#include "sim/import/onnx_convert.hpp"
#include "sim/import/onnx_tensor.hpp"

namespace bitscale::importing {
namespace {

using onnx::NodeProto;

const std::set<std::string_view> kOperators = {
    "Shape", "Size", "Gather", "Unsqueeze", "Squeeze", "Slice",      "Concat",  "Cast",
    "Mul",   "Div",  "Add",    "Sub",       "Floor",   "ReduceProd", "Identity"};

/// Longest vector of sizes that is computed with.
constexpr std::size_t kLongest = 64;

using Known = std::map<std::string, Sizes>;

std::optional<Sizes> shape_of(const NodeProto& node, const ValueShapes& shapes) {
  const auto found = shapes.find(node.input(0));
  if (found == shapes.end()) return std::nullopt;
  const auto& extents = found->second;
  if (std::any_of(extents.begin(), extents.end(), [](std::int64_t e) { return e < 0; }))
    return std::nullopt;
  const Attributes attributes(node);
  if (attributes.has("start") || attributes.has("end")) return std::nullopt;
  if (node.op_type() == "Shape") return Sizes{extents, false};
  std::int64_t product = 1;
  for (const std::int64_t extent : extents) {
    const auto next = checked_multiply(product, extent);
    if (!next) return std::nullopt;
    product = *next;
  }
  return Sizes{{product}, true};
}

std::optional<Sizes> gather(const Sizes& from, const Sizes& at) {
  Sizes result;
  result.scalar = at.scalar;
  const auto count = static_cast<std::int64_t>(from.values.size());
  for (std::int64_t index : at.values) {
    if (index < 0) index += count;
    if (index < 0 || index >= count) return std::nullopt;
    result.values.push_back(from.values[static_cast<std::size_t>(index)]);
  }
  return result;
}

/// [start, end) of the only axis, by steps of 1.
std::optional<Sizes> slice(const NodeProto& node, const std::vector<Sizes>& inputs) {
  const Attributes attributes(node);
  auto starts = attributes.integers("starts");
  auto ends = attributes.integers("ends");
  if (inputs.size() > 2) {
    starts = inputs[1].values;
    ends = inputs[2].values;
  }
  const bool steps = inputs.size() > 4 && inputs[4].values != std::vector<std::int64_t>{1};
  if (starts.size() != 1 || ends.size() != 1 || steps) return std::nullopt;
  const auto count = static_cast<std::int64_t>(inputs[0].values.size());
  const auto place = [count](std::int64_t index) {
    if (index < 0) index = std::max(index, -count) + count;
    return std::min(index, count);
  };
  const std::int64_t first = place(starts[0]);
  const std::int64_t last = std::max(place(ends[0]), first);
  Sizes result;
  result.values.assign(inputs[0].values.begin() + first, inputs[0].values.begin() + last);
  return result;
}

std::optional<std::int64_t> arithmetic(std::string_view type, std::int64_t a, std::int64_t b) {
  constexpr std::int64_t kLargest = std::int64_t{1} << 62;
  if (type == "Mul") return checked_multiply(a, b);
  if (type == "Add") return checked_add(a, b);
  if (b < -kLargest || b > kLargest) return std::nullopt;
  if (type == "Sub") return checked_add(a, -b);
  if (b == 0 || a < -kLargest) return std::nullopt;
  return a / b;
}

std::optional<Sizes> combine(std::string_view type, const Sizes& a, const Sizes& b) {
  const std::size_t count = std::max(a.values.size(), b.values.size());
  const auto fits = [count](const Sizes& s) {
    return s.values.size() == count || s.values.size() == 1;
  };
  if (!fits(a) || !fits(b)) return std::nullopt;
  Sizes result;
  result.scalar = a.scalar && b.scalar;
  for (std::size_t i = 0; i < count; ++i) {
    const auto value = arithmetic(type, a.values[a.values.size() == 1 ? 0 : i],
                                  b.values[b.values.size() == 1 ? 0 : i]);
    if (!value) return std::nullopt;
    result.values.push_back(*value);
  }
  return result;
}

std::optional<Sizes> evaluate(const NodeProto& node, const std::vector<Sizes>& inputs) {
  const std::string& type = node.op_type();
  if (inputs.empty()) return std::nullopt;
  if (type == "Cast" || type == "Floor" || type == "Identity") return inputs[0];
  if (type == "Gather") return inputs.size() == 2 ? gather(inputs[0], inputs[1]) : std::nullopt;
  if (type == "Unsqueeze") return Sizes{inputs[0].values, false};
  if (type == "Squeeze") return Sizes{inputs[0].values, inputs[0].values.size() == 1};
  if (type == "Slice") return slice(node, inputs);
  Sizes result;
  if (type == "Concat") {
    for (const Sizes& input : inputs)
      result.values.insert(result.values.end(), input.values.begin(), input.values.end());
    return result;
  }
  if (type == "ReduceProd") {
    result.values = {1};
    for (const std::int64_t value : inputs[0].values) {
      const auto product = checked_multiply(result.values[0], value);
      if (!product) return std::nullopt;
      result.values[0] = *product;
    }
    result.scalar = Attributes(node).integer("keepdims", 1) == 0;
    return result;
  }
  return inputs.size() == 2 ? combine(type, inputs[0], inputs[1]) : std::nullopt;
}

/// A size that was computed before, or a short constant of the model.
std::optional<Sizes> look_up(const OnnxModel& model, const Known& known, const std::string& name) {
  const auto found = known.find(name);
  if (found != known.end()) return found->second;
  const auto constant = model.constants.find(name);
  if (constant == model.constants.end()) return std::nullopt;
  if (element_count(*constant->second) > static_cast<std::int64_t>(kLongest)) return std::nullopt;
  const auto values = integers_of(*constant->second);
  if (!values) return std::nullopt;
  return Sizes{*values, constant->second->dims_size() == 0};
}

}  // namespace

std::set<std::string> size_values(const OnnxModel& model) {
  std::set<std::string> names;
  for (const NodeProto* node : model.nodes) {
    const bool usual = node->domain().empty() || node->domain() == "ai.onnx";
    if (!usual || kOperators.count(node->op_type()) == 0) continue;
    const bool source = node->op_type() == "Shape" || node->op_type() == "Size";
    const bool sizes =
        std::all_of(node->input().begin(), node->input().end(), [&](const std::string& input) {
          return input.empty() || names.count(input) != 0 || model.constants.count(input) != 0;
        });
    if (source || sizes) names.insert(node->output().begin(), node->output().end());
  }
  return names;
}

std::map<std::string, Sizes> evaluate_sizes(const OnnxModel& model, const ValueShapes& shapes) {
  Known known;
  const std::set<std::string> names = size_values(model);
  for (const NodeProto* node : model.nodes) {
    if (node->output_size() == 0 || names.count(node->output(0)) == 0) continue;
    if (node->input_size() == 0) continue;
    std::optional<Sizes> result;
    if (node->op_type() == "Shape" || node->op_type() == "Size") {
      result = shape_of(*node, shapes);
    } else {
      std::vector<Sizes> inputs;
      for (const std::string& input : node->input()) {
        const auto sizes = look_up(model, known, input);
        if (!sizes) break;
        inputs.push_back(*sizes);
      }
      if (inputs.size() == static_cast<std::size_t>(node->input_size()))
        result = evaluate(*node, inputs);
    }
    if (result && result->values.size() <= kLongest) known.emplace(node->output(0), *result);
  }
  return known;
}

}  // namespace bitscale::importing
