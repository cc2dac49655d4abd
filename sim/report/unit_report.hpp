#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <utility>
#include <vector>

#include "sim/report/table.hpp"

namespace bitscale {

/// One way in which a unit works, read from its gates.
struct UnitModeReport {
  std::string operands;  ///< `8x4` bits, activations first
  std::string encodings;
  std::int64_t cycles = 1;    ///< per step
  std::int64_t products = 1;  ///< per lane and step
  std::int64_t segments = 1;
  double macs_per_cycle = 0;
  std::uint32_t path_units = 0;  ///< longest path that can switch, in gate delays
  double path_ratio = 1;         ///< against the widest mode
  // Capacitance switched per multiply-accumulate, in NAND input pins.
  double zero_delay_units = 0, glitch_units = 0, flip_flop_units = 0;
  double relative_half_width = 0;  ///< of zero_delay_units, 95 %
  std::uint64_t transitions = 0;
  double pJ_per_mac_without_glitches = 0, pJ_per_mac_with_glitches = 0;
};

/// What a unit is made of, and what each mode costs on uniform operands.
struct UnitReport {
  std::string kind, description, configuration;
  std::int64_t lanes = 1;
  std::vector<std::pair<std::string, std::uint64_t>> cells;
  double combinational_nand2 = 0, flip_flop_nand2 = 0;
  double area_um2 = 0;  ///< 0 where the technology has no gate area
  std::string technology;
  double capacitance_pJ = 0;  ///< energy of one pin's toggle
  double vdd_V = 0;
  std::vector<UnitModeReport> modes;
};

[[nodiscard]] std::string unit_text(const UnitReport& unit, const TextStyle& style = {});
[[nodiscard]] nlohmann::ordered_json unit_json(const UnitReport& unit);
/// A row per mode.
[[nodiscard]] std::string unit_csv(const UnitReport& unit);

}  // namespace bitscale
