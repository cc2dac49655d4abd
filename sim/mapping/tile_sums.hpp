#pragma once

#include <cstdint>

#include "sim/mapping/mapping.hpp"

namespace bitscale {

/// Inputs along one axis, rows or columns, that the tiles along the outputs read: halo counted in
/// every tile, padding in none.
struct SpanSum {
  std::int64_t tiles = 0;
  std::int64_t sum = 0;      ///< over all tiles
  std::int64_t largest = 0;  ///< of one tile
};

/// Outputs along an axis, and how they lie on its inputs.
struct InputAxis {
  std::int64_t outputs = 1, stride = 1, pad = 0;
  std::int64_t kernel = 1;  ///< inputs from the first to the last tap
  std::int64_t inputs = 1;
  /// Inputs that outputs [begin, end) touch or enclose.
  [[nodiscard]] std::int64_t span(std::int64_t begin, std::int64_t end) const;
  /// Of tiles of `size` outputs, in constant time.
  [[nodiscard]] SpanSum sum(std::int64_t size) const;
};

[[nodiscard]] InputAxis input_rows(const LayerShape& shape);
[[nodiscard]] InputAxis input_columns(const LayerShape& shape);

/// What all tiles of a layer move between DRAM and buffers, before compression: the same bits that
/// the simulation counts, without a visit to any tile.
struct TileSums {
  std::int64_t activation_bits = 0, weight_bits = 0, output_bits = 0;
  std::int64_t activation_fetches = 0, weight_fetches = 0, output_tiles = 0;       ///< requests
  std::int64_t largest_activations = 0, largest_weights = 0, largest_outputs = 0;  ///< of a tile
  [[nodiscard]] std::int64_t bits() const { return activation_bits + weight_bits + output_bits; }
  bool operator==(const TileSums&) const = default;
};

[[nodiscard]] TileSums tile_sums(const Mapping& mapping);

/// Output rows and columns of a tile: a flattened tile is whole rows, or an equal part of one.
[[nodiscard]] std::int64_t tile_rows(const Mapping& mapping);
[[nodiscard]] std::int64_t tile_columns(const Mapping& mapping);

/// Tiles of an operand that its buffer holds at a time: two where it is double buffered and more
/// than one passes through it.
[[nodiscard]] std::int64_t tile_places(const Mapping& mapping, Operand operand);

[[nodiscard]] inline std::int64_t tiles_along(const Mapping& m, Dim dim) {
  return ceil_div(m.bound[dim], m.tile[dim]);
}

}  // namespace bitscale
