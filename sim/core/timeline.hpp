#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "sim/core/account.hpp"

namespace bitscale {

/// The parts of a machine that work on tiles, one row of a timeline each.
enum class Track : std::uint8_t {
  fetch_weights,      ///< the DRAM channel, for weights
  fetch_activations,  ///< the DRAM channel, for activations
  array,              ///< from when the array was free for the tile to when it was done with it
  output_unit,        ///< from when the array began the tile to when its last output left
  write_back          ///< the DRAM channel, for outputs
};
inline constexpr std::size_t kTracks = 5;

/// What one part did for a run of consecutive tiles, in array cycles since the layer began.
struct TileSlice {
  std::int64_t first_tile = 0, last_tile = 0;
  std::int64_t begin = 0, end = 0;
  std::int64_t busy = 0;  ///< cycles of these that the part worked for the tiles
  bool operator==(const TileSlice&) const = default;
};

/// When each part of the machine worked on which tile of a layer. Bounded: where a row would get
/// more than kMostSlices, each slice stands for twice as many tiles; sums stay what they are.
class Timeline {
 public:
  static constexpr std::size_t kMostSlices = 16384;

  /// Tiles come in order within a track; several pieces of one tile become one slice.
  void add(Track track, std::int64_t tile, std::int64_t begin, std::int64_t end, std::int64_t busy);
  /// The array's time for a tile, waits before it included; `cycles` sums to end - begin.
  void add_array(std::int64_t tile, std::int64_t begin, std::int64_t end,
                 const CycleAccount& cycles);
  /// Makes each slice stand for twice as many tiles.
  void coarsen();

  [[nodiscard]] const std::vector<TileSlice>& slices(Track track) const {
    return slices_[static_cast<std::size_t>(track)];
  }
  /// Why the cycles of the array's slices passed, one account per slice.
  [[nodiscard]] const std::vector<CycleAccount>& array_cycles() const { return array_cycles_; }
  [[nodiscard]] std::int64_t tiles_per_slice() const { return tiles_per_slice_; }
  bool operator==(const Timeline&) const = default;

 private:
  [[nodiscard]] std::vector<TileSlice>& of(Track track) {
    return slices_[static_cast<std::size_t>(track)];
  }
  /// Whether `tile` goes into the last slice of the track.
  [[nodiscard]] bool continues(Track track, std::int64_t tile) const;

  std::array<std::vector<TileSlice>, kTracks> slices_;
  std::vector<CycleAccount> array_cycles_;
  std::int64_t tiles_per_slice_ = 1;
};

/// `a - b`, cause by cause; no cause of `b` exceeds that of `a`.
[[nodiscard]] CycleAccount difference(const CycleAccount& a, const CycleAccount& b);

}  // namespace bitscale
