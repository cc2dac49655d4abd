#include "sim/workload/layer_graph.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <utility>

#include "sim/core/suggest.hpp"

namespace bitscale {

LayerGraph::LayerGraph(std::optional<TensorShape> input, std::int64_t batch,
                       std::vector<std::string> names)
    : input_(input), input_missing_(!input), batch_(batch), names_(std::move(names)) {}

std::optional<std::int32_t> LayerGraph::find(const std::string& name, std::size_t reader_index,
                                             config::Reader& reader) const {
  if (name == "input") return -1;
  const auto found = std::find(names_.begin(), names_.end(), name);
  const auto index = static_cast<std::size_t>(found - names_.begin());
  if (index < reader_index) return static_cast<std::int32_t>(index);
  if (found != names_.end()) {
    reader.problem(
        "inputs",
        index == reader_index
            ? fmt::format("layer '{}' reads itself", name)
            : fmt::format("layer '{}' comes later: list layers in the order they run", name));
    return std::nullopt;
  }
  std::vector<std::string> earlier(names_.begin(),
                                   names_.begin() + static_cast<std::ptrdiff_t>(reader_index));
  earlier.emplace_back("input");
  reader.problem("inputs", fmt::format("no layer '{}'{}", name, suggestion(name, earlier)));
  return std::nullopt;
}

void LayerGraph::imply_input(const LayerEntry& entry, config::Reader& reader) {
  const LayerGeometry& geometry = entry.geometry;
  if (outputs_.empty() && geometry.kind == LayerKind::matmul && geometry.rows > 0 &&
      geometry.inner > 0) {
    input_ = TensorShape{batch_, geometry.inner, geometry.rows, 1};
  } else if (input_missing_) {
    reader.problem("inputs",
                   "the file has no `input:`, which only a first matmul with rows and inner can do "
                   "without");
  }
  input_missing_ = false;  // said once
}

std::optional<TensorShape> LayerGraph::own_input(const TensorShape& reads,
                                                 config::Reader& reader) const {
  const auto elements = count_elements({batch_, reads.c, reads.h, reads.w});
  if (elements && *elements <= kMaxTensorElements)
    return TensorShape{batch_, reads.c, reads.h, reads.w};
  reader.problem("reads", fmt::format("the input would have {} elements; a tensor holds at most {}",
                                      elements ? fmt::format("{}", *elements) : "more than 2^62",
                                      kMaxTensorElements));
  return std::nullopt;
}

void LayerGraph::check_name(const LayerEntry& entry, std::size_t index,
                            config::Reader& reader) const {
  const auto first = std::find(names_.begin(), names_.end(), entry.name);
  const auto first_index = static_cast<std::size_t>(first - names_.begin());
  if (entry.name.empty() || first_index >= index) return;
  reader.problem("name",
                 fmt::format("'{}' is already the name of layer {}", entry.name, first_index + 1));
}

void LayerGraph::link(LayerEntry& entry, const std::vector<std::string>& input_names,
                      config::Reader& reader) {
  const std::size_t index = outputs_.size();
  check_name(entry, index, reader);
  bool known = entry.sound;
  if (input_names.empty() && !entry.reads) {
    entry.inputs.push_back(static_cast<std::int32_t>(index) - 1);
  }
  for (const std::string& name : input_names) {
    const auto producer = find(name, index, reader);
    known = known && producer.has_value();
    if (producer) entry.inputs.push_back(*producer);
  }
  std::vector<TensorShape> shapes;
  for (const std::int32_t producer : entry.inputs) {
    if (producer < 0 && !input_) imply_input(entry, reader);
    const auto& shape = producer < 0 ? input_ : outputs_[static_cast<std::size_t>(producer)];
    known = known && shape.has_value();
    if (known) shapes.push_back(*shape);
  }
  if (known && entry.reads) {
    const auto own = own_input(*entry.reads, reader);
    if (own) shapes.push_back(*own);
  }
  if (known && !shapes.empty()) {
    entry.shape = infer_shape(entry.geometry, shapes,
                              [&reader](std::string_view key, const std::string& message) {
                                reader.problem(key, message);
                              });
  }
  if (!entry.shape) {
    outputs_.emplace_back();
    return;
  }
  Layer layer;
  layer.kind = entry.geometry.kind;
  layer.shape = *entry.shape;
  outputs_.emplace_back(output_shape(layer));
  if (!is_array_layer(layer.kind)) return;
  if (macs_ > kMaxMacs) return;  // said already
  macs_ += layer.shape.macs();   // both are at most 2^62
  if (macs_ > kMaxMacs) {
    reader.problem("", "the network has more than 2^62 multiply-accumulates up to this layer");
  }
}

}  // namespace bitscale
