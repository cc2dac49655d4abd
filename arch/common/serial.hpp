#pragma once

#include <cstdint>

#include "sim/workload/workload.hpp"

namespace bitscale {

/// How one operand enters a unit: a word that stands for the whole step, or its bits one after the
/// other, least significant first. The value functions that span kernels and clocked modules share.
struct OperandPort {
  TensorType type;
  bool serial = false;

  [[nodiscard]] int cycles() const { return serial ? type.bits : 1; }
  /// What the datapath sees of a value in cycle `cycle`: the word or a bit.
  [[nodiscard]] std::int32_t slice(std::int32_t value, int cycle) const {
    return serial ? (value >> cycle) & 1 : value;
  }
  /// Weight of the slice, as a power of two.
  [[nodiscard]] int shift(int cycle) const { return serial ? cycle : 0; }
  /// The last bit of a twos operand has negative weight.
  [[nodiscard]] bool subtracts(int cycle) const {
    return serial && type.encoding == Encoding::twos && cycle == type.bits - 1;
  }
};

/// What the accumulator adds in the cycle in which slice i of the activations meets slice j of the
/// weights, from the adder tree's sum.
[[nodiscard]] inline std::int64_t shifted_sum(const OperandPort& activations, int i,
                                              const OperandPort& weights, int j, std::int64_t sum) {
  const std::int64_t weight = std::int64_t{1} << (activations.shift(i) + weights.shift(j));
  return activations.subtracts(i) != weights.subtracts(j) ? -sum * weight : sum * weight;
}

}  // namespace bitscale
