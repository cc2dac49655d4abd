#include "sim/power/operating_point.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string>

#include "sim/core/quantity.hpp"
#include "sim/core/rounding.hpp"

namespace bitscale {

namespace {

std::int64_t ceil_div(std::int64_t numerator, std::int64_t denominator) {
  return (numerator + denominator - 1) / denominator;
}

/// The clock at which the mode does as many products per second as the widest one does at
/// `clock_Hz`; rounded up to whole Hz.
std::int64_t equal_throughput_Hz(const UnitTiming& timing, std::int64_t clock_Hz) {
  // products and cycles are at most 256 each, so 10^12 Hz leaves room.
  return ceil_div(clock_Hz * timing.full.products * timing.mode.cycles,
                  timing.mode.products * timing.full.cycles);
}

std::int64_t clock_of(const OperatingRequest& request, const VoltagePolicy& policy) {
  switch (policy.kind) {
    case VoltageScaling::dvafs:
      return equal_throughput_Hz(request.timing, request.clock_Hz);
    case VoltageScaling::dvfs:
      return request.required_Hz;
    case VoltageScaling::fixed:
    case VoltageScaling::dvas:
      break;
  }
  return request.clock_Hz;
}

Supply domain_supply(DomainRule rule, const Supply& datapath, const Supply& scaled,
                     double nominal_V) {
  switch (rule) {
    case DomainRule::follow:
      return datapath;
    case DomainRule::scaled:
      return scaled;
    case DomainRule::fixed:
      break;
  }
  return {nominal_V, false};
}

/// One supply for all layers: nothing is solved, but the path must fit. A machine that says nothing
/// about supplies takes energies from the technology alone, and its clock is its own claim.
void require_period(const OperatingRequest& request, const VoltagePolicy& policy,
                    const DelayModel& model, double supply_V) {
  if (!policy.declared && !policy.vdd_V) return;
  const double max_Hz = max_clock_Hz(model, request.timing.mode.path_units, supply_V);
  if (max_Hz >= static_cast<double>(request.clock_Hz)) return;
  throw VoltageError(
      fmt::format("at {} a path of {} unit delays allows {}, the clock is {}", format_V(supply_V),
                  request.timing.mode.path_units, format_quantity(max_Hz, QuantityUnit::hertz),
                  format_quantity(static_cast<double>(request.clock_Hz), QuantityUnit::hertz)));
}

void solve_supplies(const OperatingRequest& request, const VoltagePolicy& policy,
                    const Technology& technology, double nominal_V, OperatingPoint& point) {
  const UnitTiming& timing = request.timing;
  const bool narrower =
      timing.mode.path_units < timing.full.path_units || point.clock_Hz < request.clock_Hz;
  point.body_bias_V = narrower ? policy.body_bias_V : 0;
  const DelayModel biased = delay_of(technology, point.body_bias_V);
  point.path_units = timing.mode.path_units;
  point.full_path_units = timing.full.path_units;
  const auto clock = static_cast<double>(point.clock_Hz);
  if (policy.kind == VoltageScaling::fixed) {
    require_period(request, policy, biased, nominal_V);
  } else {
    point.datapath =
        min_voltage(biased, timing.mode.path_units, clock, supply_range(policy, biased, nominal_V));
    Supply scaled;
    if (policy.control == DomainRule::scaled || policy.memory == DomainRule::scaled) {
      const DelayModel& plain = *technology.delay;
      scaled =
          min_voltage(plain, timing.full.path_units, clock, supply_range(policy, plain, nominal_V));
    }
    point.control = domain_supply(policy.control, point.datapath, scaled, nominal_V);
    point.memory = domain_supply(policy.memory, point.datapath, scaled, nominal_V);
  }
  if (timing.mode.path_units > 0) {
    point.max_clock_Hz = max_clock_Hz(biased, timing.mode.path_units, point.datapath.V);
  }
}

}  // namespace

double OperatingPoint::path_ratio() const {
  return full_path_units == 0 ? 1 : static_cast<double>(path_units) / full_path_units;
}

OperatingPoint solve_operating_point(const OperatingRequest& request, const VoltagePolicy& policy,
                                     const Technology& technology) {
  const double nominal_V = supply_V(policy, technology);
  OperatingPoint point;
  point.clock_Hz = clock_of(request, policy);
  point.datapath = point.control = point.memory = {nominal_V, false};
  const ModeTiming& mode = request.timing.mode;
  const ModeTiming& full = request.timing.full;
  point.throughput_ratio = round_significant(static_cast<double>(mode.products * full.cycles) /
                                             static_cast<double>(full.products * mode.cycles));
  if (!technology.delay) return point;
  try {
    solve_supplies(request, policy, technology, nominal_V, point);
  } catch (const VoltageError& error) {
    throw MappingError(request.layer, error.what());
  }
  return point;
}

std::int64_t required_clock_Hz(double work_per_s, double work, std::uint64_t cycles) {
  if (!(work > 0)) return 0;
  // Beyond this no path of any model follows; solve_operating_point() says so.
  constexpr double kMaxClockHz = 1e15;
  const double clock_Hz = std::ceil(work_per_s * static_cast<double>(cycles) / work);
  return static_cast<std::int64_t>(std::clamp(clock_Hz, 1.0, kMaxClockHz));
}

}  // namespace bitscale
