#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "arch/unit.hpp"
#include "sim/kernel/context.hpp"
#include "sim/kernel/pin_unit.hpp"

namespace bitscale::test {

/// One unit with a signal on every pin, in a simulation of its own.
class PinBench {
 public:
  PinBench(const Unit& kind, std::int64_t lanes, const OperandTypes& types)
      : unit(kind.make_pin_unit("unit", lanes, types)),
        partials("partials", unit->sum_out.size()),
        sums("sums", unit->sum_out.size()),
        activations("activations", unit->activation_in.size()),
        weights("weights", unit->activation_in.size()),
        valid("valid", unit->activation_in.size()),
        activations_out("activations_out", unit->activation_in.size()),
        weights_out("weights_out", unit->activation_in.size()),
        partial(partials[0]),
        sum(sums[0]) {
    unit->clock(clock);
    unit->enable(enable);
    unit->clear(clear);
    unit->hold(hold);
    unit->partial_in(partials);
    unit->activation_in(activations);
    unit->weight_in(weights);
    unit->lane_valid(valid);
    unit->activation_out(activations_out);
    unit->weight_out(weights_out);
    unit->valid_out(valid_out);
    unit->sum_out(sums);
    unit->busy(busy);
    unit->done(done);
    for (std::size_t i = 0; i < valid.size(); ++i) valid[i].write(true);
  }

  /// One clock period; pins written before it are seen at its rising edge.
  void tick() {
    sc_core::sc_start(0.5, sc_core::SC_NS);
    clock.write(true);
    sc_core::sc_start(0.25, sc_core::SC_NS);
    clock.write(false);
    sc_core::sc_start(0.25, sc_core::SC_NS);
  }

  /// Presents one operand set for as many cycles as the unit needs; the first may clear.
  void step(const std::vector<std::int32_t>& a, const std::vector<std::int32_t>& w, int cycles,
            bool clears) {
    enable.write(true);
    for (int cycle = 0; cycle < cycles; ++cycle) {
      clear.write(clears && cycle == 0);
      bool zero = true;
      for (std::size_t i = 0; i < a.size(); ++i) {
        activations[i].write(unit->activation_pins(a[i], cycle));
        weights[i].write(unit->weight_pins(w[i], cycle));
        zero = zero && a[i] == 0;
      }
      hold.write(zero);
      tick();
    }
    enable.write(false);
  }

 private:
  kernel::SimulationContext context_;  // before the modules and signals, so that they die first

 public:
  std::unique_ptr<PinUnit> unit;
  sc_core::sc_signal<bool> clock, enable, clear, hold, valid_out, busy, done;
  sc_core::sc_vector<sc_core::sc_signal<std::int64_t>> partials, sums;  ///< per segment
  sc_core::sc_vector<sc_core::sc_signal<std::int32_t>> activations, weights;
  sc_core::sc_vector<sc_core::sc_signal<bool>> valid;
  sc_core::sc_vector<sc_core::sc_signal<std::int32_t>> activations_out, weights_out;
  sc_core::sc_signal<std::int64_t>&partial, &sum;  ///< of the first segment
};

}  // namespace bitscale::test
