#pragma once

#include <cstdint>
#include <vector>

#include "sim/mapping/schedule.hpp"
#include "sim/workload/operands.hpp"

namespace bitscale::kernel {

/// What an executor found out about values and activity besides the time it took.
struct ExecutionRecord {
  std::vector<std::int64_t>
      sums;  ///< [n][filter][P][Q], complete after the last flush; empty without operands
  std::uint64_t overflow_events = 0;
  std::uint64_t macs = 0;         ///< products visited (pin level: counted by the units)
  std::uint64_t active_macs = 0;  ///< pin level: not guarded
  std::uint64_t unit_steps = 0;
};

/// What an executor is called for: nothing, because nobody asked for values; the values of each
/// pass, in no time; each pass in its own time, which it spends itself.
enum class Visits { none, untimed, in_time };

/// The PE array as the sequencer's compute thread sees it. In time, execute() is called from an
/// SC_THREAD in the cycle in which the pass starts and takes exactly `duration` array cycles: steps
/// x step_cycles, or the pass's share of them with ideal windows (which the pin level refuses).
/// Work that the skew of the array delays may go on underneath the next pass. flush() is called
/// when the sequencer charges the fill (once per layer, after the last pass, or after each pass
/// where mapping.fill_per_pass) and takes mapping.fill_cycles cycles; afterwards every value of the
/// passes before is in record().sums. Stationary loads and partial-sum spills are timed by the
/// sequencer, not here. An array cycle is kernel::cycle_time().
class PassExecutor {
 public:
  virtual ~PassExecutor() = default;
  [[nodiscard]] virtual Visits visits() const = 0;
  virtual void execute(const Pass& pass, std::int64_t duration) = 0;
  virtual void flush() = 0;
  [[nodiscard]] virtual const ExecutionRecord& record() const = 0;
};

}  // namespace bitscale::kernel
