#include "sim/power/unit_timing.hpp"

#include <array>
#include <stdexcept>

#include "arch/unit_netlist.hpp"
#include "sim/netlist/timing.hpp"
#include "sim/workload/layer_entry.hpp"

namespace bitscale {

namespace {

constexpr int kMaxOperandBits = 16;
constexpr std::array kEncodings = {Encoding::twos,    Encoding::unsigned_, Encoding::binary_pm1,
                                   Encoding::ternary, Encoding::log2,      Encoding::codebook};

}  // namespace

OperandTypes widest_types(const Unit& unit) {
  OperandTypes types;
  types.accumulator = unit.accumulator();
  // Of encodings that exist in one width only, units check no width.
  const auto takes = [&] {
    return type_problem(types.activation).empty() && type_problem(types.weight).empty() &&
           unit.refusal(types).empty();
  };
  for (int bits = 2 * kMaxOperandBits; bits >= 2; --bits) {
    // Both operands as equal as they go: 16x8 before 15x9 is not asked of any unit, 8x8 before 7x9
    // is.
    for (int apart = 0; apart < bits; ++apart) {
      const int more = (bits + apart) / 2;
      if ((bits + apart) % 2 != 0 || more > kMaxOperandBits || bits - more < 1) continue;
      for (const Encoding activation : kEncodings) {
        for (const Encoding weight : kEncodings) {
          types.activation.encoding = activation;
          types.weight.encoding = weight;
          types.activation.bits = more;
          types.weight.bits = bits - more;
          if (takes()) return types;
          std::swap(types.activation.bits, types.weight.bits);
          if (takes()) return types;
        }
      }
    }
  }
  throw std::logic_error("widest_types: the unit takes no operands at all");
}

ModeTiming UnitTimer::mode_timing(const OperandTypes& types) {
  for (const auto& [known, timing] : known_) {
    if (known == types) return timing;
  }
  const UnitMode mode = unit_->mode(types);
  const UnitNetlist drawn = unit_->make_netlist(lanes_, types);
  const ModeTiming timing = {netlist::analyse_timing(drawn.netlist, drawn.ties).path_units,
                             mode.products, mode.cycles};
  known_.emplace_back(types, timing);
  return timing;
}

UnitTiming UnitTimer::widest() {
  if (!widest_) widest_ = widest_types(*unit_);
  const ModeTiming full = mode_timing(*widest_);
  return {full, full};
}

UnitTiming UnitTimer::timing(const OperandTypes& types) {
  return {mode_timing(types), widest().full};
}

}  // namespace bitscale
