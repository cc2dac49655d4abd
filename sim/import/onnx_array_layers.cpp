#include <fmt/format.h>

#include <cmath>
#include <stdexcept>
#include <utility>

#include "sim/config/values.hpp"
#include "sim/import/onnx_convert.hpp"
#include "sim/import/onnx_tensor.hpp"
#include "sim/import/quantise.hpp"

namespace bitscale::importing {
namespace {

using onnx::NodeProto;
using onnx::TensorProto;

constexpr const char* kNoConstantWeights =
    "its weights are computed or fed from outside; only constants of the model are supported";

/// Where weight `index` of the workload, [filter][channel of the flattened input], lies in the
/// model's tensor.
std::size_t source_index(const PendingWeights& pending, std::size_t index) {
  const auto channels = static_cast<std::size_t>(pending.extents.c);
  const auto window = static_cast<std::size_t>(pending.extents.h * pending.extents.w);
  if (window > 1 || (!pending.transposed && pending.pixels == 1)) return index;
  const std::size_t filter = index / channels;
  std::size_t channel = index % channels;
  if (pending.pixels > 1) {
    const auto pixels = static_cast<std::size_t>(pending.pixels);
    channel = channel % pixels * (channels / pixels) + channel / pixels;
  }
  if (!pending.transposed) return filter * channels + channel;
  return channel * static_cast<std::size_t>(pending.extents.n) + filter;
}

}  // namespace

void Converter::keep_weights(const TensorProto& weights, PendingWeights pending) {
  if (!options_.weights) return;
  pending.layer = draft_.layers.size() - 1;
  pending.tensor = &weights;
  pending.extents.type.bits = options_.widths.weight;
  pending_.push_back(std::move(pending));
}

void Converter::conv(const NodeProto& node) {
  const Value* input = value(node, 0);
  const TensorProto* weights = constant(node, 1);
  if (input == nullptr) return problem(node, "it reads no data of the network");
  if (weights == nullptr) return problem(node, kNoConstantWeights);
  if (!spatial(node, *input)) return;
  const std::size_t rank = extents(node.input(0)).size();
  if (static_cast<std::size_t>(weights->dims_size()) != rank)
    return problem(node, fmt::format("weights of {} dimensions on an input of {}",
                                     weights->dims_size(), rank));
  const Attributes attributes(node);
  const std::vector<std::int64_t> kernel(weights->dims().begin() + 2, weights->dims().end());
  const auto stated = attributes.integers("kernel_shape");
  if (!stated.empty() && stated != kernel)
    return problem(node, "its kernel_shape is not that of its weights");
  const std::int64_t groups = attributes.integer("group", 1);
  const std::int64_t filters = weights->dims(0);
  const std::int64_t channels = weights->dims(1);
  if (channels * groups != input->shape.c || filters < 1)
    return problem(node, fmt::format("{} groups of {} channels in its weights, {} channels in its "
                                     "input",
                                     groups, channels, input->shape.c));
  const auto window = read_window(node, *input, kernel);
  if (!window) return;
  LayerGeometry geometry;
  geometry.kernel = window->kernel;
  geometry.stride = window->stride;
  geometry.dilation = window->dilation;
  geometry.pad = {window->pad.top + input->pad.top, window->pad.bottom + input->pad.bottom,
                  window->pad.left + input->pad.left, window->pad.right + input->pad.right};
  geometry.out_channels = filters;
  geometry.groups = groups;
  if (channels == 1 && groups > 1 && filters % groups == 0) {
    geometry.kind = LayerKind::depthwise;
    geometry.multiplier = filters / groups;
  }
  auto output = add_layer(node, geometry, {*input});
  if (!output) return;
  PendingWeights pending;
  pending.extents.n = filters;
  pending.extents.c = channels;
  pending.extents.h = window->kernel.h;
  pending.extents.w = window->kernel.w;
  keep_weights(*weights, std::move(pending));
  if (node.input_size() > 2 && !node.input(2).empty()) left_out_["bias"].push_back(output->layer);
  write(node, std::move(*output));
}

/// A product of the flattened input of each image with a matrix.
void Converter::fully_connected(const NodeProto& node, const Value& input,
                                const TensorProto& weights, bool transposed, double factor) {
  const std::int64_t inner = weights.dims(transposed ? 0 : 1);
  const std::int64_t columns = weights.dims(transposed ? 1 : 0);
  const TensorShape& s = input.shape;
  if (inner != s.c * s.h * s.w || columns < 1)
    return problem(node, fmt::format("weights of {} x {} on an input of {} elements", inner,
                                     columns, s.c * s.h * s.w));
  LayerGeometry geometry;
  geometry.kind = LayerKind::fully_connected;
  geometry.out_channels = columns;
  auto output = add_layer(node, geometry, {input});
  if (!output) return;
  PendingWeights pending;
  pending.extents.n = columns;
  pending.extents.c = inner;
  pending.extents.h = pending.extents.w = 1;
  pending.transposed = transposed;
  pending.pixels = input.channels_last ? s.h * s.w : 1;
  pending.factor = factor;
  keep_weights(weights, std::move(pending));
  output->channels_last = false;
  write(node, std::move(*output));
}

void Converter::gemm(const NodeProto& node) {
  const Value* input = value(node, 0);
  const TensorProto* weights = constant(node, 1);
  const Attributes attributes(node);
  if (input == nullptr) return problem(node, "it reads no data of the network");
  if (weights == nullptr) return problem(node, kNoConstantWeights);
  if (attributes.integer("transA", 0) != 0)
    return problem(node, "transA: the batch would become the inner dimension");
  if (weights->dims_size() != 2 || extents(node.input(0)).size() != 2)
    return problem(node, "it needs an input and weights of two dimensions");
  const std::size_t layers = draft_.layers.size();
  fully_connected(node, *input, *weights, attributes.integer("transB", 0) == 0,
                  attributes.number("alpha", 1.0));
  if (node.input_size() > 2 && !node.input(2).empty() && draft_.layers.size() > layers)
    left_out_["bias"].push_back(draft_.layers.back().name);
}

/// On more than two dimensions every pixel's channels are a row: [N, ..., C] times [C, K].
void Converter::matmul(const NodeProto& node) {
  const Value* input = value(node, 0);
  const TensorProto* weights = constant(node, 1);
  if (input == nullptr || weights == nullptr)
    return problem(node,
                   "a product of two computed matrices, or of a constant with data, which is "
                   "not supported: the second factor must be a constant");
  const std::size_t rank = extents(node.input(0)).size();
  if (weights->dims_size() != 2) return problem(node, "weights of other than two dimensions");
  if (rank == 2) return fully_connected(node, *input, *weights, true, 1.0);
  if (!input->channels_last) return problem(node, "it needs an input [N, rows, C]");
  if (weights->dims(0) != input->shape.c || weights->dims(1) < 1)
    return problem(node, fmt::format("weights of {} x {} on an input of {} channels",
                                     weights->dims(0), weights->dims(1), input->shape.c));
  LayerGeometry geometry;
  if (rank == 4) {
    geometry.out_channels = weights->dims(1);  // keeps rows and columns apart
    geometry.kernel = Pair{};
  } else {
    geometry.kind = LayerKind::matmul;
    geometry.columns = weights->dims(1);
  }
  auto output = add_layer(node, geometry, {*input});
  if (!output) return;
  PendingWeights pending;
  pending.extents.n = weights->dims(1);
  pending.extents.c = weights->dims(0);
  pending.extents.h = pending.extents.w = 1;
  pending.transposed = true;
  keep_weights(*weights, std::move(pending));
  write(node, std::move(*output));
}

/// Its scale goes into the weights before it, where nobody else reads their sums; its shift is a
/// bias.
void Converter::batch_normalization(const NodeProto& node) {
  const Value* input = value(node, 0);
  if (input == nullptr) return problem(node, "it reads no data of the network");
  Value output = *input;
  output.negative = true;
  const std::string& read = node.input(0);
  const bool alone = model_.readers.at(read) == 1 && model_.outputs.count(read) == 0;
  const bool behind_weights = !pending_.empty() && pending_.back().filter_scale.empty() &&
                              draft_.layers[pending_.back().layer].name == input->layer;
  const TensorProto* gamma = constant(node, 1);
  const TensorProto* variance = constant(node, 4);
  if (options_.weights && alone && behind_weights && gamma != nullptr && variance != nullptr) {
    const auto channels = static_cast<std::size_t>(input->shape.c);
    if (element_count(*gamma) != input->shape.c || element_count(*variance) != input->shape.c)
      return problem(node, "its scale and variance do not have a value per channel");
    const WeightAt scale = numbers_of(*gamma, model_.folder);
    const WeightAt spread = numbers_of(*variance, model_.folder);
    const double epsilon = Attributes(node).number("epsilon", 1e-5F);
    for (std::size_t i = 0; i < channels; ++i)
      pending_.back().filter_scale.push_back(scale(i) / std::sqrt(spread(i) + epsilon));
    left_out_["shift of BatchNormalization, its scale is in the weights"].push_back(input->layer);
  } else {
    left_out(node);
  }
  write(node, std::move(output));
}

std::vector<WeightFile> Converter::quantise_weights() {
  std::vector<WeightFile> files;
  std::string fractions;
  for (PendingWeights& pending : pending_) {
    const DraftLayer& layer = draft_.layers[pending.layer];
    const WeightAt number = numbers_of(*pending.tensor, model_.folder);
    const auto per_filter =
        static_cast<std::size_t>(pending.extents.c * pending.extents.h * pending.extents.w);
    const WeightAt weight = [&](std::size_t index) {
      const double folded =
          pending.filter_scale.empty() ? 1.0 : pending.filter_scale[index / per_filter];
      return number(source_index(pending, index)) * pending.factor * folded;
    };
    try {
      quantise(weight, pending.extents);
    } catch (const std::invalid_argument& error) {
      throw IoError(
          fmt::format("{}: error: layer '{}': {}", model_.path, layer.name, error.what()));
    }
    fractions += fmt::format("{}{} {}", fractions.empty() ? "" : ", ", layer.name,
                             pending.extents.type.frac_bits);
    files.push_back({layer.name, std::move(pending.extents)});
  }
  if (files.empty()) return files;
  draft_.notes.push_back(fmt::format("{}: {}", kQuantisationRule, fractions));
  draft_.notes.emplace_back(
      "activations have no scale without data to calibrate on, so no frac_bits are stated and sums "
      "are shifted by a width that their size suggests: scores are not those of the model");
  return files;
}

}  // namespace bitscale::importing
