#include "arch/xnor/xnor_module.hpp"

namespace bitscale {

std::int64_t XnorPopcount::addend(int /*cycle*/, std::size_t /*segment*/) const {
  std::int64_t in_use = 0;
  std::int64_t ones = 0;
  for (std::size_t lane = 0; lane < positions(); ++lane) {
    if (!lane_valid[lane].read()) continue;
    ++in_use;
    ones += 1 ^ activation_in[lane].read() ^ weight_in[lane].read();
  }
  return 2 * ones - in_use;
}

std::unique_ptr<PinUnit> XnorUnit::make_pin_unit(const std::string& name, std::int64_t lanes,
                                                 const OperandTypes& types) const {
  return std::make_unique<XnorPopcount>(name.c_str(), static_cast<std::size_t>(lanes),
                                        types.accumulator);
}

}  // namespace bitscale
