#include "arch/common/accumulator_module.hpp"

namespace bitscale {

AccumulatorModule::AccumulatorModule(const sc_core::sc_module_name& name,
                                     const AccumulatorConfig& config)
    : sc_core::sc_module(name), accumulator_(config) {
  SC_METHOD(add);
  sensitive << clock.pos();
  dont_initialize();
}

void AccumulatorModule::add() {
  if (!enable.read()) return;
  if (load.read()) accumulator_.load(initial.read());
  const bool overflowed = accumulator_.add(addend.read());
  overflow_events_ += overflowed ? 1 : 0;
  overflow.write(overflowed);
  value.write(accumulator_.value());
}

}  // namespace bitscale
