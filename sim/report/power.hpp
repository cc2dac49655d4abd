#pragma once

#include <optional>

#include "sim/power/supplied_energy.hpp"
#include "sim/report/result.hpp"

namespace bitscale {

/// Whether supplies and clocks of the run's layers are known one by one.
[[nodiscard]] bool has_supplies(const RunResult& run);

/// Clock of a layer: its own where supplies are modelled, the machine's elsewhere.
[[nodiscard]] double layer_clock_Hz(const RunResult& run, const LayerResult& layer);
[[nodiscard]] double layer_seconds(const RunResult& run, const LayerResult& layer);

/// Mean power of a layer, and of the run over its whole time, by what draws it.
[[nodiscard]] PowerReport layer_power(const RunResult& run, const LayerResult& layer);
[[nodiscard]] PowerReport run_power(const RunResult& run);

/// Two operations per MAC over the energy without that of the DRAM, as chips are measured. Nothing
/// where the chip draws nothing.
[[nodiscard]] std::optional<double> chip_tops_per_watt(const RunResult& run);
/// Two operations per MAC whose operands are both non-zero, over the energy: zeros count for
/// nothing. Nothing without operands or energy.
[[nodiscard]] std::optional<double> effective_tops_per_watt(const RunResult& run);
/// Per image of the batch; nothing where there are none.
[[nodiscard]] std::optional<double> energy_per_frame_pJ(const RunResult& run);
[[nodiscard]] std::optional<double> frames_per_second(const RunResult& run);

}  // namespace bitscale
