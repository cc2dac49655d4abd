#pragma once

#include <array>
#include <string>
#include <systemc>

#include "sim/core/account.hpp"
#include "sim/kernel/buffer.hpp"
#include "sim/kernel/dram.hpp"
#include "sim/kernel/pass_executor.hpp"

namespace bitscale::kernel {

/// Runs the schedule of one layer: one thread fetches tiles ahead, one has the array compute pass
/// after pass, one drains finished outputs through the output unit, one writes them back. All share
/// the DRAM channel and meet at the buffers' places. Each cycle of the compute thread goes to
/// exactly one cause.
class Sequencer : public sc_core::sc_module {
 public:
  SC_HAS_PROCESS(Sequencer);
  Sequencer(const sc_core::sc_module_name& name, const Schedule& schedule, PassExecutor& array,
            Dram& dram);

  [[nodiscard]] bool finished() const { return finished_; }
  [[nodiscard]] const CycleAccount& account() const { return account_; }
  [[nodiscard]] const Traffic& traffic() const { return traffic_; }
  /// Simulated cycle at which the layer ended; must equal account().total().
  [[nodiscard]] std::int64_t end_cycle() const { return end_cycle_; }
  /// Notified whenever a pass ends or a tile moves; the watchdog listens.
  [[nodiscard]] const sc_core::sc_event& progress() const { return progress_; }
  /// Where every thread stands and what every queue holds.
  [[nodiscard]] std::string state() const;

 private:
  /// A tile whose operands are in the buffers, and when each arrived.
  struct Resident {
    Tile tile;
    std::int64_t activations_at = 0, weights_at = 0;
    friend std::ostream& operator<<(std::ostream& out, const Resident& r) {
      return out << "tile " << r.tile.index;
    }
  };
  /// Outputs on their way out of the array; `write_back_bits` > 0 with the last of a tile.
  struct Drain {
    std::int64_t cycles = 0, write_back_bits = 0;
    friend std::ostream& operator<<(std::ostream& out, const Drain& d) {
      return out << d.cycles << " cycles";
    }
  };

  void fetch();
  void compute();
  void drain();
  void write_back();

  void run_tile(const Resident& resident);
  void run_pass(const Tile& tile, std::int64_t index, bool last);
  /// Books the steps of a pass as compute and operand fetch; returns their duration.
  std::int64_t book_steps(const Pass& pass);
  void load_stationary(const Pass& pass);
  void send_drain(const Tile& tile, const Pass& pass, bool last_of_tile);
  /// Waits `count` cycles and books them.
  void spend(Cause cause, std::int64_t count);
  /// Books the cycles since `since` that a tile was waited for to the operands that were under way.
  void book_wait(const Resident& resident, std::int64_t since);
  /// Books the cycles since `since`.
  void book(Cause cause, std::int64_t since);

  const Schedule& schedule_;
  const Mapping& mapping_;
  PassExecutor& array_;
  Dram& dram_;
  Buffer activations_, weights_, outputs_;
  sc_core::sc_fifo<Resident> resident_;
  sc_core::sc_fifo<Drain> drains_;
  sc_core::sc_fifo<std::int64_t> write_backs_;
  sc_core::sc_semaphore accumulators_;
  sc_core::sc_event fetched_, written_, all_drained_, all_written_, progress_;
  CycleAccount account_;
  Traffic traffic_;
  std::uint64_t compute_shares_ = 0,
                fetch_shares_ = 0;  ///< cycles x windows (ideal windows), else cycles
  std::int64_t stationary_at_ = 0;  ///< when the tile's stationary operand arrived
  std::int64_t last_compute_ = 0;   ///< cycles of the pass before
  std::int64_t fetched_tiles_ = 0, computed_tiles_ = 0, computed_passes_ = 0;
  std::int64_t open_drains_ = 0, open_write_backs_ = 0;
  std::int64_t end_cycle_ = 0;
  bool finished_ = false;
};

}  // namespace bitscale::kernel
