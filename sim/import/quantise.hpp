#pragma once

#include <cstddef>
#include <functional>

#include "sim/workload/tensor.hpp"

namespace bitscale::importing {

/// Reads the real number at an index of a weight tensor in [filter][channel][row][column] order.
using WeightAt = std::function<double(std::size_t index)>;

/// Fills `tensor` (extents and type.bits set by the caller) with round(w 2^f), half up, saturated
/// to +-(2^(bits-1) - 1): symmetric, one scale per tensor, a power of two. f is the largest that
/// keeps the largest magnitude in range, so full scale is used by more than a half; it becomes
/// type.frac_bits, within +-32. Throws std::invalid_argument for a weight that is not finite.
void quantise(const WeightAt& weight, Tensor& tensor);

/// The rule above as one line of a workload file's notes.
inline constexpr const char* kQuantisationRule =
    "weights are integers round(w 2^f), half up, saturated symmetrically; one f per layer, the "
    "largest that keeps the largest weight in range";

}  // namespace bitscale::importing
