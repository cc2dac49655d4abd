#pragma once

#include "sim/pipeline/experiment.hpp"
#include "sim/report/roofline.hpp"

namespace bitscale::study {

/// A layer under the roofs of `machine`, with what would speed it up: changes that act on the
/// causes of its cycles, the largest loss first, are simulated one by one, and the best of the
/// first cause that any of them helps makes the sentence. `operands` are needed where the DRAM
/// holds them compressed. Throws MappingError, SimulationError.
[[nodiscard]] LayerRoofline explain_layer(const MachineConfig& machine, const Layer& layer,
                                          const Operands* operands);

}  // namespace bitscale::study
