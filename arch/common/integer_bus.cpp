#include "arch/common/integer_bus.hpp"

namespace bitscale {

void tie_activation_sign(UnitNetlist& unit, int activation_bits, const TensorType& type) {
  if (activation_bits >= kSignedOnlyBits) return;
  const bool is_signed = type.encoding == Encoding::twos;
  unit.ties.push_back({input_bus(unit.netlist, "activation_signed").bits[0], is_signed});
}

void tie_unused_bits(UnitNetlist& unit, std::string_view bus, const TensorType& type) {
  if (type.encoding != Encoding::unsigned_) return;
  const netlist::Bits& bits = input_bus(unit.netlist, bus).bits;
  for (auto bit = static_cast<std::size_t>(type.bits); bit < bits.size(); ++bit)
    unit.ties.push_back({bits[bit], false});
}

std::int64_t sum_of_products(const StepOperands& step) {
  std::int64_t sum = 0;
  for (std::size_t lane = 0; lane < step.valid.size(); ++lane) {
    if (step.valid[lane] != 0) sum += std::int64_t{step.activations[lane]} * step.weights[lane];
  }
  return sum;
}

}  // namespace bitscale
