#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "sim/netlist/netlist.hpp"
#include "sim/netlist/timing.hpp"

namespace bitscale {

/// One operand set of one unit: positions lane * products + product. Where `valid` is 0 there is no
/// product (the layer did not fill the lane, or its guard holds it) and the operands are 0.
struct StepOperands {
  std::span<const std::int32_t> activations, weights;
  std::span<const std::uint8_t> valid;
};

/// A unit drawn gate by gate and set to one mode: what evaluation, toggles, timing and area are
/// read from. Its accumulators are registers `accumulator0`, `accumulator1`, ... (one per segment);
/// in every cycle each takes itself plus the addend, wrapped or clamped as the unit's accumulator
/// is. Other registers are the unit's own: the first cycle of a step starts them afresh, so that
/// nothing of the steps before remains.
struct UnitNetlist {
  netlist::Netlist netlist;
  std::vector<netlist::Tie> ties;  ///< inputs that the mode holds: mode signals, gated bits
  std::int64_t cycles = 1;         ///< of a step
  std::int64_t segments = 1;
  /// First cycles of a step that add nothing: the accumulators' clock is gated in them.
  std::int64_t idle_cycles = 0;

  /// Writes what the input buses (in the order of netlist.inputs, registers apart) carry in cycle
  /// `cycle` of a step. On entry they hold the cycle before, so that a held bus is left alone.
  std::function<void(const StepOperands& step, std::int64_t cycle, std::span<std::int64_t> buses)>
      drive;

  /// What segment `segment` adds in that cycle: the netlist's specification in integers.
  std::function<std::int64_t(const StepOperands& step, std::int64_t cycle, std::int64_t segment)>
      addend;
};

}  // namespace bitscale
