#include "sim/netlist/sampling.hpp"

#include <boost/math/distributions/students_t.hpp>
#include <cmath>

namespace bitscale::netlist {
namespace {

double sum_of(const std::array<std::uint64_t, kPlaneWords>& words, std::size_t word) {
  return static_cast<double>(words.at(word));
}

/// Draws batches until the plan is met; `measure` adds a batch's groups and returns its
/// transitions.
template <class Measure>
Estimate sample(Stimulus batch, const StimulusSource& source, const SamplingPlan& plan,
                const Measure& measure) {
  GroupStatistics statistics;
  Estimate estimate;
  std::uint64_t transitions = 0;
  for (std::uint64_t index = 0; transitions < plan.max_transitions; ++index) {
    source(index, batch);
    const std::uint64_t more = measure(batch, statistics);
    if (more == 0) break;
    transitions += more;
    if (statistics.groups() < plan.min_groups) continue;
    estimate = statistics.estimate(plan.confidence);
    estimate.reached = estimate.half_width <= plan.relative_half_width * estimate.value;
    if (estimate.reached) break;
  }
  if (estimate.half_width == 0 && !estimate.reached)
    estimate = statistics.estimate(plan.confidence);
  estimate.transitions = transitions;
  return estimate;
}

template <class Counter>
Estimate sample_units(const Netlist& netlist, Stimulus batch, const StimulusSource& source,
                      const SamplingPlan& plan) {
  Counter counter(netlist);
  const auto measure = [&](const Stimulus& stimulus, GroupStatistics& statistics) {
    const ToggleCount count = counter.count(stimulus);
    const double per_group = static_cast<double>(stimulus.steps() - 1) * 64 * 2;
    for (std::size_t word = 0; word < count.words; ++word) {
      statistics.add(sum_of(count.half_units, word) / per_group);
    }
    return count.transitions;
  };
  return sample(std::move(batch), source, plan, measure);
}

}  // namespace

void GroupStatistics::add(double numerator, double denominator) {
  ++groups_;
  n_ += numerator;
  d_ += denominator;
  nn_ += numerator * numerator;
  nd_ += numerator * denominator;
  dd_ += denominator * denominator;
}

Estimate GroupStatistics::estimate(double confidence) const {
  Estimate estimate;
  if (d_ == 0) return estimate;
  estimate.value = n_ / d_;
  if (groups_ < 2) {
    estimate.half_width = std::abs(estimate.value);
    return estimate;
  }
  // Residuals n - r d sum to zero; their spread over the mean denominator is the ratio's (Cochran,
  // Sampling Techniques, 6.3).
  const auto groups = static_cast<double>(groups_);
  const double r = estimate.value;
  const double squares = std::max(0.0, nn_ - 2 * r * nd_ + r * r * dd_);
  const double error = std::sqrt(squares / (groups - 1) / groups) / (d_ / groups);
  const boost::math::students_t distribution(groups - 1);
  estimate.half_width =
      boost::math::quantile(boost::math::complement(distribution, (1 - confidence) / 2)) * error;
  return estimate;
}

Estimate sample_zero_delay(const Netlist& netlist, Stimulus batch, const StimulusSource& source,
                           const SamplingPlan& plan) {
  return sample_units<ZeroDelayToggles>(netlist, std::move(batch), source, plan);
}

Estimate sample_inertial(const Netlist& netlist, Stimulus batch, const StimulusSource& source,
                         const SamplingPlan& plan) {
  return sample_units<InertialToggles>(netlist, std::move(batch), source, plan);
}

Estimate sample_glitch_factor(const Netlist& netlist, Stimulus batch, const StimulusSource& source,
                              const SamplingPlan& plan) {
  ZeroDelayToggles zero_delay(netlist);
  InertialToggles inertial(netlist);
  const auto measure = [&](const Stimulus& stimulus, GroupStatistics& statistics) {
    const ToggleCount slow = inertial.count(stimulus);
    const ToggleCount fast = zero_delay.count(stimulus);
    for (std::size_t word = 0; word < slow.words; ++word) {
      statistics.add(sum_of(slow.half_units, word), sum_of(fast.half_units, word));
    }
    return slow.transitions;
  };
  return sample(std::move(batch), source, plan, measure);
}

}  // namespace bitscale::netlist
