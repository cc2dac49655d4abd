#pragma once

#include <cstdint>
#include <systemc>

namespace bitscale::kernel {

/// A fresh SystemC context for one simulation. libsystemc elaborates a context once and keeps
/// static events in the first one, so the first is kept for ever and every simulation gets its own,
/// deleted with this object. One at a time per process; not thread-safe. Declare it before the
/// modules of the simulation, so that they die first.
class SimulationContext {
 public:
  SimulationContext();
  ~SimulationContext();
  SimulationContext(const SimulationContext&) = delete;
  SimulationContext& operator=(const SimulationContext&) = delete;

 private:
  sc_core::sc_simcontext* previous_;
  sc_core::sc_simcontext* context_;
};

/// Ends the running simulation. SystemC's note of it would stand in the middle of a command's
/// output.
void stop_quietly();

/// Duration of one array cycle in simulated time. Results count cycles; seconds are derived
/// outside.
[[nodiscard]] sc_core::sc_time cycle_time();

/// Duration of `count` array cycles, exact up to 2^53 of them and more.
[[nodiscard]] sc_core::sc_time cycles(std::int64_t count);

/// Array cycles since the simulation started, for arrival times; results never derive from it.
[[nodiscard]] std::int64_t now_cycles();

}  // namespace bitscale::kernel
