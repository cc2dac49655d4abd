#include "arch/add_sub/add_sub_module.hpp"

#include "arch/common/guard.hpp"

namespace bitscale {

std::int64_t AddSubMac::addend(int /*cycle*/, std::size_t /*segment*/) const {
  std::int64_t sum = 0;
  for (std::size_t lane = 0; lane < positions(); ++lane) {
    if (!lane_valid[lane].read() || weight_in[lane].read() == 0) continue;
    if (weight_in[lane].read() > 0) {
      sum += activation_in[lane].read();
    } else {
      sum -= activation_in[lane].read();
    }
  }
  return sum;
}

bool AddSubMac::lane_works(std::size_t lane) const {
  return !holds_still(guard_, activation_in[lane].read(), weight_in[lane].read());
}

std::unique_ptr<PinUnit> AddSubUnit::make_pin_unit(const std::string& name, std::int64_t lanes,
                                                   const OperandTypes& types) const {
  return std::make_unique<AddSubMac>(name.c_str(), static_cast<std::size_t>(lanes), config_.guard,
                                     types.accumulator);
}

}  // namespace bitscale
