#pragma once

#include <cstdint>

#include "sim/mapping/mapping.hpp"

namespace bitscale {

/// What DRAM moves at a time: the operands of a block of the loop nest.
struct Tile {
  std::int64_t index = 0;
  Ranges ranges;
  bool fetch_activations = true;  ///< other activations than the tile before
  bool fetch_weights = true;
  bool starts_outputs = true;    ///< first tile of its outputs
  bool finishes_outputs = true;  ///< last tile of its outputs
  std::int64_t activation_bits = 0, weight_bits = 0, output_bits = 0;  ///< sizes in the buffers
  std::int64_t activation_coded_bits = 0, weight_coded_bits = 0;       ///< sizes in DRAM
};

/// What the array does between two accumulator resets or spills.
struct Pass {
  Ranges ranges;  ///< coordinates that its steps cover
  std::int64_t steps = 0;
  std::int64_t step_cycles = 1;  ///< unit cycles or the slowest operand fetch
  std::int64_t window_share = 1,
               window_whole = 1;  ///< part of the pass's time that counts (ideal windows)
  bool loads_stationary = false;  ///< other stationary operands than the pass before
  bool starts = true;             ///< its accumulators begin at zero
  bool restores = false;          ///< its accumulators begin with spilled partial sums
  bool spills = false;            ///< its partial sums leave before they are complete
  bool finishes = true;           ///< its outputs are complete afterwards
  std::int64_t outputs = 0;
};

/// Counts that do not depend on values, summed over the passes and tiles of a layer. Bits unless
/// named otherwise.
struct Traffic {
  std::uint64_t macs = 0;
  std::uint64_t unit_steps = 0;                          ///< (unit, step) pairs with a product
  std::uint64_t step_slots = 0;                          ///< positions x steps
  std::uint64_t activation_reads = 0, weight_reads = 0;  ///< buffer to array
  std::uint64_t activation_fills = 0, weight_fills = 0;  ///< DRAM to buffer
  std::uint64_t output_writes = 0, output_reads = 0;     ///< array to buffer, buffer to DRAM
  std::uint64_t accumulator_writes = 0, accumulator_reads = 0;  ///< where it is a memory of entries
  std::uint64_t partial_writes = 0, partial_reads = 0;          ///< spilled partial sums
  std::uint64_t dram_activations = 0, dram_weights = 0, dram_outputs = 0;
  /// Adds what happened `times` times over.
  void add(const Traffic& other, std::uint64_t times);
  void operator+=(const Traffic& other) { add(other, 1); }
  bool operator==(const Traffic&) const = default;
};

/// The passes of a layer in order, computed on demand: tile i, then pass j of that tile.
class Schedule {
 public:
  explicit Schedule(const Mapping& mapping);

  [[nodiscard]] const Mapping& mapping() const { return mapping_; }
  [[nodiscard]] std::int64_t tiles() const { return tiles_; }
  [[nodiscard]] Tile tile(std::int64_t index) const;
  [[nodiscard]] std::int64_t passes(const Tile& tile) const;
  [[nodiscard]] Pass pass(const Tile& tile, std::int64_t index) const;

 private:
  /// Ranges of the pass before and after pass `index` of `tile`, which must exist.
  [[nodiscard]] Ranges ranges_before(const Tile& tile, std::int64_t index) const;
  [[nodiscard]] Ranges ranges_after(const Tile& tile, std::int64_t index) const;

  Mapping mapping_;
  PerDim<std::int64_t> tile_count_;
  std::int64_t tiles_ = 1;
};

/// Counts of one pass (buffer to array and products) and of one tile (DRAM).
[[nodiscard]] Traffic pass_traffic(const Mapping& mapping, const Pass& pass);
[[nodiscard]] Traffic tile_traffic(const Tile& tile);

/// Bits that one full step of extents `used` fetches per operand; the basis of step_cycles. With
/// packed groups the activations depend on which filters these are: from `first_filter` on.
[[nodiscard]] std::int64_t step_activation_bits(const Mapping& mapping,
                                                const PerDim<std::int64_t>& used,
                                                std::int64_t first_filter);
[[nodiscard]] std::int64_t step_weight_bits(const Mapping& mapping,
                                            const PerDim<std::int64_t>& used);

/// Sizes of a tile's operands in buffers and DRAM, for tile ranges `ranges`.
void size_tile(const Mapping& mapping, Tile& tile);

/// Cycles to drain `outputs` results (none with ideal windows), or to move them as partial sums of
/// accumulator width one way.
[[nodiscard]] std::int64_t drain_cycles(const Mapping& mapping, std::int64_t outputs);
[[nodiscard]] std::int64_t spill_cycles(const Mapping& mapping, std::int64_t outputs);

}  // namespace bitscale
