#pragma once

#include <cstdint>
#include <systemc>

#include "arch/common/accumulator_module.hpp"
#include "sim/kernel/pin_unit.hpp"

namespace bitscale {

/// What every clocked unit has around its datapath: the cycle counter of a step, the registers that
/// hand operands on, the accumulator and the counters. A kind of unit adds the combinational part.
class ClockedUnit : public PinUnit {
 public:
  SC_HAS_PROCESS(ClockedUnit);
  ClockedUnit(const sc_core::sc_module_name& name, std::size_t lanes, int cycles_per_step,
              const AccumulatorConfig& accumulator);

  [[nodiscard]] Counters counters() const override;
  void trace(sc_core::sc_trace_file* file) const override;

 protected:
  /// What the accumulator adds in cycle `cycle` of a step, from the pins as they stand.
  [[nodiscard]] virtual std::int64_t addend(int cycle) const = 0;
  /// Whether the lane, which has a product, works on it in this step.
  [[nodiscard]] virtual bool lane_works(std::size_t lane) const = 0;

  [[nodiscard]] std::size_t lanes() const { return activation_in.size(); }

 private:
  void settle();  ///< combinational: addend from pins and cycle counter
  void step();    ///< rising edge: cycle counter, forward registers, counts
  void count();

  int cycles_per_step_;
  sc_core::sc_signal<std::int32_t> cycle_{"cycle"};
  sc_core::sc_signal<std::int64_t> addend_{"addend"};
  AccumulatorModule accumulator_;
  Counters counters_;
};

}  // namespace bitscale
