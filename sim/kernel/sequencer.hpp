#pragma once

#include <string>
#include <systemc>

#include "sim/core/timeline.hpp"
#include "sim/kernel/array_time.hpp"
#include "sim/kernel/buffer.hpp"
#include "sim/kernel/dram.hpp"
#include "sim/kernel/pass_executor.hpp"

namespace bitscale::kernel {

/// Runs the schedule of one layer: one thread fetches tiles ahead, one has the array compute tile
/// after tile, one waits for finished outputs to leave the accumulators, one writes them back. All
/// share the DRAM channel and meet at the buffers' places. Each cycle of the compute thread goes to
/// exactly one cause. Between such meetings it runs ahead of the simulation, which catches up in
/// one wait. `timeline`, where not null, is told tile by tile when each part worked.
class Sequencer : public sc_core::sc_module {
 public:
  SC_HAS_PROCESS(Sequencer);
  Sequencer(const sc_core::sc_module_name& name, const Schedule& schedule, PassExecutor& array,
            Dram& dram, Timeline* timeline = nullptr);

  [[nodiscard]] bool finished() const { return finished_; }
  [[nodiscard]] const CycleAccount& account() const { return done_.cycles; }
  [[nodiscard]] const Traffic& traffic() const { return done_.traffic; }
  /// Simulated cycle at which the layer ended; must equal account().total().
  [[nodiscard]] std::int64_t end_cycle() const { return end_cycle_; }
  [[nodiscard]] const sc_core::sc_event& finish() const { return finish_; }
  /// Where every thread stands and what every queue holds.
  [[nodiscard]] std::string state() const;

 private:
  /// A tile whose operands are in the buffers, and when each arrived.
  struct Resident {
    Tile tile;
    std::int64_t activations_at = 0, weights_at = 0;
    bool frees_activations = true, frees_weights = true;  ///< places that no later tile uses
    friend std::ostream& operator<<(std::ostream& out, const Resident& r) {
      return out << "tile " << r.tile.index;
    }
  };
  /// A tile of outputs that has left the accumulators in cycle `due`.
  struct Drain {
    std::int64_t tile = 0, due = 0, bits = 0;
    friend std::ostream& operator<<(std::ostream& out, const Drain& d) {
      return out << d.bits << " bit";
    }
  };

  void fetch();
  void compute();
  void drain();
  void write_back();

  void run_tile(const Tile& tile);
  void run_pass(const Tile& tile, std::int64_t index);
  /// Lets the simulation catch up with the cycles booked.
  void synchronise();
  /// Books the cycles since `since` that a tile was waited for to the operands that were under way.
  void book_wait(const Resident& resident, std::int64_t since);
  /// Notes a transfer of `bits` that ends now.
  void note_transfer(Track track, std::int64_t tile, std::int64_t bits);
  /// Notes the array's time for a tile since `since`, when its account was `before`.
  void note_array(std::int64_t tile, std::int64_t since, const CycleAccount& before);
  /// Notes the output unit's time for a tile that the array began at `since`; cycles at work.
  void note_drain(std::int64_t tile, std::int64_t since, std::uint64_t busy);
  /// Books the cycles since `since`.
  void book(Cause cause, std::int64_t since);

  const Schedule& schedule_;
  const Mapping& mapping_;
  PassExecutor& array_;
  Dram& dram_;
  Timeline* timeline_;
  Buffer activations_, weights_, outputs_;
  sc_core::sc_fifo<Resident> resident_;
  sc_core::sc_fifo<Drain> drains_;
  sc_core::sc_fifo<Drain> write_backs_;
  sc_core::sc_event fetched_, written_, all_written_, finish_;
  ArrayTime time_;
  PassTotals done_;
  std::int64_t fetched_tiles_ = 0, computed_tiles_ = 0, open_write_backs_ = 0;
  std::int64_t end_cycle_ = 0;
  bool finished_ = false;
};

}  // namespace bitscale::kernel
