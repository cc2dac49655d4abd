#pragma once

#include <cstdint>
#include <systemc>

#include "arch/common/accumulator.hpp"

namespace bitscale {

/// The accumulator as a clocked module: adds at each rising edge with `enable`.
class AccumulatorModule : public sc_core::sc_module {
 public:
  sc_core::sc_in<bool> clock{"clock"};
  sc_core::sc_in<bool> enable{"enable"};
  sc_core::sc_in<bool> load{"load"};  ///< start from `initial` instead of the present value
  sc_core::sc_in<std::int64_t> initial{"initial"};
  sc_core::sc_in<std::int64_t> addend{"addend"};
  sc_core::sc_out<std::int64_t> value{"value"};
  sc_core::sc_signal<bool> overflow{"overflow"};  ///< the last addition left the range

  SC_HAS_PROCESS(AccumulatorModule);
  AccumulatorModule(const sc_core::sc_module_name& name, const AccumulatorConfig& config);

  [[nodiscard]] std::uint64_t overflow_events() const { return overflow_events_; }

 private:
  void add();

  Accumulator accumulator_;
  std::uint64_t overflow_events_ = 0;
};

}  // namespace bitscale
