#pragma once

#include <cstdint>
#include <string_view>

#include "sim/power/technology.hpp"
#include "sim/power/unit_timing.hpp"
#include "sim/power/voltage.hpp"

namespace bitscale {

/// Supplies and clock of a machine while it runs one layer: what turns cycles into seconds and
/// nominal energies into actual ones. Solved before the layer is simulated, because the clock's
/// ratio to that of the DRAM decides cycles.
struct OperatingPoint {
  std::int64_t clock_Hz = 0;
  /// Products per cycle and lane over those of the widest mode: N of DVAFS.
  double throughput_ratio = 1;
  /// Critical path of the layer's mode and of the widest one; 0 where no delay model asked for it.
  std::uint32_t path_units = 0, full_path_units = 0;
  Supply datapath, control, memory;
  double body_bias_V = 0;   ///< of the datapath
  double max_clock_Hz = 0;  ///< that the path allows at the datapath's supply; 0: not known
  bool operator==(const OperatingPoint&) const = default;

  /// Path of the mode over that of the widest one.
  [[nodiscard]] double path_ratio() const;
};

/// What is solved for.
struct OperatingRequest {
  std::string_view layer;        ///< for messages
  UnitTiming timing;             ///< not read where the technology has no delay model
  std::int64_t clock_Hz = 0;     ///< of the machine, at which the widest mode runs
  std::int64_t required_Hz = 0;  ///< dvfs: the clock that the required throughput takes
};

/// Clock and supplies of a layer. Clock: the machine's under `fixed` and `dvas`, that of equal
/// throughput with the widest mode under `dvafs`, the required one under `dvfs`. Datapath: the
/// lowest supply at which the mode's path fits the period. Other domains as their rules say. Throws
/// MappingError, naming layer, path and limit, where no supply meets the period; ConfigError where
/// the policy asks for what the technology does not model.
[[nodiscard]] OperatingPoint solve_operating_point(const OperatingRequest& request,
                                                   const VoltagePolicy& policy,
                                                   const Technology& technology);

/// Lowest clock at which `cycles` for `work` (multiply-accumulates, images) meet `work_per_s`, in
/// whole Hz, up.
[[nodiscard]] std::int64_t required_clock_Hz(double work_per_s, double work, std::uint64_t cycles);

}  // namespace bitscale
