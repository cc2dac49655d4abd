#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/core/account.hpp"
#include "sim/core/timeline.hpp"
#include "sim/mapping/schedule.hpp"
#include "sim/workload/operands.hpp"

namespace bitscale::kernel {

/// tile: one wait per tile. pin: one clocked module per unit, the same sequencer around it.
/// closed_form: formulas instead of a simulation, without values; ideal DRAM only.
enum class Fidelity { tile, pin, closed_form };

[[nodiscard]] std::string_view to_string(Fidelity fidelity);

struct SimulationOptions {
  Fidelity fidelity = Fidelity::tile;
  std::string vcd_path;  ///< waveforms of a pin-level simulation, without '.vcd'; empty for none
  std::uint64_t vcd_max_bytes = 100'000'000;  ///< after the pass that reaches it, the file ends
  bool timeline = false;  ///< note when each part worked on which tile (not with closed_form)
  bool widths = false;    ///< note the range of partial sums (tile, with operands)
  bool lose_results =
      false;  ///< test hook: the array never drains, so that the watchdog has something to report
};

/// What simulating one array layer gave: counts only, no derived figure.
struct LayerSimulation {
  CycleAccount cycles;
  Traffic traffic;
  std::uint64_t dram_busy_cycles = 0;
  std::uint64_t overflow_events = 0;
  /// Of every accumulator in schedule order, before wrapping or clamping; where asked for.
  std::optional<SumRange> partial_sums;
  std::int64_t sum_bound = 0;         ///< beside it: no order of the products leaves +-sum_bound
  std::uint64_t macs_visited = 0;     ///< by the datapaths; with operands only
  std::uint64_t pin_active_macs = 0;  ///< counted by the units at pin level
  std::optional<Timeline> timeline;   ///< where asked for
  std::vector<std::int64_t> sums;     ///< [n][filter][P][Q]; with operands only
};

/// Simulates one layer. Values are computed where `operands` is not null; the pin level needs them.
/// Throws SimulationError with a state dump where nothing moves any more, MappingError where the
/// pin level lacks what the mapping needs. One call at a time per process.
[[nodiscard]] LayerSimulation simulate_layer(const Mapping& mapping, const Unit& unit,
                                             const Operands* operands,
                                             const SimulationOptions& options);

}  // namespace bitscale::kernel
