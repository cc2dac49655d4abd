#pragma once

#include <cstdint>
#include <functional>

#include "sim/netlist/toggles.hpp"

namespace bitscale::netlist {

/// A figure per transition with its two-sided confidence interval.
struct Estimate {
  double value = 0;
  double half_width = 0;          ///< value +- half_width at the plan's confidence
  std::uint64_t transitions = 0;  ///< sampled
  bool reached = false;           ///< the interval is as narrow as the plan asked

  [[nodiscard]] double relative_half_width() const { return value == 0 ? 0 : half_width / value; }
};

/// When sampling stops.
struct SamplingPlan {
  double relative_half_width = 0.01;
  double confidence = 0.95;
  std::size_t min_groups = 16;  ///< groups of 64 windows before the first look
  std::uint64_t max_transitions = std::uint64_t{1} << 26U;
};

/// Fills batch `index` of a stream: every lane a contiguous window of its own, lanes drawn alike.
/// Batches of a sample have one shape.
using StimulusSource = std::function<void(std::uint64_t index, Stimulus& batch)>;

/// Mean and interval of figures per group, one group being 64 windows: Student's t over group means
/// (Boost.Math).
class GroupStatistics {
 public:
  void add(double x) { add(x, 1); }
  /// A pair of figures of one group whose ratio of sums is wanted.
  void add(double numerator, double denominator);
  [[nodiscard]] std::size_t groups() const { return groups_; }
  /// Ratio of the sums (the mean for denominators 1) and its interval by linearisation.
  [[nodiscard]] Estimate estimate(double confidence) const;

 private:
  std::size_t groups_ = 0;
  double n_ = 0, d_ = 0, nn_ = 0, nd_ = 0, dd_ = 0;
};

/// Units per transition, batch after batch until the interval is reached or the limit is. `Counter`
/// is ZeroDelayToggles or InertialToggles.
[[nodiscard]] Estimate sample_zero_delay(const Netlist& netlist, Stimulus batch,
                                         const StimulusSource& source, const SamplingPlan& plan);
[[nodiscard]] Estimate sample_inertial(const Netlist& netlist, Stimulus batch,
                                       const StimulusSource& source, const SamplingPlan& plan);
/// Inertial over zero-delay units on the same windows: the ratio estimator that carries glitches
/// from a small sample to a large zero-delay one.
[[nodiscard]] Estimate sample_glitch_factor(const Netlist& netlist, Stimulus batch,
                                            const StimulusSource& source, const SamplingPlan& plan);

/// Units of energy per operation at glitch gain g: tog0 + g (inertial - tog0), from units per
/// transition.
[[nodiscard]] constexpr double energy_units(double zero_delay, double inertial,
                                            double glitch_gain) {
  return zero_delay + glitch_gain * (inertial - zero_delay);
}

}  // namespace bitscale::netlist
