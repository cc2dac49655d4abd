#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "sim/config/reader.hpp"
#include "sim/power/delay.hpp"
#include "sim/power/technology.hpp"

namespace bitscale {

/// How supply and clock follow the precision of a layer.
enum class VoltageScaling {
  fixed,  ///< not at all
  dvas,   ///< the supply follows the active critical path at the machine's clock
  dvafs,  ///< narrower modes do more products per cycle: the clock falls to constant throughput,
          ///< then the supply
  dvfs,   ///< the clock falls to a required throughput, then the supply
};

[[nodiscard]] std::string_view to_string(VoltageScaling scaling);

/// What a supply other than the datapath's does while the datapath scales.
enum class DomainRule {
  fixed,   ///< stays at the nominal supply
  follow,  ///< is the datapath's rail
  scaled,  ///< follows the clock alone: a path as long as the unit's in its widest mode must fit
};

/// The `voltage:` section of a machine: how its supplies are chosen. Chips do not scale their SRAM
/// with their multipliers, hence a rule per domain.
struct VoltagePolicy {
  VoltageScaling kind = VoltageScaling::fixed;
  bool declared = false;          ///< stated by the machine
  std::optional<double> vdd_V;    ///< of whatever does not scale, and the highest there is
  std::optional<double> floor_V;  ///< absent: where the delay model ends
  std::vector<double> steps_V;    ///< ascending; empty: continuous
  double macs_per_s = 0, frames_per_s = 0;  ///< dvfs: what is required; one of them
  double body_bias_V = 0;  ///< in modes narrower than the widest; negative is reverse bias
  DomainRule control = DomainRule::fixed, memory = DomainRule::fixed;
  Mark where;        ///< of `vdd`
  Mark floor_where;  ///< of `floor`
  Mark steps_where, policy_where, bias_where;
};

/// Reads a `voltage:` section.
[[nodiscard]] VoltagePolicy parse_voltage(config::Reader& reader);

/// The nominal supply: what `fixed` domains have, and the highest there is. Throws ConfigError with
/// every demand of the policy that the technology cannot meet: a supply it has no model for, one
/// outside the model's range, a bias without a leakage model.
[[nodiscard]] double supply_V(const VoltagePolicy& policy, const Technology& technology);

/// The delay model in force: the technology's, its threshold moved by `body_bias_V`.
[[nodiscard]] DelayModel delay_of(const Technology& technology, double body_bias_V);

/// The supplies that the policy allows with that delay model.
[[nodiscard]] SupplyRange supply_range(const VoltagePolicy& policy, const DelayModel& model,
                                       double highest_V);

}  // namespace bitscale
