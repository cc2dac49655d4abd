#include "arch/common/tiles.hpp"

#include <algorithm>
#include <limits>

#include "sim/core/dispatch.hpp"

// Inlined into each version of a kernel, so that the loops are vectorised for that version's
// registers.
#define BITSCALE_TILE __attribute__((always_inline)) inline

namespace bitscale::tiles {

namespace {

template <typename Sum>
BITSCALE_TILE void exact(const ExactTile& tile, Sum* __restrict sums) {
  Sum total[kExactRows][kWidth] = {};
  const std::int16_t* __restrict vector = tile.vector;
  const std::int32_t* __restrict rows = tile.rows;
  for (std::int64_t term = 0; term < tile.terms; ++term) {
    std::int32_t word[kWidth];
    for (std::int64_t i = 0; i < kWidth; ++i) word[i] = vector[i];
    for (std::int64_t row = 0; row < kExactRows; ++row) {
      // A product of two 16-bit operands fits 32 bits; only the sum may need 64.
      std::int32_t product[kWidth];
      for (std::int64_t i = 0; i < kWidth; ++i) product[i] = word[i] * rows[row];
      for (std::int64_t i = 0; i < kWidth; ++i) total[row][i] += product[i];
    }
    vector += tile.vector_stride;
    rows += kExactRows;
  }
  for (std::int64_t row = 0; row < kExactRows; ++row) {
    for (std::int64_t i = 0; i < kWidth; ++i) sums[row * kWidth + i] = total[row][i];
  }
}

/// The adder tree: sums[row][i] over the lanes of a step.
template <typename Tree>
BITSCALE_TILE void add_lanes(const std::int16_t* __restrict vector, std::int64_t vector_stride,
                             const std::int32_t* __restrict rows, std::int64_t lanes,
                             Tree (&sums)[kOrderedRows][kWidth]) {
  for (std::int64_t lane = 0; lane < lanes; ++lane) {
    std::int32_t word[kWidth];
    for (std::int64_t i = 0; i < kWidth; ++i) word[i] = vector[i];
    for (std::int64_t row = 0; row < kOrderedRows; ++row) {
      for (std::int64_t i = 0; i < kWidth; ++i) sums[row][i] += word[i] * rows[row];
    }
    vector += vector_stride;
    rows += kOrderedRows;
  }
}

template <typename Tree, typename Sum, Register kRegister>
BITSCALE_TILE std::uint64_t run(const OrderedTile& tile) {
  const int unused = std::numeric_limits<Sum>::digits + 1 - tile.accumulator_bits;
  const Sum max = static_cast<Sum>(std::numeric_limits<Sum>::max() >> unused);
  const Sum min = static_cast<Sum>(-1 - max);
  Sum accumulators[kOrderedRows][kWidth];
  Sum events[kWidth] = {};
  Sum low[kWidth] = {};
  Sum high[kWidth] = {};
  for (std::int64_t row = 0; row < kOrderedRows; ++row) {
    for (std::int64_t i = 0; i < kWidth; ++i) {
      accumulators[row][i] = static_cast<Sum>(tile.accumulators[row * kWidth + i]);
    }
  }
  for (std::int64_t step = 0; step < tile.steps; ++step) {
    Tree sums[kOrderedRows][kWidth] = {};
    add_lanes(tile.vector + step * tile.lanes * tile.vector_stride, tile.vector_stride,
              tile.rows + step * tile.lanes * kOrderedRows, tile.lanes, sums);
    for (std::int64_t row = 0; row < kOrderedRows; ++row) {
      for (std::int64_t i = 0; i < kWidth; ++i) {
        const Sum sum = accumulators[row][i] + static_cast<Sum>(sums[row][i]);
        if (kRegister == Register::unbounded) {
          low[i] = sum < low[i] ? sum : low[i];
          high[i] = sum > high[i] ? sum : high[i];
          accumulators[row][i] = sum;
          continue;
        }
        const Sum clamped = sum < min ? min : (sum > max ? max : sum);
        const Sum kept = kRegister == Register::saturate ? clamped : (sum << unused) >> unused;
        events[i] += kept != sum ? 1 : 0;
        accumulators[row][i] = kept;
      }
    }
  }
  if (kRegister == Register::unbounded) {
    for (std::int64_t i = 0; i < kWidth; ++i) {
      tile.range->low = std::min<std::int64_t>(tile.range->low, low[i]);
      tile.range->high = std::max<std::int64_t>(tile.range->high, high[i]);
    }
  }
  std::uint64_t total = 0;
  for (std::int64_t i = 0; i < kWidth; ++i) total += static_cast<std::uint64_t>(events[i]);
  for (std::int64_t row = 0; row < kOrderedRows; ++row) {
    for (std::int64_t i = 0; i < kWidth; ++i) {
      tile.accumulators[row * kWidth + i] = accumulators[row][i];
    }
  }
  return total;
}

template <typename Tree, typename Sum>
BITSCALE_TILE std::uint64_t run_register(const OrderedTile& tile, Register reg) {
  switch (reg) {
    case Register::wrap:
      return run<Tree, Sum, Register::wrap>(tile);
    case Register::saturate:
      return run<Tree, Sum, Register::saturate>(tile);
    case Register::unbounded:
      break;
  }
  return run<Tree, Sum, Register::unbounded>(tile);
}

using Narrow = std::int32_t;
using Wide = std::int64_t;

BITSCALE_HOT std::uint64_t ordered_32_32(const OrderedTile& tile, Register reg) {
  return run_register<Narrow, Narrow>(tile, reg);
}
BITSCALE_HOT std::uint64_t ordered_32_64(const OrderedTile& tile, Register reg) {
  return run_register<Narrow, Wide>(tile, reg);
}
BITSCALE_HOT std::uint64_t ordered_64_64(const OrderedTile& tile, Register reg) {
  return run_register<Wide, Wide>(tile, reg);
}

}  // namespace

BITSCALE_HOT void exact_32(const ExactTile& tile, std::int32_t* sums) {
  exact<std::int32_t>(tile, sums);
}

BITSCALE_HOT void exact_64(const ExactTile& tile, std::int64_t* sums) {
  exact<std::int64_t>(tile, sums);
}

std::uint64_t ordered(const OrderedTile& tile, Arithmetic arithmetic, Register reg) {
  switch (arithmetic) {
    case Arithmetic::tree_32_sum_32:
      return ordered_32_32(tile, reg);
    case Arithmetic::tree_32_sum_64:
      return ordered_32_64(tile, reg);
    case Arithmetic::tree_64_sum_64:
      return ordered_64_64(tile, reg);
  }
  return 0;
}

}  // namespace bitscale::tiles
