#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/report/result.hpp"

namespace bitscale {

/// The energies of a layer or a run that rest on what gates switch: the only ones, or those beside
/// the table's. Null where gates were not followed.
[[nodiscard]] const EnergyReport* structure_energy(const RunResult& run, const LayerResult& layer);
[[nodiscard]] std::optional<EnergyReport> structure_energy(const RunResult& run);

/// Energy at another glitch gain than the technology's, from the same counts.
[[nodiscard]] double energy_at_gain_pJ(const RunResult& run, const LayerResult& layer, double gain);
[[nodiscard]] double energy_at_gain_pJ(const RunResult& run, double gain);

/// The samples of all layers as one: intervals of the totals, by the layers' shares. Nothing where
/// gates were not followed.
[[nodiscard]] std::optional<SwitchingSample> switching_of(const RunResult& run);

/// Relative half width of the 95 % interval of what gates switch with all glitches (gain 1).
[[nodiscard]] double half_width_with_glitches(const SwitchingSample& sample);

/// Whether the interval that was asked for around a run's total was reached.
[[nodiscard]] bool interval_reached(const RunResult& run);

/// What a component belongs to when models that split it differently are compared.
enum class EnergyGroup { arithmetic, operand_movement, memories, dram, vector, declared };
inline constexpr std::array<std::string_view, 6> kEnergyGroupNames = {
    "arithmetic", "operand movement", "memories", "DRAM", "vector unit", "control and leakage"};

/// Energy of both models by group, of a run with both: the table's, and that of the gates without
/// and with all glitches.
struct GroupEnergies {
  EnergyGroup group = EnergyGroup::arithmetic;
  double table_pJ = 0, gain_0_pJ = 0, gain_1_pJ = 0;
};
[[nodiscard]] std::vector<GroupEnergies> energy_groups(const RunResult& run);

}  // namespace bitscale
