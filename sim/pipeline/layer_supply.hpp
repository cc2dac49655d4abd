#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sim/pipeline/experiment.hpp"
#include "sim/power/operating_point.hpp"
#include "sim/power/unit_timing.hpp"
#include "sim/report/result.hpp"

namespace bitscale {

/// Solves clock and supplies of every layer of a run, before the layer is simulated. Layers without
/// MACs run as the unit's widest mode does.
class LayerSupplies {
 public:
  /// Under `dvfs` the cycles of the layers are simulated here, again at the clock that follows from
  /// them, until they stay the same. Throws ConfigError, MappingError.
  /// `timer` has what is known of the unit's paths; null: nothing is.
  explicit LayerSupplies(const Experiment& experiment, std::shared_ptr<UnitTimer> timer = nullptr);

  /// Where the layer runs; nothing where neither technology nor machine say more than one supply.
  /// Throws MappingError where no supply reaches the clock.
  [[nodiscard]] std::optional<OperatingPoint> point(const Layer& layer);

  /// Clock edges of the clock tree's root where the registers' own clock is gated, as a share of
  /// theirs; appended to what gates were counted to switch.
  void count_clock_root(const CycleAccount& cycles, std::vector<ActionCount>& actions);

 private:
  [[nodiscard]] bool scales() const;
  [[nodiscard]] UnitTiming timing(const Layer& layer);
  void require_throughput();

  const Experiment& experiment_;
  std::shared_ptr<UnitTimer> timer_;
  std::map<std::string, std::int64_t> required_Hz_;  ///< dvfs, by layer
  std::optional<std::uint64_t> flip_flops_;          ///< of the whole array
};

/// The machine at a layer's clock; null: its own.
[[nodiscard]] MachineConfig at_clock(const MachineConfig& machine, const OperatingPoint* point);

/// Energies of a layer at its supplies, with what the machine draws beside its actions.
[[nodiscard]] EnergyReport supplied(const EnergyReport& nominal, const LayerResult& layer,
                                    const Machine& machine);

/// What supplies rest on, for provenance: constants that are not published figures, with their
/// rules.
[[nodiscard]] std::vector<std::string> supply_notes(const Machine& machine);

}  // namespace bitscale
