#include "sim/sweep/sweep_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

#include "sim/config/values.hpp"
#include "sim/core/suggest.hpp"
#include "sim/sweep/axis_file.hpp"
#include "sim/sweep/outcome.hpp"

namespace bitscale::sweep {
namespace {

using config::Node;
using config::Reader;

constexpr std::int64_t kMaxSamples = static_cast<std::int64_t>(kMaxPoints);

bool drawn(Combine combine) {
  return combine == Combine::random || combine == Combine::latin_hypercube;
}

/// Texts of a list with the place of each, which Reader::texts does not keep.
std::vector<Constraint> parse_constraints(Reader& reader) {
  std::vector<Constraint> constraints;
  const std::vector<std::string> texts =
      reader.doc("Conditions over keys and metrics that points must meet")
          .texts("constraints", std::vector<std::string>{}, true);
  const Node* node = reader.describing() ? nullptr : reader.raw("constraints");
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const bool list = node != nullptr && node->kind == Node::Kind::sequence;
    const Mark where = list ? node->items[i].where : reader.where("constraints");
    constraints.push_back({texts[i], where});
  }
  return constraints;
}

std::vector<Objective> parse_objectives(Reader& reader) {
  std::vector<Objective> objectives;
  const std::vector<std::string> texts =
      reader.doc("Metrics that make a point better: `min cycles`, `max tops_per_W`")
          .texts("objectives", std::vector<std::string>{"min energy_pJ", "min cycles"}, true);
  for (const std::string& text : texts) {
    try {
      objectives.push_back(parse_objective(text));
    } catch (const UsageError& error) {
      std::string_view message = error.what();
      if (message.starts_with("error: ")) message.remove_prefix(7);
      reader.problem("objectives", message);
    }
  }
  return objectives;
}

Limits parse_limits(Reader& reader) {
  Limits limits;
  limits.time_s = reader.doc("Time that a point may take; then it counts as failed")
                      .quantity("time", config::Unit::second, 0.001, 1e6, 0.0);
  limits.memory_bits = reader.doc("Memory of one worker process")
                           .whole_quantity("memory", config::Unit::bits, std::int64_t{8} << 26,
                                           std::int64_t{8} << 46, 0);
  reader.finish();
  return limits;
}

/// A key may be set by one axis only.
void check_keys(Reader& reader, const SweepConfig& sweep) {
  std::set<std::string> names;
  std::set<std::string> keys;
  for (const Axis& axis : sweep.axes) {
    if (!names.insert(axis.name).second)
      reader.problem("axes", fmt::format("two axes are named '{}'", axis.name));
    for (const std::string& key : axis.keys) {
      if (!keys.insert(key).second)
        reader.problem("axes", fmt::format("two axes change '{}'", key));
    }
  }
}

/// Lengths that must agree, and ranges that must have ends.
void check_combination(Reader& reader, const SweepConfig& sweep) {
  const std::string combine(to_string(sweep.combine));
  for (const Axis& axis : sweep.axes) {
    if (axis.range && axis.range->steps == 0 && !drawn(sweep.combine)) {
      reader.problem("axes", fmt::format("axis '{}' needs `steps`, because combine is {}",
                                         axis.name, combine));
    }
  }
  if (drawn(sweep.combine) != (sweep.samples > 0)) {
    reader.problem("samples", drawn(sweep.combine)
                                  ? fmt::format("expected the number of points that combine: {} "
                                                "draws, from 1 to {}",
                                                combine, kMaxSamples)
                                  : fmt::format("expected combine: random or latin_hypercube, "
                                                "because combine: {} draws nothing",
                                                combine));
  }
  if (sweep.combine != Combine::zip) return;
  const auto length = [](const Axis& axis) {
    return axis.range ? axis.range->steps : static_cast<std::int64_t>(axis.levels.size());
  };
  for (const Axis& axis : sweep.axes) {
    if (length(axis) == length(sweep.axes.front())) continue;
    reader.problem("axes", fmt::format("combine: zip needs axes of one length, but '{}' has {} "
                                       "values and '{}' has {}",
                                       sweep.axes.front().name, length(sweep.axes.front()),
                                       axis.name, length(axis)));
    return;
  }
}

}  // namespace

std::string_view to_string(Combine combine) {
  constexpr std::array<std::string_view, 5> kNames = {"product", "zip", "list", "random",
                                                      "latin_hypercube"};
  return kNames[static_cast<std::size_t>(combine)];
}

Objective parse_objective(std::string_view text) {
  Objective objective;
  if (text.starts_with("max ")) objective.maximise = true;
  if (text.starts_with("max ") || text.starts_with("min ")) text.remove_prefix(4);
  objective.metric = std::string(text);
  const std::vector<std::string> names = metric_names();
  if (std::ranges::find(names, objective.metric) == names.end()) {
    throw UsageError(
        fmt::format("error: expected `min METRIC` or `max METRIC`, '{}' is no metric{}",
                    config::excerpt(text), suggestion(objective.metric, names)));
  }
  return objective;
}

SweepConfig parse_sweep(Reader& reader) {
  SweepConfig sweep;
  config::read_header(reader);
  sweep.name = reader.doc("Name in reports and in the store").text("name");
  sweep.description = reader.doc("One line").text("description", std::string{});
  reader.doc("What every point changes: an experiment by name or path, or its keys");
  if (const Node* experiment = reader.raw("experiment")) {
    sweep.experiment = *experiment;
  } else if (!reader.describing()) {
    reader.problem("experiment", "missing required key, expected an experiment");
  }
  sweep.combine = reader
                      .doc(
                          "product: every combination; zip: the axes side by side; list: the "
                          "points as written; "
                          "random and latin_hypercube: `samples` points drawn")
                      .choice<Combine>("combine",
                                       {{"product", Combine::product},
                                        {"zip", Combine::zip},
                                        {"list", Combine::list},
                                        {"random", Combine::random},
                                        {"latin_hypercube", Combine::latin_hypercube}},
                                       Combine::product);
  sweep.axes = parse_axes(reader, sweep.combine == Combine::list);
  sweep.samples = reader.doc("How many points are drawn").integer("samples", 0, kMaxSamples, 0);
  sweep.seed =
      static_cast<std::uint64_t>(reader.doc("Of drawn points").integer("seed", 0, INT64_MAX, 1));
  sweep.constraints = parse_constraints(reader);
  sweep.objectives = parse_objectives(reader);
  sweep.limits = reader.doc("What a point may take").section_or_default("limits", parse_limits);
  if (!reader.describing()) {
    check_keys(reader, sweep);
    check_combination(reader, sweep);
  }
  reader.finish();
  return sweep;
}

SweepConfig load_sweep(const std::string& name_or_path, const std::vector<std::string>& overrides) {
  Node tree = config::load_resolved(config::FileKind::sweep, name_or_path);
  for (const std::string& assignment : overrides) config::apply_override(tree, assignment);
  SweepConfig sweep = config::read_all(tree, parse_sweep);
  sweep.definition = config::emit_yaml(tree);
  return sweep;
}

}  // namespace bitscale::sweep
