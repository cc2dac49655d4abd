#pragma once

#include "sim/config/reader.hpp"
#include "sim/power/cost_curve.hpp"

namespace bitscale {

/// What a machine draws beside its counted actions: the `power:` section. Everything here is
/// declared, nothing derived; absent parts are 0 and named as left out.
struct MachinePower {
  double leakage_W = 0;  ///< whole chip, at the nominal supply, no bias
  /// Shares of it in the control and memory domains; the datapath has the rest.
  double control_leakage_share = 0, memory_leakage_share = 0;
  CostSource leakage_source;
  double control_pJ = 0;  ///< per array cycle, at `control_V`
  double control_V = 0;   ///< 0: the supply at which the technology's costs hold
  CostSource control_source;
  /// Part of the registers' clock energy that the root of the clock tree takes: it runs on while
  /// the array's clock is gated.
  double clock_root_share = 0;
  CostSource clock_source;
  bool has_leakage = false, has_control = false, has_clock_root = false;

  [[nodiscard]] bool declared() const { return has_leakage || has_control || has_clock_root; }
  [[nodiscard]] double datapath_leakage_share() const {
    return 1 - control_leakage_share - memory_leakage_share;
  }
  bool operator==(const MachinePower&) const = default;
};

/// Reads a `power:` section.
[[nodiscard]] MachinePower parse_machine_power(config::Reader& reader);

}  // namespace bitscale
