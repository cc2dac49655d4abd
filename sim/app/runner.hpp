#pragma once

#include <string>

#include "sim/app/experiment.hpp"
#include "sim/report/progress.hpp"
#include "sim/report/result.hpp"

namespace bitscale::app {

/// Runs an experiment layer by layer: map, simulate, count, price. Throws MappingError,
/// SimulationError, IoError.
[[nodiscard]] RunResult run_experiment(const Experiment& experiment, const ProgressOutput& progress,
                                       const std::string& command = {});

/// Simulates one array layer of an experiment on the given operands (null: cycles alone) and
/// accounts for it, energy left out. `sums` receives the layer's sums where it is not null and
/// values were computed.
[[nodiscard]] LayerResult run_array_layer(const Experiment& experiment, const Layer& layer,
                                          const Operands* operands,
                                          std::vector<std::int64_t>* sums);

/// A layer without MACs on the vector unit: its cycles and counts.
[[nodiscard]] LayerResult run_vector_layer_costs(const MachineConfig& machine, const Layer& layer);

/// Maps every layer without simulating: what `check` does. Throws MappingError.
void map_all_layers(const Experiment& experiment);

}  // namespace bitscale::app
