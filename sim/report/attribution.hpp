#pragma once

#include "sim/report/result.hpp"

namespace bitscale {

/// Why one machine is faster than another, as factors whose product is the speed-up exactly: every
/// run is also timed as it would be with less in its way.
struct SpeedFactors {
  /// Every multiplier position busy in every cycle: units, clock and precision alone.
  double peak = 1;
  /// What idle positions, edges, loads, spills and drains change, memory ideal (layers without MACs
  /// are in here).
  double mapping = 1;
  double memory = 1;  ///< what waits for the DRAM channel change
  [[nodiscard]] double product() const { return peak * mapping * memory; }
};

/// Why one machine takes less energy, as factors whose product is the gain.
struct EnergyFactors {
  double arithmetic = 1;  ///< energy of the units alone
  double on_chip = 1;     ///< what buffers, register files and the network between them change
  double dram = 1;        ///< what DRAM changes
  [[nodiscard]] double product() const { return arithmetic * on_chip * dram; }
};

/// `baseline` over `run`; both did the same work, or the same task.
[[nodiscard]] SpeedFactors speed_factors(const RunResult& baseline, const RunResult& run);

/// The same for energies at `technology`'s costs (the runs' own actions, priced anew).
[[nodiscard]] EnergyFactors energy_factors(const RunResult& baseline, const RunResult& run,
                                           const Technology& technology);

}  // namespace bitscale
