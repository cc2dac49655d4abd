#include "sim/sweep/answers.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>

#include "sim/sweep/expression.hpp"

namespace bitscale::sweep {
namespace {

/// Slices of an axis that took more values than this.
constexpr std::size_t kMostLevels = 64;

/// Signed so that less is better.
double cost(const Candidate& candidate, const std::vector<Objective>& objectives, std::size_t i) {
  return objectives[i].maximise ? -candidate.values[i] : candidate.values[i];
}

bool ranks_before(const Candidate& a, const Candidate& b,
                  const std::vector<Objective>& objectives) {
  for (std::size_t i = 0; i < objectives.size(); ++i) {
    const double first = cost(a, objectives, i);
    const double second = cost(b, objectives, i);
    if (first != second) return first < second;
  }
  return a.index < b.index;
}

bool dominates(const Candidate& a, const Candidate& b, const std::vector<Objective>& objectives) {
  bool better = false;
  for (std::size_t i = 0; i < objectives.size(); ++i) {
    const double first = cost(a, objectives, i);
    const double second = cost(b, objectives, i);
    if (first > second) return false;
    better = better || first < second;
  }
  return better;
}

/// What an axis was at a candidate: the values of its keys, one text.
std::string level_of(const Candidate& candidate, const std::vector<std::size_t>& keys) {
  std::string level;
  for (const std::size_t key : keys) level += candidate.settings[key] + '\n';
  return level;
}

/// Groups of candidates alike in the axis; of many numbers, slices of equal counts.
std::vector<std::vector<double>> groups_of(const std::vector<Candidate>& all,
                                           const std::vector<std::size_t>& keys) {
  std::map<std::string, std::vector<double>> levels;
  for (const Candidate& candidate : all)
    levels[level_of(candidate, keys)].push_back(candidate.values[0]);
  std::vector<std::vector<double>> groups;
  if (levels.size() <= kMostLevels || keys.size() != 1) {
    for (auto& [level, values] : levels) groups.push_back(std::move(values));
    return groups;
  }
  std::vector<std::pair<double, double>> ordered;  // of the axis, of the metric
  for (const Candidate& candidate : all) {
    const Value value = value_of(candidate.settings[keys.front()]);
    const double* number = std::get_if<double>(&value);
    ordered.emplace_back(number != nullptr ? *number : 0.0, candidate.values[0]);
  }
  std::ranges::sort(ordered);
  const auto slices = static_cast<std::size_t>(std::clamp(
      std::sqrt(static_cast<double>(ordered.size())), 2.0, static_cast<double>(kMostLevels)));
  groups.resize(slices);
  for (std::size_t i = 0; i < ordered.size(); ++i)
    groups[i * slices / ordered.size()].push_back(ordered[i].second);
  return groups;
}

double mean_of(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

/// Share of the variance that lies between the groups.
std::optional<double> between_groups(const std::vector<std::vector<double>>& groups) {
  std::vector<double> all;
  for (const std::vector<double>& group : groups) all.insert(all.end(), group.begin(), group.end());
  const double mean = mean_of(all);
  double total = 0;
  for (const double value : all) total += (value - mean) * (value - mean);
  // Equal values leave a rest of rounding, not a variance.
  if (!(total > 1e-24 * mean * mean * static_cast<double>(all.size()))) return std::nullopt;
  double between = 0;
  for (const std::vector<double>& group : groups) {
    if (group.empty()) continue;
    const double distance = mean_of(group) - mean;
    between += static_cast<double>(group.size()) * distance * distance;
  }
  return between / total;
}

/// The line through a point along one axis: everything else as there.
void one_at_a_time(const std::vector<Candidate>& all, const Candidate& through,
                   const std::vector<std::size_t>& keys, Sensitivity& result) {
  std::size_t points = 0;
  double lowest = std::numeric_limits<double>::infinity();
  double highest = -lowest;
  for (const Candidate& candidate : all) {
    bool on_line = true;
    for (std::size_t i = 0; on_line && i < candidate.settings.size(); ++i) {
      const bool moves = std::ranges::find(keys, i) != keys.end();
      on_line = moves || candidate.settings[i] == through.settings[i];
    }
    if (!on_line) continue;
    ++points;
    lowest = std::min(lowest, candidate.values[0]);
    highest = std::max(highest, candidate.values[0]);
  }
  if (points < 2) return;
  result.lowest = lowest;
  result.highest = highest;
}

}  // namespace

std::vector<Candidate> candidates(Store& store, const StoredSweep& sweep,
                                  const std::vector<Objective>& objectives,
                                  const std::string& where) {
  Query query;
  query.where = where.empty() ? "feasible" : "feasible and (" + where + ")";
  query.columns = {"index"};
  for (const Objective& objective : objectives) query.columns.push_back(objective.metric);
  query.columns.insert(query.columns.end(), sweep.keys.begin(), sweep.keys.end());
  ResultTable table(store, sweep, query);
  std::vector<Candidate> all;
  table.for_each([&](const std::vector<Cell>& cells) {
    Candidate candidate;
    candidate.index = static_cast<std::uint64_t>(cells.front().integer);
    for (std::size_t i = 0; i < objectives.size(); ++i) {
      const Cell& cell = cells[1 + i];
      if (cell.kind == Cell::Kind::nothing) return;
      candidate.values.push_back(
          cell.kind == Cell::Kind::integer ? static_cast<double>(cell.integer) : cell.real);
    }
    for (std::size_t i = 1 + objectives.size(); i < cells.size(); ++i)
      candidate.settings.push_back(cells[i].text);
    all.push_back(std::move(candidate));
  });
  return all;
}

std::vector<Candidate> pareto_front(std::vector<Candidate> all,
                                    const std::vector<Objective>& objectives) {
  std::ranges::sort(
      all, [&](const Candidate& a, const Candidate& b) { return ranks_before(a, b, objectives); });
  // Whoever dominates a candidate stands before it, and the first such is on the front.
  std::vector<Candidate> front;
  for (Candidate& candidate : all) {
    const auto beaten = [&](const Candidate& other) {
      return dominates(other, candidate, objectives);
    };
    if (std::ranges::none_of(front, beaten)) front.push_back(std::move(candidate));
  }
  return front;
}

std::optional<Candidate> best(const std::vector<Candidate>& all,
                              const std::vector<Objective>& objectives) {
  const auto found = std::ranges::min_element(
      all, [&](const Candidate& a, const Candidate& b) { return ranks_before(a, b, objectives); });
  if (found == all.end()) return std::nullopt;
  return *found;
}

std::vector<Sensitivity> sensitivities(const StoredSweep& sweep, const std::vector<Candidate>& all,
                                       const Candidate& through) {
  std::vector<Sensitivity> results;
  for (const Axis& axis : sweep.axes) {
    std::vector<std::size_t> keys;
    for (std::size_t i = 0; i < sweep.keys.size(); ++i) {
      if (std::ranges::find(axis.keys, sweep.keys[i]) != axis.keys.end()) keys.push_back(i);
    }
    Sensitivity& result = results.emplace_back();
    result.axis = axis.name;
    const std::vector<std::vector<double>> groups = groups_of(all, keys);
    result.levels = groups.size();
    result.first_order = between_groups(groups);
    one_at_a_time(all, through, keys, result);
  }
  return results;
}

}  // namespace bitscale::sweep
