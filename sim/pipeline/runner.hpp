#pragma once

#include <string>

#include "sim/pipeline/experiment.hpp"
#include "sim/report/progress.hpp"
#include "sim/report/result.hpp"

namespace bitscale {

class RunReuse;

/// Runs an experiment layer by layer: map, simulate, count, price. `reuse` has what earlier runs
/// left; the result is the same without. Throws MappingError, SimulationError, IoError.
[[nodiscard]] RunResult run_experiment(const Experiment& experiment, const ProgressOutput& progress,
                                       const std::string& command = {}, RunReuse* reuse = nullptr);

class StructureModel;

/// Simulates one array layer of an experiment on the given operands (null: cycles alone) and
/// accounts for it, energy left out. `sums` receives the layer's sums where it is not null and
/// values were computed. `point` is where the layer runs; null: at the machine's clock and the
/// supply of its costs. `structure` follows the gates where the experiment's energy model asks for
/// it; null: one is made for the layer.
[[nodiscard]] LayerResult run_array_layer(const Experiment& experiment, const Layer& layer,
                                          const Operands* operands, std::vector<std::int64_t>* sums,
                                          StructureModel* structure = nullptr,
                                          const OperatingPoint* point = nullptr);

/// Whether the layer is among those that run.
[[nodiscard]] bool selected(LayerSelection selection, const Layer& layer);

/// A layer without MACs: on the vector unit, its tensors through DRAM like an array layer's; ReLU
/// and bias happen in the output unit as results drain, and concatenation is addressing.
[[nodiscard]] LayerResult cost_vector_layer(const MachineConfig& machine, const Layer& layer);

/// Maps every layer without simulating: what `check` does. Throws MappingError.
void map_all_layers(const Experiment& experiment);

}  // namespace bitscale
