#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sim/pipeline/experiment.hpp"
#include "sim/report/comparison.hpp"
#include "sim/study/iso.hpp"

namespace bitscale::study {

/// What `compare` is asked for: machines by networks.
struct ComparePlan {
  std::vector<std::string> machines;      ///< by name or path; the first is the baseline
  std::vector<std::string> workloads;     ///< one per task
  std::vector<std::string> workload_for;  ///< `MACHINE=NETWORK[:PROFILE],...`: one per task
  bool iso_task = false;                  ///< networks of one task may be different work
  std::optional<IsoRequest> iso;
  ExperimentRequest common;
};

/// The experiments of a comparison, each machine at its size.
struct CompareExperiments {
  std::vector<std::vector<Experiment>> machines;  ///< [machine][task]
  std::vector<std::string> tasks;                 ///< names of the baseline's networks
  std::vector<MachineSize> sizes;
  std::optional<IsoCondition> iso;
  std::vector<std::string> iso_task;  ///< which networks stand for one task
};

/// Loads all experiments, resizes arrays where something is held equal, and makes sure that they
/// compare: one technology, names of their own, the same work or a declared common task. Throws
/// UsageError, ConfigError, MappingError.
[[nodiscard]] CompareExperiments plan_comparison(const ComparePlan& plan);

/// How the work of two experiments differs, the first difference in words; nothing where layers,
/// shapes and precisions agree. Names of layers do not matter.
[[nodiscard]] std::optional<std::string> work_difference(const Experiment& a, const Experiment& b);

/// What the machines share and what they do not, in words.
void add_conditions(const CompareExperiments& experiments, CompareResult& result);

}  // namespace bitscale::study
