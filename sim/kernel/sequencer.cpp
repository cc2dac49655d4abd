#include "sim/kernel/sequencer.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace bitscale::kernel {

Sequencer::Sequencer(const sc_core::sc_module_name& name, const Schedule& schedule,
                     PassExecutor& array, Dram& dram, Timeline* timeline)
    : sc_module(name),
      schedule_(schedule),
      mapping_(schedule.mapping()),
      array_(array),
      dram_(dram),
      timeline_(timeline),
      activations_("activation_buffer", mapping_.activation_buffer),
      weights_("weight_buffer", mapping_.weight_buffer),
      outputs_("output_buffer", mapping_.output_buffer),
      resident_("resident", 2),
      drains_("drains", 4),
      write_backs_("write_backs", 4),
      time_(schedule) {
  SC_THREAD(fetch);
  SC_THREAD(compute);
  SC_THREAD(drain);
  SC_THREAD(write_back);
}

void Sequencer::fetch() {
  Resident next;
  Tile after = schedule_.tile(0);
  for (std::int64_t i = 0; i < schedule_.tiles(); ++i) {
    next.tile = after;
    if (next.tile.fetch_weights) {
      weights_.acquire();
      dram_.transfer(next.tile.weight_coded_bits, fetched_);
      note_transfer(Track::fetch_weights, i, next.tile.weight_coded_bits);
      next.weights_at = now_cycles();
    }
    if (next.tile.fetch_activations) {
      activations_.acquire();
      dram_.transfer(next.tile.activation_coded_bits, fetched_);
      note_transfer(Track::fetch_activations, i, next.tile.activation_coded_bits);
      next.activations_at = now_cycles();
    }
    done_.traffic += tile_traffic(next.tile);
    const bool last = i + 1 == schedule_.tiles();
    if (!last) after = schedule_.tile(i + 1);
    next.frees_weights = last || after.fetch_weights;
    next.frees_activations = last || after.fetch_activations;
    resident_.write(next);
    ++fetched_tiles_;
  }
}

void Sequencer::compute() {
  for (std::int64_t i = 0; i < schedule_.tiles(); ++i) {
    const std::int64_t since = now_cycles();
    const CycleAccount before = done_.cycles;
    Resident resident;
    resident_.read(resident);
    book_wait(resident, since);
    if (resident.tile.starts_outputs) {
      const std::int64_t blocked = now_cycles();
      outputs_.acquire();
      book(Cause::wait_outputs, blocked);
    }
    const std::int64_t now = now_cycles();
    time_.begin_tile(now - since,
                     now - (mapping_.stationary == Operand::weights ? resident.weights_at
                                                                    : resident.activations_at));
    if (i == 0) time_.spend(Cause::fill, mapping_.latency_cycles, done_);
    run_tile(resident.tile);
    note_array(i, since, before);
    if (resident.frees_weights) weights_.release();
    if (resident.frees_activations) activations_.release();
  }
  const std::int64_t drained = now_cycles();
  const CycleAccount before = done_.cycles;
  time_.spend(Cause::drain, time_.draining(), done_);
  synchronise();
  const std::int64_t written = now_cycles();
  while (open_write_backs_ > 0) wait(all_written_);
  book(Cause::write_back, written);
  note_array(schedule_.tiles() - 1, drained, before);
  end_cycle_ = now_cycles();
  finished_ = true;
  finish_.notify();
}

void Sequencer::run_tile(const Tile& tile) {
  const std::int64_t since = now_cycles();
  const std::uint64_t drained = done_.drain_cycles;
  if (array_.visits() == Visits::none) {
    time_.run_tile(tile, done_);
  } else {
    const std::int64_t passes = schedule_.passes(tile);
    for (std::int64_t i = 0; i < passes; ++i) run_pass(tile, i);
  }
  synchronise();
  ++computed_tiles_;
  note_drain(tile.index, since, done_.drain_cycles - drained);
  if (!tile.finishes_outputs) return;
  ++open_write_backs_;
  drains_.write({tile.index, now_cycles() + time_.draining(), tile.output_bits});
}

void Sequencer::run_pass(const Tile& tile, std::int64_t index) {
  const Pass pass = schedule_.pass(tile, index);
  const bool last = time_.is_last(tile, index);
  const StepTime steps = time_.begin_pass(pass, done_);
  if (array_.visits() == Visits::in_time) synchronise();
  array_.execute(pass, steps.total());
  if (mapping_.fill_per_pass || last) array_.flush();
  time_.end_pass(pass, steps, last, done_);
}

void Sequencer::synchronise() {
  const auto booked = static_cast<std::int64_t>(done_.cycles.total());
  if (booked > now_cycles()) wait(cycles(booked - now_cycles()));
}

void Sequencer::drain() {
  while (true) {
    Drain job;
    drains_.read(job);
    if (job.due > now_cycles()) wait(cycles(job.due - now_cycles()));
    write_backs_.write(job);
  }
}

void Sequencer::write_back() {
  while (true) {
    Drain job;
    write_backs_.read(job);
    dram_.transfer(job.bits, written_);
    note_transfer(Track::write_back, job.tile, job.bits);
    outputs_.release();
    if (--open_write_backs_ == 0) all_written_.notify(sc_core::SC_ZERO_TIME);
  }
}

void Sequencer::book_wait(const Resident& resident, std::int64_t since) {
  // Weights are fetched first: the wait is theirs until they arrived, the activations' from then
  // on.
  const std::int64_t now = now_cycles();
  const std::int64_t weights = std::clamp(resident.weights_at, since, now);
  done_.cycles[Cause::wait_weights] += static_cast<std::uint64_t>(weights - since);
  done_.cycles[Cause::wait_activations] += static_cast<std::uint64_t>(now - weights);
}

void Sequencer::book(Cause cause, std::int64_t since) {
  done_.cycles[cause] += static_cast<std::uint64_t>(now_cycles() - since);
}

void Sequencer::note_transfer(Track track, std::int64_t tile, std::int64_t bits) {
  if (timeline_ == nullptr || mapping_.dram.ideal() || bits == 0) return;
  const std::int64_t now = now_cycles();
  const std::int64_t busy = dram_.cycles_of(bits);
  timeline_->add(track, tile, now - busy, now, busy);
}

void Sequencer::note_array(std::int64_t tile, std::int64_t since, const CycleAccount& before) {
  if (timeline_ == nullptr) return;
  timeline_->add_array(tile, since, now_cycles(), difference(done_.cycles, before));
}

void Sequencer::note_drain(std::int64_t tile, std::int64_t since, std::uint64_t busy) {
  if (timeline_ == nullptr || busy == 0) return;
  const std::vector<TileSlice>& before = timeline_->slices(Track::output_unit);
  if (!before.empty()) since = std::max(since, before.back().end);
  timeline_->add(Track::output_unit, tile, since, now_cycles() + time_.draining(),
                 static_cast<std::int64_t>(busy));
}

std::string Sequencer::state() const {
  return fmt::format(
      "tiles: {} of {} fetched, {} computed; passes computed: {}\n"
      "buffers held: activations {}, weights {}, outputs {}; accumulators drain for {} cycles\n"
      "queues: {} resident tiles, {} drains and write-backs; DRAM requests waiting: {}",
      fetched_tiles_, schedule_.tiles(), computed_tiles_, done_.passes, activations_.held(),
      weights_.held(), outputs_.held(), time_.draining(), resident_.num_available(),
      open_write_backs_, dram_.waiting());
}

}  // namespace bitscale::kernel
