#include "arch/shift_add/shift_add_module.hpp"

#include "arch/common/guard.hpp"
#include "sim/workload/encodings.hpp"

namespace bitscale {

namespace {

/// `value` shifted by the code of a log2 word of `bits` bits, with its sign; nothing for code 0.
std::int64_t shifted(std::int64_t value, std::int32_t word, int bits) {
  const std::int32_t code = word & largest_log2_code(bits);
  if (code == 0) return 0;
  const std::int64_t product = value * (std::int64_t{1} << (code - 1));
  return (word >> (bits - 1) & 1) != 0 ? -product : product;
}

}  // namespace

std::int32_t ShiftAddMac::activation_pins(std::int32_t word, int /*cycle*/) const {
  return activation_.encoding == Encoding::log2 ? log2_word(word, activation_.bits) : word;
}

std::int32_t ShiftAddMac::weight_pins(std::int32_t word, int /*cycle*/) const {
  return log2_word(word, weight_.bits);
}

std::int64_t ShiftAddMac::addend(int /*cycle*/, std::size_t /*segment*/) const {
  std::int64_t sum = 0;
  for (std::size_t lane = 0; lane < positions(); ++lane) {
    if (!lane_valid[lane].read()) continue;
    std::int64_t activation = activation_in[lane].read();
    if (activation_.encoding == Encoding::log2)
      activation = shifted(1, activation_in[lane].read(), activation_.bits);
    sum += shifted(activation, weight_in[lane].read(), weight_.bits);
  }
  return sum;
}

bool ShiftAddMac::lane_works(std::size_t lane) const {
  return !holds_still(guard_, activation_in[lane].read(), weight_in[lane].read());
}

std::unique_ptr<PinUnit> ShiftAddUnit::make_pin_unit(const std::string& name, std::int64_t lanes,
                                                     const OperandTypes& types) const {
  return std::make_unique<ShiftAddMac>(name.c_str(), static_cast<std::size_t>(lanes), config_.guard,
                                       types);
}

}  // namespace bitscale
