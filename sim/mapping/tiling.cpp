#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "sim/core/errors.hpp"
#include "sim/mapping/closed_form.hpp"
#include "sim/mapping/schedule.hpp"

namespace bitscale {
namespace {

using Order = std::array<Dim, kDims>;

// C is last wherever it is tiled, so that a tile of outputs is finished before the next one starts.
constexpr Order kWeightsOuter = {Dim::N, Dim::G, Dim::K, Dim::P, Dim::C, Dim::Q, Dim::R, Dim::S};
constexpr Order kActivationsOuter = {Dim::N, Dim::G, Dim::P, Dim::K,
                                     Dim::C, Dim::Q, Dim::R, Dim::S};

/// Largest sizes over all tiles, in bits; outputs at accumulator width where partial sums wait in
/// the buffer.
struct Footprint {
  std::int64_t activations = 0, weights = 0, outputs = 0;
};

std::int64_t tiles_along(const Mapping& m, Dim dim) { return ceil_div(m.bound[dim], m.tile[dim]); }

/// Tiles along the rows among which is the one that reads most: the first, and the two about where
/// the padding above ends. Clipping at the upper border only shrinks before them, that at the lower
/// one only grows behind them.
std::array<std::int64_t, 3> widest_row_tiles(const Mapping& m) {
  const std::int64_t output_rows = m.flattened ? m.tile[Dim::P] / m.shape.Q : m.tile[Dim::P];
  const std::int64_t inner =
      std::min(ceil_div(m.shape.pad_top, m.shape.stride_h * std::max<std::int64_t>(output_rows, 1)),
               tiles_along(m, Dim::P) - 1);
  return {0, std::max<std::int64_t>(inner - 1, 0), inner};
}

/// Sizes of the biggest tile.
Footprint footprint(const Mapping& m) {
  const Schedule schedule(m);
  Footprint largest;
  Tile tile = schedule.tile(0);
  // Packed groups: other tiles of filters may reach into more groups than the first.
  const std::int64_t filter_tiles = m.packed_groups ? tiles_along(m, Dim::K) : 1;
  for (std::int64_t k = 0; k < filter_tiles; ++k) {
    const std::int64_t filter = k * m.tile[Dim::K];
    tile.ranges[Dim::K] = {filter, std::min(filter + m.tile[Dim::K], m.bound[Dim::K])};
    for (const std::int64_t i : widest_row_tiles(m)) {
      const std::int64_t begin = i * m.tile[Dim::P];
      tile.ranges[Dim::P] = {begin, std::min(begin + m.tile[Dim::P], m.bound[Dim::P])};
      size_tile(m, tile);
      largest.activations = std::max(largest.activations, tile.activation_bits);
      largest.weights = std::max(largest.weights, tile.weight_bits);
      largest.outputs = std::max(largest.outputs, tile.output_bits);
    }
  }
  // Partial sums that leave the accumulators wait where the outputs will be.
  if (!m.partial_sums_in_place) {
    const auto bits = std::max<std::int64_t>(m.partial_sum_bits, m.output_bits);
    largest.outputs = largest.outputs / m.output_bits * bits;
  }
  return largest;
}

std::int64_t residency(const Mapping& m, const BufferConfig& buffer, std::int64_t bits,
                       std::initializer_list<Dim> dims) {
  std::int64_t tiles = 1;
  for (const Dim dim : dims) tiles *= tiles_along(m, dim);
  return tiles > 1 && buffer.double_buffered ? 2 * bits : bits;
}

/// What does not fit, in words; nothing where everything does.
std::optional<std::string> misfit(const Mapping& m, const MemoryConfig& memory) {
  const Footprint f = footprint(m);
  const std::int64_t activations =
      m.packed_groups
          ? residency(m, memory.activations, f.activations, {Dim::N, Dim::K, Dim::P, Dim::C})
          : residency(m, memory.activations, f.activations, {Dim::N, Dim::G, Dim::P, Dim::C});
  const std::int64_t weights = residency(m, memory.weights, f.weights, {Dim::G, Dim::K, Dim::C});
  const std::int64_t outputs =
      residency(m, memory.outputs, f.outputs, {Dim::N, Dim::G, Dim::K, Dim::P});
  const auto check = [&](std::string_view name, std::int64_t need,
                         std::int64_t capacity) -> std::optional<std::string> {
    if (capacity == 0 || need <= capacity) return std::nullopt;
    return fmt::format(
        "a tile of K {}, C {}, {} output rows needs {} bits of the {} buffer, which holds {}",
        m.tile[Dim::K], m.tile[Dim::C], m.flattened ? m.tile[Dim::P] / m.shape.Q : m.tile[Dim::P],
        need, name, capacity);
  };
  if (auto text = check("activation", activations, memory.activations.capacity_bits)) return text;
  if (auto text = check("weight", weights, memory.weights.capacity_bits)) return text;
  if (auto text = check("output", outputs, memory.outputs.capacity_bits)) return text;
  return check("shared", activations + weights + outputs, memory.shared_capacity_bits);
}

/// Estimate of a layer's DRAM bits by which candidates are ranked: every tile counted at full size,
/// each operand once per change of its tile in the order of the tiles.
std::int64_t dram_bits(const Mapping& m) {
  const std::int64_t k = tiles_along(m, Dim::K);
  const std::int64_t p = tiles_along(m, Dim::P);
  const std::int64_t c = tiles_along(m, Dim::C);
  const bool k_outside_p =
      std::ranges::find(m.tile_order, Dim::K) < std::ranges::find(m.tile_order, Dim::P);
  const Footprint f = footprint(m);
  // An operand is fetched again for every turn of a loop that does not change it, if one inside it
  // does.
  const std::int64_t activation_turns =
      (k_outside_p ? p * c > 1 : c > 1) || m.packed_groups ? k : 1;
  const std::int64_t weight_turns = (k_outside_p ? c > 1 : k * c > 1) ? p : 1;
  const std::int64_t outer = m.shape.N * (m.packed_groups ? 1 : m.shape.G);
  const std::int64_t weights_again =
      k * c * (m.packed_groups ? 1 : m.shape.G) > 1 || p > 1 ? m.shape.N : 1;
  return outer * f.activations * p * c * activation_turns +
         (m.packed_groups ? 1 : m.shape.G) * weights_again * f.weights * k * c * weight_turns +
         m.shape.outputs() * m.output_bits;
}

/// Array iterations along a dimension, with every tile's edge rounded up.
std::int64_t iterations(const Mapping& m, Dim dim) {
  const std::int64_t tile = m.tile[dim];
  return m.bound[dim] / tile * ceil_div(tile, m.spatial[dim]) +
         ceil_div(m.bound[dim] % tile, m.spatial[dim]);
}

/// What a candidate is ranked by.
struct Estimate {
  double cycles = 0;  // an estimate of a hostile layer may be huge
  std::int64_t bits = 0;
};

struct Candidate {
  PerDim<std::int64_t> tile;
  Order tile_order{};
  Estimate estimate;
};

/// Of all candidates within a twentieth of the shortest time, the one with the least DRAM traffic;
/// the shorter, then the earlier (larger tiles) among equals. A few cycles are not worth fetching a
/// tensor again and again.
const Candidate& best_of(const std::vector<Candidate>& candidates) {
  double shortest = candidates.front().estimate.cycles;
  for (const Candidate& candidate : candidates)
    shortest = std::min(shortest, candidate.estimate.cycles);
  const Candidate* best = &candidates.front();
  bool found = false;
  for (const Candidate& candidate : candidates) {
    const Estimate& e = candidate.estimate;
    if (e.cycles > shortest * 1.05) continue;
    const Estimate& known = best->estimate;
    if (found && std::pair(e.bits, e.cycles) >= std::pair(known.bits, known.cycles)) continue;
    best = &candidate;
    found = true;
  }
  return *best;
}

/// Compute and channel overlap from the second tile on; the first tile's operands and the last
/// one's results do not.
Estimate estimate(const Mapping& m) {
  Estimate result;
  result.bits = dram_bits(m);
  std::int64_t steps = 1;
  std::int64_t sets = 1;  // of stationary operands
  std::int64_t tiles = 1;
  std::int64_t passes = 1;  // over distinct outputs
  for (const Dim dim : {Dim::N, Dim::G, Dim::K, Dim::C, Dim::P, Dim::Q, Dim::R, Dim::S}) {
    steps *= iterations(m, dim);
    tiles *= tiles_along(m, dim);
    const bool streams = std::ranges::find(m.step_order, dim) != m.step_order.end();
    const bool reduces = dim == Dim::C || dim == Dim::R || dim == Dim::S;
    if (!reduces) passes *= streams ? tiles_along(m, dim) : iterations(m, dim);
    sets *= streams ? tiles_along(m, dim) : iterations(m, dim);
  }
  double compute = static_cast<double>(steps) * static_cast<double>(m.unit_cycles);
  if (m.stationary != Operand::outputs) {
    const double hidden = m.shadow_weights ? compute / static_cast<double>(sets) : 0;
    compute +=
        static_cast<double>(sets) * std::max(0.0, static_cast<double>(m.load_cycles) - hidden);
  }
  // Channel tiles spill the partial sums of a pass in between, once out and once back.
  const std::int64_t spills = tiles_along(m, Dim::C) - 1;
  const std::int64_t outputs_per_pass = ceil_div(m.shape.outputs(), passes);
  compute += 2.0 * static_cast<double>(spills) * static_cast<double>(passes) *
             static_cast<double>(spill_cycles(m, outputs_per_pass));
  const Footprint f = footprint(m);
  const std::int64_t overhead = m.dram.latency_cycles * m.dram.bits_per_cycle;
  const auto channel = [&](std::int64_t bits) {
    return static_cast<double>(channel_cycles(m, bits));
  };
  result.cycles = std::max(compute, channel(result.bits + tiles * overhead)) +
                  channel(f.activations + f.weights + 2 * overhead) + channel(f.outputs + overhead);
  return result;
}

std::vector<std::int64_t> halvings(std::int64_t bound, std::int64_t grain) {
  std::vector<std::int64_t> sizes{bound};
  for (std::int64_t size = ceil_div(bound, grain); size > 1;) {
    size = ceil_div(size, 2);
    sizes.push_back(std::min(size * grain, bound));
  }
  return sizes;
}

std::vector<std::int64_t> candidates(std::int64_t fixed, std::int64_t bound, std::int64_t grain) {
  if (fixed > 0) return {std::min(fixed, bound)};
  return halvings(bound, grain);
}

void set_order(Mapping& m, const TilingConfig& tiling) {
  std::ranges::copy(tiling.order, m.tile_order.begin());
  std::ranges::copy(std::array{Dim::Q, Dim::R, Dim::S}, m.tile_order.begin() + 5);
}

/// Whether tiles of other outputs come between two tiles of channels that add to the same ones.
bool outputs_inside_channels(const Mapping& m) {
  if (tiles_along(m, Dim::C) == 1) return false;
  const auto* channels = std::ranges::find(m.tile_order, Dim::C);
  return std::any_of(channels + 1, m.tile_order.end(),
                     [&](Dim dim) { return tiles_along(m, dim) > 1; });
}

}  // namespace

void choose_tiles(Mapping& m, const MemoryConfig& memory) {
  m.tile = m.bound;
  m.tile_order = kWeightsOuter;
  if (m.dram.ideal()) return;  // everything is resident at no cost
  m.tile[Dim::N] = 1;
  m.tile[Dim::G] = 1;
  const std::int64_t row = m.flattened ? m.shape.Q : 1;
  const bool fixed_order = !memory.tiling.order.empty();
  std::vector<Candidate> fitting;
  std::string reason;
  for (const std::int64_t k : candidates(memory.tiling.K, m.bound[Dim::K], m.spatial[Dim::K])) {
    for (const std::int64_t rows : candidates(memory.tiling.P, m.shape.P, 1)) {
      for (const std::int64_t c : candidates(memory.tiling.C, m.bound[Dim::C], m.spatial[Dim::C])) {
        m.tile[Dim::K] = k;
        m.tile[Dim::P] = rows * row;
        m.tile[Dim::C] = c;
        m.tile_order = kWeightsOuter;  // wherever C comes last, order makes no difference here
        lay_out_passes(m);
        if (auto text = misfit(m, memory)) {
          reason = *text;
          continue;
        }
        for (const Order& order : {kWeightsOuter, kActivationsOuter}) {
          m.tile_order = order;
          if (fixed_order) set_order(m, memory.tiling);
          if (outputs_inside_channels(m)) {
            reason =
                "memory.tiling.order: C must come last where it is tiled, or partial sums would "
                "leave the chip";
            continue;
          }
          fitting.push_back({m.tile, m.tile_order, estimate(m)});
        }
      }
    }
  }
  if (fitting.empty()) throw MappingError(m.layer, reason);
  const Candidate& best = best_of(fitting);
  m.tile = best.tile;
  m.tile_order = best.tile_order;
}

}  // namespace bitscale
