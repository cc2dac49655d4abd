#include "sim/workload/workload_file.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "sim/config/files.hpp"
#include "sim/core/suggest.hpp"
#include "sim/workload/encodings.hpp"
#include "sim/workload/layer_entry.hpp"
#include "sim/workload/layer_graph.hpp"
#include "sim/workload/widths.hpp"

namespace bitscale {
namespace {

using config::Node;
using config::Reader;

/// Names of all layers, before the first is read: a layer may name one that comes later, by
/// mistake.
std::vector<std::string> layer_names(Reader& reader) {
  std::vector<std::string> names;
  const Node* layers = reader.describing() ? nullptr : reader.raw("layers");
  if (layers == nullptr || layers->kind != Node::Kind::sequence) return names;
  for (const Node& layer : layers->items) {
    const Node* name = layer.kind == Node::Kind::mapping ? layer.find("name") : nullptr;
    names.push_back(name == nullptr ? std::string() : name->scalar);
  }
  return names;
}

TensorEntry parse_finished(Reader& reader, const TensorEntry& base) {
  TensorEntry entry = parse_tensor_entry(reader, base);
  reader.finish();
  return entry;
}

TensorEntry parse_activations(Reader& reader, const TensorEntry& base) {
  TensorEntry entry = parse_tensor_entry(reader, base);
  refuse_codebook(reader, entry);
  reader.finish();
  return entry;
}

void parse_defaults(Reader& reader, WorkloadFile& file) {
  file.activation_default =
      reader.doc("activations of array layers").section_or_default("activation", [](Reader& r) {
        TensorEntry base;
        base.source.distribution = Distribution::half_normal;
        return parse_activations(r, base);
      });
  file.weight_default =
      reader.doc("weights of array layers and biases").section_or_default("weight", [](Reader& r) {
        return parse_finished(r, TensorEntry{});
      });
  file.output_default = reader.doc("what layers write that no other layer reads")
                            .optional_section("output", [&](Reader& r) {
                              TensorEntry entry = parse_type_entry(r, file.activation_default);
                              refuse_codebook(r, entry);
                              r.finish();
                              return entry;
                            });
  reader.finish();
}

/// The network's input; its elements are checked here, those of the layers as they are linked.
TensorShape parse_input(Reader& reader, WorkloadFile& file) {
  TensorShape shape;
  shape.n = file.batch;
  shape.c = reader.doc("channels of one image").integer("channels", 1, kMaxExtent);
  shape.h = reader.doc("rows of one image").integer("height", 1, kMaxExtent, 1);
  shape.w = reader.doc("columns of one image").integer("width", 1, kMaxExtent, 1);
  file.input = parse_tensor_entry(reader, file.input);
  refuse_codebook(reader, file.input);
  reader.finish();
  const auto elements = count_elements({shape.n, shape.c, shape.h, shape.w});
  if (!elements || *elements > kMaxTensorElements) {
    reader.problem("", fmt::format("the input would have {} elements{}; a tensor holds at most {}",
                                   elements ? fmt::format("{}", *elements) : "more than 2^62",
                                   shape.n > 1 ? fmt::format(" in a batch of {}", shape.n) : "",
                                   kMaxTensorElements));
    // Layers are still checked: against one image, where that is not what is too large.
    shape.n = 1;
    const auto image = count_elements({shape.c, shape.h, shape.w});
    if (!image || *image > kMaxTensorElements) shape = TensorShape{1, 1, 1, 1};
  }
  return shape;
}

void parse_layers(Reader& reader, std::optional<TensorShape> input, WorkloadFile& file) {
  LayerGraph graph(input, file.batch, layer_names(reader));
  LayerContext context{file.input, file.activation_default, file.weight_default, true};
  reader.doc("in the order they run");
  file.layers = reader.list("layers", [&](Reader& r) {
    std::vector<std::string> input_names;
    LayerEntry entry = parse_layer_entry(r, context, input_names);
    if (!r.describing()) graph.link(entry, input_names, r);
    context.first = false;
    return entry;
  });
  if (file.layers.empty()) reader.problem("layers", "a workload has at least one layer");
  file.input_shape = graph.input().value_or(TensorShape{});
}

/// Bits of layers by name, under `key`: the layers must exist, run on the array and take that
/// width.
std::vector<std::pair<std::string, std::int64_t>> parse_profile_bits(
    Reader& reader, std::string_view key, const std::optional<Encoding>& encoding,
    const WorkloadFile& file) {
  auto bits = reader.integer_map(key, 1, 16, false);
  if (reader.describing() || !reader.has(key)) return bits;
  std::vector<std::string> names;
  for (const LayerEntry& layer : file.layers) {
    if (is_array_layer(layer.geometry.kind)) names.push_back(layer.name);
  }
  reader.section(key, [&](Reader& r) {
    for (const auto& item : bits) {
      const std::string& name = item.first;
      const auto layer = std::find_if(file.layers.begin(), file.layers.end(),
                                      [&](const LayerEntry& l) { return l.name == name; });
      if (layer == file.layers.end()) {
        r.problem(name, fmt::format("no layer '{}'{}", name, suggestion(name, names)));
      } else if (!is_array_layer(layer->geometry.kind)) {
        r.problem(name, fmt::format("a precision belongs to an array layer, this one is a {}",
                                    to_string(layer->geometry.kind)));
      } else {
        TensorType type = (key == "weight_bits" ? layer->weight : layer->activation).type;
        type.bits = static_cast<int>(item.second);
        type.encoding = encoding.value_or(type.encoding);
        if (const std::string problem = type_problem(type); !problem.empty()) {
          r.problem(name, problem);
        }
      }
    }
    return 0;
  });
  return bits;
}

/// Width of the layers that a profile does not list: every one of them must take it.
int parse_default_bits(Reader& reader, std::string_view key,
                       const std::optional<Encoding>& encoding, const WorkloadFile& file) {
  const auto bits = static_cast<int>(
      reader.doc("of array layers that are not listed; 0 keeps the file's").integer(key, 0, 16, 0));
  if (bits == 0) return bits;
  for (const LayerEntry& layer : file.layers) {
    if (!is_array_layer(layer.geometry.kind)) continue;
    TensorType type = (key == "default_weight_bits" ? layer.weight : layer.activation).type;
    type.bits = bits;
    type.encoding = encoding.value_or(type.encoding);
    const std::string problem = type_problem(type);
    if (problem.empty()) continue;
    reader.problem(key, fmt::format("layer '{}': {}", layer.name, problem));
    break;
  }
  return bits;
}

/// Encoding of all array layers, or none to keep the file's.
std::optional<Encoding> parse_profile_encoding(Reader& reader, std::string_view key) {
  std::vector<std::pair<std::string_view, int>> names = {{"unchanged", -1}};
  for (const auto& [name, encoding] : encoding_names())
    names.emplace_back(name, static_cast<int>(encoding));
  const int chosen =
      reader.doc("encoding of all array layers").choice(key, names, std::optional(-1));
  if (chosen < 0) return std::nullopt;
  return static_cast<Encoding>(chosen);
}

/// An encoding needs widths that it has, activations that sums can be rounded to, and padding that
/// is one of its values.
void check_profile_encodings(Reader& reader, const Profile& profile, const WorkloadFile& file) {
  for (const LayerEntry& layer : file.layers) {
    if (!is_array_layer(layer.geometry.kind)) continue;
    const TensorType activation = activation_under(profile, layer);
    std::string problem = type_problem(activation);
    if (problem.empty() && activation.encoding == Encoding::codebook)
      problem = "sums cannot be rounded to a codebook";
    if (problem.empty() && layer.geometry.pad != Padding{} &&
        !is_value(activation, layer.pad_value)) {
      problem = fmt::format("it is padded with {}, which {} does not have", layer.pad_value,
                            to_string(activation.encoding));
    }
    if (profile.activation_encoding && !problem.empty()) {
      reader.problem("activation_encoding", fmt::format("layer '{}': {}", layer.name, problem));
      return;
    }
    problem = type_problem(weight_under(profile, layer));
    if (profile.weight_encoding && !problem.empty()) {
      reader.problem("weight_encoding", fmt::format("layer '{}': {}", layer.name, problem));
      return;
    }
  }
}

Profile parse_profile(Reader& reader, const std::string& name, const WorkloadFile& file) {
  static const std::vector<std::pair<std::string_view, Confidence>> confidences = {
      {"verified", Confidence::verified},
      {"computed", Confidence::computed},
      {"recalled", Confidence::recalled},
      {"assumed", Confidence::assumed}};
  Profile profile;
  profile.name = name;
  profile.description = reader.doc("one line").text("description", "");
  profile.source = reader.doc("where the widths come from").text("source");
  profile.confidence = reader.doc("how sure the source is").choice("confidence", confidences);
  profile.activation_encoding = parse_profile_encoding(reader, "activation_encoding");
  profile.weight_encoding = parse_profile_encoding(reader, "weight_encoding");
  const std::size_t problems = reader.problem_count();
  profile.default_activation_bits =
      parse_default_bits(reader, "default_activation_bits", profile.activation_encoding, file);
  profile.default_weight_bits =
      parse_default_bits(reader, "default_weight_bits", profile.weight_encoding, file);
  profile.activation_bits =
      parse_profile_bits(reader, "activation_bits", profile.activation_encoding, file);
  profile.weight_bits = parse_profile_bits(reader, "weight_bits", profile.weight_encoding, file);
  if (!reader.describing() && reader.problem_count() == problems)
    check_profile_encodings(reader, profile, file);
  reader.finish();
  return profile;
}

/// The profile that every network has by the name of its widths, as in '8x4': activations first.
std::optional<Profile> uniform_profile(std::string_view name) {
  const std::optional<WidthPair> widths = parse_width_pair(name);
  if (!widths) return std::nullopt;
  Profile profile;
  profile.name = name;
  profile.default_activation_bits = widths->activation;
  profile.default_weight_bits = widths->weight;
  profile.description = "the same widths in every layer";
  profile.source = kUniformSource;
  profile.confidence = Confidence::assumed;
  return profile;
}

/// The first layer that cannot take the widths of `profile`, or nothing.
std::string width_problem(const WorkloadFile& file, const Profile& profile) {
  for (const LayerEntry& layer : file.layers) {
    if (!is_array_layer(layer.geometry.kind)) continue;
    for (const TensorType& type :
         {activation_under(profile, layer), weight_under(profile, layer)}) {
      const std::string problem = type_problem(type);
      if (!problem.empty())
        return fmt::format("profile {}: layer '{}': {}", profile.name, layer.name, problem);
    }
  }
  return "";
}

}  // namespace

WorkloadFile parse_workload_file(Reader& reader, std::optional<std::int64_t> batch) {
  WorkloadFile file;
  config::read_header(reader);
  file.name = reader.doc("name in reports").text("name");
  file.description = reader.doc("one line").text("description", "");
  const std::vector<std::string> none;
  file.notes = reader.doc("provenance of shapes and bits").texts("notes", none);
  file.recalled = reader.doc("inputs with no verified source").texts("recalled", none);
  file.assumed = reader.doc("inputs that no source states").texts("assumed", none);
  file.batch = reader.doc("images per inference").integer("batch", 1, kMaxExtent, 1);
  if (batch) file.batch = *batch;
  reader.section_or_default("defaults", [&](Reader& r) {
    parse_defaults(r, file);
    return 0;
  });
  file.input = file.activation_default;
  file.input.source = TensorSource{};
  file.input.source.distribution = Distribution::normal;
  const auto input =
      reader.doc("the network's input; a stand-alone matmul can do without")
          .optional_section("input", [&](Reader& r) { return parse_input(r, file); });
  parse_layers(reader, input, file);
  reader.doc("named sets of precisions")
      .entries(
          "profiles",
          [&](Reader& r, const std::string& name) {
            file.profiles.push_back(parse_profile(r, name, file));
          },
          false);
  reader.finish();
  return file;
}

Workload parse_workload(Reader& reader, const WorkloadRequest& request) {
  WorkloadFile file = parse_workload_file(reader, request.batch);
  std::vector<std::string> names;
  for (const Profile& profile : file.profiles) names.push_back(profile.name);
  if (request.profile.empty() || std::ranges::find(names, request.profile) != names.end())
    return resolve(file, request.profile);
  if (std::optional<Profile> uniform = uniform_profile(request.profile)) {
    if (const std::string problem = width_problem(file, *uniform); !problem.empty()) {
      reader.problem("profiles", problem);
      return resolve(file);
    }
    file.profiles.push_back(*std::move(uniform));
    return resolve(file, request.profile);
  }
  reader.problem(
      "profiles",
      fmt::format("{} has no profile '{}'{} (8x4 is activations of 8 bits and weights of "
                  "4 in every layer)",
                  file.name, request.profile, suggestion(request.profile, names)));
  return resolve(file);
}

WorkloadFile load_workload_file(std::string_view name_or_path, std::optional<std::int64_t> batch) {
  const Node tree = config::load_resolved(config::FileKind::workload, name_or_path);
  return config::read_all(tree, [&](Reader& r) { return parse_workload_file(r, batch); });
}

Workload load_workload(std::string_view name_or_path, const WorkloadRequest& request) {
  const Node tree = config::load_resolved(config::FileKind::workload, name_or_path);
  return config::read_all(tree, [&](Reader& r) { return parse_workload(r, request); });
}

}  // namespace bitscale
