#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <string>

#include "sim/workload/workload.hpp"

namespace bitscale {

/// Largest code of a log2 value of `bits` bits: a sign and bits - 1 bits of code, where code 0 is 0
/// and code c is 2^(c - 1) (the logarithmic representation of Miyashita et al., 2016).
[[nodiscard]] constexpr int largest_log2_code(int bits) { return (1 << (bits - 1)) - 1; }

/// Code of a log2 value's magnitude: 0 for 0, e + 1 for +-2^e.
[[nodiscard]] constexpr int log2_code(std::int32_t value) {
  return static_cast<int>(std::bit_width(static_cast<std::uint32_t>(value < 0 ? -value : value)));
}

/// A log2 value of `bits` bits as memories and pins carry it: its code with the sign above it.
[[nodiscard]] constexpr std::int32_t log2_word(std::int32_t value, int bits) {
  return log2_code(value) | (value < 0 ? 1 << (bits - 1) : 0);
}

/// Entry `index` of a codebook whose entries divide their range evenly: the table of uniform
/// weights.
[[nodiscard]] constexpr std::int32_t even_entry(const TensorType& type, std::int32_t index) {
  return (((2 * index + 1) << type.entry_bits) >> (type.bits + 1)) - (1 << (type.entry_bits - 1));
}

/// Largest magnitude among the values of a type.
[[nodiscard]] std::int64_t max_magnitude(const TensorType& type);

/// Whether the type has this integer; a codebook's entries are any integers of entry_bits.
[[nodiscard]] bool is_value(const TensorType& type, std::int64_t value);

/// The type and its integers for messages: 'unsigned 8 bits (0..255)'.
[[nodiscard]] std::string describe_values(const TensorType& type);

}  // namespace bitscale
