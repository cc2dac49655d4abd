#pragma once

#include <optional>

#include "sim/config/reader.hpp"
#include "sim/power/technology.hpp"

namespace bitscale {

/// How the supply voltage is chosen. `fixed` is the only policy; scaling with precision is another
/// choice of this seam.
struct VoltagePolicy {
  enum class Kind { fixed };
  Kind kind = Kind::fixed;
  std::optional<double> vdd_V;  ///< absent: the technology's nominal supply
  Mark where;                   ///< of `vdd`
};

/// Reads a `voltage:` section.
[[nodiscard]] VoltagePolicy parse_voltage(config::Reader& reader);

/// Supply of the datapath in V. A table of costs holds at one voltage: throws ConfigError for any
/// other.
[[nodiscard]] double supply_V(const VoltagePolicy& policy, const Technology& technology);

}  // namespace bitscale
