#include "sim/report/structure.hpp"

#include <cmath>

#include "sim/core/rounding.hpp"
#include "sim/power/supplied_energy.hpp"

namespace bitscale {

namespace {

bool follows_gates(const RunResult& run) { return run.structure_costs.has_value(); }

/// Energy of a pin in a report: at the supply of its layer.
double pin_pJ(const RunResult& run, const EnergyReport& report) {
  for (const ActionEnergy& entry : report.actions) {
    if (entry.action.action == Action::switch_zero_delay && entry.action.count > 0)
      return entry.unit_pJ;
  }
  return run.structure_costs->pin_pJ.value;
}

/// Energy of an action at glitch gain `gain`, with pins of `pin_pJ`.
double at_gain_pJ(const ActionEnergy& entry, double pin_pJ, double gain) {
  if (entry.action.action != Action::switch_glitch) return entry.energy_pJ;
  return static_cast<double>(entry.action.count) * round_significant(pin_pJ * gain);
}

EnergyGroup group_of(const ActionCount& action) {
  switch (action.action) {
    case Action::sram_read:
    case Action::sram_write:
      return EnergyGroup::memories;
    case Action::dram_read:
    case Action::dram_write:
      return EnergyGroup::dram;
    default:
      break;
  }
  if (action.component == "vector") return EnergyGroup::vector;
  if (action.action == Action::array_transfer || action.component == "operand_registers" ||
      action.component == "broadcast")
    return EnergyGroup::operand_movement;
  return EnergyGroup::arithmetic;
}

/// Pins that a layer's gates switch between settled states.
double settled_units(const SwitchingSample& sample) {
  return sample.units_per_transition * static_cast<double>(sample.transitions);
}

}  // namespace

const EnergyReport* structure_energy(const RunResult& run, const LayerResult& layer) {
  if (!follows_gates(run)) return nullptr;
  return layer.structure ? &layer.structure->energy : &layer.energy;
}

std::optional<EnergyReport> structure_energy(const RunResult& run) {
  if (!follows_gates(run)) return std::nullopt;
  std::vector<const EnergyReport*> reports;
  for (const LayerResult& layer : run.layers) reports.push_back(structure_energy(run, layer));
  return sum(reports);
}

double energy_at_gain_pJ(const RunResult& run, const LayerResult& layer, double gain) {
  const EnergyReport* report = structure_energy(run, layer);
  if (report == nullptr) return layer.energy.total_pJ;
  const double pin = pin_pJ(run, *report);
  double total = 0;
  for (const ActionEnergy& entry : report->actions) total += at_gain_pJ(entry, pin, gain);
  return total + declared_energy_pJ(*report);
}

double energy_at_gain_pJ(const RunResult& run, double gain) {
  double total = 0;
  for (const LayerResult& layer : run.layers) total += energy_at_gain_pJ(run, layer, gain);
  return total;
}

std::optional<SwitchingSample> switching_of(const RunResult& run) {
  if (!follows_gates(run)) return std::nullopt;
  SwitchingSample total;
  total.full = true;
  double settled = 0;
  double timed = 0;
  double settled_error = 0;  // squares
  double factor_error = 0;
  for (const LayerResult& layer : run.layers) {
    if (!layer.switching) continue;
    const SwitchingSample& sample = *layer.switching;
    const double units = settled_units(sample);
    total.full = total.full && sample.full;
    total.transitions += sample.transitions;
    total.sampled += sample.sampled;
    total.timed += sample.timed;
    settled += units;
    timed += units * sample.glitch_factor;
    settled_error += std::pow(units * sample.relative_half_width, 2);
    factor_error += std::pow(units * sample.glitch_factor * sample.glitch_relative_half_width, 2);
  }
  if (total.transitions > 0)
    total.units_per_transition = settled / static_cast<double>(total.transitions);
  if (settled > 0) {
    total.glitch_factor = timed / settled;
    total.relative_half_width = std::sqrt(settled_error) / settled;
  }
  if (timed > 0) total.glitch_relative_half_width = std::sqrt(factor_error) / timed;
  return total;
}

double half_width_with_glitches(const SwitchingSample& sample) {
  return std::hypot(sample.relative_half_width, sample.glitch_relative_half_width);
}

bool interval_reached(const RunResult& run) {
  const std::optional<SwitchingSample> sample = switching_of(run);
  return !sample || round_significant(sample->relative_half_width) <= run.sampling_interval;
}

std::vector<GroupEnergies> energy_groups(const RunResult& run) {
  std::vector<GroupEnergies> groups;
  for (std::size_t i = 0; i < kEnergyGroupNames.size(); ++i)
    groups.push_back({static_cast<EnergyGroup>(i), 0, 0, 0});
  const auto group = [&](const ActionEnergy& entry) -> GroupEnergies& {
    return groups[static_cast<std::size_t>(group_of(entry.action))];
  };
  for (const LayerResult& layer : run.layers) {
    if (!layer.structure) continue;
    for (const ActionEnergy& entry : layer.energy.actions) group(entry).table_pJ += entry.energy_pJ;
    const double pin = pin_pJ(run, layer.structure->energy);
    for (const ActionEnergy& entry : layer.structure->energy.actions) {
      group(entry).gain_0_pJ += at_gain_pJ(entry, pin, 0);
      group(entry).gain_1_pJ += at_gain_pJ(entry, pin, 1);
    }
    GroupEnergies& declared = groups[static_cast<std::size_t>(EnergyGroup::declared)];
    declared.table_pJ += declared_energy_pJ(layer.energy);
    declared.gain_0_pJ += declared_energy_pJ(layer.structure->energy);
    declared.gain_1_pJ += declared_energy_pJ(layer.structure->energy);
  }
  return groups;
}

}  // namespace bitscale
