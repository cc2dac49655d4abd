#include "sim/workload/layer_entry.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "sim/workload/encodings.hpp"

namespace bitscale {
namespace {

using config::Node;
using config::Reader;

/// Length of the list under `key` where it is one of `allowed`; a problem otherwise. A lone number
/// counts as one.
void check_length(Reader& reader, std::string_view key, std::initializer_list<std::size_t> allowed,
                  std::string_view expected) {
  const Node* node = reader.describing() ? nullptr : reader.raw(key);
  if (node == nullptr || node->kind != Node::Kind::sequence) return;
  const std::size_t length = node->items.size();
  if (std::find(allowed.begin(), allowed.end(), length) != allowed.end()) return;
  reader.problem(key, fmt::format("expected {}, got a list of {}", expected, length));
}

/// One number for both axes, or [height, width]. Without a fallback the key is required; an empty
/// list is no value.
std::optional<Pair> read_pair(Reader& reader, std::string_view key,
                              const std::optional<std::vector<std::int64_t>>& fallback) {
  const auto values = reader.integers(key, 1, kMaxWindow, fallback, true);
  check_length(reader, key, {1, 2}, "a number or [height, width]");
  if (values.empty()) return std::nullopt;
  return Pair{values[0], values.size() > 1 ? values[1] : values[0]};
}

Padding read_padding(Reader& reader) {
  const auto v = reader.doc("a number, [vertical, horizontal] or [top, bottom, left, right]")
                     .integers("pad", 0, kMaxWindow, std::vector<std::int64_t>{0}, true);
  check_length(reader, "pad", {1, 2, 4},
               "a number, [vertical, horizontal] or [top, bottom, left, right]");
  if (v.size() == 1) return {v[0], v[0], v[0], v[0]};
  if (v.size() == 2) return {v[0], v[0], v[1], v[1]};
  if (v.size() == 4) return {v[0], v[1], v[2], v[3]};
  return {};
}

/// Keys that conv and depthwise share.
void read_window(Reader& reader, LayerGeometry& geometry) {
  geometry.kernel =
      read_pair(reader.doc("a number or [height, width]"), "kernel", std::nullopt).value_or(Pair{});
  const std::vector<std::int64_t> one = {1};
  geometry.stride = read_pair(reader.doc("a number or [vertical, horizontal]"), "stride", one);
  geometry.dilation =
      read_pair(reader.doc("a number or [vertical, horizontal]"), "dilation", one).value_or(Pair{});
  geometry.pad = read_padding(reader);
}

LayerGeometry parse_conv(Reader& reader) {
  LayerGeometry geometry;
  geometry.kind = LayerKind::conv;
  geometry.out_channels =
      reader.doc("filters, of all groups").integer("out_channels", 1, kMaxExtent);
  geometry.groups =
      reader.doc("groups of channels that do not mix").integer("groups", 1, kMaxExtent, 1);
  read_window(reader, geometry);
  return geometry;
}

LayerGeometry parse_depthwise(Reader& reader) {
  LayerGeometry geometry;
  geometry.kind = LayerKind::depthwise;
  geometry.multiplier = reader.doc("filters per channel").integer("multiplier", 1, 4096, 1);
  read_window(reader, geometry);
  return geometry;
}

LayerGeometry parse_fully_connected(Reader& reader) {
  LayerGeometry geometry;
  geometry.kind = LayerKind::fully_connected;
  geometry.out_channels = reader.doc("outputs").integer("out_channels", 1, kMaxExtent);
  return geometry;
}

LayerGeometry parse_matmul(Reader& reader) {
  LayerGeometry geometry;
  geometry.kind = LayerKind::matmul;
  geometry.rows = reader.doc("0: the pixels of the input").integer("rows", 0, kMaxExtent, 0);
  geometry.inner = reader.doc("0: the channels of the input").integer("inner", 0, kMaxExtent, 0);
  geometry.columns = reader.doc("columns of the second factor").integer("columns", 1, kMaxExtent);
  return geometry;
}

LayerGeometry parse_pool(Reader& reader, LayerKind kind) {
  LayerGeometry geometry;
  geometry.kind = kind;
  const std::vector<std::int64_t> none;
  const bool global = reader.doc("one window that covers the input").boolean("global", false);
  geometry.kernel =
      read_pair(reader.doc("a number or [height, width]; not with global"), "kernel", none);
  geometry.stride = read_pair(reader.doc("the kernel where absent"), "stride", none);
  geometry.pad = read_padding(reader);
  geometry.ceil_mode =
      reader.doc("a last window may hang over the edge").boolean("ceil_mode", false);
  if (reader.describing()) return geometry;
  if (!global && !reader.has("kernel")) {
    reader.problem("kernel", "missing: give a kernel, or global: true");
    geometry.kernel = Pair{};
  }
  for (const char* key : {"kernel", "stride", "pad", "ceil_mode"}) {
    if (global && reader.has(key)) reader.problem(key, "has no meaning with global: true");
  }
  if (global) geometry.kernel.reset();
  return geometry;
}

void read_operands(Reader& reader, const LayerContext& context, bool reads_input,
                   LayerEntry& entry) {
  const TensorEntry& activation = reads_input ? context.input : context.activation;
  entry.activation =
      reader.doc("what the layer reads").section_or_default("activation", [&](Reader& r) {
        TensorEntry tensor = parse_tensor_entry(r, activation);
        refuse_codebook(r, tensor);
        r.finish();
        return tensor;
      });
}

/// Padding is a value of the activations, so that types without a 0 must state theirs.
void read_pad_value(Reader& reader, LayerEntry& entry) {
  entry.pad_value = static_cast<std::int16_t>(
      reader.doc("what padded taps hold; 1 or -1 where the activations have no 0")
          .integer("pad_value", -1, 1, 0));
  const bool stated = reader.has("pad_value");
  if (reader.describing() || (!stated && entry.geometry.pad == Padding{})) return;
  const TensorType& type = entry.activation.type;
  if (is_value(type, entry.pad_value)) return;
  if (stated) {
    reader.problem("pad_value", fmt::format("expected a value of the activations, {}, got {}",
                                            describe_values(type), entry.pad_value));
  } else {
    reader.problem("pad", fmt::format("the activations, {}, cannot be padded with 0: give "
                                      "pad_value: 1 or -1",
                                      describe_values(type)));
  }
}

void read_weights(Reader& reader, const LayerContext& context, LayerEntry& entry) {
  entry.weight = reader.section_or_default("weight", [&](Reader& r) {
    TensorEntry tensor = parse_tensor_entry(r, context.weight);
    r.finish();
    return tensor;
  });
}

void read_accumulation(Reader& reader, LayerEntry& entry) {
  entry.accumulator_bits =
      static_cast<int>(reader.doc("width asked of the accumulator, 4..64; 0 leaves the machine's")
                           .integer("accumulator_bits", 0, 64, entry.accumulator_bits));
  if (entry.accumulator_bits > 0 && entry.accumulator_bits < 4) {
    reader.problem("accumulator_bits",
                   fmt::format("expected 0 or 4..64, got {}", entry.accumulator_bits));
  }
  const auto shift =
      reader
          .doc(
              "right shift of sums before they saturate to the output's type; -1: from frac_bits, "
              "or chosen by size where none is stated")
          .integer("requantise_shift", -1, 62, -1);
  if (shift >= 0) entry.requantise_shift = static_cast<int>(shift);
}

/// Extents of what a layer on its own reads, where no other layer feeds it.
std::optional<TensorShape> read_own_input(Reader& reader,
                                          const std::vector<std::string>& input_names) {
  auto own =
      reader.doc("what a layer on its own reads, which no other layer writes; not with inputs")
          .optional_section("reads", [](Reader& r) {
            TensorShape shape;
            shape.c = r.doc("channels of one image").integer("channels", 1, kMaxExtent);
            shape.h = r.doc("rows of one image").integer("height", 1, kMaxExtent, 1);
            shape.w = r.doc("columns of one image").integer("width", 1, kMaxExtent, 1);
            r.finish();
            return shape;
          });
  if (own && !reader.describing() && !input_names.empty())
    reader.problem("reads", "has no meaning with inputs: a layer on its own reads no other");
  return own;
}

bool reads_network_input(const std::vector<std::string>& names, bool first) {
  if (names.empty()) return first;
  return std::find(names.begin(), names.end(), "input") != names.end();
}

std::vector<std::string> read_inputs(Reader& reader, bool several) {
  if (!several) {
    return reader.doc("the layer it reads; the previous one where absent, `input` is the network's")
        .texts("inputs", std::vector<std::string>{}, true);
  }
  return reader.doc("the layers it reads, `input` is the network's").texts("inputs");
}

/// Add and concat take 2..8 layers, multiply two, the others one.
void check_input_count(Reader& reader, LayerKind kind, std::size_t count) {
  const bool several = kind == LayerKind::add || kind == LayerKind::concat;
  const std::size_t least = several || kind == LayerKind::multiply ? 2 : 1;
  const std::size_t most = several ? 8 : least;
  const Node* node = reader.describing() ? nullptr : reader.raw("inputs");
  if (node == nullptr || node->kind != Node::Kind::sequence) return;
  if (count >= least && count <= most) return;
  const std::string_view expected = several      ? "2..8 layers"
                                    : least == 2 ? "two layers"
                                                 : "one layer";
  reader.problem("inputs", fmt::format("{} reads {}, got a list of {}", to_string(kind), expected,
                                       node->items.size()));
}

/// Alternatives of `op:`, one per kind.
struct Alternative {
  LayerKind kind;
  LayerGeometry (*parse)(Reader&);
};

constexpr Alternative kAlternatives[] = {
    {LayerKind::conv, parse_conv},
    {LayerKind::depthwise, parse_depthwise},
    {LayerKind::fully_connected, parse_fully_connected},
    {LayerKind::matmul, parse_matmul},
    {LayerKind::max_pool, [](Reader& r) { return parse_pool(r, LayerKind::max_pool); }},
    {LayerKind::average_pool, [](Reader& r) { return parse_pool(r, LayerKind::average_pool); }},
    {LayerKind::relu, nullptr},
    {LayerKind::bias, nullptr},
    {LayerKind::add, nullptr},
    {LayerKind::concat, nullptr},
    {LayerKind::multiply, nullptr}};

/// Keys of one kind of layer: inputs, shape, operand types.
LayerEntry parse_kind(Reader& reader, const Alternative& alternative, const LayerContext& context,
                      std::vector<std::string>& input_names) {
  LayerEntry entry;
  const LayerKind kind = alternative.kind;
  const bool several =
      kind == LayerKind::add || kind == LayerKind::concat || kind == LayerKind::multiply;
  input_names = read_inputs(reader, several);
  check_input_count(reader, kind, input_names.size());
  const std::size_t problems = reader.problem_count();
  if (alternative.parse != nullptr) entry.geometry = alternative.parse(reader);
  entry.sound = reader.problem_count() == problems;
  entry.geometry.kind = kind;
  if (is_array_layer(kind)) {
    entry.reads = read_own_input(reader, input_names);
    const bool first = context.first && !entry.reads;
    read_operands(reader, context, reads_network_input(input_names, first), entry);
  }
  if (kind == LayerKind::conv || kind == LayerKind::depthwise) read_pad_value(reader, entry);
  if (is_array_layer(kind) || kind == LayerKind::bias) read_weights(reader, context, entry);
  if (is_array_layer(kind)) read_accumulation(reader, entry);
  return entry;
}

bool is_name(const std::string& text) {
  const auto word = [](unsigned char c) { return std::isalnum(c) != 0 || c == '_' || c == '-'; };
  return !text.empty() && std::isdigit(static_cast<unsigned char>(text[0])) == 0 &&
         std::all_of(text.begin(), text.end(), word);
}

}  // namespace

LayerEntry parse_layer_entry(Reader& reader, const LayerContext& context,
                             std::vector<std::string>& input_names) {
  using Parse = std::function<LayerEntry(Reader&)>;
  std::vector<std::pair<std::string, Parse>> kinds;
  for (const Alternative& alternative : kAlternatives) {
    kinds.emplace_back(to_string(alternative.kind),
                       [&](Reader& r) { return parse_kind(r, alternative, context, input_names); });
  }
  const std::string name = reader.doc("letters, digits, _ and -").text("name");
  auto entry = reader.variant<LayerEntry>("op", kinds);
  entry.name = name;
  if (reader.has("name") && (!is_name(name) || name == "input")) {
    reader.problem("name", fmt::format("expected a name of letters, digits, _ and - that is not "
                                       "'input', got '{}'",
                                       name));
  }
  entry.output = reader
                     .doc(
                         "type of what the layer writes; where absent, the widest that its readers "
                         "take")
                     .optional_section("output", [&](Reader& r) {
                       TensorEntry tensor = parse_type_entry(r, context.activation);
                       refuse_codebook(r, tensor);
                       r.finish();
                       return tensor;
                     });
  reader.finish();
  return entry;
}

}  // namespace bitscale
