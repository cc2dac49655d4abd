#include "sim/kernel/context.hpp"

namespace bitscale::kernel {

SimulationContext::SimulationContext() {
  // The first context owns libsystemc's static events: make sure that it exists and is never deleted.
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

}  // namespace bitscale::kernel
