#include <fmt/format.h>

#include <map>

#include "sim/config/reader_state.hpp"

namespace bitscale::config {

namespace {

using Json = SchemaNode::Json;

constexpr std::int64_t kLargestExactInteger = std::int64_t{1} << 53;

Json list_schema(const Json& item, bool scalar_ok) {
  Json list = {{"type", "array"}, {"items", item}};
  if (!scalar_ok) return list;
  return {{"anyOf", Json::array({item, std::move(list)})}};
}

}  // namespace

/// Reads a list of scalars, or a lone one where that is allowed.
template <typename T, typename Parse>
std::vector<T> Reader::scalars(std::string_view key, const std::string& expected,
                               std::optional<std::vector<T>> fallback, bool scalar_ok,
                               Parse&& parse) {
  const Node* list = state_->ask(key, !fallback.has_value(), "a list, each " + expected);
  if (list == nullptr) return std::move(fallback).value_or(std::vector<T>());
  std::vector<T> values;
  const auto read = [&](const Node& node, const std::string& path) {
    Parsed<T> parsed = parse(node);
    if (parsed.value) return values.push_back(*std::move(parsed.value));
    state_->report(node.where, path, std::move(parsed.message));
  };
  if (list->kind == Node::Kind::sequence) {
    for (std::size_t i = 0; i < list->items.size(); ++i) {
      read(list->items[i], fmt::format("{}.{}", state_->dotted(key), i));
    }
  } else if (scalar_ok && list->kind == Node::Kind::scalar) {
    read(*list, state_->dotted(key));
  } else {
    state_->report(list->where, state_->dotted(key),
                   fmt::format("expected a list, each {}, got {}", expected, found(*list)));
  }
  return values;
}

std::vector<std::int64_t> Reader::integers(std::string_view key, std::int64_t min, std::int64_t max,
                                           std::optional<std::vector<std::int64_t>> fallback,
                                           bool scalar_ok) {
  if (describing()) {
    state_->describe(key, list_schema(integer_schema(min, max), scalar_ok), fallback);
    return std::move(fallback).value_or(
        std::vector<std::int64_t>{std::clamp<std::int64_t>(1, min, max)});
  }
  return scalars(key, integer_phrase(min, max), std::move(fallback), scalar_ok,
                 [&](const Node& value) { return parse_integer(value, min, max); });
}

std::vector<std::string> Reader::texts(std::string_view key,
                                       std::optional<std::vector<std::string>> fallback,
                                       bool scalar_ok) {
  if (describing()) {
    state_->describe(key, list_schema({{"type", "string"}}, scalar_ok), fallback);
    return std::move(fallback).value_or(std::vector<std::string>());
  }
  return scalars(key, "a text", std::move(fallback), scalar_ok, parse_text);
}

std::int64_t Reader::whole_quantity(std::string_view key, Unit unit, std::int64_t min,
                                    std::int64_t max, std::optional<std::int64_t> fallback) {
  max = std::min(max, kLargestExactInteger);
  std::optional<double> number;
  if (fallback) number = static_cast<double>(*fallback);
  const double value =
      quantity(key, unit, static_cast<double>(min), static_cast<double>(max), number);
  if (value != static_cast<double>(static_cast<std::int64_t>(value))) {
    problem(key, fmt::format("expected a whole number of {}",
                             unit == Unit::hertz ? "hertz" : "base units"));
  }
  return static_cast<std::int64_t>(value);
}

Reader Reader::child(std::string_view key, bool required) {
  const bool reference = std::exchange(state_->reference, false);
  if (describing()) {
    state_->schema->add_child(
        key, state_->annotated(Json::object()), required,
        reference ? SchemaNode::Shape::reference : SchemaNode::Shape::mapping);
    return Reader(&state_->schema->child(key));
  }
  const std::string_view expected = reference ? "a name, a path or a mapping" : "a mapping";
  if (const Node* value = state_->ask(key, required, expected)) {
    return Reader(*value, *state_->problems, state_->dotted(key));
  }
  Reader reader = nothing();
  reader.state_->absent = state_->where();
  reader.state_->path = state_->dotted(key);
  // What a missing section should hold was not asked for yet; a section with defaults is read as
  // empty.
  if (!required) reader.state_->problems = state_->problems;
  return reader;
}

std::size_t Reader::list_size(std::string_view key, bool required, std::size_t max_items) {
  if (describing()) {
    Json list = {{"type", "array"}, {"maxItems", max_items}};
    state_->schema->add_child(key, state_->annotated(list), required, SchemaNode::Shape::list);
    return 1;
  }
  const Node* list = state_->ask(key, required, "a list of mappings");
  if (list == nullptr) return 0;
  if (list->kind != Node::Kind::sequence) {
    state_->report(list->where, state_->dotted(key),
                   "expected a list of mappings, got " + found(*list));
    return 0;
  }
  if (list->items.size() > max_items) {
    state_->report(
        list->where, state_->dotted(key),
        fmt::format("expected at most {} elements, got {}", max_items, list->items.size()));
    return 0;
  }
  return list->items.size();
}

Reader Reader::element(std::string_view key, std::size_t index) {
  if (describing()) return Reader(&state_->schema->child(key));
  const Node& item = state_->node->find(key)->items[index];
  // An element with a name is called by it, as in `--set layers.conv1.stride=2`.
  const Node* name = item.find("name");
  const bool named = name != nullptr && name->kind == Node::Kind::scalar && !name->scalar.empty();
  return Reader(
      item, *state_->problems,
      state_->dotted(key) + "." + (named ? excerpt(name->scalar) : fmt::to_string(index)));
}

std::vector<std::string> Reader::entry_keys(std::string_view key, bool required) {
  if (describing()) {
    state_->schema->add_child(key, state_->annotated({{"type", "object"}}), required,
                              SchemaNode::Shape::entries);
    return {"name"};
  }
  const Node* mapping = state_->ask(key, required, "a mapping");
  if (mapping == nullptr) return {};
  if (mapping->kind != Node::Kind::mapping) {
    state_->report(mapping->where, state_->dotted(key),
                   "expected a mapping, got " + found(*mapping));
    return {};
  }
  std::vector<std::string> names;
  std::map<std::string_view, int> lines;
  for (std::size_t i = 0; i < mapping->keys.size(); ++i) {
    const std::string& name = mapping->keys[i];
    const auto [first, added] = lines.emplace(name, mapping->key_marks[i].line);
    if (added) {
      names.push_back(name);
    } else {
      state_->report(mapping->key_marks[i], state_->dotted(key) + "." + excerpt(name),
                     fmt::format("duplicate key, first given at line {}", first->second));
    }
  }
  return names;
}

Reader Reader::entry(std::string_view key, const std::string& name) {
  if (describing()) return Reader(&state_->schema->child(key));
  return Reader(*state_->node->find(key)->find(name), *state_->problems,
                state_->dotted(key) + "." + excerpt(name));
}

/// Reads a mapping from user-chosen keys to scalars.
template <typename T, typename Parse>
std::vector<std::pair<std::string, T>> Reader::scalar_map(std::string_view key, bool required,
                                                          Parse&& parse) {
  std::vector<std::pair<std::string, T>> values;
  for (const std::string& name : entry_keys(key, required)) {
    const Node& node = *state_->node->find(key)->find(name);
    Parsed<T> parsed = parse(node);
    if (parsed.value) {
      values.emplace_back(name, *std::move(parsed.value));
    } else {
      state_->report(node.where, state_->dotted(key) + "." + excerpt(name),
                     std::move(parsed.message));
    }
  }
  return values;
}

std::vector<std::pair<std::string, std::int64_t>> Reader::integer_map(std::string_view key,
                                                                      std::int64_t min,
                                                                      std::int64_t max,
                                                                      bool required) {
  if (describing()) {
    const Json json = {{"type", "object"}, {"additionalProperties", integer_schema(min, max)}};
    state_->schema->add(key, state_->annotated(json), required);
    return {};
  }
  return scalar_map<std::int64_t>(
      key, required, [&](const Node& value) { return parse_integer(value, min, max); });
}

std::vector<std::pair<std::string, double>> Reader::number_map(std::string_view key, double min,
                                                               double max, bool required) {
  if (describing()) {
    const Json json = {{"type", "object"}, {"additionalProperties", number_schema(min, max)}};
    state_->schema->add(key, state_->annotated(json), required);
    return {};
  }
  return scalar_map<double>(key, required,
                            [&](const Node& value) { return parse_number(value, min, max); });
}

}  // namespace bitscale::config
