#pragma once

#include <cstdint>
#include <vector>

#include "sim/activity/unit_stream.hpp"
#include "sim/core/rng.hpp"

namespace bitscale {

/// Windows that fill the lanes of the evaluator, with what their operands did.
struct WindowBatch {
  std::vector<Window> windows;
  OperandActivity activations, weights;
};

/// Draws windows. A window may start at every step of every unit, and up to its length before the
/// first one, so that every step is in one with the same probability.
class WindowSampler {
 public:
  WindowSampler(const StreamSetup& setup, std::int64_t steps, std::uint64_t seed);
  /// Groups of 64 windows each; a group is a Latin hypercube over the dimensions of the nest.
  void draw(std::size_t groups, WindowBatch& batch);

 private:
  void draw_group(WindowBatch& batch);
  [[nodiscard]] std::uint64_t next() { return random_(counter_++); }

  const StreamSetup& setup_;
  std::int64_t steps_;
  UnitSteps space_;
  std::uint64_t early_starts_, starts_;
  CounterRng random_;
  std::uint64_t counter_ = 0;
};

/// Every step of every unit, window after window.
class WindowList {
 public:
  WindowList(const StreamSetup& setup, std::int64_t steps);
  /// The next windows, at most `count`; none at the end.
  void next(std::size_t count, WindowBatch& batch);

 private:
  const StreamSetup& setup_;
  std::int64_t steps_;
  UnitSteps space_;
  std::uint64_t next_unit_ = 0;
  std::vector<UnitStream> current_;  ///< the unit under way, if any
};

}  // namespace bitscale
