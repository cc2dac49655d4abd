#pragma once

#include <cstdint>
#include <span>

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
/// as they are. binary_pm1 takes the master's sign and has no zeros. Throws ConfigError for a scale
/// outside 0..4, a zero_fraction outside 0..1 or an encoding without integers.
void fill_synthetic(const TensorSource& source, const TensorType& type, std::uint64_t stream,
                    std::int64_t first_index, std::span<std::int16_t> values);

}  // namespace bitscale
