#pragma once

#include <algorithm>

#include "sim/kernel/buffer.hpp"
#include "sim/kernel/context.hpp"
#include "sim/kernel/dram.hpp"
#include "sim/kernel/engine.hpp"

namespace bitscale::testing_support {

using kernel::cycles;
using kernel::now_cycles;

/// The oracle of the tile engine: the same memory, but every pass, load, spill and drain waits in
/// simulated time for itself, and the sets of accumulators are a semaphore. Nothing is counted that
/// was not visited.
class EventPerPass : public sc_core::sc_module {
 public:
  SC_HAS_PROCESS(EventPerPass);
  EventPerPass(const sc_core::sc_module_name& name, const Schedule& schedule, kernel::Dram& dram)
      : sc_module(name),
        schedule_(schedule),
        mapping_(schedule.mapping()),
        dram_(dram),
        activations_("activation_buffer", mapping_.activation_buffer),
        weights_("weight_buffer", mapping_.weight_buffer),
        outputs_("output_buffer", mapping_.output_buffer),
        resident_("resident", 2),
        drains_("drains", 4),
        write_backs_("write_backs", 4),
        accumulators_("accumulators", static_cast<int>(mapping_.accumulator_sets)) {
    SC_THREAD(fetch);
    SC_THREAD(compute);
    SC_THREAD(drain);
    SC_THREAD(write_back);
  }

  CycleAccount account;
  Traffic traffic;
  std::int64_t end_cycle = -1;

 private:
  struct Resident {
    Tile tile;
    std::int64_t activations_at = 0, weights_at = 0;
    friend std::ostream& operator<<(std::ostream& out, const Resident& r) {
      return out << "tile " << r.tile.index;
    }
  };
  struct Drain {
    std::int64_t cycles = 0, write_back_bits = 0;
    friend std::ostream& operator<<(std::ostream& out, const Drain& d) {
      return out << d.cycles << " cycles";
    }
  };

  void fetch() {
    Resident next;
    for (std::int64_t i = 0; i < schedule_.tiles(); ++i) {
      next.tile = schedule_.tile(i);
      if (next.tile.fetch_weights) {
        weights_.acquire();
        dram_.transfer(next.tile.weight_coded_bits, fetched_);
        next.weights_at = now_cycles();
      }
      if (next.tile.fetch_activations) {
        activations_.acquire();
        dram_.transfer(next.tile.activation_coded_bits, fetched_);
        next.activations_at = now_cycles();
      }
      traffic += tile_traffic(next.tile);
      resident_.write(next);
    }
  }

  void compute() {
    for (std::int64_t i = 0; i < schedule_.tiles(); ++i) {
      const std::int64_t since = now_cycles();
      Resident resident;
      resident_.read(resident);
      const std::int64_t now = now_cycles();
      const std::int64_t weights = std::clamp(resident.weights_at, since, now);
      account[Cause::wait_weights] += static_cast<std::uint64_t>(weights - since);
      account[Cause::wait_activations] += static_cast<std::uint64_t>(now - weights);
      stationary_at_ =
          mapping_.stationary == Operand::weights ? resident.weights_at : resident.activations_at;
      if (resident.tile.starts_outputs) {
        outputs_.acquire();
        book(Cause::wait_outputs, now);
      }
      if (i == 0) spend(Cause::fill, mapping_.latency_cycles);
      const bool last = i + 1 == schedule_.tiles();
      const std::int64_t passes = schedule_.passes(resident.tile);
      for (std::int64_t p = 0; p < passes; ++p) run_pass(resident.tile, p, p + 1 == passes, last);
      const Tile next = last ? Tile{} : schedule_.tile(i + 1);
      if (last || next.fetch_weights) weights_.release();
      if (last || next.fetch_activations) activations_.release();
    }
    const std::int64_t drained = now_cycles();
    while (open_drains_ > 0) wait(all_drained_);
    book(Cause::drain, drained);
    const std::int64_t written = now_cycles();
    while (open_write_backs_ > 0) wait(all_written_);
    book(Cause::write_back, written);
    end_cycle = now_cycles();
  }

