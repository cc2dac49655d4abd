#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "sim/core/suggest.hpp"
#include "sim/workload/reference.hpp"
#include "sim/workload/tensor.hpp"
#include "sim/workload/workload_file.hpp"

namespace bitscale {
namespace {

/// A type on its way through the graph, with whether its scale was stated.
struct Typed {
  TensorType type;
  bool frac_given = false;
};

const Profile* find_profile(const WorkloadFile& file, std::string_view name) {
  if (name.empty()) return nullptr;
  const auto found = std::find_if(file.profiles.begin(), file.profiles.end(),
                                  [name](const Profile& p) { return p.name == name; });
  if (found != file.profiles.end()) return &*found;
  std::vector<std::string> names;
  for (const Profile& profile : file.profiles) names.push_back(profile.name);
  std::vector<Diagnostic> problems(1);
  problems[0].key = "profile";
  problems[0].message =
      fmt::format("{} has no profile '{}'{}", file.name, name, suggestion(name, names));
  throw ConfigError(std::move(problems));
}

TensorType under_profile(const TensorEntry& entry, const std::string& layer, int fallback,
                         const std::vector<std::pair<std::string, std::int64_t>>& bits,
                         const std::optional<Encoding>& encoding) {
  TensorType type = entry.type;
  const auto listed =
      std::find_if(bits.begin(), bits.end(), [&](const auto& item) { return item.first == layer; });
  const int width = listed == bits.end() ? fallback : static_cast<int>(listed->second);
  if (width != 0) type.bits = width;
  if (encoding) type.encoding = *encoding;
  if (entry.frac_given) type.frac_bits -= magnitude_bits(entry.type) - magnitude_bits(type);
  return type;
}

/// What the readers of a layer want it to write, and what a layer wants to read.
class TypeFlow {
 public:
  TypeFlow(const WorkloadFile& file, const Profile* profile);

  /// Settles outputs from the last layer to the first, then the types of layers without MACs.
  void run();

  std::vector<Typed> activations, weights, outputs;

 private:
  void want(std::int32_t producer, const Typed& type);
  void settle_output(std::size_t index);
  void settle_vector_layer(std::size_t index);

  const WorkloadFile& file_;
  std::vector<std::optional<Typed>> wanted_;
};

TypeFlow::TypeFlow(const WorkloadFile& file, const Profile* profile)
    : outputs(file.layers.size()), file_(file), wanted_(file.layers.size()) {
  static const Profile kNone;
  const Profile& p = profile != nullptr ? *profile : kNone;
  for (const LayerEntry& entry : file.layers) {
    const bool array = is_array_layer(entry.geometry.kind);
    activations.push_back(array ? Typed{activation_under(p, entry), entry.activation.frac_given}
                                : Typed{});
    weights.push_back(
        {array ? weight_under(p, entry) : entry.weight.type, entry.weight.frac_given});
  }
}

/// The widest wish wins, so that no reader loses bits that another one takes.
void TypeFlow::want(std::int32_t producer, const Typed& type) {
  if (producer < 0) return;
  auto& wish = wanted_[static_cast<std::size_t>(producer)];
  if (!wish || type.type.bits > wish->type.bits) wish = type;
}

void TypeFlow::settle_output(std::size_t index) {
  const LayerEntry& entry = file_.layers[index];
  const TensorEntry& last = file_.output_default.value_or(file_.activation_default);
  Typed& output = outputs[index];
  if (entry.output) {
    output = {entry.output->type, entry.output->frac_given};
  } else {
    output = wanted_[index].value_or(Typed{last.type, last.frac_given});
  }
  Typed input = is_array_layer(entry.geometry.kind) ? activations[index] : output;
  // What a relu turns into an unsigned value still had a sign before it.
  if (entry.geometry.kind == LayerKind::relu && input.type.encoding == Encoding::unsigned_) {
    input.type.encoding = Encoding::twos;
    input.type.bits += 1;
  }
  for (const std::int32_t producer : entry.inputs) want(producer, input);
}

void TypeFlow::settle_vector_layer(std::size_t index) {
  const LayerEntry& entry = file_.layers[index];
  bool first = true;
  for (const std::int32_t producer : entry.inputs) {
    const Typed read = producer < 0 ? Typed{file_.input.type, file_.input.frac_given}
                                    : outputs[static_cast<std::size_t>(producer)];
    if (first || read.type.bits > activations[index].type.bits) activations[index] = read;
    first = false;
  }
}

void TypeFlow::run() {
  for (std::size_t i = file_.layers.size(); i-- > 0;) settle_output(i);
  for (std::size_t i = 0; i < file_.layers.size(); ++i) {
    if (!is_array_layer(file_.layers[i].geometry.kind)) settle_vector_layer(i);
  }
}

Layer resolve_layer(const LayerEntry& entry, const TypeFlow& flow, std::size_t index) {
  Layer layer;
  layer.name = entry.name;
  layer.kind = entry.geometry.kind;
  layer.inputs = entry.inputs;
  layer.shape = entry.shape.value_or(LayerShape{});
  layer.activation = flow.activations[index].type;
  layer.weight = flow.weights[index].type;
  layer.output = flow.outputs[index].type;
  layer.activation_source = entry.activation.source;
  layer.weight_source = entry.weight.source;
  layer.accumulator_bits = entry.accumulator_bits;
  layer.pad_value = entry.pad_value;
  if (!is_array_layer(layer.kind)) return layer;
  const bool scaled = flow.activations[index].frac_given || flow.weights[index].frac_given ||
                      flow.outputs[index].frac_given;
  if (entry.requantise_shift) {
    layer.requantise_shift = *entry.requantise_shift;
  } else if (!scaled) {
    layer.requantise_shift =
        default_shift(layer.shape, layer.activation, layer.weight, layer.output);
  }
  return layer;
}

}  // namespace

TensorType activation_under(const Profile& profile, const LayerEntry& layer) {
  return under_profile(layer.activation, layer.name, profile.default_activation_bits,
                       profile.activation_bits, profile.activation_encoding);
}

TensorType weight_under(const Profile& profile, const LayerEntry& layer) {
  return under_profile(layer.weight, layer.name, profile.default_weight_bits, profile.weight_bits,
                       profile.weight_encoding);
}

Workload resolve(const WorkloadFile& file, std::string_view profile_name) {
  const Profile* profile = find_profile(file, profile_name);
  Workload workload;
  workload.name = file.name;
  workload.description = file.description;
  workload.profile = profile_name;
  workload.notes = file.notes;
  workload.recalled = file.recalled;
  workload.assumed = file.assumed;
  if (profile != nullptr) {
    const std::string label = fmt::format("profile {}: {}", profile->name, profile->source);
    workload.notes.push_back(label);
    if (profile->confidence == Confidence::recalled) workload.recalled.push_back(label);
    if (profile->confidence == Confidence::assumed) workload.assumed.push_back(label);
  }
  workload.batch = file.batch;
  workload.input_channels = file.input_shape.c;
  workload.input_height = file.input_shape.h;
  workload.input_width = file.input_shape.w;
  workload.input_type = file.input.type;
  workload.input_source = file.input.source;
  TypeFlow flow(file, profile);
  flow.run();
  for (std::size_t i = 0; i < file.layers.size(); ++i) {
    workload.layers.push_back(resolve_layer(file.layers[i], flow, i));
  }
  return workload;
}

}  // namespace bitscale
