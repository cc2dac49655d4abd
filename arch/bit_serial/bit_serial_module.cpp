#include "arch/bit_serial/bit_serial_module.hpp"

namespace bitscale {

BitSerialMac::BitSerialMac(const sc_core::sc_module_name& name, std::size_t lanes, Guard guard,
                           const SerialPair& operands, const AccumulatorConfig& accumulator)
    : ClockedUnit(name, lanes, operands.cycles(), 1, accumulator),
      guard_(guard),
      operands_(operands) {
  SC_METHOD(shift);
  sensitive << clock.pos();
  dont_initialize();
}

std::int64_t BitSerialMac::tree_sum() const {
  std::int64_t sum = 0;
  for (std::size_t lane = 0; lane < positions(); ++lane) {
    if (!lane_valid[lane].read()) continue;
    // At least one factor is a single bit: a row of AND gates.
    sum += static_cast<std::int64_t>(activation_in[lane].read()) * weight_in[lane].read();
  }
  return sum;
}

std::int64_t BitSerialMac::next_row(int cycle) const {
  return operands_.weights.shift_in(row_.read(), operands_.weight_cycle(cycle), tree_sum());
}

std::int64_t BitSerialMac::next_word(int cycle) const {
  return operands_.activations.shift_in(word_.read(), operands_.activation_cycle(cycle),
                                        next_row(cycle));
}

void BitSerialMac::shift() {
  if (!enable.read()) return;
  row_.write(next_row(cycle()));
  if (operands_.weights.is_last(operands_.weight_cycle(cycle()))) {
    word_.write(next_word(cycle()));
  }
}

std::int64_t BitSerialMac::addend(int cycle, std::size_t /*segment*/) const {
  return cycle + 1 == operands_.cycles() ? next_word(cycle) : 0;
}

bool BitSerialMac::lane_works(std::size_t /*lane*/) const {
  return guard_ != Guard::lane_group || !hold.read();
}

std::unique_ptr<PinUnit> BitSerialUnit::make_pin_unit(const std::string& name, std::int64_t lanes,
                                                      const OperandTypes& types) const {
  return std::make_unique<BitSerialMac>(name.c_str(), static_cast<std::size_t>(lanes),
                                        config_.guard, operands(types), types.accumulator);
}

}  // namespace bitscale
