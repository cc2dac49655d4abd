#pragma once

#include <string>
#include <vector>

#include "sim/pipeline/experiment.hpp"
#include "sim/report/progress.hpp"
#include "sim/report/scaling.hpp"

namespace bitscale::study {

/// What machines are swept where none are named.
[[nodiscard]] std::vector<std::string> scaling_machines();

struct SweepRequest {
  std::vector<std::string> machines;
  std::vector<int> bits;     ///< of activations and weights of every array layer
  ExperimentRequest common;  ///< with the workload
  std::string command;
};

/// Every machine at every precision, at the throughput of the first machine at its own clock with
/// the widest operands: clocks fall to it, then supplies to what the active path needs. A machine
/// whose policy is `fixed` keeps the supply of its widest operands. Points that a unit or a supply
/// refuses are kept as failures. Throws UsageError for different technologies or one without
/// delays, and what the first point throws.
[[nodiscard]] ScalingResult sweep_precisions(const SweepRequest& request,
                                             const ProgressOutput& output);

}  // namespace bitscale::study
