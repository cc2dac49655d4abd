#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "arch/unit.hpp"
#include "sim/core/dims.hpp"
#include "sim/mapping/machine.hpp"
#include "sim/workload/workload.hpp"

namespace bitscale {

/// Half-open range of loop coordinates.
struct Range {
  std::int64_t begin = 0, end = 0;
  [[nodiscard]] std::int64_t extent() const { return end - begin; }
  bool operator==(const Range&) const = default;
};
using Ranges = PerDim<Range>;

/// One spatial loop after `fit` and the fully connected mode were resolved for a layer.
struct SpatialLoop {
  Dim dim = Dim::K;
  std::int64_t factor = 1;
  bool operator==(const SpatialLoop&) const = default;
};

/// An axis of the array as one layer sees it.
struct MappedAxis {
  std::int64_t size = 1;
  std::vector<SpatialLoop> loops;  ///< outermost first; their product is at most `size`
  Movement activations = Movement::broadcast;
  Movement weights = Movement::broadcast;
  Combination partial_sums = Combination::local;
  bool operator==(const MappedAxis&) const = default;
};

/// The part of a tensor's bits that the DRAM channel moves: coded / raw, at most 1.
struct DramShare {
  std::int64_t coded = 1, raw = 1;
  /// Of so many raw bits, rounded up.
  [[nodiscard]] std::int64_t part_of(std::int64_t bits) const;
  bool operator==(const DramShare&) const = default;
};

/// A layer laid out on a machine: the whole loop nest with every factor known. Tiles (what DRAM
/// moves) contain passes (between two accumulator resets or spills), passes contain steps (one
/// operand set each). Loop P runs over PQ where `flattened`, and Q is 1 then; loop K runs over G K
/// where `packed_groups`, and G is 1 then.
struct Mapping {
  std::string layer;
  LayerShape shape;
  OperandTypes types;
  bool flattened = true;
  bool packed_groups = false;
  Windows windows = Windows::flattened;
  Operand stationary = Operand::outputs;

  PerDim<std::int64_t> bound;           ///< loop bounds
  PerDim<std::int64_t> spatial;         ///< positions along each dimension, all axes
  PerDim<std::int64_t> in_unit;         ///< of these, on the lanes and their subwords (fastest)
  PerDim<std::int64_t> tile;            ///< extent of a tile
  PerDim<std::int64_t> pass_extent;     ///< extent of a pass
  std::array<Dim, kDims> tile_order{};  ///< loops over tiles, outermost first
  std::array<Dim, kDims> pass_order{};  ///< loops over passes of a tile, outermost first
  std::vector<Dim> step_order;          ///< loops over steps of a pass, outermost first
  MappedAxis rows, columns, lanes;
  MappedAxis subwords;  ///< the products of a lane, innermost

  std::int64_t unit_cycles = 1;        ///< cycles of one step in the units
  std::int64_t segments = 1;           ///< accumulators of a unit: 1, or one per subword
  AccumulatorConfig segment;           ///< of each, as wide as the types use it
  std::int64_t partial_sum_bits = 48;  ///< of one output, as it is spilled
  std::int16_t pad_value = 0;          ///< activation of padded taps
  int activation_bits = 16, weight_bits = 16, output_bits = 16;  ///< as stored and fetched
  std::int64_t fill_cycles = 0;                                  ///< skew and pipeline depth
  bool fill_per_pass = false;                                    ///< else once per layer
  std::int64_t latency_cycles = 0;  ///< of the slower operand buffer, once per layer
  std::int64_t load_cycles = 0;     ///< to shift one set of stationary weights in
  bool shadow_weights = false;
  bool slides = false;  ///< activations of neighbouring windows along Q are fetched once per row
  bool partial_sums_in_place =
      true;  ///< no other outputs come between two passes that add to the same ones
  std::int64_t accumulator_sets = 2, accumulator_entries = 1;
  std::int64_t drain_outputs_per_cycle = 0;
  BufferConfig activation_buffer, weight_buffer, output_buffer;
  DramConfig dram;
  DramShare activation_share, weight_share;  ///< set by compress_operands(): values decide
  std::int64_t clock_Hz = 0;

  [[nodiscard]] std::int64_t positions() const {
    return rows.size * columns.size * lanes.size * subwords.size;
  }
  /// Segments that add to one output, merged as it drains: more than 1 where they lie along C.
  [[nodiscard]] std::int64_t sums_per_output() const;
  /// Readable one-line loop nest: tiles | passes | steps | spatial.
  [[nodiscard]] std::string describe() const;
};

/// Lays `layer` (an array layer) out on `machine`. Throws MappingError with the layer and the limit
/// where the unit lacks the operand types, a tile cannot fit its buffer, or the loop nest is one
/// the engines do not run.
[[nodiscard]] Mapping map_layer(const Layer& layer, const MachineConfig& machine);

/// Chooses tile extents and their order: those of the machine file, and for what it leaves open the
/// best of a bounded search by `memory.tiling.objective`. Called by map_layer; throws MappingError
/// where nothing fits.
void choose_tiles(Mapping& mapping, const MachineConfig& machine);

/// Pass extents within the tiles of `mapping`, and whether partial sums stay in place between them.
/// Called by choose_tiles for every candidate, because spilled sums need room in a buffer.
void lay_out_passes(Mapping& mapping);

/// Where one multiplier position works in one step of a pass. `lane` counts subwords: lane *
/// subwords + subword.
struct Position {
  std::int64_t row = 0, column = 0, lane = 0;
};

/// Loop coordinates of `position` in step `step` of the pass with `ranges`, or false where the
/// position is idle then.
[[nodiscard]] bool position_coordinates(const Mapping& mapping, const Ranges& pass,
                                        std::int64_t step, const Position& position,
                                        PerDim<std::int64_t>& coordinates);

/// Indices into the layer's tensors that loop coordinates stand for.
struct ElementIndex {
  std::int64_t activation = -1;  ///< into [n][channel][row][column]; -1 is padding
  std::int64_t weight = 0;       ///< into [filter][channel][R][S]
  std::int64_t output = 0;       ///< into [n][filter][P][Q]
};
[[nodiscard]] ElementIndex element_index(const Mapping& mapping,
                                         const PerDim<std::int64_t>& coordinates);

}  // namespace bitscale
