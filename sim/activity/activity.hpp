#pragma once

#include <cstdint>

#include "arch/unit.hpp"
#include "sim/activity/unit_gates.hpp"
#include "sim/activity/unit_stream.hpp"
#include "sim/mapping/mapping.hpp"
#include "sim/netlist/sampling.hpp"
#include "sim/workload/operands.hpp"

namespace bitscale {

/// How far the switching of a layer is followed.
struct ActivityPlan {
  /// Half width of the interval around a layer's zero-delay toggles at which sampling stops, and
  /// around its toggles with glitches.
  double relative_half_width = 0.01;
  double glitch_half_width = 0.02;
  double confidence = 0.95;
  std::uint64_t max_transitions = std::uint64_t{1} << 22U;
  std::uint64_t max_glitch_transitions = std::uint64_t{1} << 16U;
  std::int64_t window_cycles = 15;  ///< of a unit, in whole steps
  /// Layers of at most so many cycles of units are followed in full, as are all with `full`: every
  /// step of every unit, glitches included.
  std::uint64_t full_below = std::uint64_t{1} << 13U;
  bool full = false;
  std::uint64_t seed = 1;
};

/// What the units of a layer switch, per cycle in which a unit works. Integers of the sample, and
/// the estimates that follow from them.
struct LayerActivity {
  bool full = false;  ///< nothing was drawn: exact but for rounding
  std::uint64_t windows = 0;
  std::uint64_t transitions = 0;         ///< of one unit from one cycle to the next, looked at
  std::uint64_t half_units = 0;          ///< capacitance switched in them, zero delay, in halves
  std::uint64_t flip_flop_toggles = 0;   ///< in them
  std::uint64_t glitch_transitions = 0;  ///< of these, timed with gate delays as well
  std::uint64_t settled_half_units = 0;  ///< in the timed ones, zero delay
  std::uint64_t timed_half_units = 0;    ///< in the timed ones, with glitches
  OperandActivity activations, weights;  ///< over the windows
  netlist::Estimate zero_delay;          ///< units per transition
  netlist::Estimate glitch_factor;       ///< units with glitches / units without
  // Of the unit, to turn cycles into flip-flop clocks:
  std::uint64_t accumulator_bits = 0, other_flip_flops = 0;
  std::int64_t cycles = 1, idle_cycles = 0;  ///< of a step; idle ones do not clock the accumulators

  [[nodiscard]] bool reached() const { return zero_delay.reached && glitch_factor.reached; }
  bool operator==(const LayerActivity& other) const;
};

/// Whether two mappings of a layer make its units walk alike, so that what they switch is the same:
/// they may differ in memories (but for what these skip), clocks and waiting alone.
[[nodiscard]] bool same_walk(const Mapping& a, const Mapping& b);

/// Follows units of the layer through contiguous windows of their schedules, with the operands and
/// partial sums that stand there, and counts what their gates switch. Windows are drawn alike from
/// all (unit, step) pairs, spread evenly over every loop of the nest within each group of 64, until
/// the plan's intervals are reached or its limits are. Deterministic, and the same on every vector
/// path. Throws MappingError for mappings whose partial sums a unit's netlist does not draw.
[[nodiscard]] LayerActivity measure_activity(const Mapping& mapping, const Unit& unit,
                                             const Operands& operands, const ActivityPlan& plan,
                                             GateCache& cache);

}  // namespace bitscale
