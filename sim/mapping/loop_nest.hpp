#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/core/dims.hpp"

namespace bitscale {

struct Mapping;
struct Traffic;

/// One loop as it is printed: `count` turns of `size` coordinates each, the last one perhaps fewer.
struct NestLoop {
  Dim dim = Dim::K;
  std::int64_t count = 1, size = 1;
  bool operator==(const NestLoop&) const = default;
};

/// Loops that run at the same time, on the positions of one axis.
struct NestAxis {
  std::string name;  ///< rows | columns | lanes | subwords
  std::int64_t positions = 1;
  std::vector<NestLoop> loops;
  bool operator==(const NestAxis&) const = default;
};

/// What a buffer holds of one operand while a tile runs, and all that moved through it.
struct NestBuffer {
  std::string operand;  ///< activations | weights | outputs
  std::int64_t tile_bits = 0, places = 1;
  std::int64_t capacity_bits = 0;  ///< 0: unlimited, or shared
  std::uint64_t dram_bits = 0;     ///< before compression
  std::uint64_t array_bits = 0;    ///< to the array, or from it
  bool operator==(const NestBuffer&) const = default;
};

/// The whole loop nest of a layer for people and programs, outermost first: tiles (DRAM to
/// buffers), passes (between accumulator resets or spills), steps (one operand set each),
/// positions.
struct LoopNest {
  PerDim<std::int64_t> extent;  ///< of the layer
  bool ideal_memory = false;    ///< one tile; memory.tiling states nothing then
  std::vector<NestLoop> tiles, passes, steps;
  std::vector<NestAxis> axes;
  std::vector<NestBuffer> buffers;
  std::uint64_t partial_bits = 0;  ///< spilled and restored, through the output buffer
  std::int64_t step_cycles = 1;    ///< of the units
  PerDim<std::int64_t> tile;       ///< of N G K C P Q as memory.tiling states them
  std::vector<Dim> tile_order;     ///< the same
  bool operator==(const LoopNest&) const = default;
};

/// The loop nest of `mapping`, with the traffic that a simulation counted.
[[nodiscard]] LoopNest loop_nest(const Mapping& mapping, const Traffic& traffic);

}  // namespace bitscale
