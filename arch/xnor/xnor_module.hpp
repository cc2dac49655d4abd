#pragma once

#include <systemc>

#include "arch/common/clocked_unit_module.hpp"
#include "arch/xnor/xnor.hpp"

namespace bitscale {

/// The XNOR unit with pins: a bit per operand, 1 for +1 and 0 for -1; ones of the XNOR gates are
/// counted and twice their number, less the lanes in use, goes to the accumulator.
class XnorPopcount final : public ClockedUnit {
 public:
  XnorPopcount(const sc_core::sc_module_name& name, std::size_t lanes,
               const AccumulatorConfig& accumulator)
      : ClockedUnit(name, lanes, 1, 1, accumulator) {}

  [[nodiscard]] std::int32_t activation_pins(std::int32_t word, int /*cycle*/) const override {
    return word > 0 ? 1 : 0;
  }
  [[nodiscard]] std::int32_t weight_pins(std::int32_t word, int /*cycle*/) const override {
    return word > 0 ? 1 : 0;
  }

 protected:
  [[nodiscard]] std::int64_t addend(int cycle, std::size_t segment) const override;
  [[nodiscard]] bool lane_works(std::size_t /*lane*/) const override { return true; }
};

}  // namespace bitscale
