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

/// The adder tree: sums[row][i] over the lanes in one cycle.
template <Gate kGate, typename Tree>
BITSCALE_TILE void add_lanes(const std::int16_t* __restrict vector, std::int64_t vector_stride,
                             const std::int32_t* __restrict rows, std::int64_t lanes, int bit,
                             Tree (&sums)[kOrderedRows][kWidth]) {
  for (std::int64_t lane = 0; lane < lanes; ++lane) {
    std::int32_t word[kWidth];
    for (std::int64_t i = 0; i < kWidth; ++i) {
      const std::int32_t value = vector[i];
      word[i] = kGate == Gate::and_bit ? -((value >> bit) & 1) : value;
    }
    for (std::int64_t row = 0; row < kOrderedRows; ++row) {
      for (std::int64_t i = 0; i < kWidth; ++i) {
        sums[row][i] += kGate == Gate::multiply ? word[i] * rows[row] : word[i] & rows[row];
      }
    }
    vector += vector_stride;
    rows += kOrderedRows;
  }
}

template <Gate kGate, typename Tree, typename Sum, Register kRegister>
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
  const std::int64_t slice = tile.lanes * kOrderedRows;
  for (std::int64_t step = 0; step < tile.steps; ++step) {
    const std::int16_t* vector = tile.vector + step * tile.lanes * tile.vector_stride;
    const std::int32_t* rows = tile.rows + step * tile.row_slices * slice;
    for (int c = 0; c < tile.cycle_count; ++c) {
      const Cycle cycle = tile.cycles[c];
      Tree sums[kOrderedRows][kWidth] = {};
      add_lanes<kGate>(vector, tile.vector_stride, rows + cycle.row_slice * slice, tile.lanes,
                       cycle.vector_bit, sums);
      const Sum invert = cycle.subtract ? -1 : 0;
      for (std::int64_t row = 0; row < kOrderedRows; ++row) {
        for (std::int64_t i = 0; i < kWidth; ++i) {
          Sum addend = static_cast<Sum>(sums[row][i]);
          if (kGate != Gate::multiply) addend = ((addend << cycle.shift) ^ invert) - invert;
          const Sum sum = accumulators[row][i] + addend;
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

template <Gate kGate, typename Tree, typename Sum>
BITSCALE_TILE std::uint64_t run_register(const OrderedTile& tile, Register reg) {
  switch (reg) {
    case Register::wrap:
      return run<kGate, Tree, Sum, Register::wrap>(tile);
    case Register::saturate:
      return run<kGate, Tree, Sum, Register::saturate>(tile);
    case Register::unbounded:
      break;
  }
  return run<kGate, Tree, Sum, Register::unbounded>(tile);
}

using Narrow = std::int32_t;
using Wide = std::int64_t;

BITSCALE_HOT std::uint64_t multiply_32_32(const OrderedTile& tile, Register reg) {
  return run_register<Gate::multiply, Narrow, Narrow>(tile, reg);
}
BITSCALE_HOT std::uint64_t multiply_32_64(const OrderedTile& tile, Register reg) {
  return run_register<Gate::multiply, Narrow, Wide>(tile, reg);
}
BITSCALE_HOT std::uint64_t multiply_64_64(const OrderedTile& tile, Register reg) {
  return run_register<Gate::multiply, Wide, Wide>(tile, reg);
}
BITSCALE_HOT std::uint64_t and_word_32(const OrderedTile& tile, Register reg) {
  return run_register<Gate::and_word, Narrow, Narrow>(tile, reg);
}
BITSCALE_HOT std::uint64_t and_word_64(const OrderedTile& tile, Register reg) {
  return run_register<Gate::and_word, Narrow, Wide>(tile, reg);
}
BITSCALE_HOT std::uint64_t and_bit_32(const OrderedTile& tile, Register reg) {
  return run_register<Gate::and_bit, Narrow, Narrow>(tile, reg);
}
BITSCALE_HOT std::uint64_t and_bit_64(const OrderedTile& tile, Register reg) {
  return run_register<Gate::and_bit, Narrow, Wide>(tile, reg);
}

}  // namespace

BITSCALE_HOT void exact_32(const ExactTile& tile, std::int32_t* sums) {
  exact<std::int32_t>(tile, sums);
}

BITSCALE_HOT void exact_64(const ExactTile& tile, std::int64_t* sums) {
  exact<std::int64_t>(tile, sums);
}

std::uint64_t ordered(const OrderedTile& tile, Gate gate, Arithmetic arithmetic, Register reg) {
  const bool narrow = arithmetic == Arithmetic::tree_32_sum_32;
  switch (gate) {
    case Gate::multiply:
      if (narrow) return multiply_32_32(tile, reg);
      return arithmetic == Arithmetic::tree_32_sum_64 ? multiply_32_64(tile, reg)
                                                      : multiply_64_64(tile, reg);
    case Gate::and_word:
      return narrow ? and_word_32(tile, reg) : and_word_64(tile, reg);
    case Gate::and_bit:
      return narrow ? and_bit_32(tile, reg) : and_bit_64(tile, reg);
  }
  return 0;
}

}  // namespace bitscale::tiles
