#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "sim/workload/workload.hpp"

namespace bitscale {

/// Where values came from; a result built on both is mixed.
enum class Origin { none, synthetic, real, mixed };

[[nodiscard]] std::string_view to_string(Origin origin);

/// Origin of a result that used both; none leaves the other as it is.
[[nodiscard]] Origin combine(Origin a, Origin b);

/// A four-dimensional tensor of integers, last axis fastest. Activations are
/// [n][channel][row][column], with the channels of all groups; weights are [filter, all
/// groups][channel in group][R][S].
struct Tensor {
  TensorType type;
  std::int64_t n = 0, c = 0, h = 0, w = 0;
  std::vector<std::int16_t> values;
  Origin origin = Origin::none;
  bool operator==(const Tensor&) const = default;

  /// Number of values that the four extents ask for.
  [[nodiscard]] std::int64_t elements() const { return n * c * h * w; }
};

/// Bits of a type's magnitude: full scale is 2^magnitude_bits. 0 for binary_pm1; 1 for ternary,
/// which is rounded as two's complement of 2 bits and loses -2; for log2 those of the integers that
/// its powers of two stand among (3, 7, 15 for 3, 4, 5 bits); for a codebook those of its entries.
[[nodiscard]] int magnitude_bits(const TensorType& type);

/// `value` shifted right by `shift` (left where negative) with round half up, saturated to `type`.
/// Any shift is allowed. binary_pm1 keeps the sign (+1 for zero). log2 takes the nearest of its
/// values, the larger one of two that are equally near. A codebook's table is not known here: its
/// integers are rounded to entry_bits.
[[nodiscard]] std::int16_t round_to(std::int64_t value, int shift, const TensorType& type);

/// Right shift that takes values of one type to another: the difference of their frac_bits; where
/// neither type states frac_bits, values are fractions of full scale and the shift is the
/// difference of magnitude bits.
[[nodiscard]] int alignment_shift(const TensorType& from, const TensorType& to);

/// The tensor in another type, rounded half up and saturated; shape and origin stay.
[[nodiscard]] Tensor convert(Tensor tensor, const TensorType& to);

}  // namespace bitscale
