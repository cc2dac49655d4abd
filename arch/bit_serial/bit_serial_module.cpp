#include "arch/bit_serial/bit_serial_module.hpp"

namespace bitscale {

std::int64_t BitSerialMac::addend(int cycle, std::size_t /*segment*/) const {
  std::int64_t sum = 0;
  for (std::size_t lane = 0; lane < positions(); ++lane) {
    if (!lane_valid[lane].read()) continue;
    // At least one factor is a single bit: a row of AND gates.
    sum += static_cast<std::int64_t>(activation_in[lane].read()) * weight_in[lane].read();
  }
  return shifted_sum(activations_, activation_cycle(cycle), weights_, weight_cycle(cycle), sum);
}

bool BitSerialMac::lane_works(std::size_t /*lane*/) const {
  return guard_ != Guard::lane_group || !hold.read();
}

std::unique_ptr<PinUnit> BitSerialUnit::make_pin_unit(const std::string& name, std::int64_t lanes,
                                                      const OperandTypes& types) const {
  const bool both = config_.serial == Serial::both;
  const OperandPort activations{types.activation, both || config_.serial == Serial::activations};
  const OperandPort weights{types.weight, both || config_.serial == Serial::weights};
  return std::make_unique<BitSerialMac>(name.c_str(), static_cast<std::size_t>(lanes),
                                        config_.guard, activations, weights, types.accumulator);
}

}  // namespace bitscale
