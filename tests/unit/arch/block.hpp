#pragma once

#include <algorithm>
#include <cstdint>
#include <random>
#include <vector>

#include "arch/common/accumulate.hpp"

namespace bitscale::test {

__extension__ typedef __int128 Exact;  // NOLINT(modernize-use-using): __extension__ takes no alias

struct BlockSize {
  std::int64_t steps = 1, lanes = 1, filters = 1, windows = 1;
};

/// Operands of a block, with room around the weights and accumulators that a kernel must leave
/// alone.
struct Block {
  BlockSize size;
  OperandTypes types;
  std::vector<std::int16_t> activations, weights;
  std::vector<std::int64_t> accumulators;

  [[nodiscard]] std::int64_t weight_stride() const { return size.filters + 3; }
  [[nodiscard]] std::int64_t accumulator_stride() const { return size.filters + 2; }
  [[nodiscard]] AccumulateBlock view() {
    return {size.steps,      size.lanes,          size.filters,
            size.windows,    activations.data(),  weights.data(),
            weight_stride(), accumulators.data(), accumulator_stride()};
  }
};

inline std::int16_t random_value(const TensorType& type, std::mt19937_64& random) {
  const std::int64_t count = std::int64_t{1} << type.bits;
  const std::int64_t least = type.encoding == Encoding::unsigned_ ? 0 : -(count / 2);
  switch (random() % 8) {  // the extremes come up often
    case 0:
      return static_cast<std::int16_t>(least);
    case 1:
      return static_cast<std::int16_t>(least + count - 1);
    case 2:
      return 0;
    default:
      return static_cast<std::int16_t>(
          least + static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(count)));
  }
}

inline Block random_block(const BlockSize& size, const OperandTypes& types, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  Block block;
  block.size = size;
  block.types = types;
  const std::int64_t terms = size.steps * size.lanes;
  for (std::int64_t i = 0; i < terms * size.windows; ++i) {
    block.activations.push_back(random_value(types.activation, random));
  }
  for (std::int64_t i = 0; i < terms * block.weight_stride(); ++i) {
    block.weights.push_back(random_value(types.weight, random));
  }
  for (std::int64_t i = 0; i < size.windows * block.accumulator_stride(); ++i) {
    block.accumulators.push_back(static_cast<std::int64_t>(random() % 15) - 7);
  }
  return block;
}

/// The finite register written down once more, in 128 bits, so that it shares nothing with the code
/// under test.
inline bool add_finite(Exact& value, Exact addend, const AccumulatorConfig& config) {
  const Exact range = Exact{1} << config.bits;
  Exact sum = value + addend;
  const bool overflow = sum < -range / 2 || sum >= range / 2;
  if (overflow && config.overflow == Overflow::saturate) sum = sum < 0 ? -range / 2 : range / 2 - 1;
  while (sum < -range / 2) sum += range * (1 + (-range / 2 - 1 - sum) / range);
  while (sum >= range / 2) sum -= range * (1 + (sum - range / 2) / range);
  value = sum;
  return overflow;
}

/// What the unit does, written as the definition reads: output by output, step by step.
inline std::uint64_t naive_accumulate(const AccumulateBlock& block, const OperandTypes& types) {
  std::uint64_t events = 0;
  for (std::int64_t window = 0; window < block.windows; ++window) {
    for (std::int64_t filter = 0; filter < block.filters; ++filter) {
      std::int64_t& place = block.accumulators[window * block.accumulator_stride + filter];
      Exact value = place;
      for (std::int64_t step = 0; step < block.steps; ++step) {
        Exact sum = 0;
        for (std::int64_t term = step * block.lanes; term < (step + 1) * block.lanes; ++term) {
          sum += Exact{block.activations[term * block.windows + window]} *
                 block.weights[term * block.weight_stride + filter];
        }
        events += add_finite(value, sum, types.accumulator) ? 1U : 0U;
        if (block.range == nullptr) continue;
        block.range->low = std::min(block.range->low, static_cast<std::int64_t>(value));
        block.range->high = std::max(block.range->high, static_cast<std::int64_t>(value));
      }
      place = static_cast<std::int64_t>(value);
    }
  }
  return events;
}

}  // namespace bitscale::test
