#pragma once

#include <cstdint>

#include "sim/workload/workload.hpp"

namespace bitscale {

/// How one operand enters the unit: a word that stands for the whole step, or its bits one after
/// the other, most significant first.
struct SerialOperand {
  TensorType type;
  bool serial = false;

  [[nodiscard]] int cycles() const { return serial ? type.bits : 1; }
  /// What the datapath sees of a value in cycle `cycle`: the word or a bit.
  [[nodiscard]] std::int32_t slice(std::int32_t value, int cycle) const {
    return serial ? (value >> (type.bits - 1 - cycle)) & 1 : value;
  }
  /// The first bit of a twos operand has negative weight.
  [[nodiscard]] bool subtracts(int cycle) const {
    return serial && type.encoding == Encoding::twos && cycle == 0;
  }
  [[nodiscard]] bool is_last(int cycle) const { return cycle + 1 == cycles(); }

  /// Horner's rule: what a register that shifts up by a bit per cycle holds after `cycle`.
  [[nodiscard]] std::int64_t shift_in(std::int64_t held, int cycle, std::int64_t sum) const {
    return (cycle == 0 ? 0 : 2 * held) + (subtracts(cycle) ? -sum : sum);
  }
};

/// Both operands of a step: activation bits outside, weight bits inside.
struct SerialPair {
  SerialOperand activations, weights;

  [[nodiscard]] int cycles() const { return activations.cycles() * weights.cycles(); }
  [[nodiscard]] int activation_cycle(int cycle) const { return cycle / weights.cycles(); }
  [[nodiscard]] int weight_cycle(int cycle) const { return cycle % weights.cycles(); }
};

}  // namespace bitscale
