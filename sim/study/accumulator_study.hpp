#pragma once

#include <optional>
#include <string>

#include "sim/pipeline/experiment.hpp"
#include "sim/precision/layer_sums.hpp"
#include "sim/report/accumulator_report.hpp"
#include "sim/report/progress.hpp"

namespace bitscale::study {

struct AccumulatorRequest {
  ExperimentRequest experiment;  ///< workload, and a machine whose units have an accumulator
  precision::WidthTarget target;
  std::string layer;   ///< this one only; '' for all
  bool sweep = false;  ///< every width up to the worst case as well
  std::string command;
};

/// Criteria beside what registers of those widths do on the machine: every width runs bit-true on
/// the tile engine, wrapping and saturating, and its energy and path come from the unit's netlist
/// on the layer's operands. A network on real images runs chained, others layer by layer. Throws
/// UsageError for an unknown layer, and what loading, mapping and measuring throw; a width that the
/// unit lacks is kept with its reason.
[[nodiscard]] AccumulatorReport study_accumulators(const AccumulatorRequest& request,
                                                   const ProgressOutput& output);

}  // namespace bitscale::study
