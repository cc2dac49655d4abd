#pragma once

#include <cstdint>
#include <systemc>
#include <vector>

#include "arch/common/accumulator.hpp"

namespace bitscale::kernel {

/// The accumulators at the foot of a chain (or of a unit whose pass visits many outputs): one entry
/// per output, `sums` holds them. Adds at the falling edge, so that a hop of the chain costs one
/// cycle and the accumulation none, which is how the mapping counts skew.
class AccumulatorBank : public sc_core::sc_module {
 public:
  sc_core::sc_in<bool> clock{"clock"};
  sc_core::sc_in<bool> valid{"valid"};
  sc_core::sc_in<std::int64_t> address{"address"};
  sc_core::sc_in<std::int64_t> addend{"addend"};

  SC_HAS_PROCESS(AccumulatorBank);
  AccumulatorBank(const sc_core::sc_module_name& name, const AccumulatorConfig& config,
                  std::vector<std::int64_t>& sums)
      : sc_core::sc_module(name), accumulator_(config), sums_(sums) {
    SC_METHOD(add);
    sensitive << clock.neg();
    dont_initialize();
  }

  [[nodiscard]] std::uint64_t overflow_events() const { return overflow_events_; }

 private:
  void add() {
    if (!valid.read()) return;
    std::int64_t& entry = sums_[static_cast<std::size_t>(address.read())];
    accumulator_.load(entry);
    overflow_events_ += accumulator_.add(addend.read()) ? 1 : 0;
    entry = accumulator_.value();
  }

  Accumulator accumulator_;
  std::vector<std::int64_t>& sums_;
  std::uint64_t overflow_events_ = 0;
};

}  // namespace bitscale::kernel
