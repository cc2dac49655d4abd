#pragma once

#include <cstdint>

#include "arch/unit.hpp"

namespace bitscale {

/// Runs a block: per step, every accumulator adds the step's exact sum of products once. Returns
/// the additions whose exact sum left the accumulator's range. With `block.range` the accumulators
/// hold everything: `block.max_sum` then bounds every partial sum.
std::uint64_t accumulate_block(const AccumulateBlock& block, const OperandTypes& types);

/// Narrowest two's complement register that holds the range.
[[nodiscard]] int width_of(const SumRange& range);

}  // namespace bitscale
