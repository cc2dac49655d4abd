#pragma once

#include <cstdint>

#include "sim/power/energy.hpp"
#include "sim/power/machine_power.hpp"
#include "sim/power/operating_point.hpp"

namespace bitscale {

/// Which supply an action draws from.
enum class SupplyDomain { datapath, memory, off_chip };

/// On-chip memories are the memory domain, the DRAM is no supply of the chip, the rest is datapath.
[[nodiscard]] SupplyDomain domain_of(const ActionCount& action);

/// Time of a layer, for what is drawn by the second or the cycle.
struct LayerTime {
  std::uint64_t cycles = 0;
  double seconds = 0;
};

/// Energy that no action counts, as components of the report.
inline constexpr const char* kControlComponent = "control";
inline constexpr const char* kLeakageComponent = "leakage";

/// The energies of a layer at its supplies: unit costs times (V / V0)^2 of their domain, where V0
/// is the supply at which the technology's costs hold; the DRAM keeps its own. Then control and
/// leakage as the machine declares them, as components of their own. Nine significant digits per
/// unit cost, so that counts times costs agree on every machine.
[[nodiscard]] EnergyReport supplied_energy(const EnergyReport& nominal, const LayerTime& time,
                                           const OperatingPoint& point,
                                           const Technology& technology, const MachinePower& power);

/// Of a report, what no action counts: control and leakage.
[[nodiscard]] double declared_energy_pJ(const EnergyReport& report);

/// Leakage at an operating point. Throws ConfigError where the machine leaks, a supply is not
/// nominal and the technology does not say how leakage follows.
[[nodiscard]] double leakage_W(const OperatingPoint& point, const Technology& technology,
                               const MachinePower& power);

/// Mean power of a layer, by what draws it; the parts sum to the total.
struct PowerReport {
  double datapath_mW = 0;  ///< what its gates and wires switch
  double clock_mW = 0;     ///< of its registers, where they are drawn
  double memory_mW = 0;    ///< on the chip
  double control_mW = 0;
  double leakage_mW = 0;
  double off_chip_mW = 0;
  [[nodiscard]] double chip_mW() const {
    return datapath_mW + clock_mW + memory_mW + control_mW + leakage_mW;
  }
  [[nodiscard]] double total_mW() const { return chip_mW() + off_chip_mW; }
  bool operator==(const PowerReport&) const = default;
};

/// Splits a report by domain, over its time; all 0 for no time.
[[nodiscard]] PowerReport mean_power(const EnergyReport& report, double seconds);

}  // namespace bitscale
