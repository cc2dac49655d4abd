#include "sim/sweep/axis_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "sim/config/values.hpp"

namespace bitscale::sweep {
namespace {

using config::Node;
using config::Reader;

constexpr std::size_t kMaxLevels = 1'000'000;
constexpr std::size_t kMaxAxes = 64;

/// Units that the end of a range may carry; bits last, because they alone read bare numbers.
constexpr std::array<config::Unit, 7> kUnits = {
    config::Unit::hertz, config::Unit::volt, config::Unit::second,
    config::Unit::joule, config::Unit::watt, config::Unit::square_micrometre,
    config::Unit::bits};

/// The keys that one mapping sets, as settings.
std::vector<Setting> settings_of(Reader& reader, std::string_view key, const Node& node) {
  std::vector<Setting> settings;
  if (node.kind != Node::Kind::mapping || node.keys.empty()) {
    reader.problem(
        key, fmt::format("expected a mapping from keys to values, got {}",
                         node.kind == Node::Kind::mapping ? "an empty one" : config::found(node)));
    return settings;
  }
  for (std::size_t i = 0; i < node.keys.size(); ++i) {
    const auto same = [&](const Setting& setting) { return setting.key == node.keys[i]; };
    if (std::ranges::any_of(settings, same))
      reader.problem(key, fmt::format("a point sets '{}' twice", config::excerpt(node.keys[i])));
    settings.push_back({node.keys[i], node.items[i], node.key_marks[i]});
  }
  return settings;
}

/// Levels written as mappings under `key`; every key that any of them sets.
void read_points(Reader& reader, std::string_view key, Axis& axis) {
  const Node* points = reader.raw(key);
  if (points == nullptr) return;
  if (points->kind != Node::Kind::sequence || points->items.empty()) {
    reader.problem(key, fmt::format("expected a list of points, at least one, got {}",
                                    points->kind == Node::Kind::sequence ? "an empty one"
                                                                         : config::found(*points)));
    return;
  }
  for (const Node& item : points->items) {
    axis.levels.push_back(settings_of(reader, key, item));
    for (const Setting& setting : axis.levels.back()) {
      if (std::ranges::find(axis.keys, setting.key) == axis.keys.end())
        axis.keys.push_back(setting.key);
    }
  }
}

void read_values(Reader& reader, Axis& axis) {
  const Node* values = reader.raw("values");
  if (values == nullptr) return;
  if (values->kind != Node::Kind::sequence || values->items.empty() ||
      values->items.size() > kMaxLevels) {
    reader.problem("values",
                   fmt::format("expected a list of 1 to {} values, got {}", kMaxLevels,
                               values->kind != Node::Kind::sequence ? config::found(*values)
                               : values->items.empty()              ? "an empty one"
                                                                    : "a longer one"));
    return;
  }
  for (const Node& value : values->items) {
    std::vector<Setting>& level = axis.levels.emplace_back();
    for (const std::string& key : axis.keys) level.push_back({key, value, axis.keys_where});
  }
}

/// One end of a range: a number, or a quantity whose unit both ends share.
std::optional<double> read_end(Reader& reader, std::string_view key,
                               std::optional<config::Unit>& unit) {
  const Node* node = reader.raw(key);
  if (node == nullptr) {
    if (!reader.describing()) reader.problem(key, "missing required key of a range");
    return std::nullopt;
  }
  if (node->kind == Node::Kind::scalar) {
    if (const auto number = parse_decimal(node->scalar)) return number;
    for (const config::Unit candidate : kUnits) {
      const auto value = parse_quantity(node->scalar, candidate);
      if (!value) continue;
      if (unit && *unit != candidate) break;
      unit = candidate;
      return value;
    }
  }
  reader.problem(key, fmt::format("expected a number, or a quantity of the same unit as the other "
                                  "end such as 100MHz, got {}",
                                  config::found(*node)));
  return std::nullopt;
}

void read_range(Reader& reader, Axis& axis) {
  Range range;
  reader.doc("First number of a range, with its unit if it has one");
  const auto from = read_end(reader, "from", range.unit);
  const bool unit_first = range.unit.has_value();
  reader.doc("Last number of a range");
  const auto to = read_end(reader, "to", range.unit);
  range.steps = reader.doc("Numbers of the range, ends included; random draws need none")
                    .integer("steps", 0, static_cast<std::int64_t>(kMaxLevels), 0);
  range.logarithmic = reader.doc("linear: equal differences; log: equal ratios")
                          .choice<bool>("scale", {{"linear", false}, {"log", true}}, false);
  range.integer = reader.doc("Round to whole numbers").boolean("integer", false);
  if (reader.describing() || !from || !to) return;
  if (unit_first != range.unit.has_value()) reader.problem("from", "expected a unit at both ends");
  range.from = *from;
  range.to = *to;
  if (range.logarithmic && !(range.from > 0 && range.to > 0))
    reader.problem("from", "expected ends above 0, because scale is log");
  if (range.steps == 1 && range.from != range.to)
    reader.problem("steps", "expected 2 or more between two different ends");
  if (!(std::abs(range.from) < 1e300 && std::abs(range.to) < 1e300))
    reader.problem("from", "expected ends below 1e300");
  axis.range = range;
}

Axis parse_axis(Reader& reader) {
  Axis axis;
  axis.where = reader.where("");
  const std::string key =
      reader.doc("Dotted key of the experiment, as in --set").text("key", std::string{});
  axis.keys =
      reader.doc("Several keys that get the same value").texts("keys", std::vector<std::string>{});
  const bool several = !axis.keys.empty();
  axis.keys_where = reader.where(key.empty() ? "keys" : "key");
  if (!key.empty()) axis.keys.insert(axis.keys.begin(), key);
  axis.name = reader.doc("Name in reports; the first key otherwise")
                  .text("name", axis.keys.empty() ? std::string{} : axis.keys.front());
  reader.doc("The values, any YAML");
  const bool values = reader.has("values");
  const bool points = reader.has("points");
  const bool range = reader.has("from") || reader.has("to");
  if (reader.describing() || values) read_values(reader, axis);
  reader.doc("Values of several keys that change together: a list of mappings");
  if (reader.describing() || points) read_points(reader, "points", axis);
  if (reader.describing() || range) read_range(reader, axis);
  if (!reader.describing()) {
    if (static_cast<int>(values) + static_cast<int>(points) + static_cast<int>(range) != 1) {
      reader.problem("", "expected one of values, points, or from and to");
    } else if (points && (several || !key.empty())) {
      reader.problem("points", "expected no key or keys beside it: each point names its own");
    } else if (!points && axis.keys.empty()) {
      reader.problem("key", "missing required key, expected a dotted key of the experiment");
    }
    if (axis.name.empty() && !axis.keys.empty()) axis.name = axis.keys.front();
  }
  reader.finish();
  return axis;
}

}  // namespace

std::vector<Axis> parse_axes(Reader& reader, bool as_list) {
  std::vector<Axis> axes;
  reader.doc("With combine: list, the points: a list of mappings from keys to values");
  if (reader.describing() || as_list) {
    Axis list;
    list.name = "points";
    list.where = reader.where("points");
    if (as_list && !reader.has("points"))
      reader.problem("points", "missing required key, expected a list of points");
    read_points(reader, "points", list);
    if (as_list) axes.push_back(std::move(list));
  }
  if (reader.describing() || !as_list) {
    axes =
        reader.doc("Directions of the design space").list("axes", parse_axis, !as_list, kMaxAxes);
    if (!reader.describing() && axes.empty() && reader.has("axes"))
      reader.problem("axes", "expected at least one axis");
  }
  return axes;
}

}  // namespace bitscale::sweep
