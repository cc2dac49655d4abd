#include "sim/import/draft.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <utility>

#include "sim/workload/workload_file.hpp"

namespace bitscale::importing {
namespace {

using config::Node;

Node text(std::string_view value, const Mark& where) {
  Node node;
  node.kind = Node::Kind::scalar;
  node.scalar = value;
  node.quoted = true;
  node.where = where;
  return node;
}

/// A word or number, which YAML takes without quotes.
Node word(std::string_view value, const Mark& where) {
  Node node = text(value, where);
  node.quoted = false;
  return node;
}

Node number(std::int64_t value, const Mark& where) { return word(std::to_string(value), where); }

Node collection(Node::Kind kind, const Mark& where) {
  Node node;
  node.kind = kind;
  node.where = where;
  return node;
}

Node mapping(const Mark& where) { return collection(Node::Kind::mapping, where); }

void put(Node& map, std::string_view key, Node value) {
  map.keys.emplace_back(key);
  map.key_marks.push_back(value.where);
  map.items.push_back(std::move(value));
}

void put_list(Node& map, std::string_view key, const std::vector<std::string>& values,
              const Mark& where) {
  if (values.empty()) return;
  Node list = collection(Node::Kind::sequence, where);
  for (const std::string& value : values) list.items.push_back(text(value, where));
  put(map, key, std::move(list));
}

Node numbers(std::initializer_list<std::int64_t> values, const Mark& where) {
  Node list = collection(Node::Kind::sequence, where);
  for (const std::int64_t value : values) list.items.push_back(number(value, where));
  return list;
}

Node pair(const Pair& value, const Mark& where) {
  return value.h == value.w ? number(value.h, where) : numbers({value.h, value.w}, where);
}

void put_padding(Node& map, const Padding& pad, const Mark& where) {
  if (pad == Padding{}) return;
  const bool even = pad.top == pad.bottom && pad.left == pad.right;
  if (even && pad.top == pad.left) {
    put(map, "pad", number(pad.top, where));
  } else if (even) {
    put(map, "pad", numbers({pad.top, pad.left}, where));
  } else {
    put(map, "pad", numbers({pad.top, pad.bottom, pad.left, pad.right}, where));
  }
}

void put_window(Node& map, const LayerGeometry& geometry, const Mark& where) {
  const bool pool =
      geometry.kind == LayerKind::max_pool || geometry.kind == LayerKind::average_pool;
  if (!geometry.kernel) {
    put(map, "global", word("true", where));
    return;
  }
  put(map, "kernel", pair(*geometry.kernel, where));
  const Pair usual = pool ? *geometry.kernel : Pair{};
  if (geometry.stride.value_or(usual) != usual) put(map, "stride", pair(*geometry.stride, where));
  if (geometry.dilation != Pair{}) put(map, "dilation", pair(geometry.dilation, where));
  put_padding(map, geometry.pad, where);
  if (geometry.ceil_mode) put(map, "ceil_mode", word("true", where));
}

/// Keys of the layer's shape, by kind.
void put_geometry(Node& map, const LayerGeometry& geometry, const Mark& where) {
  switch (geometry.kind) {
    case LayerKind::conv:
      put(map, "out_channels", number(geometry.out_channels, where));
      if (geometry.groups != 1) put(map, "groups", number(geometry.groups, where));
      return put_window(map, geometry, where);
    case LayerKind::depthwise:
      if (geometry.multiplier != 1) put(map, "multiplier", number(geometry.multiplier, where));
      return put_window(map, geometry, where);
    case LayerKind::fully_connected:
      return put(map, "out_channels", number(geometry.out_channels, where));
    case LayerKind::matmul:
      if (geometry.rows != 0) put(map, "rows", number(geometry.rows, where));
      if (geometry.inner != 0) put(map, "inner", number(geometry.inner, where));
      return put(map, "columns", number(geometry.columns, where));
    case LayerKind::max_pool:
    case LayerKind::average_pool:
      return put_window(map, geometry, where);
    case LayerKind::relu:
    case LayerKind::bias:
    case LayerKind::add:
    case LayerKind::concat:
    case LayerKind::multiply:
      return;
  }
}

Node extents(const TensorShape& shape, const Mark& where) {
  Node map = mapping(where);
  put(map, "channels", number(shape.c, where));
  if (shape.h != 1 || shape.w != 1) put(map, "height", number(shape.h, where));
  if (shape.w != 1) put(map, "width", number(shape.w, where));
  return map;
}

/// Unsigned types end at 15 bits.
constexpr int kWidestUnsigned = 15;

void put_signed_source(Node& map, const Mark& where) {
  Node source = mapping(where);
  put(source, "distribution", word("normal", where));
  put(source, "zero_fraction", word("0", where));
  put(map, "source", std::move(source));
}

Node defaults(const Draft& draft, const Mark& where) {
  Node activation = mapping(where);
  put(activation, "bits", number(draft.widths.activation, where));
  const bool unsigned_fits = draft.widths.activation <= kWidestUnsigned;
  put(activation, "encoding", word(unsigned_fits ? "unsigned" : "twos", where));
  Node source = mapping(where);
  put(source, "distribution", word("half_normal", where));
  put(source, "zero_fraction", word("0.45", where));
  put(activation, "source", std::move(source));
  Node weight = mapping(where);
  put(weight, "bits", number(draft.widths.weight, where));
  Node weight_source = mapping(where);
  put(weight_source, "distribution", word("laplace", where));
  put(weight, "source", std::move(weight_source));
  Node output = mapping(where);
  put(output, "bits", number(16, where));
  put(output, "encoding", word("twos", where));
  Node map = mapping(where);
  put(map, "activation", std::move(activation));
  put(map, "weight", std::move(weight));
  // Of layers on their own nobody knows who reads them: they write what a next one would take.
  if (draft.input) put(map, "output", std::move(output));
  return map;
}

void put_inputs(Node& map, const DraftLayer& layer, const std::string& previous) {
  if (layer.reads) {
    put(map, "reads", extents(*layer.reads, layer.where));
    return;
  }
  if (layer.inputs.size() == 1 && layer.inputs[0] == previous) return;
  Node list = collection(Node::Kind::sequence, layer.where);
  for (const std::string& input : layer.inputs) list.items.push_back(word(input, layer.where));
  put(map, "inputs", std::move(list));
}

Node layer_node(const DraftLayer& layer, const std::string& previous) {
  const Mark& where = layer.where;
  Node map = mapping(where);
  put(map, "name", word(layer.name, where));
  put(map, "op", word(to_string(layer.geometry.kind), where));
  put_inputs(map, layer, previous);
  put_geometry(map, layer.geometry, where);
  const bool from_input = !layer.inputs.empty() && layer.inputs[0] == "input";
  if (is_array_layer(layer.geometry.kind) && layer.signed_input && !from_input) {
    Node activation = mapping(where);
    put(activation, "encoding", word("twos", where));
    put_signed_source(activation, where);
    put(map, "activation", std::move(activation));
  }
  if (!layer.weight_path.empty()) {
    Node source = mapping(where);
    put(source, "kind", word("npy", where));
    put(source, "path", text(layer.weight_path, where));
    Node weight = mapping(where);
    put(weight, "source", std::move(source));
    put(map, "weight", std::move(weight));
  }
  return map;
}

bool is_word_character(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-';
}

/// YAML's word for nothing, which no quotes of ours would mark as text.
bool is_null(std::string_view name) { return name == "null" || name == "Null" || name == "NULL"; }

}  // namespace

config::Node to_tree(const Draft& draft) {
  Mark top;
  if (!draft.layers.empty()) top.file = draft.layers.front().where.file;
  Node tree = mapping(top);
  put(tree, "schema_version", number(1, top));
  put(tree, "kind", word("workload", top));
  put(tree, "name", text(draft.name, top));
  put(tree, "description", text(draft.description, top));
  put_list(tree, "notes", draft.notes, top);
  put_list(tree, "assumed", draft.assumed, top);
  if (draft.batch != 1) put(tree, "batch", number(draft.batch, top));
  if (draft.input) {
    Node input = extents(*draft.input, top);
    put(input, "bits", number(draft.widths.activation, top));
    put(input, "encoding", word("twos", top));
    put_signed_source(input, top);
    put(tree, "input", std::move(input));
  }
  put(tree, "defaults", defaults(draft, top));
  Node layers = collection(Node::Kind::sequence, top);
  std::string previous = "input";
  for (const DraftLayer& layer : draft.layers) {
    layers.items.push_back(layer_node(layer, previous));
    previous = layer.name;
  }
  put(tree, "layers", std::move(layers));
  return tree;
}

Workload check_tree(const config::Node& tree) {
  return config::read_all(tree, [](config::Reader& reader) { return parse_workload(reader); });
}

std::string assumed_widths(const Widths& widths, std::string_view source) {
  return fmt::format("{} bits of activations and {} of weights, {}, not by the {}",
                     widths.activation, widths.weight,
                     widths.given ? "given at the import" : "chosen by the import without --bits",
                     source);
}

std::string LayerNames::take(std::string_view wanted) {
  constexpr std::size_t kLongest = 64;
  std::string name;
  for (const char c : wanted.substr(0, kLongest)) {
    const char next = is_word_character(c) ? c : '_';
    // Runs of what names cannot hold become one _, none at the front.
    if (next == '_' && c != '_' && (name.empty() || name.back() == '_')) continue;
    name += next;
  }
  while (!name.empty() && name.back() == '_' && wanted.back() != '_') name.pop_back();
  const bool letter =
      !name.empty() && (std::isalpha(static_cast<unsigned char>(name[0])) != 0 || name[0] == '_');
  if (!letter || name == "input" || is_null(name)) name = "layer_" + name;
  std::string unique = name;
  int& number = numbers_.try_emplace(name, 2).first->second;
  while (!taken_.insert(unique).second) unique = name + "_" + std::to_string(number++);
  return unique;
}

}  // namespace bitscale::importing
