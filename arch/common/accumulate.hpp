#pragma once

#include <cstdint>

#include "arch/unit.hpp"

namespace bitscale {

/// Which operand enters a unit one bit per cycle, least significant bit first.
enum class Serial { none, activations, weights, both };

/// Runs a block on the datapath that `serial` names. none: one addition of the step's exact sum of
/// products per step. Otherwise one addition per cycle: the sum over lanes of operand x bit,
/// shifted by the bit's weight, and subtracted where the bit is a twos operand's sign. Returns the
/// additions whose exact sum left the accumulator's range. With `block.range` the accumulators hold
/// everything: `block.max_sum` then bounds every partial sum.
std::uint64_t accumulate_block(const AccumulateBlock& block, const OperandTypes& types,
                               Serial serial);

/// Narrowest two's complement register that holds the range.
[[nodiscard]] int width_of(const SumRange& range);

}  // namespace bitscale
