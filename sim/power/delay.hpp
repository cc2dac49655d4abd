#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "sim/config/reader.hpp"
#include "sim/power/cost_curve.hpp"

namespace bitscale {

/// How long a gate takes at a supply, after the alpha-power law (T. Sakurai, A. R. Newton, IEEE
/// JSSC 25(2), 1990): proportional to V / (V - Vt)^alpha. Turns path lengths in gate delays into
/// nanoseconds, and periods into the supplies that meet them.
struct DelayModel {
  double tau_s = 0;  ///< one unit delay at vnom
  double vt_V = 0;
  double alpha = 0;
  double vnom_V = 0;   ///< nominal supply, the highest the model is used at
  double setup_s = 0;  ///< of the registers, clock to output included, at vnom; scales like a gate
  CostSource source;
  Mark where;
  bool operator==(const DelayModel&) const = default;
};

/// How far above the threshold the law holds (assumed): no supply below Vt + 0.1 V is modelled.
inline constexpr double kMarginAboveThresholdVolt = 0.1;
/// Solved supplies are multiples of 0.1 mV, rounded up, so that they are the same on any machine.
inline constexpr double kSupplyGridVolt = 1e-4;

/// `0.85 V`, for messages: supplies are read in volts, whatever their size.
[[nodiscard]] std::string format_V(double value);

/// Reads a `delay:` section of a technology.
[[nodiscard]] DelayModel parse_delay(config::Reader& reader);

/// The same transistors with their threshold moved, as a body bias does.
[[nodiscard]] DelayModel with_threshold(const DelayModel& model, double vt_V);

/// Lowest supply that the model describes.
[[nodiscard]] double lowest_modelled_V(const DelayModel& model);

/// Delay at `supply_V` over delay at vnom: 1 at vnom, falling with the supply. Throws VoltageError
/// below the lowest modelled supply.
[[nodiscard]] double slowdown(const DelayModel& model, double supply_V);

/// Time that a path of `path_units` and its register take.
[[nodiscard]] double path_delay_s(const DelayModel& model, std::uint32_t path_units,
                                  double supply_V);

/// Highest clock of a path at a supply. Throws VoltageError for an empty path.
[[nodiscard]] double max_clock_Hz(const DelayModel& model, std::uint32_t path_units,
                                  double supply_V);

/// A limit of the delay model that a request meets; the message names both, not yet the layer.
class VoltageError : public Error {
 public:
  explicit VoltageError(const std::string& limit) : Error(ExitCode::mapping, limit) {}
};

/// What supplies there are.
struct SupplyRange {
  double floor_V = 0;
  double highest_V = 0;
  std::span<const double> steps_V = {};  ///< ascending; empty: any multiple of 0.1 mV
};

/// A supply and what decided it.
struct Supply {
  double V = 0;
  bool at_floor = false;  ///< the path would do with less: the floor decided, not the period
  bool operator==(const Supply&) const = default;
};

/// Lowest supply in range at which a path takes at most a period of `clock_Hz`. Throws VoltageError
/// where none does, and for an empty path.
[[nodiscard]] Supply min_voltage(const DelayModel& model, std::uint32_t path_units, double clock_Hz,
                                 const SupplyRange& range);

}  // namespace bitscale
