#include "sim/power/leakage.hpp"

#include <cmath>

#include "sim/core/rounding.hpp"

namespace bitscale {

LeakageModel parse_leakage(config::Reader& reader) {
  LeakageModel model;
  model.dibl = reader.doc("Drain-induced barrier lowering, V of threshold per V of supply")
                   .number("dibl", 0, 1);
  model.body_effect =
      reader.doc("Body effect, V of threshold per V of body bias").number("body_effect", 0, 1);
  model.swing_factor =
      reader.doc("n of the subthreshold slope n kT/q").number("swing_factor", 1, 5);
  model.thermal_V = reader.doc("kT/q; 25.85 mV at 300 K")
                        .quantity("thermal", config::Unit::volt, 0.005, 0.05, model.thermal_V);
  model.source = reader.section("source", parse_source);
  reader.finish();
  return model;
}

double leakage_factor(const LeakageModel& model, double supply_V, double nominal_V,
                      double body_bias_V) {
  const double shift_V = model.dibl * (supply_V - nominal_V) + model.body_effect * body_bias_V;
  return round_significant(supply_V / nominal_V *
                           std::exp(shift_V / (model.swing_factor * model.thermal_V)));
}

double biased_threshold_V(const LeakageModel& model, double vt_V, double body_bias_V) {
  return round_significant(vt_V - model.body_effect * body_bias_V);
}

}  // namespace bitscale
