#pragma once

#include <cstdint>
#include <deque>
#include <systemc>

#include "arch/common/accumulator_module.hpp"
#include "sim/kernel/pin_unit.hpp"

namespace bitscale {

/// What every clocked unit has around its datapath: the cycle counter of a step, the registers that
/// hand operands on, the accumulator and the counters. A kind of unit adds the combinational part.
class ClockedUnit : public PinUnit {
 public:
  SC_HAS_PROCESS(ClockedUnit);
  /// `accumulator` is that of one segment.
  ClockedUnit(const sc_core::sc_module_name& name, std::size_t positions, int cycles_per_step,
              std::size_t segments, const AccumulatorConfig& accumulator);

  [[nodiscard]] Counters counters() const override;
  void trace(sc_core::sc_trace_file* file) const override;

 protected:
  /// What a segment of the accumulator adds in cycle `cycle` of a step, from the pins as they
  /// stand.
  [[nodiscard]] virtual std::int64_t addend(int cycle, std::size_t segment) const = 0;
  /// Whether the position, which has a product, works on it in this step.
  [[nodiscard]] virtual bool lane_works(std::size_t position) const = 0;

  [[nodiscard]] std::size_t positions() const { return activation_in.size(); }
  [[nodiscard]] std::size_t segments() const { return sum_out.size(); }
  /// Cycle of the step that the pins stand for.
  [[nodiscard]] int cycle() const { return cycle_.read(); }

  /// For a datapath made of modules: notified when what they show has changed, after the pins have.
  sc_core::sc_event datapath_settled_;

 private:
  void settle();  ///< combinational: addend from pins and cycle counter
  void step();    ///< rising edge: cycle counter, forward registers, counts
  void count();

  int cycles_per_step_;
  sc_core::sc_signal<std::int32_t> cycle_{"cycle"};
  sc_core::sc_vector<sc_core::sc_signal<std::int64_t>> addends_;
  std::deque<AccumulatorModule> accumulators_;
  Counters counters_;
};

}  // namespace bitscale
