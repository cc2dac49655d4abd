#pragma once

#include "sim/config/reader.hpp"
#include "sim/power/cost_curve.hpp"

namespace bitscale {

/// How leakage follows supply and body bias: subthreshold current with drain-induced barrier
/// lowering and body effect, both linear in voltage (textbook form; its constants are declared).
struct LeakageModel {
  double dibl = 0;             ///< threshold change per volt of drain, V/V
  double body_effect = 0;      ///< threshold change per volt of body bias, V/V
  double swing_factor = 0;     ///< n of the subthreshold slope
  double thermal_V = 0.02585;  ///< kT/q, at 300 K where nothing is said
  CostSource source;
  bool operator==(const LeakageModel&) const = default;
};

/// Reads a `leakage:` section of a technology.
[[nodiscard]] LeakageModel parse_leakage(config::Reader& reader);

/// Leakage power over that at `nominal_V` without bias:
/// (V / Vnom) exp((eta (V - Vnom) + gamma Vbb) / (n vT)). A negative (reverse) bias cuts it.
[[nodiscard]] double leakage_factor(const LeakageModel& model, double supply_V, double nominal_V,
                                    double body_bias_V);

/// The threshold under a body bias: what cuts leakage also slows gates.
[[nodiscard]] double biased_threshold_V(const LeakageModel& model, double vt_V, double body_bias_V);

}  // namespace bitscale
