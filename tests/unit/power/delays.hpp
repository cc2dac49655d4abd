#pragma once

#include "sim/power/delay.hpp"
#include "sim/power/leakage.hpp"
#include "sim/power/technology.hpp"

namespace bitscale {

/// A process with round numbers: 100 unit delays take 2.5 ns at 1.1 V.
inline DelayModel lp_delay() {
  DelayModel model;
  model.tau_s = 25e-12;
  model.vt_V = 0.45;
  model.alpha = 1.3;
  model.vnom_V = 1.1;
  return model;
}

inline LeakageModel textbook_leakage() {
  LeakageModel model;
  model.dibl = 0.1;
  model.body_effect = 0.1;
  model.swing_factor = 1.5;
  return model;
}

/// Costs that hold at 0.9 V in that process.
inline Technology scalable_technology() {
  Technology technology;
  technology.name = "scalable";
  technology.vdd_V = 0.9;
  technology.delay = lp_delay();
  technology.leakage = textbook_leakage();
  return technology;
}

}  // namespace bitscale
