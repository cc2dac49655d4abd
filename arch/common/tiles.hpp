#pragma once

#include <cstdint>

#include "arch/unit.hpp"

namespace bitscale::tiles {

/// The register-blocked inner loops of the span kernels. One operand lies along the vector
/// (filters, say), the other one is broadcast to it, a few positions at a time, from a buffer that
/// the caller widened to 32 bits.

inline constexpr std::int64_t kExactRows = 8;    ///< broadcast positions of an exact tile
inline constexpr std::int64_t kOrderedRows = 2;  ///< and of an ordered one
/// Vector positions of a tile. Measured with g++ 12: narrower loops are unrolled before they are
/// vectorised, ten times slower.
inline constexpr std::int64_t kWidth = 32;

/// sums[row][position] = sum over terms of vector[term][position] * rows[term][row], in any order.
/// The 32-bit version's sums must fit 32 bits. `sums` is [kExactRows][kWidth].
struct ExactTile {
  std::int64_t terms = 0;
  const std::int16_t* vector = nullptr;  ///< [terms][vector_stride]
  std::int64_t vector_stride = 0;
  const std::int32_t* rows = nullptr;  ///< [terms][kExactRows]
};

void exact_32(const ExactTile& tile, std::int32_t* sums);
void exact_64(const ExactTile& tile, std::int64_t* sums);

/// Steps of a tile in schedule order on finite accumulators.
struct OrderedTile {
  std::int64_t steps = 0;
  std::int64_t lanes = 0;
  const std::int16_t* vector = nullptr;  ///< [steps][lanes][vector_stride]
  std::int64_t vector_stride = 0;
  const std::int32_t* rows = nullptr;  ///< [steps][lanes][kOrderedRows]
  int accumulator_bits = 0;
  std::int64_t* accumulators = nullptr;  ///< [kOrderedRows][kWidth]
  SumRange* range = nullptr;             ///< widened to every sum; for Register::unbounded
};

/// What becomes of a sum: the low bits, the nearest value in range, or itself, its range noted.
enum class Register { wrap, saturate, unbounded };

/// Widths of the adder tree's sum and of the accumulator's adder: narrow ones are faster.
enum class Arithmetic { tree_32_sum_32, tree_32_sum_64, tree_64_sum_64 };

/// Runs a tile; returns the additions that left the accumulator's range. Sums before wrapping or
/// clamping must fit the arithmetic.
std::uint64_t ordered(const OrderedTile& tile, Arithmetic arithmetic, Register reg);

}  // namespace bitscale::tiles
