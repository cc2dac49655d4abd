#pragma once

#include <systemc>

#include "arch/bit_serial/bit_serial.hpp"
#include "arch/common/clocked_unit_module.hpp"
#include "arch/common/serial.hpp"

namespace bitscale {

/// The SIP with pins: a serial operand's lanes carry one bit per clock, which AND gates apply to
/// the other operand; the tree's sum goes to the accumulator with the weight of the cycle.
class BitSerialMac final : public ClockedUnit {
 public:
  BitSerialMac(const sc_core::sc_module_name& name, std::size_t lanes, Guard guard,
               const OperandPort& activations, const OperandPort& weights,
               const AccumulatorConfig& accumulator)
      : ClockedUnit(name, lanes, activations.cycles() * weights.cycles(), 1, accumulator),
        guard_(guard),
        activations_(activations),
        weights_(weights) {}

  [[nodiscard]] std::int32_t activation_pins(std::int32_t word, int cycle) const override {
    return activations_.slice(word, activation_cycle(cycle));
  }
  [[nodiscard]] std::int32_t weight_pins(std::int32_t word, int cycle) const override {
    return weights_.slice(word, weight_cycle(cycle));
  }

 protected:
  [[nodiscard]] std::int64_t addend(int cycle, std::size_t segment) const override;
  [[nodiscard]] bool lane_works(std::size_t lane) const override;

 private:
  /// Activation bits outside, weight bits inside.
  [[nodiscard]] int activation_cycle(int cycle) const { return cycle / weights_.cycles(); }
  [[nodiscard]] int weight_cycle(int cycle) const { return cycle % weights_.cycles(); }

  Guard guard_;
  OperandPort activations_, weights_;
};

}  // namespace bitscale
