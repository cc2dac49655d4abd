#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "sim/netlist/lanes.hpp"
#include "sim/netlist/planes.hpp"
#include "sim/netlist/program.hpp"

namespace bitscale::netlist {

/// Toggles of a netlist under a stimulus. Per 64 lanes, because the spread between groups of
/// windows gives a sample its interval. Integers, so that counts are the same on every path.
struct ToggleCount {
  std::uint64_t transitions = 0;  ///< from one operand set to the next, over all lanes
  std::size_t words = 0;          ///< groups of 64 lanes in use
  /// Sum over nodes of weight x toggles, in halves of a unit.
  std::array<std::uint64_t, kPlaneWords> half_units{};
  /// Toggles of flip-flop outputs; what their internals use comes on top of the nets' units.
  std::array<std::uint64_t, kPlaneWords> flip_flop_toggles{};

  [[nodiscard]] double units_per_transition() const;
  [[nodiscard]] double flip_flop_toggles_per_transition() const;
  bool operator==(const ToggleCount&) const = default;
};

/// Toggles between settled states (zero delay). Successive steps of a lane are successive operand
/// sets; the first step of a lane settles it and counts nothing. Flip-flops start at 0 and take
/// their data between steps.
class ZeroDelayToggles {
 public:
  explicit ZeroDelayToggles(const Netlist& netlist, VectorPath path = best_path());
  [[nodiscard]] ToggleCount count(const Stimulus& stimulus);

 private:
  Program program_;
  VectorPath path_;
  AlignedWords values_;  ///< [node][step][word]
};

/// The gates to look at after each unit of time, in order: those that can toggle then, deepest
/// first.
struct TimedSchedule {
  TimedSchedule(const Netlist& netlist, const Program& program);

  std::vector<GateOp> ops;  ///< of every visit
  std::vector<GateRun> runs;
};

/// Toggles with gate delays, glitches included: every operand set starts from the settled state of
/// the one before, all inputs and flip-flops switch at time 0, a gate follows its inputs after 1
/// unit (XOR, MUX: 2) and swallows pulses shorter than its delay.
class InertialToggles {
 public:
  explicit InertialToggles(const Netlist& netlist, VectorPath path = best_path());
  [[nodiscard]] ToggleCount count(const Stimulus& stimulus);

 private:
  Program program_;
  TimedSchedule schedule_;
  VectorPath path_;
  AlignedWords values_;  ///< [node][word], then what each slow gate last evaluated to
};

/// Values of the output buses at every step: [step][bus] one value per lane, sign-extended where
/// the bus is signed. Registers show what they hold during the step.
class Response {
 public:
  Response(const Netlist& netlist, const Stimulus& stimulus, VectorPath path = best_path());
  [[nodiscard]] std::int64_t value(std::size_t step, std::size_t bus, std::size_t lane) const {
    return values_[(step * buses_ + bus) * lanes_ + lane];
  }

 private:
  std::size_t buses_, lanes_;
  std::vector<std::int64_t> values_;
};

}  // namespace bitscale::netlist
