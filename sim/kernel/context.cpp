#include "sim/kernel/context.hpp"

namespace bitscale::kernel {

SimulationContext::SimulationContext() {
  // The first context owns libsystemc's static events: make sure that it exists and is never
  // deleted.
  static sc_core::sc_simcontext* const first = sc_core::sc_get_curr_simcontext();
  (void)first;
  previous_ = sc_core::sc_curr_simcontext;
  context_ = new sc_core::sc_simcontext;
  sc_core::sc_curr_simcontext = context_;
  sc_core::sc_default_global_context = context_;
}

SimulationContext::~SimulationContext() {
  delete context_;
  sc_core::sc_curr_simcontext = previous_;
  sc_core::sc_default_global_context = previous_;
}

sc_core::sc_time cycle_time() { return {1.0, sc_core::SC_NS}; }

sc_core::sc_time cycles(std::int64_t count) {
  return sc_core::sc_time::from_value(static_cast<sc_core::sc_time::value_type>(count) *
                                      cycle_time().value());
}

std::int64_t now_cycles() {
  return static_cast<std::int64_t>(sc_core::sc_time_stamp().value() / cycle_time().value());
}

}  // namespace bitscale::kernel
