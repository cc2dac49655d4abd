#include "sim/sweep/answers.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>

#include "sim/sweep/expression.hpp"

namespace bitscale::sweep {
namespace {

/// Most slices of an axis whose numbers were drawn.
constexpr std::size_t kMostSlices = 64;

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

using Groups = std::vector<std::vector<double>>;

/// The metric at candidates alike in the axis.
Groups levels_of(const std::vector<Candidate>& all, const std::vector<std::size_t>& keys) {
  std::map<std::string, std::vector<double>> levels;
  for (const Candidate& candidate : all)
    levels[level_of(candidate, keys)].push_back(candidate.values[0]);
  Groups groups;
  for (auto& [level, values] : levels) groups.push_back(std::move(values));
  return groups;
}

/// The metric in slices of about equal counts of an axis' numbers, equal numbers in one slice;
/// nothing where the axis has fewer values than slices, or texts.
std::optional<Groups> slices_of(const std::vector<Candidate>& all,
                                const std::vector<std::size_t>& keys, std::size_t levels) {
  const auto slices = static_cast<std::size_t>(
      std::clamp(std::sqrt(static_cast<double>(all.size())), 2.0, double{kMostSlices}));
  if (levels <= slices || keys.size() != 1) return std::nullopt;
  std::vector<std::pair<double, double>> ordered;  // of the axis, of the metric
  for (const Candidate& candidate : all) {
    const Value value = value_of(candidate.settings[keys.front()]);
    const double* number = std::get_if<double>(&value);
    if (number == nullptr) return std::nullopt;
    ordered.emplace_back(*number, candidate.values[0]);
  }
  std::ranges::sort(ordered);
  Groups groups(slices);
  std::size_t first = 0;  // of those with the same number
  for (std::size_t i = 0; i < ordered.size(); ++i) {
    if (ordered[i].first != ordered[first].first) first = i;
    groups[first * slices / ordered.size()].push_back(ordered[i].second);
  }
  std::erase_if(groups, [](const auto& group) { return group.empty(); });
  return groups;
}

double mean_of(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

/// Share of the variance that lies between the groups. Of samples, without what chance puts there:
/// each group's mean errs by the variance within (Kelley's epsilon squared, 1935).
std::optional<double> between_groups(const Groups& groups, bool sampled) {
  std::vector<double> all;
  for (const std::vector<double>& group : groups) all.insert(all.end(), group.begin(), group.end());
  const double mean = mean_of(all);
  double total = 0;
  for (const double value : all) total += (value - mean) * (value - mean);
  // Equal values leave a rest of rounding, not a variance.
  if (!(total > 1e-24 * mean * mean * static_cast<double>(all.size()))) return std::nullopt;
  double between = 0;
  for (const std::vector<double>& group : groups) {
    const double distance = mean_of(group) - mean;
    between += static_cast<double>(group.size()) * distance * distance;
  }
  if (sampled) {
    if (all.size() <= groups.size()) return std::nullopt;
    const double within = (total - between) / static_cast<double>(all.size() - groups.size());
    between = std::max(between - static_cast<double>(groups.size() - 1) * within, 0.0);
  }
  return between / total;
}

/// Axes that move side by side explain the same: their shares cannot be told apart.
bool zipped(const StoredSweep& sweep) {
  if (sweep.axes.size() < 2 || sweep.definition.empty()) return false;
  const config::Node definition = config::parse_yaml(sweep.definition, sweep.name);
  const config::Node* combine = definition.find("combine");
  return combine != nullptr && combine->scalar == to_string(Combine::zip);
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
  query.where = where;
  query.feasible_only = true;
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
  std::vector<std::vector<std::size_t>> keys_of;
  std::vector<Groups> levels;
  std::size_t combinations = 1;
  for (const Axis& axis : sweep.axes) {
    std::vector<std::size_t>& keys = keys_of.emplace_back();
    for (std::size_t i = 0; i < sweep.keys.size(); ++i) {
      if (std::ranges::find(axis.keys, sweep.keys[i]) != axis.keys.end()) keys.push_back(i);
    }
    levels.push_back(levels_of(all, keys));
    combinations = std::min(combinations * levels.back().size(), all.size() + 1);
  }
  const bool sampled = combinations != all.size();
  const bool together = zipped(sweep);
  for (std::size_t i = 0; i < sweep.axes.size(); ++i) {
    Sensitivity& result = results.emplace_back();
    result.axis = sweep.axes[i].name;
    result.sampled = sampled;
    const std::optional<Groups> slices =
        sampled ? slices_of(all, keys_of[i], levels[i].size()) : std::nullopt;
    const Groups& groups = slices ? *slices : levels[i];
    result.levels = groups.size();
    if (!together) result.first_order = between_groups(groups, sampled);
    one_at_a_time(all, through, keys_of[i], result);
  }
  return results;
}

}  // namespace bitscale::sweep
