#include "sim/report/attribution.hpp"

namespace bitscale {
namespace {

bool is_wait(Cause cause) {
  return cause == Cause::wait_activations || cause == Cause::wait_weights ||
         cause == Cause::wait_outputs || cause == Cause::write_back;
}

/// Seconds of a run with less and less left out.
struct Times {
  double busy = 0;   ///< every position busy in every cycle
  double array = 0;  ///< without waits for the channel
  double all = 0;
};

Times times_of(const RunResult& run) {
  Times times;
  for (const LayerResult& layer : run.layers) {
    const auto cycles = static_cast<double>(layer.cycles.total());
    double waits = 0;
    for (std::size_t i = 0; i < kCauses; ++i) {
      if (is_wait(static_cast<Cause>(i))) waits += static_cast<double>(layer.cycles.by_cause[i]);
    }
    if (layer.slots.total() > 0) {
      times.busy += cycles * static_cast<double>(layer.slots.active + layer.slots.guarded) /
                    static_cast<double>(layer.slots.total());
    }
    times.array += cycles - waits;
    times.all += cycles;
  }
  times.busy /= run.clock_Hz;
  times.array /= run.clock_Hz;
  times.all /= run.clock_Hz;
  return times;
}

struct Energies {
  double arithmetic = 0, chip = 0, all = 0;  ///< each contains the one before
};

Energies energies_of(const RunResult& run, const Technology& technology) {
  double memories = 0;
  double dram = 0;
  Energies energies;
  for (const LayerResult& layer : run.layers) {
    for (const ActionEnergy& entry : energy(layer.actions, technology).actions) {
      switch (entry.action.action) {
        case Action::dram_read:
        case Action::dram_write:
          dram += entry.energy_pJ;
          break;
        case Action::sram_read:
        case Action::sram_write:
        case Action::array_transfer:
          memories += entry.energy_pJ;
          break;
        default:
          energies.arithmetic += entry.energy_pJ;
      }
    }
  }
  energies.chip = energies.arithmetic + memories;
  energies.all = energies.chip + dram;
  return energies;
}

}  // namespace

SpeedFactors speed_factors(const RunResult& baseline, const RunResult& run) {
  const Times before = times_of(baseline);
  const Times after = times_of(run);
  return {before.busy / after.busy, (before.array / before.busy) / (after.array / after.busy),
          (before.all / before.array) / (after.all / after.array)};
}

EnergyFactors energy_factors(const RunResult& baseline, const RunResult& run,
                             const Technology& technology) {
  const Energies before = energies_of(baseline, technology);
  const Energies after = energies_of(run, technology);
  return {before.arithmetic / after.arithmetic,
          (before.chip / before.arithmetic) / (after.chip / after.arithmetic),
          (before.all / before.chip) / (after.all / after.chip)};
}

}  // namespace bitscale
