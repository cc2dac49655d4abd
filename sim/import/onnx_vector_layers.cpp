#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <utility>

#include "sim/import/onnx_convert.hpp"
#include "sim/import/onnx_tensor.hpp"

namespace bitscale::importing {
namespace {

using onnx::NodeProto;

/// What workload layers with several inputs read at most.
constexpr std::size_t kMostInputs = 8;

/// Axes that hold pixels, in ONNX's order of a value with `rank` axes.
std::vector<std::int64_t> pixel_axes(std::size_t rank, bool channels_last) {
  std::vector<std::int64_t> axes;
  const std::size_t first = channels_last ? 1 : 2;
  const std::size_t last = channels_last ? rank - 1 : rank;
  for (std::size_t axis = first; axis < last; ++axis)
    axes.push_back(static_cast<std::int64_t>(axis));
  return axes;
}

LayerGeometry of_kind(LayerKind kind) {
  LayerGeometry geometry;
  geometry.kind = kind;
  return geometry;
}

}  // namespace

void Converter::pool(const NodeProto& node, LayerKind kind) {
  const Value* input = value(node, 0);
  if (input == nullptr) return problem(node, "it reads no data of the network");
  if (!spatial(node, *input)) return;
  const Attributes attributes(node);
  const auto window = read_window(node, *input, attributes.integers("kernel_shape"));
  if (!window) return;
  if (window->dilation != Pair{}) return problem(node, "a pool with dilation is not supported");
  LayerGeometry geometry = of_kind(kind);
  geometry.kernel = window->kernel;
  geometry.stride = window->stride;
  geometry.pad = window->pad;
  geometry.ceil_mode = attributes.integer("ceil_mode", 0) != 0;
  const bool counts_pad = attributes.integer("count_include_pad", 0) != 0;
  auto output = add_layer(node, geometry, {*input});
  if (!output) return;
  if (counts_pad && window->pad != Padding{})
    left_out_["padding in the divisor of AveragePool"].push_back(output->layer);
  write(node, std::move(*output));
}

void Converter::max_pool(const NodeProto& node) { pool(node, LayerKind::max_pool); }
void Converter::average_pool(const NodeProto& node) { pool(node, LayerKind::average_pool); }

void Converter::global_average_pool(const NodeProto& node) {
  const Value* input = value(node, 0);
  if (input == nullptr) return problem(node, "it reads no data of the network");
  if (spatial(node, *input)) add_and_write(node, of_kind(LayerKind::average_pool), {*input});
}

void Converter::global_max_pool(const NodeProto& node) {
  const Value* input = value(node, 0);
  if (input == nullptr) return problem(node, "it reads no data of the network");
  if (spatial(node, *input)) add_and_write(node, of_kind(LayerKind::max_pool), {*input});
}

/// The mean over all pixels is a global pool; other means are not supported.
void Converter::reduce_mean(const NodeProto& node) {
  const Value* input = value(node, 0);
  if (input == nullptr) return problem(node, "it reads no data of the network");
  std::vector<std::int64_t> axes = Attributes(node).integers("axes");
  if (const onnx::TensorProto* listed = constant(node, 1))
    axes = integers_of(*listed).value_or(std::vector<std::int64_t>{});
  const std::size_t rank = extents(node.input(0)).size();
  for (std::int64_t& axis : axes) axis += axis < 0 ? static_cast<std::int64_t>(rank) : 0;
  std::sort(axes.begin(), axes.end());
  if (rank < 3 || axes != pixel_axes(rank, input->channels_last))
    return problem(node, "a mean over other than all pixels is not supported");
  add_and_write(node, of_kind(LayerKind::average_pool), {*input});
}

void Converter::relu(const NodeProto& node) {
  const Value* input = value(node, 0);
  if (input == nullptr) return problem(node, "it reads no data of the network");
  add_and_write(node, of_kind(LayerKind::relu), {*input});
}

/// From 0 on it is a ReLU; its other bound is what saturation does.
void Converter::clip(const NodeProto& node) {
  const Value* input = value(node, 0);
  if (input == nullptr) return problem(node, "it reads no data of the network");
  double least = Attributes(node).number("min", -std::numeric_limits<double>::infinity());
  const onnx::TensorProto* bound = constant(node, 1);
  if (bound != nullptr && element_count(*bound) == 1) least = numbers_of(*bound, model_.folder)(0);
  if (least < 0.0) return pass(node);
  left_out_["upper bound of Clip"].push_back(node.name().empty() ? node.output(0) : node.name());
  add_and_write(node, of_kind(LayerKind::relu), {*input});
}

/// Two or more computed inputs of one shape.
void Converter::elementwise(const NodeProto& node, LayerKind kind) {
  std::vector<Value> inputs;
  for (int i = 0; i < node.input_size(); ++i) {
    const Value* input = value(node, i);
    if (input == nullptr) return problem(node, "one of its inputs is no data of the network");
    const bool alike = input->shape == value(node, 0)->shape &&
                       input->channels_last == value(node, 0)->channels_last;
    if (!alike)
      return problem(node, "its inputs have different shapes; broadcasting is not supported");
    inputs.push_back(*input);
  }
  while (inputs.size() > 1) {
    const std::size_t count = std::min(inputs.size(), kMostInputs);
    const std::vector<Value> some(inputs.begin(), inputs.begin() + static_cast<int>(count));
    auto output = add_layer(node, of_kind(kind), some);
    if (!output) return;
    inputs.erase(inputs.begin(), inputs.begin() + static_cast<int>(count));
    inputs.insert(inputs.begin(), std::move(*output));
  }
  write(node, std::move(inputs.front()));
}

void Converter::add(const NodeProto& node) {
  const bool second = node.input_size() == 2 && constant(node, 0) != nullptr;
  const bool first = node.input_size() == 2 && constant(node, 1) != nullptr;
  if (!first && !second) return elementwise(node, LayerKind::add);
  const Value* input = value(node, second ? 1 : 0);
  if (input == nullptr) return problem(node, "it reads no data of the network");
  Value output = *input;
  output.negative = true;
  left_out_["bias"].push_back(node.name().empty() ? node.output(0) : node.name());
  write(node, std::move(output));
}

void Converter::subtract(const NodeProto& node) {
  if (node.input_size() == 2 && constant(node, 1) != nullptr) return add(node);
  problem(node, "a difference of computed tensors is not supported");
}

void Converter::multiply(const NodeProto& node) {
  const bool second = node.input_size() == 2 && constant(node, 0) != nullptr;
  const bool first = node.input_size() == 2 && constant(node, 1) != nullptr;
  if (!first && !second) return elementwise(node, LayerKind::multiply);
  const Value* input = value(node, second ? 1 : 0);
  if (input == nullptr) return problem(node, "it reads no data of the network");
  Value output = *input;
  output.negative = true;
  left_out_["constant factor"].push_back(node.name().empty() ? node.output(0) : node.name());
  write(node, std::move(output));
}

void Converter::divide(const NodeProto& node) {
  if (node.input_size() == 2 && constant(node, 1) != nullptr) return multiply(node);
  problem(node, "a quotient of computed tensors is not supported");
}

void Converter::concat(const NodeProto& node) {
  std::vector<Value> inputs;
  const std::size_t rank = extents(node.input(0)).size();
  for (int i = 0; i < node.input_size(); ++i) {
    const Value* input = value(node, i);
    if (input == nullptr) return problem(node, "one of its inputs is no data of the network");
    if (input->channels_last != value(node, 0)->channels_last)
      return problem(node, "its inputs order their axes differently");
    inputs.push_back(*input);
  }
  const bool last = inputs.front().channels_last && rank > 2;
  const std::int64_t channels = last ? static_cast<std::int64_t>(rank) - 1 : 1;
  std::int64_t axis = Attributes(node).integer("axis", 1);
  if (axis < 0) axis += static_cast<std::int64_t>(rank);
  if (axis != channels) return problem(node, "only channels can be put behind one another");
  while (inputs.size() > 1) {
    const std::size_t count = std::min(inputs.size(), kMostInputs);
    const std::vector<Value> some(inputs.begin(), inputs.begin() + static_cast<int>(count));
    auto output = add_layer(node, of_kind(LayerKind::concat), some);
    if (!output) return;
    inputs.erase(inputs.begin(), inputs.begin() + static_cast<int>(count));
    inputs.insert(inputs.begin(), std::move(*output));
  }
  write(node, std::move(inputs.front()));
}

/// Flatten, Reshape and the like: free where only the grouping of axes changes.
void Converter::layout(const NodeProto& node) {
  const Value* input = value(node, 0);
  if (input == nullptr) return problem(node, "it reads no data of the network");
  Value output = *input;
  const TensorShape& s = output.shape;
  // A single pixel's channels are first and last at once.
  const auto& inferred = extents(node.output(0));
  if (s.h * s.w == 1 && s.c > 1 && inferred.size() > 2) {
    output.channels_last = inferred.back() == s.c;
  }
  write(node, std::move(output));
}

void Converter::transpose(const NodeProto& node) {
  const Value* input = value(node, 0);
  if (input == nullptr) return problem(node, "it reads no data of the network");
  using Order = std::vector<std::int64_t>;
  const Order order = Attributes(node).integers("perm");
  Value output = *input;
  const bool to_last = order == Order{0, 2, 3, 1} || order == Order{0, 2, 1};
  const bool to_first = order == Order{0, 3, 1, 2} || order == Order{0, 2, 1};
  if (to_last && !input->channels_last) {
    output.channels_last = true;
  } else if (to_first && input->channels_last) {
    output.channels_last = false;
  } else if (!std::is_sorted(order.begin(), order.end()) || order.empty()) {
    return problem(node, "an order of axes that is neither channels first nor channels last");
  }
  write(node, std::move(output));
}

/// Zeros round an image become the padding of the convolution that reads it.
void Converter::pad(const NodeProto& node) {
  const Value* input = value(node, 0);
  if (input == nullptr) return problem(node, "it reads no data of the network");
  if (!spatial(node, *input)) return;
  const Attributes attributes(node);
  std::vector<std::int64_t> pads = attributes.integers("pads");
  if (const onnx::TensorProto* listed = constant(node, 1))
    pads = integers_of(*listed).value_or(std::vector<std::int64_t>{});
  const std::size_t rank = extents(node.input(0)).size();
  const onnx::TensorProto* filling = constant(node, 2);
  const bool zeros = attributes.number("value", 0.0) == 0.0 &&
                     (filling == nullptr || (element_count(*filling) == 1 &&
                                             numbers_of(*filling, model_.folder)(0) == 0.0));
  const bool in_range = std::all_of(pads.begin(), pads.end(),
                                    [](std::int64_t pad) { return pad >= 0 && pad <= kMaxWindow; });
  if (attributes.text("mode", "constant") != "constant" || !zeros || node.input_size() > 3 ||
      pads.size() != 2 * rank || !in_range || pads[0] + pads[1] + pads[rank] + pads[rank + 1] != 0)
    return problem(node,
                   "padding with other than zeros, of other axes than rows and columns, or "
                   "by other than 0..4096");
  Value output = *input;
  output.pad.top += pads[2];
  output.pad.bottom += pads[rank + 2];
  if (rank == 4) {
    output.pad.left += pads[3];
    output.pad.right += pads[rank + 3];
  }
  write(node, std::move(output));
}

/// Keeps its input's shape and is left out; the notes say so.
void Converter::pass(const NodeProto& node) {
  const Value* input = value(node, 0);
  if (input == nullptr) return problem(node, "it reads no data of the network");
  left_out(node);
  write(node, *input);
}

void Converter::softmax(const NodeProto& node) {
  if (model_.readers.count(node.output(0)) != 0)
    return problem(node, "a soft-max inside the network is not supported, only behind it");
  pass(node);
}

}  // namespace bitscale::importing
