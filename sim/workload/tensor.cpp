#include "sim/workload/tensor.hpp"

#include <algorithm>
#include <array>
#include <limits>

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
    default:
      return type.bits - 1;
  }
}

std::int16_t round_to(std::int64_t value, int shift, const TensorType& type) {
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
  if (type.encoding == Encoding::binary_pm1) return value < 0 ? -1 : 1;
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
                        to.encoding == Encoding::binary_pm1;
  if (narrower) {
    for (std::int16_t& value : tensor.values) value = round_to(value, shift, to);
  }
  tensor.type = to;
  return tensor;
}

}  // namespace bitscale
