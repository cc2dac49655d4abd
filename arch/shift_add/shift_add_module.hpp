#pragma once

#include <systemc>

#include "arch/common/clocked_unit_module.hpp"
#include "arch/shift_add/shift_add.hpp"

namespace bitscale {

/// The shift-add unit with pins: log2 operands arrive as words of a sign and a code, which shifts
/// the other operand by code - 1.
class ShiftAddMac final : public ClockedUnit {
 public:
  ShiftAddMac(const sc_core::sc_module_name& name, std::size_t lanes, Guard guard,
              const OperandTypes& types)
      : ClockedUnit(name, lanes, 1, 1, types.accumulator),
        guard_(guard),
        activation_(types.activation),
        weight_(types.weight) {}

  [[nodiscard]] std::int32_t activation_pins(std::int32_t word, int cycle) const override;
  [[nodiscard]] std::int32_t weight_pins(std::int32_t word, int cycle) const override;

 protected:
  [[nodiscard]] std::int64_t addend(int cycle, std::size_t segment) const override;
  [[nodiscard]] bool lane_works(std::size_t lane) const override;

 private:
  Guard guard_;
  TensorType activation_, weight_;
};

}  // namespace bitscale
