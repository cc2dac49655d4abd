#pragma once

#include <vector>

#include "arch/unit.hpp"

namespace bitscale {

/// What summing the products of a step costs a unit with an adder tree over its lanes: n products
/// take n - 1 additions of `tree_bits`, a guarded one entering as zero, and one addition in the
/// accumulator. Where a unit has one lane, a guarded product is not accumulated at all.
void count_sum(const UnitActivity& activity, int tree_bits, std::vector<ActionCount>& actions);

/// The adders behind that, of `count` units: the tree, and `accumulators` adders of
/// `accumulator_bits` each.
void count_sum_area(std::int64_t lanes, std::uint64_t count, int tree_bits, int accumulator_bits,
                    std::uint64_t accumulators, std::vector<AreaItem>& area);

}  // namespace bitscale
