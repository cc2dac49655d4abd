#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "sim/core/account.hpp"
#include "sim/mapping/schedule.hpp"

namespace bitscale::kernel {

/// What passes took and moved.
struct PassTotals {
  CycleAccount cycles;
  Traffic traffic;
  std::uint64_t passes = 0;
  std::uint64_t drain_cycles = 0;  ///< of the output unit, hidden or not
  /// Adds what happened `times` times over.
  void add(const PassTotals& other, std::uint64_t times);
};

/// Cycles that the steps of a pass take; with ideal windows its share of them.
struct StepTime {
  std::int64_t compute = 0, fetch = 0;
  [[nodiscard]] std::int64_t total() const { return compute + fetch; }
};

/// The array's own time as arithmetic, ahead of the simulation's: within a tile nobody else acts on
/// the array, so that the simulation need not know about it before the tile's end. With S sets of
/// accumulators
///   start(j) = max(end(j-1), drained(j-S)),  drained(j) = max(end(j), drained(j-1)) + drain(j),
/// and loads of stationary operands and spilled sums in between. The state counts from the present
/// cycle on, so that passes which repeat return to it.
class ArrayTime {
 public:
  /// `schedule` outlives this.
  explicit ArrayTime(const Schedule& schedule);

  /// The array waited for others; then a tile begins whose stationary operand arrived so long ago.
  void begin_tile(std::int64_t waited, std::int64_t stationary_for);
  /// All passes of the tile. Turns of a loop over passes between its first and its last are alike:
  /// from the one on that leaves the state as it found it, they are counted and not visited. Tiles
  /// are alike in the same way, and what one did is remembered for those that start as it did.
  void run_tile(const Tile& tile, PassTotals& totals);
  /// One pass up to its first step, and from its last one on. In between its steps take time.
  [[nodiscard]] StepTime begin_pass(const Pass& pass, PassTotals& totals);
  void end_pass(const Pass& pass, const StepTime& steps, bool last_of_layer, PassTotals& totals);

  void spend(Cause cause, std::int64_t cycles, PassTotals& totals);
  /// Cycles until the outputs of all passes so far have left the accumulators.
  [[nodiscard]] std::int64_t draining() const { return state_.drained[0]; }
  [[nodiscard]] bool is_last(const Tile& tile, std::int64_t pass) const;

 private:
  struct State {
    std::array<std::int64_t, 2> drained = {0,
                                           0};  ///< cycles until the last set, and the one before
    std::int64_t duration = 0;                  ///< of the last pass's steps
    std::int64_t stationary_for = 0;  ///< cycles that its operand is in the buffer, up to a load's
    /// Cycles booked ahead of the work with ideal windows, in parts of a full pass: rounding up.
    std::int64_t compute_ahead = 0, fetch_ahead = 0;
    bool operator==(const State&) const = default;
  };
  /// A loop over passes of the present tile, in passes per turn.
  struct Loop {
    std::int64_t turns = 1, stride = 1;
    bool alike = true;
  };

  /// What a tile did.
  struct Known {
    std::uint64_t place = 0;
    State before, after;
    PassTotals totals;
  };

  [[nodiscard]] std::uint64_t place(const Tile& tile) const;
  void run_loops(const Tile& tile, std::size_t loops, std::int64_t first, PassTotals& totals);
  void elapse(std::int64_t cycles);

  const Schedule& schedule_;
  const Mapping& mapping_;
  State state_;
  std::vector<Loop> loops_;  ///< innermost first
  std::vector<Known> known_;
};

}  // namespace bitscale::kernel