  void run_pass(const Tile& tile, std::int64_t index, bool last_of_tile, bool last_tile) {
    const Pass pass = schedule_.pass(tile, index);
    if (pass.loads_stationary) {
      const std::int64_t resident = now_cycles() - stationary_at_;
      const std::int64_t hidden = mapping_.shadow_weights ? std::min(last_compute_, resident) : 0;
      spend(Cause::stationary_load, mapping_.load_cycles - hidden);
    }
    if (pass.starts || pass.restores) {
      const std::int64_t since = now_cycles();
      accumulators_.wait();
      book(Cause::drain, since);
    }
    if (pass.restores) spend(Cause::spill, spill_cycles(mapping_, pass.outputs));
    run_steps(pass);
    if (mapping_.fill_per_pass || (last_tile && last_of_tile))
      spend(Cause::fill, mapping_.fill_cycles);
    traffic += pass_traffic(mapping_, pass);
    if (pass.spills) {
      spend(Cause::spill, spill_cycles(mapping_, pass.outputs));
      accumulators_.post();
    }
    if (!pass.finishes) return;
    Drain drain{drain_cycles(mapping_, pass.outputs), 0};
    if (last_of_tile && tile.finishes_outputs) drain.write_back_bits = tile.output_bits;
    ++open_drains_;
    drains_.write(drain);
  }

  /// Ideal windows: the cycles of the layer so far, rounded up, less those that were waited for.
  void run_steps(const Pass& pass) {
    const auto whole = static_cast<std::uint64_t>(pass.window_whole);
    const auto work = static_cast<std::uint64_t>(pass.steps * pass.window_share);
    compute_shares_ += work * static_cast<std::uint64_t>(mapping_.unit_cycles);
    fetch_shares_ += work * static_cast<std::uint64_t>(pass.step_cycles - mapping_.unit_cycles);
    const std::uint64_t compute = (compute_shares_ + whole - 1) / whole;
    const std::uint64_t fetch = (fetch_shares_ + whole - 1) / whole;
    last_compute_ = static_cast<std::int64_t>(compute - account[Cause::compute] + fetch -
                                              account[Cause::operand_fetch]);
    account[Cause::compute] = compute;
    account[Cause::operand_fetch] = fetch;
    if (last_compute_ > 0) wait(cycles(last_compute_));
  }

  void drain() {
    while (true) {
      Drain job;
      drains_.read(job);
      if (job.cycles > 0) wait(cycles(job.cycles));
      accumulators_.post();
      if (job.write_back_bits > 0) {
        ++open_write_backs_;
        write_backs_.write(job.write_back_bits);
      }
      if (--open_drains_ == 0) all_drained_.notify(sc_core::SC_ZERO_TIME);
    }
  }

  void write_back() {
    while (true) {
      std::int64_t bits = 0;
      write_backs_.read(bits);
      dram_.transfer(bits, written_);
      outputs_.release();
      if (--open_write_backs_ == 0) all_written_.notify(sc_core::SC_ZERO_TIME);
    }
  }

  void spend(Cause cause, std::int64_t count) {
    if (count <= 0) return;
    wait(cycles(count));
    account[cause] += static_cast<std::uint64_t>(count);
  }
  void book(Cause cause, std::int64_t since) {
    account[cause] += static_cast<std::uint64_t>(now_cycles() - since);
  }

  const Schedule& schedule_;
  const Mapping& mapping_;
  kernel::Dram& dram_;
  kernel::Buffer activations_, weights_, outputs_;
  sc_core::sc_fifo<Resident> resident_;
  sc_core::sc_fifo<Drain> drains_;
  sc_core::sc_fifo<std::int64_t> write_backs_;
  sc_core::sc_semaphore accumulators_;
  sc_core::sc_event fetched_, written_, all_drained_, all_written_;
  std::uint64_t compute_shares_ = 0, fetch_shares_ = 0;
  std::int64_t stationary_at_ = 0, last_compute_ = 0;
  std::int64_t open_drains_ = 0, open_write_backs_ = 0;
};

/// Cycles and counts of one layer by the oracle.
inline kernel::LayerSimulation simulate_event_per_pass(const Mapping& mapping) {
  const Schedule schedule(mapping);
  const kernel::SimulationContext context;
  kernel::Dram dram("dram", mapping);
  EventPerPass sequencer("sequencer", schedule, dram);
  sc_core::sc_start();
  kernel::LayerSimulation result;
  if (sequencer.end_cycle != static_cast<std::int64_t>(sequencer.account.total())) return result;
  result.cycles = sequencer.account;
  result.traffic = sequencer.traffic;
  result.dram_busy_cycles = dram.busy_cycles();
  return result;
}

}  // namespace bitscale::testing_support
