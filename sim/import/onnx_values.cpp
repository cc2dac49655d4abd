#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

#include "sim/config/values.hpp"
#include "sim/core/checked.hpp"
#include "sim/import/onnx_convert.hpp"

namespace bitscale::importing {
namespace {

using onnx::NodeProto;
using Extents = std::vector<std::int64_t>;

std::string shape_text(const Extents& extents) {
  return fmt::format("[{}]", fmt::join(extents, ", "));
}

/// ONNX's extents of a value, for as many axes as `rank`; nothing for a rank that it cannot have.
std::optional<Extents> expected_extents(const Value& value, std::size_t rank) {
  const TensorShape s = value.padded();
  if (rank == 2) return Extents{s.n, s.c * s.h * s.w};
  if (rank == 3)
    return value.channels_last ? Extents{s.n, s.h * s.w, s.c} : Extents{s.n, s.c, s.h * s.w};
  if (rank == 4)
    return value.channels_last ? Extents{s.n, s.h, s.w, s.c} : Extents{s.n, s.c, s.h, s.w};
  return std::nullopt;
}

/// Padding of one axis such that the outputs are ceil(input / stride).
std::pair<std::int64_t, std::int64_t> same_padding(std::int64_t input, std::int64_t kernel,
                                                   std::int64_t stride, std::int64_t dilation,
                                                   bool upper) {
  const std::int64_t outputs = ceil_div(input, stride);
  const std::int64_t covered = (outputs - 1) * stride + (kernel - 1) * dilation + 1;
  const std::int64_t total = std::max<std::int64_t>(covered - input, 0);
  const std::int64_t less = total / 2;
  return upper ? std::pair{less, total - less} : std::pair{total - less, less};
}

/// One number per axis: ONNX's list, or `fallback` where it is empty; a second axis that the model
/// does not have gets `absent`.
std::optional<Pair> pair_of(const Extents& list, std::size_t axes, std::int64_t fallback) {
  if (list.empty()) return axes == 2 ? Pair{fallback, fallback} : Pair{fallback, 1};
  if (list.size() != axes) return std::nullopt;
  return Pair{list[0], axes == 2 ? list[1] : 1};
}

}  // namespace

const onnx::AttributeProto* Attributes::find(std::string_view name) const {
  for (const onnx::AttributeProto& attribute : node_.attribute()) {
    if (attribute.name() == name) return &attribute;
  }
  return nullptr;
}

std::int64_t Attributes::integer(std::string_view name, std::int64_t fallback) const {
  const onnx::AttributeProto* attribute = find(name);
  return attribute != nullptr ? attribute->i() : fallback;
}

double Attributes::number(std::string_view name, double fallback) const {
  const onnx::AttributeProto* attribute = find(name);
  return attribute != nullptr ? attribute->f() : fallback;
}

std::vector<std::int64_t> Attributes::integers(std::string_view name) const {
  const onnx::AttributeProto* attribute = find(name);
  if (attribute == nullptr) return {};
  return {attribute->ints().begin(), attribute->ints().end()};
}

std::string Attributes::text(std::string_view name, std::string_view fallback) const {
  const onnx::AttributeProto* attribute = find(name);
  return attribute != nullptr ? attribute->s() : std::string(fallback);
}

void Converter::problem(const NodeProto& node, std::string message) {
  problems_.add(describe(node), std::move(message));
}

const Value* Converter::value(const NodeProto& node, int input) const {
  if (input >= node.input_size()) return nullptr;
  const auto found = values_.find(node.input(input));
  return found == values_.end() ? nullptr : &found->second;
}

const onnx::TensorProto* Converter::constant(const NodeProto& node, int input) const {
  if (input >= node.input_size()) return nullptr;
  const auto found = model_.constants.find(node.input(input));
  return found == model_.constants.end() ? nullptr : found->second;
}

const std::vector<std::int64_t>& Converter::extents(const std::string& name) const {
  static const Extents kUnknown = {-1};
  const auto found = shapes_.find(name);
  return found == shapes_.end() ? kUnknown : found->second;
}

bool Converter::is_left_out(const NodeProto& node) const {
  const auto& types = options_.leave_out;
  return std::find(types.begin(), types.end(), node.op_type()) != types.end();
}

void Converter::left_out(const NodeProto& node) {
  const std::string& name = node.name().empty() ? node.output(0) : node.name();
  left_out_[config::excerpt(node.op_type())].push_back(config::excerpt(name));
}

/// The value that a node writes, where its shape agrees with what onnx inferred on its own.
void Converter::write(const NodeProto& node, Value value) {
  const Extents& inferred = extents(node.output(0));
  const auto expected = expected_extents(value, inferred.size());
  if (!expected || *expected != inferred) {
    return problem(node,
                   fmt::format("its output {} does not keep the layout of {} x {} x {} channels, "
                               "rows and columns of {} images",
                               shape_text(inferred), value.shape.c, value.shape.h, value.shape.w,
                               value.shape.n));
  }
  values_.emplace(node.output(0), std::move(value));
}

std::optional<Value> Converter::add_layer(const NodeProto& node, const LayerGeometry& geometry,
                                          const std::vector<Value>& inputs) {
  std::vector<TensorShape> shapes;
  DraftLayer draft;
  draft.geometry = geometry;
  draft.where.file = model_.path;
  Value output;
  output.negative = is_array_layer(geometry.kind);
  const bool convolves = geometry.kind == LayerKind::conv || geometry.kind == LayerKind::depthwise;
  for (const Value& input : inputs) {
    if (input.pad != Padding{} && !convolves) {
      problem(node, "it reads what a Pad wrote; padding is only supported in front of a Conv");
      return std::nullopt;
    }
    shapes.push_back(input.shape);
    draft.inputs.push_back(input.layer);
    draft.signed_input = draft.signed_input || input.negative;
    output.negative = output.negative || input.negative;
  }
  if (geometry.kind == LayerKind::relu) output.negative = false;
  output.channels_last = inputs.front().channels_last;
  Layer layer;
  layer.kind = geometry.kind;
  const auto shape =
      infer_shape(geometry, shapes, [&](std::string_view key, const std::string& message) {
        problem(node, key.empty() ? message : fmt::format("{}: {}", key, message));
      });
  if (!shape) return std::nullopt;
  layer.shape = *shape;
  output.shape = output_shape(layer);
  draft.name = names_.take(node.name().empty() ? node.output(0) : node.name());
  output.layer = draft.name;
  draft_.layers.push_back(std::move(draft));
  return output;
}

void Converter::add_and_write(const NodeProto& node, const LayerGeometry& geometry,
                              const std::vector<Value>& inputs) {
  if (auto output = add_layer(node, geometry, inputs)) write(node, std::move(*output));
}

/// True where windows can move over the value: one or two axes behind its channels.
bool Converter::spatial(const NodeProto& node, const Value& input) {
  const std::size_t rank = extents(node.input(0)).size();
  const bool moves = rank == 4 || (rank == 3 && input.shape.w == 1);
  if (moves && !input.channels_last) return true;
  problem(node, "it needs an input [N, C, H, W] or [N, C, L]");
  return false;
}

std::optional<Window> Converter::read_window(const NodeProto& node, const Value& input,
                                             const std::vector<std::int64_t>& kernel) {
  const Attributes attributes(node);
  const std::size_t axes = extents(node.input(0)).size() - 2;
  const auto size = kernel.empty() ? std::nullopt : pair_of(kernel, axes, 1);
  const auto stride = pair_of(attributes.integers("strides"), axes, 1);
  const auto dilation = pair_of(attributes.integers("dilations"), axes, 1);
  const Extents pads = attributes.integers("pads");
  if (!size || !stride || !dilation || (!pads.empty() && pads.size() != 2 * axes)) {
    problem(node, fmt::format("kernel, strides, dilations and pads of other than {} axes", axes));
    return std::nullopt;
  }
  Window window{*size, *stride, *dilation, {}};
  const std::string automatic = attributes.text("auto_pad", "NOTSET");
  if (automatic == "SAME_UPPER" || automatic == "SAME_LOWER") {
    const bool upper = automatic == "SAME_UPPER";
    const auto [top, bottom] =
        same_padding(input.padded().h, size->h, stride->h, dilation->h, upper);
    const auto [left, right] =
        same_padding(input.padded().w, size->w, stride->w, dilation->w, upper);
    window.pad = {top, bottom, left, right};
  } else if (automatic == "NOTSET" && !pads.empty()) {
    window.pad =
        axes == 2 ? Padding{pads[0], pads[2], pads[1], pads[3]} : Padding{pads[0], pads[1], 0, 0};
  } else if (automatic != "NOTSET" && automatic != "VALID") {
    problem(node, fmt::format("auto_pad '{}'", config::excerpt(automatic)));
    return std::nullopt;
  }
  return window;
}

}  // namespace bitscale::importing
