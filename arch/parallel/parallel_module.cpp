#include "arch/parallel/parallel.hpp"
#include "sim/kernel/pin_unit.hpp"

namespace bitscale {

std::unique_ptr<PinUnit> ParallelUnit::make_pin_unit(const std::string& /*name*/,
                                                     std::int64_t /*lanes*/,
                                                     const OperandTypes& /*types*/) const {
  return nullptr;
}

}  // namespace bitscale
