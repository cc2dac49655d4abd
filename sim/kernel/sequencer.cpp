#include "sim/kernel/sequencer.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace bitscale::kernel {

Sequencer::Sequencer(const sc_core::sc_module_name& name, const Schedule& schedule,
                     PassExecutor& array, Dram& dram)
    : sc_module(name),
      schedule_(schedule),
      mapping_(schedule.mapping()),
      array_(array),
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

void Sequencer::fetch() {
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
    traffic_ += tile_traffic(next.tile);
    resident_.write(next);
    ++fetched_tiles_;
    progress_.notify();
  }
}

void Sequencer::compute() {
  for (std::int64_t i = 0; i < schedule_.tiles(); ++i) {
    const std::int64_t since = now_cycles();
    Resident resident;
    resident_.read(resident);
    book_wait(resident, since);
    stationary_at_ =
        mapping_.stationary == Operand::weights ? resident.weights_at : resident.activations_at;
    if (resident.tile.starts_outputs) {
      const std::int64_t blocked = now_cycles();
      outputs_.acquire();
      book(Cause::wait_outputs, blocked);
    }
    if (i == 0) spend(Cause::fill, mapping_.latency_cycles);
    run_tile(resident);
    ++computed_tiles_;
    // A place is free again when the tile in it was used for the last time.
    const bool last = i + 1 == schedule_.tiles();
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
  end_cycle_ = now_cycles();
  finished_ = true;
}

void Sequencer::run_tile(const Resident& resident) {
  const std::int64_t passes = schedule_.passes(resident.tile);
  const bool last_tile = resident.tile.index + 1 == schedule_.tiles();
  for (std::int64_t i = 0; i < passes; ++i)
    run_pass(resident.tile, i, last_tile && i + 1 == passes);
}

void Sequencer::run_pass(const Tile& tile, std::int64_t index, bool last) {
  const Pass pass = schedule_.pass(tile, index);
  load_stationary(pass);
  if (pass.starts || pass.restores) {
    const std::int64_t since = now_cycles();
    accumulators_.wait();
    book(Cause::drain, since);
  }
  if (pass.restores) spend(Cause::spill, spill_cycles(mapping_, pass.outputs));

  const std::int64_t duration = book_steps(pass);
  array_.execute(pass, duration);
  last_compute_ = duration;
  if (mapping_.fill_per_pass || last) {
    array_.flush();
    account_[Cause::fill] += static_cast<std::uint64_t>(mapping_.fill_cycles);
  }
  traffic_ += pass_traffic(mapping_, pass);
  if (pass.spills) {
    spend(Cause::spill, spill_cycles(mapping_, pass.outputs));
    accumulators_.post();
  }
  ++computed_passes_;
  if (pass.finishes) send_drain(tile, pass, index + 1 == schedule_.passes(tile));
  progress_.notify();
}

std::int64_t Sequencer::book_steps(const Pass& pass) {
  // Ideal windows: a pass takes its share of a full one, and the layer as a whole is rounded up.
  const auto whole = static_cast<std::uint64_t>(pass.window_whole);
  const auto work = static_cast<std::uint64_t>(pass.steps * pass.window_share);
  const std::uint64_t before = account_[Cause::compute] + account_[Cause::operand_fetch];
  compute_shares_ += work * static_cast<std::uint64_t>(mapping_.unit_cycles);
  fetch_shares_ += work * static_cast<std::uint64_t>(pass.step_cycles - mapping_.unit_cycles);
  account_[Cause::compute] = (compute_shares_ + whole - 1) / whole;
  account_[Cause::operand_fetch] = (fetch_shares_ + whole - 1) / whole;
  return static_cast<std::int64_t>(account_[Cause::compute] + account_[Cause::operand_fetch] -
                                   before);
}

void Sequencer::load_stationary(const Pass& pass) {
  if (!pass.loads_stationary) return;
  // Shadow registers fill while the pass before computes, from when the operand is in its buffer.
  const std::int64_t resident = now_cycles() - stationary_at_;
  const std::int64_t hidden = mapping_.shadow_weights ? std::min(last_compute_, resident) : 0;
  spend(Cause::stationary_load, std::max<std::int64_t>(0, mapping_.load_cycles - hidden));
}

void Sequencer::send_drain(const Tile& tile, const Pass& pass, bool last_of_tile) {
  Drain drain{drain_cycles(mapping_, pass.outputs), 0};
  if (last_of_tile && tile.finishes_outputs) drain.write_back_bits = tile.output_bits;
  ++open_drains_;
  drains_.write(drain);
}

void Sequencer::drain() {
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

void Sequencer::write_back() {
  while (true) {
    std::int64_t bits = 0;
    write_backs_.read(bits);
    dram_.transfer(bits, written_);
    outputs_.release();
    progress_.notify();
    if (--open_write_backs_ == 0) all_written_.notify(sc_core::SC_ZERO_TIME);
  }
}

void Sequencer::book_wait(const Resident& resident, std::int64_t since) {
  // Weights are fetched first: the wait is theirs until they arrived, the activations' from then
  // on.
  const std::int64_t now = now_cycles();
  const std::int64_t weights = std::clamp(resident.weights_at, since, now);
  account_[Cause::wait_weights] += static_cast<std::uint64_t>(weights - since);
  account_[Cause::wait_activations] += static_cast<std::uint64_t>(now - weights);
}

void Sequencer::spend(Cause cause, std::int64_t count) {
  if (count <= 0) return;
  wait(cycles(count));
  account_[cause] += static_cast<std::uint64_t>(count);
}

void Sequencer::book(Cause cause, std::int64_t since) {
  account_[cause] += static_cast<std::uint64_t>(now_cycles() - since);
}

std::string Sequencer::state() const {
  return fmt::format(
      "tiles: {} of {} fetched, {} computed; passes computed: {}\n"
      "buffers held: activations {}, weights {}, outputs {}; accumulator sets free: {}\n"
      "queues: {} resident tiles, {} drains, {} write-backs; DRAM requests waiting: {}",
      fetched_tiles_, schedule_.tiles(), computed_tiles_, computed_passes_, activations_.held(),
      weights_.held(), outputs_.held(), accumulators_.get_value(), resident_.num_available(),
      open_drains_, open_write_backs_, dram_.waiting());
}

}  // namespace bitscale::kernel
