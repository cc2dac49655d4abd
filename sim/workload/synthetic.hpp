#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "sim/workload/workload.hpp"

namespace bitscale {

/// Fills `values` with elements first_index, first_index + 1, ... of the synthetic tensor
/// (source.seed, stream).
///
/// Every element has one master of 16 bits (15 magnitude bits for unsigned types), which depends on
/// the seed, the stream and the element's index only; a type of fewer bits gets the master rounded
/// half up and saturated, so that changing a precision keeps the values. Distributions:
///   uniform      the master's whole range; `scale` is not used
///   normal, laplace   mean 0, standard deviation scale x full scale; unsigned types take the
///   magnitude half_normal  magnitude of a normal, in signed types too constant     scale x full
///   scale
/// zero_fraction puts exact zeros (probability in steps of 2^-32) over the values; the others stay
/// as they are. binary_pm1 takes the master's sign and has no zeros; log2 the nearest of its values
/// and codebook the nearest of codebook_entries(), the larger of two that are equally near. Throws
/// ConfigError for a scale outside 0..4 or a zero_fraction outside 0..1.
void fill_synthetic(const TensorSource& source, const TensorType& type, std::uint64_t stream,
                    std::int64_t first_index, std::span<std::int16_t> values);

/// The table of a synthetic codebook, ascending: the masters' quantiles (i + 1/2) / 2^bits for i =
/// 0
/// .. 2^bits - 1, of the distribution and not of a sample, rounded to entry_bits; where
/// zero_fraction puts zeros in, the entry nearest to 0 is 0.
[[nodiscard]] std::vector<std::int16_t> codebook_entries(const TensorSource& source,
                                                         const TensorType& type);

}  // namespace bitscale
