#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sim/config/reader.hpp"
#include "sim/core/dims.hpp"
#include "sim/core/errors.hpp"

namespace bitscale {

class Unit;

/// How an operand reaches the positions of an axis: one value for all, one value each, or handed on
/// from neighbour to neighbour, one hop per cycle (skewed). slide: each position reads its place of
/// a queue of activations, which moves on by one window per tap along S, so that neighbouring
/// windows' taps are fetched once.
enum class Movement { broadcast, unicast, forward, slide };

/// How the partial sums of an axis combine: not at all, in an adder tree within the cycle, or
/// handed down a chain, one hop per cycle.
enum class Combination { local, tree, chain };

/// One spatial loop: `factor` positions along `dim`; 0 stands for `fit`, what the layer and the
/// axis leave room for.
struct AxisLoop {
  Dim dim = Dim::K;
  std::int64_t factor = 1;
  bool operator==(const AxisLoop&) const = default;
};

/// One axis of the array: `size` positions, its loops outermost first.
struct Axis {
  std::int64_t size = 1;
  std::vector<AxisLoop> loops;
  Movement activations = Movement::broadcast;
  Movement weights = Movement::broadcast;
  Combination partial_sums = Combination::local;
  std::int64_t resize_step = 1;  ///< comparisons change `size` in such steps; 0: never
  bool operator==(const Axis&) const = default;
};

/// Operands and partial sums that every position of the array keeps beside its multiplier: the
/// innermost level of a memory hierarchy. Costs energy and area, never time.
struct RegisterFileConfig {
  std::int64_t capacity_bits = 0;  ///< 0: registers have no cost of their own
  std::int64_t word_bits = 16;     ///< of an operand or a partial sum
  bool operator==(const RegisterFileConfig&) const = default;
};

/// The array: rows x columns units of `lanes` multipliers each.
struct ArrayConfig {
  Axis rows, columns, lanes;
  std::int64_t accumulator_sets = 2;  ///< 2: a pass drains while the next one computes
  std::int64_t accumulator_entries =
      1;  ///< outputs that one position of rows x columns can hold per set
  std::int64_t drain_outputs_per_cycle = 0;  ///< 0: a whole pass in one cycle
  std::int64_t pipeline_depth =
      0;  ///< cycles from operand to accumulator, charged as the pipeline fills
  bool shadow_weights = false;  ///< the next stationary weights load while the present ones compute
  std::int64_t vector_lanes =
      16;  ///< elements per cycle of pools, additions and other work without MACs
  RegisterFileConfig register_file;

  [[nodiscard]] std::int64_t positions() const { return rows.size * columns.size * lanes.size; }
  bool operator==(const ArrayConfig&) const = default;
};

/// How output pixels fill the positions along PQ: flattened over rows, row by row, or ideally (a
/// partly filled step costs its share: only for comparison with published models).
enum class Windows { flattened, per_row, ideal };

/// What the PQ positions do in a layer with one output pixel: idle but for one, or take different
/// filter groups whose weights share one column's port (facts in docs/machines.md).
enum class FcMode { single_column, multiplexed };

/// The temporal side of the mapping. `order` names every loop N G K C PQ R S (or P, Q) once,
/// outermost first; the innermost run of loops that leave one operand alone makes that operand
/// stationary.
struct Dataflow {
  std::vector<Dim> order;
  Windows windows = Windows::flattened;
  FcMode fc_mode = FcMode::single_column;
  bool pack_groups = false;
  bool operator==(const Dataflow&) const = default;
};

/// An on-chip buffer of one operand. Sizes 0 stand for ideal: never full, never a bottleneck.
struct BufferConfig {
  std::int64_t capacity_bits = 0;
  std::int64_t banks = 1;           ///< of equal size; an access costs the energy of one bank
  std::int64_t port_bits = 0;       ///< bits per array cycle to the array
  std::int64_t access_bits = 64;    ///< width of one access, for its energy
  std::int64_t latency_cycles = 0;  ///< from request to first word, charged once per layer
  bool double_buffered = true;
  bool skip_zeros = false;  ///< operands that are zero are not read for the array
  bool operator==(const BufferConfig&) const = default;
};

/// How DRAM holds the operands that layers fetch: with a flag per element and without zeros, or as
/// runs of zeros with the elements behind them. They are decoded on their way into the buffers.
enum class Compression { none, bitmap, run_length };

/// The off-chip channel; bits_per_cycle 0 is ideal memory. A memory cycle is clock_Hz of its own.
struct DramConfig {
  std::int64_t bits_per_cycle = 0;
  std::int64_t clock_Hz = 0;
  std::int64_t latency_cycles = 0;  ///< memory cycles per request, not hidden
  Compression compression = Compression::none;
  [[nodiscard]] bool ideal() const { return bits_per_cycle == 0; }
  bool operator==(const DramConfig&) const = default;
};

/// Sizes of a tile (what DRAM moves into a buffer) that a machine file states, for all layers or
/// one. 0, and an empty order, are chosen per layer.
struct TileRequest {
  PerDim<std::int64_t> size;  ///< of N G K C P Q, output rows and columns
  std::vector<Dim> order;     ///< loops over tiles, N G K C P Q, outermost first
  std::string key = "memory.tiling";
  Mark where;              ///< of the key, for errors
  bool one_layer = false;  ///< stated for one layer, whose bounds it cannot exceed
  bool operator==(const TileRequest& other) const {
    return size == other.size && order == other.order;
  }
};

/// What the choice of tiles makes small; ties go to the next.
enum class TilingObjective { cycles, traffic, energy };

/// Energy of one bit of traffic, in pJ: what `objective: energy` weighs. Mapping knows no
/// technology; who reads machine and technology fills this in.
struct TrafficCosts {
  double dram_read = 0, dram_write = 0;
  double activation_read = 0, activation_write = 0;  ///< of the buffer
  double weight_read = 0, weight_write = 0;
  double output_read = 0, output_write = 0;
  bool operator==(const TrafficCosts&) const = default;
};

struct TilingConfig {
  TileRequest all;
  std::vector<std::pair<std::string, TileRequest>> layers;  ///< by name, over `all`
  TilingObjective objective = TilingObjective::cycles;
  TrafficCosts costs;
  bool operator==(const TilingConfig&) const = default;
};

struct MemoryConfig {
  DramConfig dram;
  BufferConfig activations, weights, outputs;
  std::int64_t shared_capacity_bits = 0;  ///< > 0: the three buffers share one memory of this size
  TilingConfig tiling;
  bool operator==(const MemoryConfig&) const = default;
};

/// Mapping, unit and memory hierarchy of a machine: all that decides cycles and counts.
struct MachineConfig {
  std::string name;
  std::string description;
  std::vector<std::string> sources;  ///< where the definition comes from
  std::vector<std::string> assumed;  ///< what no source states
  std::int64_t clock_Hz = 0;
  ArrayConfig array;
  Dataflow dataflow;
  MemoryConfig memory;
  std::shared_ptr<const Unit> unit;
};

[[nodiscard]] ArrayConfig parse_array(config::Reader& reader);
[[nodiscard]] Dataflow parse_dataflow(config::Reader& reader);
[[nodiscard]] TilingConfig parse_tiling(config::Reader& reader);
[[nodiscard]] MemoryConfig parse_memory(config::Reader& reader);

/// The dimension of a name in `kDimNames`.
[[nodiscard]] std::optional<Dim> dim_named(std::string_view name);

}  // namespace bitscale
