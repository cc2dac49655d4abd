#include "sim/kernel/pin_array.hpp"

#include "sim/core/errors.hpp"

namespace bitscale::kernel {

struct PinArray::State {
  ExecutionRecord record;
};

PinArray::PinArray(const std::string& /*name*/, const Mapping& mapping, const Unit& /*unit*/,
                   const Operands& /*operands*/, const std::string& /*vcd_path*/)
    : state_(std::make_unique<State>()) {
  throw MappingError(mapping.layer, "the pin level is not built yet");
}

PinArray::~PinArray() = default;
void PinArray::execute(const Pass& /*pass*/, std::int64_t /*duration*/) {}
void PinArray::flush() {}
const ExecutionRecord& PinArray::record() const { return state_->record; }

}  // namespace bitscale::kernel
