#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/sweep/query.hpp"

namespace bitscale::sweep {

/// A result as answers see it: what it is worth by each objective, and where it stands.
struct Candidate {
  std::uint64_t index = 0;
  std::vector<double> values;         ///< one per objective
  std::vector<std::string> settings;  ///< one per key of the sweep
};

/// Results that meet the constraints and the where-clause and have all the objectives' metrics, by
/// index.
[[nodiscard]] std::vector<Candidate> candidates(Store& store, const StoredSweep& sweep,
                                                const std::vector<Objective>& objectives,
                                                const std::string& where);

/// Those that no other is at least as good as in everything and better in something; of equal ones,
/// all. By the first objective, best first.
[[nodiscard]] std::vector<Candidate> pareto_front(std::vector<Candidate> all,
                                                  const std::vector<Objective>& objectives);

/// The best by the first objective, ties broken by the others, then by index.
[[nodiscard]] std::optional<Candidate> best(const std::vector<Candidate>& all,
                                            const std::vector<Objective>& objectives);

/// What an axis does to a metric.
struct Sensitivity {
  std::string axis;
  std::uint64_t levels = 0;  ///< values it took, or slices of drawn numbers
  /// Metric at the best point with this axis alone moved: lowest and highest; nothing where the
  /// sweep has no other point on that line.
  std::optional<double> lowest, highest;
  bool sampled = false;  ///< the results are not every combination of the axes' values
  /// Var(E[metric | axis]) / Var(metric) (Sobol, 1993): exact for a full product; otherwise from
  /// slices of equal counts (given-data estimate, Plischke 2010), less what chance puts there.
  /// Nothing without variance, and where axes move side by side.
  std::optional<double> first_order;
};

/// One per axis, in their order. `through`: the point of the one-at-a-time lines.
[[nodiscard]] std::vector<Sensitivity> sensitivities(const StoredSweep& sweep,
                                                     const std::vector<Candidate>& all,
                                                     const Candidate& through);

}  // namespace bitscale::sweep
