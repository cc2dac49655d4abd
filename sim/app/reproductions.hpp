#pragma once

#include <span>
#include <string>
#include <vector>

#include "sim/report/progress.hpp"
#include "sim/report/result.hpp"

namespace bitscale::app {

/// A published result that bitscale derives anew from declared inputs. No published value is an
/// input of the simulation: the figures to compare with stand in the checks alone.
struct Reproduction {
  std::string name;
  std::string description;
  std::vector<ReproduceCheck> (*run)(const ProgressOutput& progress);
};

[[nodiscard]] std::span<const Reproduction> reproductions();

/// Stripes over DaDianNao on eight networks (2.24x).
[[nodiscard]] std::vector<ReproduceCheck> reproduce_stripes(const ProgressOutput& progress);

}  // namespace bitscale::app
