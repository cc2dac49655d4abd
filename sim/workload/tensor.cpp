#include "sim/workload/tensor.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <limits>

#include "sim/workload/encodings.hpp"

namespace bitscale {

std::string_view to_string(Origin origin) {
  static constexpr std::array<std::string_view, 4> kNames = {"none", "synthetic", "real", "mixed"};
  return kNames[static_cast<std::size_t>(origin)];
}

Origin combine(Origin a, Origin b) {
  if (a == b || b == Origin::none) return a;
  return a == Origin::none ? b : Origin::mixed;
}

int magnitude_bits(const TensorType& type) {
  switch (type.encoding) {
    case Encoding::unsigned_:
      return type.bits;
    case Encoding::binary_pm1:
      return 0;
    case Encoding::ternary:
      return 1;
    case Encoding::log2:
      return largest_log2_code(type.bits);
    case Encoding::codebook:
      return type.entry_bits - 1;
    case Encoding::twos:
      break;
  }
  return type.bits - 1;
}

namespace {

/// The nearest of 0, +-1, +-2, +-4, ... to value / 2^shift, ties to the larger, in one rounding:
/// twice the magnitude meets thresholds of 2^shift (between 0 and 1) and 3 x 2^(shift + e) (between
/// 2^e and 2^(e + 1)).
std::int16_t round_to_log2(std::int64_t value, int shift, const TensorType& type) {
  if (value == 0) return 0;
  const std::uint64_t one = 1;
  const bool negative = value < 0;
  std::uint64_t magnitude =
      negative ? ~static_cast<std::uint64_t>(value) + 1 : static_cast<std::uint64_t>(value);
  if (shift < 0) {
    if (shift < -31 || magnitude >> 31U != 0)
      return static_cast<std::int16_t>(negative ? min_value(type) : max_value(type));
    magnitude <<= static_cast<unsigned>(-shift);
    shift = 0;
  }
  if (shift > 63) return 0;
  // A tie goes to the smaller magnitude where the value is negative.
  const std::uint64_t twice = 2 * magnitude - (negative ? 1 : 0);
  const int top = static_cast<int>(std::bit_width(twice)) - 1;
  const bool above_half = top > 0 && (twice >> static_cast<unsigned>(top - 1) & 1U) != 0;
  int code = twice >= one << static_cast<unsigned>(shift) ? 1 : 0;
  code = std::min(std::max(code, top - shift + (above_half ? 1 : 0)), largest_log2_code(type.bits));
  const int power = code == 0 ? 0 : 1 << (code - 1);
  return static_cast<std::int16_t>(negative ? -power : power);
}

}  // namespace

std::int16_t round_to(std::int64_t value, int shift, const TensorType& type) {
  if (type.encoding == Encoding::binary_pm1) return value < 0 ? -1 : 1;
  if (type.encoding == Encoding::log2) return round_to_log2(value, shift, type);
  const std::int64_t low = min_value(type);
  const std::int64_t high = max_value(type);
  if (shift > 0) {
    // floor(v / 2^s + 1/2), without overflow of the sum near the ends of 64 bits.
    if (shift > 63) {
      value = 0;
    } else {
      value = (value >> (shift - 1));
      value = (value >> 1) + (value & 1);
    }
  } else if (shift < 0 && value != 0) {
    const std::int64_t limit = std::numeric_limits<std::int32_t>::max();
    if (shift < -31 || value > limit || value < -limit) {
      value = value > 0 ? high : low;
    } else {
      value *= std::int64_t{1} << -shift;
    }
  }
  return static_cast<std::int16_t>(std::clamp(value, low, high));
}

int alignment_shift(const TensorType& from, const TensorType& to) {
  if (from.frac_bits == 0 && to.frac_bits == 0) return magnitude_bits(from) - magnitude_bits(to);
  return from.frac_bits - to.frac_bits;
}

Tensor convert(Tensor tensor, const TensorType& to) {
  if (tensor.type == to) return tensor;
  const int shift = alignment_shift(tensor.type, to);
  const bool narrower = shift != 0 || min_value(tensor.type) < min_value(to) ||
                        max_value(tensor.type) > max_value(to) ||
                        to.encoding == Encoding::binary_pm1 || to.encoding == Encoding::log2;
  if (narrower) {
    for (std::int16_t& value : tensor.values) value = round_to(value, shift, to);
  }
  tensor.type = to;
  return tensor;
}

}  // namespace bitscale
