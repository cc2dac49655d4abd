#include "arch/common/accumulate.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <optional>
#include <vector>

#include "arch/common/accumulator.hpp"
#include "arch/common/operands.hpp"
#include "arch/common/tiles.hpp"
#include "sim/core/dims.hpp"

namespace bitscale {

namespace {

/// One operand of a block.
struct Side {
  const std::int16_t* values = nullptr;  ///< [steps * lanes][stride]
  std::int64_t stride = 0;
  std::int64_t count = 0;               ///< windows or filters
  std::int64_t accumulator_stride = 0;  ///< between the accumulators of neighbouring positions
  std::int64_t max_value = 0;           ///< largest magnitude
};

/// A block turned so that one operand lies along the vector of a tile.
struct Problem {
  Side vector, rows;
  std::int64_t steps = 0, lanes = 0;
  std::int64_t* accumulators = nullptr;
};

/// The Accumulator class, one output at a time: for widths that the vectorised tiles leave out.
std::uint64_t run_scalar(const AccumulateBlock& block, const AccumulatorConfig& config,
                         const Side& activations, const Side& weights) {
  std::uint64_t events = 0;
  for (std::int64_t output = 0; output < block.windows * block.filters; ++output) {
    const std::int64_t window = output / block.filters;
    const std::int64_t filter = output % block.filters;
    std::int64_t& place = block.accumulators[window * block.accumulator_stride + filter];
    Accumulator accumulator(config);
    accumulator.load(place);
    for (std::int64_t step = 0; step < block.steps; ++step) {
      std::int64_t sum = 0;
      for (std::int64_t term = step * block.lanes; term < (step + 1) * block.lanes; ++term) {
        sum += std::int64_t{activations.values[term * activations.stride + window]} *
               weights.values[term * weights.stride + filter];
      }
      events += accumulator.add(sum);
      if (block.range != nullptr) {
        block.range->low = std::min(block.range->low, accumulator.value());
        block.range->high = std::max(block.range->high, accumulator.value());
      }
    }
    place = accumulator.value();
  }
  return events;
}

/// Lays the operand along the vector that wastes fewer positions of the tiles; filters where it
/// does not matter.
Problem orient(const AccumulateBlock& block, const Side& activations, const Side& weights,
               std::int64_t tile_rows) {
  const auto tiles = [tile_rows](const Side& vector, const Side& rows) {
    return ceil_div(vector.count, tiles::kWidth) * ceil_div(rows.count, tile_rows);
  };
  const bool by_filters = tiles(weights, activations) <= tiles(activations, weights);
  return {by_filters ? weights : activations, by_filters ? activations : weights, block.steps,
          block.lanes, block.accumulators};
}

/// A tile's part of the vector operand, from `term` on; copied and padded with zeros where the
/// operand ends within the tile.
struct VectorTile {
  const std::int16_t* values = nullptr;
  std::int64_t stride = 0;
};

VectorTile vector_tile(const Side& side, std::int64_t first, std::int64_t term, std::int64_t terms,
                       std::vector<std::int16_t>& scratch) {
  const std::int16_t* values = side.values + term * side.stride + first;
  const std::int64_t width = side.count - first;
  if (width >= tiles::kWidth) return {values, side.stride};
  // Grown with zeros; what lies past the end of the operand is never written.
  scratch.resize(std::max(scratch.size(), static_cast<std::size_t>(terms * tiles::kWidth)));
  for (std::int64_t t = 0; t < terms; ++t) {
    std::copy_n(values + t * side.stride, width, scratch.data() + t * tiles::kWidth);
  }
  return {scratch.data(), tiles::kWidth};
}

// ---- order free ----

void exact_tile(const tiles::ExactTile& tile, std::int32_t* sums) { tiles::exact_32(tile, sums); }
void exact_tile(const tiles::ExactTile& tile, std::int64_t* sums) { tiles::exact_64(tile, sums); }

/// Where no partial sum overflows, order does not matter: a blocked matrix product, `chunk` terms
/// at a time.
template <typename Sum>
void run_exact(const Problem& problem, std::int64_t most_terms) {
  const std::int64_t terms = problem.steps * problem.lanes;
  const std::int64_t chunk = std::min(most_terms, terms);
  std::vector<std::int16_t> scratch;
  std::vector<std::int32_t> rows(static_cast<std::size_t>(chunk * tiles::kExactRows));
  std::array<Sum, tiles::kExactRows * tiles::kWidth> sums{};
  for (std::int64_t term = 0; term < terms; term += chunk) {
    const std::int64_t count = std::min(chunk, terms - term);
    for (std::int64_t row = 0; row < problem.rows.count; row += tiles::kExactRows) {
      const std::int64_t height = std::min(tiles::kExactRows, problem.rows.count - row);
      for (std::int64_t t = 0; t < count; ++t) {
        std::copy_n(problem.rows.values + (term + t) * problem.rows.stride + row, height,
                    rows.data() + t * tiles::kExactRows);
      }
      for (std::int64_t first = 0; first < problem.vector.count; first += tiles::kWidth) {
        const VectorTile tile = vector_tile(problem.vector, first, term, count, scratch);
        exact_tile({count, tile.values, tile.stride, rows.data()}, sums.data());
        const std::int64_t width = std::min(tiles::kWidth, problem.vector.count - first);
        for (std::int64_t r = 0; r < height; ++r) {
          std::int64_t* target = problem.accumulators +
                                 (row + r) * problem.rows.accumulator_stride +
                                 first * problem.vector.accumulator_stride;
          for (std::int64_t i = 0; i < width; ++i) {
            target[i * problem.vector.accumulator_stride] +=
                sums[static_cast<std::size_t>(r * tiles::kWidth + i)];
          }
        }
      }
    }
  }
}

void run_exact(const AccumulateBlock& block, const Side& activations, const Side& weights) {
  constexpr std::int64_t kChunk = 256;  // its rows stay in the first-level cache
  const Problem problem = orient(block, activations, weights, tiles::kExactRows);
  const std::int64_t product = activations.max_value * weights.max_value;
  const std::int64_t chunk_32 = std::min(kChunk, INT32_MAX / product);
  if (chunk_32 >= kChunk / 4) {
    run_exact<std::int32_t>(problem, chunk_32);
  } else {
    run_exact<std::int64_t>(problem, kChunk);
  }
}

// ---- schedule order ----

/// The narrowest arithmetic that holds every sum before it is wrapped or clamped; nothing where the
/// tiles have none.
std::optional<tiles::Arithmetic> arithmetic_for(const Problem& problem, int accumulator_bits) {
  constexpr std::int64_t kSafe = std::int64_t{1} << 61;
  const std::int64_t product = problem.vector.max_value * problem.rows.max_value;
  if (accumulator_bits > 63 || problem.lanes > kSafe / product) return std::nullopt;
  const std::int64_t tree = product * problem.lanes;
  const std::int64_t sum = tree + (std::int64_t{1} << (accumulator_bits - 1));
  if (sum <= INT32_MAX) return tiles::Arithmetic::tree_32_sum_32;
  return tree <= INT32_MAX ? tiles::Arithmetic::tree_32_sum_64 : tiles::Arithmetic::tree_64_sum_64;
}

/// Widens the rows of a tile.
void widen_rows(const Problem& problem, std::int64_t step, std::int64_t steps, std::int64_t row,
                std::vector<std::int32_t>& words) {
  const Side& side = problem.rows;
  const std::int64_t height = std::min(tiles::kOrderedRows, side.count - row);
  std::fill(words.begin(), words.end(), 0);
  for (std::int64_t term = 0; term < steps * problem.lanes; ++term) {
    const std::int16_t* values = side.values + (step * problem.lanes + term) * side.stride + row;
    std::copy_n(values, height, words.data() + term * tiles::kOrderedRows);
  }
}

/// Copies accumulators between the block and a tile.
template <typename Copy>
void for_each_accumulator(const Problem& problem, std::int64_t row, std::int64_t first,
                          Copy&& copy) {
  const std::int64_t height = std::min(tiles::kOrderedRows, problem.rows.count - row);
  const std::int64_t width = std::min(tiles::kWidth, problem.vector.count - first);
  for (std::int64_t r = 0; r < height; ++r) {
    for (std::int64_t i = 0; i < width; ++i) {
      copy(problem.accumulators[(row + r) * problem.rows.accumulator_stride +
                                (first + i) * problem.vector.accumulator_stride],
           static_cast<std::size_t>(r * tiles::kWidth + i));
    }
  }
}

std::uint64_t run_ordered(const Problem& problem, tiles::Arithmetic arithmetic,
                          const AccumulatorConfig& config, SumRange* range) {
  constexpr std::int64_t kRowWords =
      8192;  // rows of a chunk of steps stay in the first-level cache
  const std::int64_t step_words = problem.lanes * tiles::kOrderedRows;
  const std::int64_t chunk = std::clamp(kRowWords / step_words, std::int64_t{1}, problem.steps);
  std::vector<std::int16_t> scratch;
  std::vector<std::int32_t> rows(static_cast<std::size_t>(chunk * step_words));
  std::array<std::int64_t, tiles::kOrderedRows * tiles::kWidth> sums{};
  tiles::OrderedTile tile;
  tile.lanes = problem.lanes;
  tile.rows = rows.data();
  tile.accumulator_bits = config.bits;
  tile.accumulators = sums.data();
  tile.range = range;
  const tiles::Register reg = range != nullptr                        ? tiles::Register::unbounded
                              : config.overflow == Overflow::saturate ? tiles::Register::saturate
                                                                      : tiles::Register::wrap;
  std::uint64_t events = 0;
  for (std::int64_t step = 0; step < problem.steps; step += chunk) {
    tile.steps = std::min(chunk, problem.steps - step);
    for (std::int64_t row = 0; row < problem.rows.count; row += tiles::kOrderedRows) {
      widen_rows(problem, step, tile.steps, row, rows);
      for (std::int64_t first = 0; first < problem.vector.count; first += tiles::kWidth) {
        const VectorTile vector = vector_tile(problem.vector, first, step * problem.lanes,
                                              tile.steps * problem.lanes, scratch);
        tile.vector = vector.values;
        tile.vector_stride = vector.stride;
        sums.fill(0);
        for_each_accumulator(problem, row, first,
                             [&](std::int64_t& place, std::size_t i) { sums[i] = place; });
        events += tiles::ordered(tile, arithmetic, reg);
        for_each_accumulator(problem, row, first,
                             [&](std::int64_t& place, std::size_t i) { place = sums[i]; });
      }
    }
  }
  return events;
}

}  // namespace

std::uint64_t accumulate_block(const AccumulateBlock& block, const OperandTypes& types) {
  if (block.steps <= 0 || block.lanes <= 0 || block.filters <= 0 || block.windows <= 0) return 0;
  const Side activations{block.activations, block.windows, block.windows, block.accumulator_stride,
                         max_magnitude(types.activation)};
  const Side weights{block.weights, block.weight_stride, block.filters, 1,
                     max_magnitude(types.weight)};
  if (block.exact && block.range == nullptr) {
    run_exact(block, activations, weights);
    return 0;
  }
  AccumulatorConfig accumulator = types.accumulator;
  if (block.range != nullptr)
    accumulator = {width_of({-block.max_sum, block.max_sum}), Overflow::wrap};
  const Problem problem = orient(block, activations, weights, tiles::kOrderedRows);
  const auto arithmetic = arithmetic_for(problem, accumulator.bits);
  if (!arithmetic) return run_scalar(block, accumulator, activations, weights);
  return run_ordered(problem, *arithmetic, accumulator, block.range);
}

int width_of(const SumRange& range) {
  const auto bits = [](std::int64_t value) {
    return static_cast<int>(std::bit_width(static_cast<std::uint64_t>(value < 0 ? ~value : value)));
  };
  return 1 + std::max(bits(range.low), bits(range.high));
}

}  // namespace bitscale
