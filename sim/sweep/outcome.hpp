#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/report/result.hpp"

namespace bitscale::sweep {

/// How a point ended. ok has metrics; the others a message. refused: the machine cannot run a layer
/// (MappingError). invalid: the resolved files are wrong (ConfigError). failed: a simulation or a
/// file error. crashed, timeout, memory: the worker process died, took too long, wanted too much.
enum class Status { ok, refused, invalid, failed, crashed, timeout, memory };

[[nodiscard]] std::string_view to_string(Status status);
[[nodiscard]] std::optional<Status> status_of(std::string_view text);

/// A metric that every point has a column for. `name` is that of `bitscale explain`.
struct PointMetric {
  std::string_view name;
  bool integer = false;
};

/// The columns in their order.
[[nodiscard]] const std::vector<PointMetric>& point_metrics();
[[nodiscard]] std::vector<std::string> metric_names();
/// Index of a metric; nothing where there is none of that name.
[[nodiscard]] std::optional<std::size_t> metric_index(std::string_view name);

/// What a run is to a sweep: one row.
struct PointResult {
  std::string machine, workload, profile, technology, operands, result_digest;
  /// By index of point_metrics(); nothing where the metric does not exist. Integers are exact up to
  /// 2^53, which no run reaches.
  std::vector<std::optional<double>> metrics;
  std::vector<std::pair<std::string, double>> energy_pJ;      ///< by component
  std::vector<std::pair<std::string, std::uint64_t>> cycles;  ///< by cause, those that happened
  bool operator==(const PointResult&) const = default;
};

[[nodiscard]] PointResult summarise(const RunResult& run);

/// Result of simulating one layer, before it is priced, as the store keeps it.
struct KeptSimulation {
  std::string key, content;
  bool operator==(const KeptSimulation&) const = default;
};

/// What a worker hands to the parent for one point.
struct Outcome {
  std::string key;  ///< SHA-256 of the resolved point; '' where it could not be resolved
  Status status = Status::ok;
  std::string message;
  bool known = false;                       ///< the store had it: no result inside
  double seconds = 0;                       ///< that the worker took
  PointResult result;                       ///< where ok
  std::vector<KeptSimulation> simulations;  ///< new ones
  bool operator==(const Outcome&) const = default;
};

/// For pipes between processes of one program.
[[nodiscard]] std::string to_message(const Outcome& outcome);
[[nodiscard]] Outcome outcome_of(std::string_view message);

}  // namespace bitscale::sweep
