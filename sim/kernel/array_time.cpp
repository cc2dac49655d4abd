#include "sim/kernel/array_time.hpp"

#include <algorithm>

namespace bitscale::kernel {
namespace {

/// Tiles remembered at a time: more than the kinds that a layer has, few enough to look through.
constexpr std::size_t kMostKnown = 64;

/// Whole cycles that `work` parts take, `whole` to a cycle, when `ahead` are paid for already.
std::int64_t round_up(std::int64_t work, std::int64_t whole, std::int64_t& ahead) {
  const std::int64_t cycles = ceil_div(std::max<std::int64_t>(work - ahead, 0), whole);
  ahead += cycles * whole - work;
  return cycles;
}

/// Whether passes that differ only in their place along `dim` fetch the same: filters of packed
/// groups decide which activations they read.
bool alike_along(const Mapping& m, Dim dim) { return dim != Dim::K || !m.packed_groups; }

}  // namespace

void PassTotals::add(const PassTotals& other, std::uint64_t times) {
  for (std::size_t i = 0; i < kCauses; ++i) cycles.by_cause[i] += times * other.cycles.by_cause[i];
  traffic.add(other.traffic, times);
  passes += times * other.passes;
  drain_cycles += times * other.drain_cycles;
}

ArrayTime::ArrayTime(const Schedule& schedule)
    : schedule_(schedule), mapping_(schedule.mapping()) {}

void ArrayTime::begin_tile(std::int64_t waited, std::int64_t stationary_for) {
  elapse(waited);
  state_.stationary_for = std::min(stationary_for, mapping_.load_cycles);
}

bool ArrayTime::is_last(const Tile& tile, std::int64_t pass) const {
  return tile.index + 1 == schedule_.tiles() && pass + 1 == schedule_.passes(tile);
}

void ArrayTime::elapse(std::int64_t cycles) {
  for (std::int64_t& drained : state_.drained)
    drained = std::max<std::int64_t>(drained - cycles, 0);
  state_.stationary_for = std::min(state_.stationary_for + cycles, mapping_.load_cycles);
}

void ArrayTime::spend(Cause cause, std::int64_t cycles, PassTotals& totals) {
  if (cycles <= 0) return;
  totals.cycles[cause] += static_cast<std::uint64_t>(cycles);
  elapse(cycles);
}

/// Which turn of every loop over tiles a tile is: the only one, the first, one in between, the
/// last. Extents follow from that, and which passes come right before and after the tile.
std::uint64_t ArrayTime::place(const Tile& tile) const {
  std::uint64_t place = 0;
  for (std::size_t i = 0; i < kDims; ++i) {
    const Range& range = tile.ranges.values[i];
    const bool first = range.begin == 0;
    const bool last = range.end == mapping_.bound.values[i];
    place = 4 * place + (first ? 1 : 0) + (last ? 2 : 0);
  }
  if (alike_along(mapping_, Dim::K)) return place;
  return place + (static_cast<std::uint64_t>(tile.ranges[Dim::K].begin) << 2 * kDims);
}

void ArrayTime::run_tile(const Tile& tile, PassTotals& totals) {
  const std::uint64_t at = place(tile);
  for (const Known& known : known_) {
    if (known.place != at || known.before != state_) continue;
    totals.add(known.totals, 1);
    state_ = known.after;
    return;
  }
  loops_.clear();
  std::int64_t stride = 1;
  for (auto dim = mapping_.pass_order.rbegin(); dim != mapping_.pass_order.rend(); ++dim) {
    const std::int64_t turns = ceil_div(tile.ranges[*dim].extent(), mapping_.pass_extent[*dim]);
    if (turns > 1) loops_.push_back({turns, stride, alike_along(mapping_, *dim)});
    stride *= turns;
  }
  if (known_.size() == kMostKnown) known_.clear();
  Known& known = known_.emplace_back();
  known.place = at;
  known.before = state_;
  run_loops(tile, loops_.size(), 0, known.totals);
  known.after = state_;
  totals.add(known.totals, 1);
}

/// The `loops` innermost ones, from pass `first` of the tile on.
void ArrayTime::run_loops(const Tile& tile, std::size_t loops, std::int64_t first,
                          PassTotals& totals) {
  if (loops == 0) {
    const Pass pass = schedule_.pass(tile, first);
    const StepTime steps = begin_pass(pass, totals);
    end_pass(pass, steps, is_last(tile, first), totals);
    return;
  }
  const Loop loop = loops_[loops - 1];
  for (std::int64_t turn = 0; turn < loop.turns;) {
    const State before = state_;
    PassTotals once;
    run_loops(tile, loops - 1, first + turn * loop.stride, once);
    const bool inner = turn > 0 && turn + 1 < loop.turns;
    const std::int64_t times = inner && loop.alike && state_ == before ? loop.turns - 1 - turn : 1;
    totals.add(once, static_cast<std::uint64_t>(times));
    turn += times;
  }
}

StepTime ArrayTime::begin_pass(const Pass& pass, PassTotals& totals) {
  const Mapping& m = mapping_;
  if (pass.loads_stationary) {
    // Shadow registers fill while the pass before computes, from when the operand is in its buffer.
    const std::int64_t hidden =
        m.shadow_weights ? std::min(state_.duration, state_.stationary_for) : 0;
    spend(Cause::stationary_load, m.load_cycles - hidden, totals);
  }
  if (pass.starts || pass.restores) {
    const bool single = m.accumulator_sets == 1;
    spend(Cause::drain, single ? state_.drained[0] : state_.drained[1], totals);
  }
  if (pass.restores) spend(Cause::spill, spill_cycles(m, pass.outputs), totals);
  // Ideal windows: a pass takes its share of a full one, and the layer as a whole is rounded up.
  const std::int64_t work = pass.steps * pass.window_share;
  StepTime time;
  time.compute = round_up(work * m.unit_cycles, pass.window_whole, state_.compute_ahead);
  time.fetch =
      round_up(work * (pass.step_cycles - m.unit_cycles), pass.window_whole, state_.fetch_ahead);
  return time;
}

void ArrayTime::end_pass(const Pass& pass, const StepTime& steps, bool last_of_layer,
                         PassTotals& totals) {
  const Mapping& m = mapping_;
  spend(Cause::compute, steps.compute, totals);
  spend(Cause::operand_fetch, steps.fetch, totals);
  state_.duration = steps.total();
  if (m.fill_per_pass || last_of_layer) spend(Cause::fill, m.fill_cycles, totals);
  if (pass.spills) spend(Cause::spill, spill_cycles(m, pass.outputs), totals);
  if (pass.finishes) {
    state_.drained[1] = state_.drained[0];
    const std::int64_t drain = drain_cycles(m, pass.outputs);
    state_.drained[0] += drain;
    totals.drain_cycles += static_cast<std::uint64_t>(drain);
  }
  totals.traffic += pass_traffic(m, pass);
  ++totals.passes;
}

}  // namespace bitscale::kernel
