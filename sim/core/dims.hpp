#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace bitscale {

/// Loop dimensions of a convolution: batch N, group G, filter K and channel C (both within a
/// group), output row P and column Q, filter row R and column S. PQ is output pixels flattened,
/// crossing rows.
enum class Dim : std::uint8_t { N, G, K, C, P, Q, R, S, PQ };

/// How many of the dimensions are independent (PQ is a view of P and Q).
inline constexpr std::size_t kDims = 8;

inline constexpr std::array<std::string_view, kDims + 1> kDimNames = {"N", "G", "K", "C", "P",
                                                                      "Q", "R", "S", "PQ"};

[[nodiscard]] constexpr std::string_view to_string(Dim dim) {
  return kDimNames[static_cast<std::size_t>(dim)];
}

/// One value per independent dimension, indexed by Dim.
template <typename T>
struct PerDim {
  std::array<T, kDims> values{};
  constexpr T& operator[](Dim dim) { return values[static_cast<std::size_t>(dim)]; }
  constexpr const T& operator[](Dim dim) const { return values[static_cast<std::size_t>(dim)]; }
  bool operator==(const PerDim&) const = default;
};

/// The three operands of an array layer.
enum class Operand : std::uint8_t { activations, weights, outputs };

/// Ceiling of a / b for a >= 0, b > 0.
[[nodiscard]] constexpr std::int64_t ceil_div(std::int64_t a, std::int64_t b) {
  return (a + b - 1) / b;
}

}  // namespace bitscale
