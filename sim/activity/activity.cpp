#include "sim/activity/activity.hpp"

#include <algorithm>
#include <array>
#include <tuple>

#include "sim/activity/window_columns.hpp"
#include "sim/activity/window_source.hpp"
#include "sim/core/rounding.hpp"

namespace bitscale {
namespace {

using netlist::Estimate;
using netlist::GroupStatistics;
using netlist::kLanes;
using netlist::Stimulus;
using netlist::ToggleCount;

constexpr std::size_t kGroup = 64;
constexpr std::size_t kGroups = kLanes / kGroup;
/// Groups without a toggle after which a layer counts as still.
constexpr std::size_t kStillGroups = 64;
/// Of the transitions, one in eight are timed as well: the evaluator with delays is a hundred times
/// slower, and the ratio varies little.
constexpr std::size_t kTimedOneIn = 8, kLeastTimed = 2, kMostTimed = 16;

/// Counts batches of windows and keeps the figures per group.
class Meter {
 public:
  Meter(const StreamSetup& setup, UnitGates& gates, const ActivityPlan& plan, LayerActivity& result)
      : gates_(gates),
        plan_(plan),
        result_(result),
        random_(plan.seed, tensor_stream(setup.mapping.layer, "timed")) {}

  void count(WindowBatch& batch) {
    follow_registers(gates_, batch.windows);
    std::size_t longest = 0;
    for (const Window& window : batch.windows) longest = std::max(longest, window.transitions);
    const ToggleCount settled = gates_.zero_delay(columns(whole(batch.windows), longest + 1));
    result_.windows += batch.windows.size();
    result_.activations += batch.activations;
    result_.weights += batch.weights;
    for (std::size_t word = 0; word < settled.words; ++word) {
      const std::uint64_t transitions = transitions_of(batch, word);
      zero_delay_.add(static_cast<double>(settled.half_units.at(word)) / 2,
                      static_cast<double>(transitions));
      result_.transitions += transitions;
      result_.half_units += settled.half_units.at(word);
      result_.flip_flop_toggles += settled.flip_flop_toggles.at(word);
    }
    if (result_.full) {
      TimedGroups groups{};
      time(whole(batch.windows), longest, groups);
      add(groups);
      result_.glitch_transitions = result_.transitions;
    } else if (!timed_enough()) {
      time_some(batch, longest);
    }
  }

  /// Whether both intervals are reached, or nothing more may be spent.
  [[nodiscard]] bool finished() {
    result_.zero_delay = estimate(zero_delay_, plan_.relative_half_width, result_.transitions);
    result_.glitch_factor =
        estimate(glitches_, plan_.glitch_half_width, result_.glitch_transitions);
    const bool settled = result_.zero_delay.reached || result_.transitions >= plan_.max_transitions;
    return settled && timed_enough();
  }

 private:
  [[nodiscard]] bool timed_enough() const {
    return result_.glitch_factor.reached ||
           result_.glitch_transitions >= plan_.max_glitch_transitions;
  }

  static std::uint64_t transitions_of(const WindowBatch& batch, std::size_t word) {
    std::uint64_t transitions = 0;
    const std::size_t end = std::min((word + 1) * kGroup, batch.windows.size());
    for (std::size_t i = word * kGroup; i < end; ++i) transitions += batch.windows[i].transitions;
    return transitions;
  }

  [[nodiscard]] Estimate estimate(const GroupStatistics& statistics, double goal,
                                  std::uint64_t transitions) const {
    Estimate estimate = statistics.estimate(plan_.confidence);
    // Library functions differ between machines in the last digit; what stops the sampling must
    // not.
    estimate.half_width = round_significant(result_.full ? 0 : estimate.half_width);
    estimate.transitions = transitions;
    const bool all_still = estimate.value == 0 && statistics.groups() >= kStillGroups;
    estimate.reached = result_.full || all_still ||
                       (estimate.value > 0 && estimate.half_width <= goal * estimate.value);
    return estimate;
  }

  [[nodiscard]] Stimulus columns(const std::vector<Excerpt>& excerpts, std::size_t count) const {
    return side_by_side(gates_.open(), gates_.planes(), excerpts, gates_.packed_words(), count);
  }

