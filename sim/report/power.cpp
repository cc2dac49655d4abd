#include "sim/report/power.hpp"

#include <algorithm>

namespace bitscale {

bool has_supplies(const RunResult& run) {
  return std::ranges::any_of(run.layers,
                             [](const LayerResult& layer) { return layer.operating.has_value(); });
}

double layer_clock_Hz(const RunResult& run, const LayerResult& layer) {
  return layer.operating ? static_cast<double>(layer.operating->clock_Hz) : run.clock_Hz;
}

double layer_seconds(const RunResult& run, const LayerResult& layer) {
  return static_cast<double>(layer.cycles.total()) / layer_clock_Hz(run, layer);
}

PowerReport layer_power(const RunResult& run, const LayerResult& layer) {
  return mean_power(layer.energy, layer_seconds(run, layer));
}

PowerReport run_power(const RunResult& run) {
  EnergyReport all;
  for (const LayerResult& layer : run.layers) {
    const EnergyReport& part = layer.energy;
    all.actions.insert(all.actions.end(), part.actions.begin(), part.actions.end());
    all.components_pJ.insert(all.components_pJ.end(), part.components_pJ.begin(),
                             part.components_pJ.end());
  }
  return mean_power(all, run.seconds());
}

std::optional<double> chip_tops_per_watt(const RunResult& run) {
  const double chip_pJ = run_power(run).chip_mW() * run.seconds() * 1e9;
  if (!(chip_pJ > 0)) return std::nullopt;
  return 2.0 * static_cast<double>(run.macs()) / chip_pJ;
}

std::optional<double> effective_tops_per_watt(const RunResult& run) {
  const double total_pJ = run.energy().total_pJ;
  if (!(total_pJ > 0) || run.operands() == "none") return std::nullopt;
  return 2.0 * static_cast<double>(run.effectual_macs()) / total_pJ;
}

std::optional<double> energy_per_frame_pJ(const RunResult& run) {
  if (run.images == 0) return std::nullopt;
  return run.energy().total_pJ / static_cast<double>(run.images);
}

std::optional<double> frames_per_second(const RunResult& run) {
  const double seconds = run.seconds();
  if (run.images == 0 || !(seconds > 0)) return std::nullopt;
  return static_cast<double>(run.images) / seconds;
}

}  // namespace bitscale
