#include "sim/power/delay.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/math/tools/roots.hpp>
#include <cmath>
#include <cstdint>

#include "sim/core/quantity.hpp"
#include "sim/core/rounding.hpp"

namespace bitscale {

namespace {

/// Relative room for the last bits of pow(), far below the step of the supply grid.
constexpr double kRoundingRoom = 1e-10;

/// V / (V - Vt)^alpha; falls with V for any alpha >= 1.
double alpha_power(const DelayModel& model, double supply_V) {
  return supply_V / std::pow(supply_V - model.vt_V, model.alpha);
}

double nominal_delay_s(const DelayModel& model, std::uint32_t path_units) {
  return path_units * model.tau_s + model.setup_s;
}

void refuse_empty(std::uint32_t path_units) {
  if (path_units > 0) return;
  throw VoltageError(
      "the mode has an empty critical path: nothing in the unit switches, so no supply follows");
}

/// Where the slowdown is `allowed`, between floor and highest, rounded up to the grid.
double solve_V(const DelayModel& model, double allowed, const SupplyRange& range) {
  const auto excess = [&](double supply_V) { return slowdown(model, supply_V) - allowed; };
  std::uintmax_t iterations = 100;
  const auto bracket =
      boost::math::tools::toms748_solve(excess, range.floor_V, range.highest_V,
                                        boost::math::tools::eps_tolerance<double>(44), iterations);
  // Where the last bits of pow() put the root must not decide the result: the grid point just below
  // is tried first.
  double point = std::floor(bracket.first / kSupplyGridVolt + 0.5) - 1;
  while (point * kSupplyGridVolt < range.floor_V ||
         slowdown(model, point * kSupplyGridVolt) > allowed * (1 + kRoundingRoom)) {
    ++point;
  }
  return std::min(round_significant(point * kSupplyGridVolt), range.highest_V);
}

}  // namespace

std::string format_V(double value) { return format_significant(value) + " V"; }

DelayModel parse_delay(config::Reader& reader) {
  using config::Unit;
  DelayModel model;
  model.where = reader.where("");
  model.tau_s = reader.doc("Delay of a simple gate (one unit of a path) at vnom")
                    .quantity("tau", Unit::second, 1e-15, 1e-6);
  model.vt_V = reader.doc("Threshold voltage").quantity("vt", Unit::volt, 0.05, 2);
  model.alpha =
      reader.doc("Exponent of the alpha-power law; 2 is a long channel").number("alpha", 1, 2);
  model.vnom_V =
      reader.doc("Nominal supply, the highest there is").quantity("vnom", Unit::volt, 0.2, 5);
  model.setup_s = reader.doc("Set-up and clock-to-output time of the registers at vnom")
                      .quantity("setup", Unit::second, 0, 1e-6, 0.0);
  model.source = reader.section("source", parse_source);
  const bool both_given = reader.has("vnom") && reader.has("vt");
  if (!reader.describing() && both_given && model.vnom_V < lowest_modelled_V(model)) {
    reader.problem(
        "vnom", fmt::format("expected at least {} (vt and {} above it), got {}",
                            format_V(lowest_modelled_V(model)), format_V(kMarginAboveThresholdVolt),
                            format_V(model.vnom_V)));
  }
  reader.finish();
  return model;
}

DelayModel with_threshold(const DelayModel& model, double vt_V) {
  DelayModel moved = model;
  // tau stays the delay at vnom of the unbiased gate, so the law's constant must not change.
  const double before = alpha_power(model, model.vnom_V);
  moved.vt_V = vt_V;
  const double factor = alpha_power(moved, model.vnom_V) / before;
  moved.tau_s = round_significant(model.tau_s * factor);
  moved.setup_s = round_significant(model.setup_s * factor);
  return moved;
}

double lowest_modelled_V(const DelayModel& model) {
  return round_significant(model.vt_V + kMarginAboveThresholdVolt);
}

double slowdown(const DelayModel& model, double supply_V) {
  if (supply_V < lowest_modelled_V(model)) {
    throw VoltageError(fmt::format("a supply of {} is below {}, where the delay model ends",
                                   format_V(supply_V), format_V(lowest_modelled_V(model))));
  }
  return alpha_power(model, supply_V) / alpha_power(model, model.vnom_V);
}

double path_delay_s(const DelayModel& model, std::uint32_t path_units, double supply_V) {
  return nominal_delay_s(model, path_units) * slowdown(model, supply_V);
}

double max_clock_Hz(const DelayModel& model, std::uint32_t path_units, double supply_V) {
  refuse_empty(path_units);
  return round_significant(1 / path_delay_s(model, path_units, supply_V));
}

Supply min_voltage(const DelayModel& model, std::uint32_t path_units, double clock_Hz,
                   const SupplyRange& range) {
  refuse_empty(path_units);
  const double allowed = 1 / (clock_Hz * nominal_delay_s(model, path_units));
  if (slowdown(model, range.highest_V) > allowed * (1 + kRoundingRoom)) {
    throw VoltageError(fmt::format(
        "no supply up to {} reaches {}: a path of {} unit delays takes {} there, which allows {}",
        format_V(range.highest_V), format_quantity(clock_Hz, QuantityUnit::hertz), path_units,
        format_quantity(path_delay_s(model, path_units, range.highest_V), QuantityUnit::second),
        format_quantity(max_clock_Hz(model, path_units, range.highest_V), QuantityUnit::hertz)));
  }
  Supply supply{range.floor_V, slowdown(model, range.floor_V) <= allowed * (1 + kRoundingRoom)};
  if (!supply.at_floor) supply.V = solve_V(model, allowed, range);
  if (range.steps_V.empty()) return supply;
  const auto step = std::ranges::lower_bound(range.steps_V, supply.V);
  if (step == range.steps_V.end() || *step > range.highest_V) {
    throw VoltageError(fmt::format("no supply step reaches {}: it needs {}, the highest is {}",
                                   format_quantity(clock_Hz, QuantityUnit::hertz),
                                   format_V(supply.V), format_V(range.steps_V.back())));
  }
  return {*step, supply.at_floor};
}

}  // namespace bitscale
