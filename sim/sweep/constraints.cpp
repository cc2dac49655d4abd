#include "sim/sweep/constraints.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace bitscale::sweep {
namespace {

std::optional<Value> setting(const Point& point, const std::string& name) {
  for (const Setting& candidate : point.settings) {
    if (candidate.key == name) return value_of(candidate.value.scalar);
  }
  return std::nullopt;
}

}  // namespace

Constraints::Constraints(const SweepConfig& sweep, const Space& space, KeyLookup lookup)
    : lookup_(std::move(lookup)) {
  std::vector<Diagnostic> problems;
  std::vector<std::string> known = metric_names();
  known.insert(known.end(), space.keys().begin(), space.keys().end());
  for (const Constraint& constraint : sweep.constraints) {
    try {
      Expression expression(constraint.text, constraint.where);
      const bool over_results = std::ranges::any_of(
          expression.names(),
          [](const std::string& name) { return metric_index(name).has_value(); });
      for (const std::string& name : expression.names()) {
        if (metric_index(name) || std::ranges::find(space.keys(), name) != space.keys().end())
          continue;
        if (space.size() == 0 || !lookup_(space.at(0), name)) expression.refuse_name(name, known);
        // The store, where metrics are, knows of points what the axes set.
        if (over_results) {
          throw ConfigError({{constraint.where, "",
                              fmt::format("'{}' is a key that no axis changes: beside metrics it "
                                          "must be written as its value",
                                          name)}});
        }
      }
      Condition condition(expression);
      (over_results ? results_ : keys_).push_back({std::move(expression), std::move(condition)});
    } catch (const ConfigError& error) {
      for (Diagnostic diagnostic : error.diagnostics()) {
        diagnostic.key = "constraints";
        problems.push_back(std::move(diagnostic));
      }
    }
  }
  if (!problems.empty()) throw ConfigError(std::move(problems));
}

Value Constraints::value(const Point& point, const PointResult* result, const std::string& name) {
  if (const auto index = metric_index(name)) {
    if (result == nullptr || *index >= result->metrics.size() || !result->metrics[*index])
      return std::monostate();
    return *result->metrics[*index];
  }
  if (const auto set = setting(point, name)) return *set;
  return lookup_(point, name).value_or(std::monostate());
}

bool Constraints::hold(std::vector<Term>& terms, const Point& point, const PointResult* result) {
  return std::ranges::all_of(terms, [&](Term& term) {
    std::vector<Value> values;
    for (const std::string& name : term.expression.names())
      values.push_back(value(point, result, name));
    return term.condition.holds(values);
  });
}

bool Constraints::admits(const Point& point) { return hold(keys_, point, nullptr); }

bool Constraints::feasible(const Point& point, const PointResult& result) {
  return hold(results_, point, &result);
}

}  // namespace bitscale::sweep
