#pragma once

#include <systemc>

#include "arch/bit_serial/bit_serial.hpp"
#include "arch/bit_serial/serial_operand.hpp"
#include "arch/common/clocked_unit_module.hpp"

namespace bitscale {

/// The SIP with pins: a serial operand's lanes carry one bit per clock, which AND gates apply to
/// the other operand. The tree's sum goes into a register that shifts up by a bit per clock; with
/// the last bit, the accumulator adds what the register would take.
class BitSerialMac final : public ClockedUnit {
 public:
  SC_HAS_PROCESS(BitSerialMac);
  BitSerialMac(const sc_core::sc_module_name& name, std::size_t lanes, Guard guard,
               const SerialPair& operands, const AccumulatorConfig& accumulator);

  [[nodiscard]] std::int32_t activation_pins(std::int32_t word, int cycle) const override {
    return operands_.activations.slice(word, operands_.activation_cycle(cycle));
  }
  [[nodiscard]] std::int32_t weight_pins(std::int32_t word, int cycle) const override {
    return operands_.weights.slice(word, operands_.weight_cycle(cycle));
  }

 protected:
  [[nodiscard]] std::int64_t addend(int cycle, std::size_t segment) const override;
  [[nodiscard]] bool lane_works(std::size_t lane) const override;

 private:
  void shift();  ///< rising edge: the registers take one bit more
  [[nodiscard]] std::int64_t tree_sum() const;
  /// What the registers take in a cycle: the one over weight bits, and the one over activation bits
  /// that it goes to with its last.
  [[nodiscard]] std::int64_t next_row(int cycle) const;
  [[nodiscard]] std::int64_t next_word(int cycle) const;

  Guard guard_;
  SerialPair operands_;
  sc_core::sc_signal<std::int64_t> row_{"row"}, word_{"word"};
};

}  // namespace bitscale