  /// Transitions drawn alike from all of a group's: cycles of a step differ in their glitches, so
  /// that none may be preferred for its place in a window.
  void time_some(const WindowBatch& batch, std::size_t longest) {
    const std::size_t some = std::clamp(longest / kTimedOneIn, kLeastTimed, kMostTimed);
    std::vector<Excerpt> drawn = whole(batch.windows);
    TimedGroups groups{};
    for (std::size_t round = 0; round < some; ++round) {
      for (std::size_t word = 0; word * kGroup < drawn.size(); ++word) {
        const std::size_t end = std::min((word + 1) * kGroup, drawn.size());
        const std::uint64_t all = transitions_of(batch, word);
        for (std::size_t lane = word * kGroup; all > 0 && lane < end; ++lane) {
          std::uint64_t which = random_(counter_++) % all;
          const Window* window = &batch.windows[word * kGroup];
          for (; which >= window->transitions; ++window) which -= window->transitions;
          drawn[lane] = {window, which};
          ++result_.glitch_transitions;
        }
      }
      time(drawn, 1, groups);
    }
    add(groups);
  }

  /// Half units switched in the timed transitions of each group of windows.
  struct TimedGroups {
    std::array<std::uint64_t, kGroups> settled{}, timed{};
  };

  void time(const std::vector<Excerpt>& excerpts, std::size_t transitions, TimedGroups& groups) {
    const Stimulus stimulus = columns(excerpts, transitions + 1);
    const ToggleCount settled = gates_.zero_delay(stimulus);
    const ToggleCount timed = gates_.inertial(stimulus);
    for (std::size_t word = 0; word < settled.words; ++word) {
      groups.settled.at(word) += settled.half_units.at(word);
      groups.timed.at(word) += timed.half_units.at(word);
    }
  }

  void add(const TimedGroups& groups) {
    for (std::size_t word = 0; word < kGroups; ++word) {
      if (groups.settled.at(word) == 0 && groups.timed.at(word) == 0) continue;
      glitches_.add(static_cast<double>(groups.timed.at(word)),
                    static_cast<double>(groups.settled.at(word)));
      result_.settled_half_units += groups.settled.at(word);
      result_.timed_half_units += groups.timed.at(word);
    }
  }

  UnitGates& gates_;
  const ActivityPlan& plan_;
  LayerActivity& result_;
  GroupStatistics zero_delay_, glitches_;
  CounterRng random_;
  std::uint64_t counter_ = 0;
};

}  // namespace

bool LayerActivity::operator==(const LayerActivity& o) const {
  return full == o.full && windows == o.windows && transitions == o.transitions &&
         half_units == o.half_units && flip_flop_toggles == o.flip_flop_toggles &&
         glitch_transitions == o.glitch_transitions && settled_half_units == o.settled_half_units &&
         timed_half_units == o.timed_half_units && activations == o.activations &&
         weights == o.weights;
}

bool same_walk(const Mapping& a, const Mapping& b) {
  const auto all = [](const Mapping& m) {
    return std::tie(
        m.layer, m.shape, m.types, m.flattened, m.packed_groups, m.windows, m.stationary, m.bound,
        m.spatial, m.in_unit, m.tile, m.pass_extent, m.tile_order, m.pass_order, m.step_order,
        m.rows, m.columns, m.lanes, m.subwords, m.unit_cycles, m.segments, m.segment, m.pad_value,
        m.activation_bits, m.weight_bits, m.output_bits, m.accumulator_sets, m.accumulator_entries,
        m.activation_buffer.skip_zeros, m.weight_buffer.skip_zeros);
  };
  return all(a) == all(b);
}

LayerActivity measure_activity(const Mapping& mapping, const Unit& unit, const Operands& operands,
                               const ActivityPlan& plan, GateCache& cache) {
  UnitGates& gates = cache.gates(unit, mapping.lanes.size, mapping.types);
  const StreamSetup setup(mapping, unit, operands, gates);
  LayerActivity result;
  result.accumulator_bits = gates.accumulator_bits();
  result.other_flip_flops = gates.other_flip_flops();
  result.cycles = gates.unit().cycles;
  result.idle_cycles = gates.unit().idle_cycles;
  const std::int64_t steps = ceil_div(plan.window_cycles, result.cycles);
  const std::uint64_t cycles =
      UnitSteps(mapping).count() * static_cast<std::uint64_t>(result.cycles);
  result.full = plan.full || cycles <= plan.full_below;
  Meter meter(setup, gates, plan, result);
  WindowBatch batch;
  if (result.full) {
    WindowList list(setup, steps);
    for (list.next(kLanes, batch); !batch.windows.empty(); list.next(kLanes, batch))
      meter.count(batch);
    (void)meter.finished();
    return result;
  }
  WindowSampler sampler(setup, steps, plan.seed);
  std::uint64_t looked_at = 0;  // guarded cycles included: they cost time too
  do {
    sampler.draw(kGroups, batch);
    meter.count(batch);
    looked_at += static_cast<std::uint64_t>(steps * result.cycles) * kLanes;
  } while (!meter.finished() && looked_at < plan.max_transitions);
  return result;
}

}  // namespace bitscale
