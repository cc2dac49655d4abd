#include "sim/mapping/tile_sums.hpp"

#include <algorithm>
#include <initializer_list>
#include <numeric>

#include "sim/core/checked.hpp"

namespace bitscale {
namespace {

/// Product of counts; a hostile layer's stays at the largest.
std::int64_t product(std::initializer_list<std::int64_t> factors) {
  std::int64_t result = 1;
  for (const std::int64_t factor : factors)
    result = checked_multiply(result, factor).value_or(std::int64_t{1} << 60);
  return std::min(result, std::int64_t{1} << 60);
}

/// Sum of max(first + i step, 0) over i < count: an arithmetic series from where it is positive.
std::int64_t sum_positive(std::int64_t first, std::int64_t step, std::int64_t count) {
  const std::int64_t begin = first > 0 ? 0 : -first / step + 1;
  const std::int64_t terms = count - begin;
  if (terms <= 0) return 0;
  return terms * (first + begin * step) + step * (terms * (terms - 1) / 2);
}

/// Sum of the same, none above `limit`.
std::int64_t sum_clamped(std::int64_t first, std::int64_t step, std::int64_t count,
                         std::int64_t limit) {
  return sum_positive(first, step, count) - sum_positive(first - limit, step, count);
}

/// How often the tiles of an operand are gone through: once for every turn of a loop that leaves it
/// alone and has a loop inside that does not.
std::int64_t turns(const Mapping& m, std::initializer_list<Dim> relevant) {
  std::int64_t result = 1;
  bool changes_inside = false;
  for (auto dim = m.tile_order.rbegin(); dim != m.tile_order.rend(); ++dim) {
    const std::int64_t count = tiles_along(m, *dim);
    if (count == 1) continue;
    if (std::ranges::find(relevant, *dim) != relevant.end()) {
      changes_inside = true;
    } else if (changes_inside) {
      result = product({result, count});
    }
  }
  return result;
}

/// Groups that the tiles of filters reach into where groups are packed, over all tiles: one each,
/// and one more for every border of groups inside a tile.
SpanSum reached_groups(const Mapping& m) {
  const std::int64_t tiles = tiles_along(m, Dim::K);
  if (!m.packed_groups) return {1, 1, 1};
  const std::int64_t filters = m.shape.K;
  const std::int64_t tile = m.tile[Dim::K];
  const std::int64_t common = std::gcd(tile, filters);
  const std::int64_t borders_of_tiles = (m.shape.G - 1) / (tile / common);
  SpanSum result{tiles, tiles + m.shape.G - 1 - borders_of_tiles, 0};
  // Tiles start at every multiple of `common` in a group, sooner or later.
  const std::int64_t different = std::min(tiles, filters / common);
  for (std::int64_t i = 0; i < different; ++i) {
    const std::int64_t begin = i * tile;
    const std::int64_t end = std::min(begin + tile, m.bound[Dim::K]);
    result.largest = std::max(result.largest, (end - 1) / filters - begin / filters + 1);
  }
  return result;
}

}  // namespace

std::int64_t InputAxis::span(std::int64_t begin, std::int64_t end) const {
  const auto clamped = [&](std::int64_t at) { return std::clamp<std::int64_t>(at, 0, inputs); };
  return clamped((end - 1) * stride - pad + kernel) - clamped(begin * stride - pad);
}

SpanSum InputAxis::sum(std::int64_t size) const {
  const std::int64_t full = outputs / size;
  const std::int64_t rest = outputs % size;
  const std::int64_t step = size * stride;
  const std::int64_t extent = (size - 1) * stride + kernel;
  SpanSum result;
  result.tiles = full + (rest > 0 ? 1 : 0);
  result.sum =
      sum_clamped(extent - pad, step, full, inputs) - sum_clamped(-pad, step, full, inputs);
  // The span grows until the tile has left the padding before the inputs, and shrinks from where it
  // reaches that behind them: the widest tiles are about these two places.
  for (const std::int64_t place : {pad, pad + inputs - extent}) {
    const std::int64_t before = std::max<std::int64_t>(place, 0) / step;
    for (const std::int64_t i : {before, before + 1}) {
      const std::int64_t tile = std::clamp<std::int64_t>(i, 0, full - 1);
      result.largest = std::max(result.largest, span(tile * size, (tile + 1) * size));
    }
  }
  if (rest > 0) {
    const std::int64_t last = span(outputs - rest, outputs);
    result.sum += last;
    result.largest = std::max(result.largest, last);
  }
  return result;
}

InputAxis input_rows(const LayerShape& s) {
  return {s.P, s.stride_h, s.pad_top, (s.R - 1) * s.dilation_h + 1, s.H};
}

InputAxis input_columns(const LayerShape& s) {
  return {s.Q, s.stride_w, s.pad_left, (s.S - 1) * s.dilation_w + 1, s.W};
}

std::int64_t tile_rows(const Mapping& m) {
  if (!m.flattened) return m.tile[Dim::P];
  return std::max<std::int64_t>(m.tile[Dim::P] / m.shape.Q, 1);
}

std::int64_t tile_columns(const Mapping& m) {
  return m.flattened ? std::min(m.tile[Dim::P], m.shape.Q) : m.tile[Dim::Q];
}

std::int64_t tile_places(const Mapping& m, Operand operand) {
  const auto places = [&](const BufferConfig& buffer, std::initializer_list<Dim> dims) {
    const bool several =
        std::ranges::any_of(dims, [&](Dim dim) { return m.tile[dim] < m.bound[dim]; });
    return several && buffer.double_buffered ? 2 : 1;
  };
  const Dim filters_or_groups = m.packed_groups ? Dim::K : Dim::G;
  switch (operand) {
    case Operand::activations:
      return places(m.activation_buffer, {Dim::N, filters_or_groups, Dim::P, Dim::Q, Dim::C});
    case Operand::weights:
      return places(m.weight_buffer, {Dim::G, Dim::K, Dim::C});
    case Operand::outputs:
      break;
  }
  return places(m.output_buffer, {Dim::N, Dim::G, Dim::K, Dim::P, Dim::Q});
}

TileSums tile_sums(const Mapping& m) {
  const LayerShape& s = m.shape;
  const SpanSum rows = input_rows(s).sum(tile_rows(m));
  // Whole rows are fetched as they lie in DRAM, with columns that no window touches.
  const SpanSum columns =
      tile_columns(m) == s.Q ? SpanSum{1, s.W, s.W} : input_columns(s).sum(tile_columns(m));
  const SpanSum groups = reached_groups(m);
  const std::int64_t g = m.bound[Dim::G];
  TileSums sums;
  const std::int64_t activation_turns = m.packed_groups
                                            ? turns(m, {Dim::N, Dim::C, Dim::P, Dim::Q, Dim::K})
                                            : turns(m, {Dim::N, Dim::G, Dim::C, Dim::P, Dim::Q});
  sums.activation_bits = product(
      {s.N, g, groups.sum, s.C, rows.sum, columns.sum, m.activation_bits, activation_turns});
  sums.activation_fetches =
      product({tiles_along(m, Dim::N), tiles_along(m, Dim::G), groups.tiles, tiles_along(m, Dim::C),
               rows.tiles, columns.tiles, activation_turns});
  const std::int64_t weight_turns = turns(m, {Dim::G, Dim::K, Dim::C});
  sums.weight_bits = product({s.weights(), m.weight_bits, weight_turns});
  sums.weight_fetches = product(
      {tiles_along(m, Dim::G), tiles_along(m, Dim::K), tiles_along(m, Dim::C), weight_turns});
  sums.output_bits = product({s.outputs(), m.output_bits});
  sums.output_tiles =
      product({tiles_along(m, Dim::N), tiles_along(m, Dim::G), tiles_along(m, Dim::K),
               tiles_along(m, Dim::P), tiles_along(m, Dim::Q)});
  sums.largest_activations =
      product({m.tile[Dim::N], m.tile[Dim::G], groups.largest, m.tile[Dim::C], rows.largest,
               columns.largest, m.activation_bits});
  sums.largest_weights =
      product({m.tile[Dim::G], m.tile[Dim::K], m.tile[Dim::C], s.R * s.S, m.weight_bits});
  sums.largest_outputs = product({m.tile[Dim::N], m.tile[Dim::G], m.tile[Dim::K], m.tile[Dim::P],
                                  m.tile[Dim::Q], m.output_bits});
  return sums;
}

}  // namespace bitscale
