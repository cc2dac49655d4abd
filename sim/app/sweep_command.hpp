#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sim/app/point_experiments.hpp"
#include "sim/sweep/run.hpp"

namespace bitscale::app {

/// A sweep file, read and ready; stays where it was made.
struct LoadedSweep {
  /// Throws ConfigError with every problem of the file itself, IoError.
  LoadedSweep(const std::string& file, const std::vector<std::string>& overrides);
  LoadedSweep(const LoadedSweep&) = delete;
  LoadedSweep& operator=(const LoadedSweep&) = delete;

  [[nodiscard]] sweep::Sweep sweep();
  /// The first that meets the constraints over keys.
  [[nodiscard]] std::optional<sweep::Point> first_point();
  /// Every point sets every key of the axes, so that one tells of keys that do not exist. Throws
  /// ConfigError.
  void require_valid_start();

  sweep::SweepConfig config;
  sweep::Space space;
  PointExperiments experiments;
  sweep::Constraints constraints;
};

/// Expands a sweep and validates every point without running it. Throws one Error that holds every
/// distinct problem, with the first point that has it.
void check_sweep(const std::string& path, const std::vector<std::string>& overrides);

/// Where a sweep's results go unless said otherwise.
[[nodiscard]] std::string default_store(const sweep::SweepConfig& config);

}  // namespace bitscale::app
