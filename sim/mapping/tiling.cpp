#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <tuple>
#include <vector>

#include "sim/core/errors.hpp"
#include "sim/mapping/schedule.hpp"
#include "sim/mapping/tile_sums.hpp"
#include "sim/mapping/tiling_cost.hpp"

namespace bitscale {
namespace {

using Order = std::array<Dim, kDims>;

// C is last wherever it is tiled, so that a tile of outputs is finished before the next one starts.
// Of the orders of the others two differ in what is fetched again: filters outside images and
// pixels, so that weights are fetched once, or inside, so that activations are. A loop between them
// would fetch as much of one operand and more of the other.
constexpr Order kWeightsOuter = {Dim::G, Dim::K, Dim::N, Dim::P, Dim::Q, Dim::C, Dim::R, Dim::S};
constexpr Order kActivationsOuter = {Dim::G, Dim::N, Dim::P, Dim::Q,
                                     Dim::K, Dim::C, Dim::R, Dim::S};

/// Most sizes that are tried along one dimension.
constexpr std::size_t kMaxSizes = 24;
/// Candidates this close to the shortest time are ranked by traffic times time: a few cycles are
/// not worth fetching a tensor again and again, nor a few bits half an array.
constexpr double kCycleTolerance = 1.05;

/// Sizes along a dimension, largest first: the whole in 1, 2, 3, 4, 6, 8, 12... parts, in multiples
/// of `grain`, thinned evenly where there are too many.
std::vector<std::int64_t> sizes_along(std::int64_t bound, std::int64_t grain) {
  const std::int64_t units = ceil_div(bound, grain);
  std::vector<std::int64_t> sizes;
  for (std::int64_t power = 1; power <= units; power *= 2) {
    for (const std::int64_t parts : {power, power + power / 2}) {
      if (parts > units || (power == 1 && parts > 1)) continue;
      const std::int64_t size = std::min(ceil_div(units, parts) * grain, bound);
      if (sizes.empty() || size < sizes.back()) sizes.push_back(size);
    }
  }
  if (sizes.back() > grain) sizes.push_back(grain);
  if (sizes.size() <= kMaxSizes) return sizes;
  std::vector<std::int64_t> thinned;
  for (std::size_t i = 0; i < kMaxSizes; ++i)
    thinned.push_back(sizes[i * (sizes.size() - 1) / (kMaxSizes - 1)]);
  return thinned;
}

/// Equal parts of a row, largest first, without the whole.
std::vector<std::int64_t> parts_of_row(std::int64_t columns) {
  std::vector<std::int64_t> sizes;
  for (std::int64_t parts = 2; parts <= columns && sizes.size() < kMaxSizes; ++parts) {
    if (columns % parts == 0) sizes.push_back(columns / parts);
  }
  if (columns > 1 && sizes.back() > 1) sizes.push_back(1);
  return sizes;
}

/// The smallest tiles of a search: of a single element along every dimension.
constexpr PerDim<std::int64_t> kAnySize = {{1, 1, 1, 1, 1, 1, 1, 1}};

/// Whether windows that follow each other leave inputs between them.
bool skips_inputs(const InputAxis& axis) { return axis.stride > axis.kernel; }

/// A buffer that is too small for a tile.
struct Misfit {
  const char* buffer;
  std::int64_t need_bits, capacity_bits;
};

std::string in_words(const Mapping& m, const Misfit& misfit) {
  return fmt::format(
      "a tile of N {}, G {}, K {}, C {}, P {}, Q {} needs {} bits of the {} buffer, which holds {}",
      m.tile[Dim::N], m.tile[Dim::G], m.tile[Dim::K], m.tile[Dim::C], tile_rows(m), tile_columns(m),
      misfit.need_bits, misfit.buffer, misfit.capacity_bits);
}

/// The first buffer that is too small; nothing where everything fits.
std::optional<Misfit> misfit(const Mapping& m, const MemoryConfig& memory, const TileSums& sums) {
  const std::int64_t activations = sums.largest_activations * tile_places(m, Operand::activations);
  const std::int64_t weights = sums.largest_weights * tile_places(m, Operand::weights);
  // Partial sums that leave the accumulators wait where the outputs will be.
  const std::int64_t width = m.partial_sums_in_place
                                 ? m.output_bits
                                 : std::max<std::int64_t>(m.partial_sum_bits, m.output_bits);
  const std::int64_t outputs =
      sums.largest_outputs / m.output_bits * width * tile_places(m, Operand::outputs);
  for (const Misfit& check :
       {Misfit{"activation", activations, memory.activations.capacity_bits},
        Misfit{"weight", weights, memory.weights.capacity_bits},
        Misfit{"output", outputs, memory.outputs.capacity_bits},
        Misfit{"shared", activations + weights + outputs, memory.shared_capacity_bits}}) {
    if (check.capacity_bits > 0 && check.need_bits > check.capacity_bits) return check;
  }
  return std::nullopt;
}

struct Candidate {
  PerDim<std::int64_t> tile;
  Order tile_order{};
  TilingCost cost;
};

/// The candidate with the smallest objective, the earlier (larger tiles) among equals.
const Candidate& best_of(const std::vector<Candidate>& candidates, TilingObjective objective) {
  double shortest = candidates.front().cost.cycles;
  for (const Candidate& candidate : candidates)
    shortest = std::min(shortest, candidate.cost.cycles);
  const auto key = [&](const TilingCost& c) {
    const auto bits = static_cast<double>(c.dram_bits);
    switch (objective) {
      case TilingObjective::energy:
        return std::tuple(c.energy_pJ, c.cycles, bits);
      case TilingObjective::traffic:
        return std::tuple(bits, c.cycles, c.energy_pJ);
      case TilingObjective::cycles:
        break;
    }
    const bool as_short = c.cycles <= shortest * kCycleTolerance;
    return std::tuple(as_short ? 0.0 : c.cycles, bits * c.cycles, bits);
  };
  const Candidate* best = &candidates.front();
  for (const Candidate& candidate : candidates) {
    if (key(candidate.cost) < key(best->cost)) best = &candidate;
  }
  return *best;
}

/// Whether tiles of other outputs come between two tiles of channels that add to the same ones.
bool outputs_inside_channels(const Mapping& m) {
  if (tiles_along(m, Dim::C) == 1) return false;
  const auto* channels = std::ranges::find(m.tile_order, Dim::C);
  return std::any_of(channels + 1, m.tile_order.end(),
                     [&](Dim dim) { return tiles_along(m, dim) > 1; });
}

/// What the machine file states for the layer: its own entry over the one for all.
TileRequest request_of(const TilingConfig& tiling, const std::string& layer) {
  TileRequest request = tiling.all;
  for (const auto& [name, own] : tiling.layers) {
    if (name != layer) continue;
    for (std::size_t i = 0; i < kDims; ++i) {
      if (own.size.values[i] > 0) request.size.values[i] = own.size.values[i];
    }
    if (!own.order.empty()) request.order = own.order;
    request.key = own.key;
    request.where = own.where;
    request.one_layer = true;
  }
  return request;
}

/// Goes through the tiles of one layer: a bounded, fixed sequence.
class Search {
 public:
  Search(Mapping& mapping, const MachineConfig& machine)
      : m_(mapping),
        memory_(machine.memory),
        request_(request_of(memory_.tiling, mapping.layer)),
        whole_lane_groups_(machine.unit->guard() == Guard::lane_group) {
    for (const Order& order : {kWeightsOuter, kActivationsOuter}) orders_.push_back(order);
    if (!request_.order.empty()) {
      Order stated{};
      std::ranges::copy(request_.order, stated.begin());
      std::ranges::copy(std::array{Dim::R, Dim::S}, stated.begin() + request_.order.size());
      orders_ = {stated};
    }
  }

  void choose() {
    refuse_larger_than_layer();
    // Tiles that fill the array, then any: where the channel is the limit, a tile that leaves
    // positions idle may save a second fetch. A guard of lane groups needs whole ones.
    // Of these, longer runs of rows never move more, unless strides skip inputs between windows.
    const bool skips = skips_inputs(input_rows(m_.shape)) || skips_inputs(input_columns(m_.shape));
    run(m_.spatial, false);
    if (m_.in_unit != m_.spatial) run(m_.in_unit, !skips);
    if (m_.in_unit != kAnySize && !whole_lane_groups_) run(kAnySize, !skips);
    if (fitting_.empty()) {
      throw MappingError(m_.layer, (misfit_ ? in_words(m_, *misfit_) : reason_) + stated_at());
    }
    const Candidate& best = best_of(fitting_, memory_.tiling.objective);
    m_.tile = best.tile;
    m_.tile_order = best.tile_order;
  }

 private:
  using Sizes = std::vector<std::int64_t>;

  Sizes sizes(Dim dim, std::int64_t bound, std::int64_t grain) const {
    const std::int64_t stated = request_.size[dim];
    return stated > 0 ? Sizes{std::min(stated, bound)} : sizes_along(bound, grain);
  }

  /// Tiles in multiples of `grain`; of runs of rows that fit beside the same K, C and Q all, or the
  /// longest alone.
  void run(const PerDim<std::int64_t>& grain, bool longest_only) {
    const Sizes images = sizes(Dim::N, m_.bound[Dim::N], grain[Dim::N]);
    const Sizes groups = sizes(Dim::G, m_.bound[Dim::G], grain[Dim::G]);
    const std::vector<Pixels> pixels = m_.flattened ? flattened_pixels() : rectangles(grain);
    if (pixels.empty()) return;
    const auto attempt_pixels = [&](const Pixels& size) {
      m_.tile[Dim::P] = size.p;
      m_.tile[Dim::Q] = size.q;
      return attempt();
    };
    for (const std::int64_t k : sizes(Dim::K, m_.bound[Dim::K], grain[Dim::K])) {
      for (const std::int64_t c : sizes(Dim::C, m_.bound[Dim::C], grain[Dim::C])) {
        m_.tile[Dim::K] = k;
        m_.tile[Dim::C] = c;
        m_.tile[Dim::G] = groups.back();
        m_.tile[Dim::N] = images.back();
        m_.tile[Dim::P] = pixels.back().p;
        m_.tile[Dim::Q] = pixels.back().q;
        if (!weights_fit()) {
          attempt();  // which says what does not fit
          continue;
        }
        // Several images only of whole ones, several groups only of whole ones, as they lie in
        // DRAM: a part of several needs the same room as a larger part of one.
        const bool whole = k == m_.bound[Dim::K] && c == m_.bound[Dim::C];
        m_.tile[Dim::N] = images.front();
        for (std::size_t i = 0; whole && i + 1 < groups.size(); ++i) {
          m_.tile[Dim::G] = groups[i];
          attempt_pixels(pixels.front());
        }
        m_.tile[Dim::G] = groups.back();
        for (std::size_t i = 0; i + 1 < images.size(); ++i) {
          m_.tile[Dim::N] = images[i];
          attempt_pixels(pixels.front());
        }
        m_.tile[Dim::N] = images.back();
        std::int64_t taken = 0;
        for (const Pixels& size : pixels) {
          if (size.q != taken && attempt_pixels(size) && longest_only) taken = size.q;
        }
      }
    }
  }

  /// Extents along P and Q, largest first.
  struct Pixels {
    std::int64_t p = 1, q = 1;
  };

  [[nodiscard]] std::vector<Pixels> rectangles(const PerDim<std::int64_t>& grain) const {
    std::vector<Pixels> result;
    for (const std::int64_t q : sizes(Dim::Q, m_.shape.Q, grain[Dim::Q])) {
      for (const std::int64_t p : sizes(Dim::P, m_.shape.P, grain[Dim::P]))
        result.push_back({p, q});
    }
    return result;
  }

  /// Runs of pixels: whole rows, or an equal part of one. None where other ones are stated.
  [[nodiscard]] std::vector<Pixels> flattened_pixels() {
    const std::int64_t all = m_.shape.Q;
    const std::int64_t rows = request_.size[Dim::P];
    const std::int64_t columns = request_.size[Dim::Q];
    const bool part = columns > 0 && columns < all;
    std::vector<Pixels> result;
    if (part && (rows > 1 || all % columns != 0)) {
      reason_ = fmt::format(
          "pixels are flattened over rows of {} on this machine, so a tile is whole rows or an "
          "equal part of one, got P {}, Q {}",
          all, rows, columns);
      return result;
    }
    if (part) return {{columns, 1}};
    for (const std::int64_t p : sizes(Dim::P, m_.shape.P, 1)) result.push_back({p * all, 1});
    if (columns > 0 || rows > 1) return result;
    for (const std::int64_t size : parts_of_row(all)) result.push_back({size, 1});
    return result;
  }

  /// Whether a tile's weights alone fit, which its pixels do not change.
  [[nodiscard]] bool weights_fit() const {
    const std::int64_t bits = tile_sums(m_).largest_weights * tile_places(m_, Operand::weights);
    const auto fits = [&](std::int64_t capacity) { return capacity == 0 || bits <= capacity; };
    return fits(memory_.weights.capacity_bits) && fits(memory_.shared_capacity_bits);
  }

  /// One size of tile, in every order that makes a difference; whether it fits.
  bool attempt() {
    const bool several_channels = m_.tile[Dim::C] < m_.bound[Dim::C];
    for (const Order& order : orders_) {
      m_.tile_order = order;
      if (outputs_inside_channels(m_)) {
        reason_ = "order: C must come last where it is tiled, or partial sums would leave the chip";
        misfit_.reset();
        continue;
      }
      lay_out_passes(m_);
      const TileSums sums = tile_sums(m_);
      misfit_ = misfit(m_, memory_, sums);  // of the last, smallest tile if none fits
      if (misfit_) return false;
      fitting_.push_back({m_.tile, m_.tile_order, tiling_cost(m_, sums, memory_.tiling.costs)});
      if (several_channels) break;  // every operand is fetched for every turn of the loops outside
    }
    return true;
  }

  /// Sizes for all layers may exceed one of them; those for a single layer are a mistake then.
  void refuse_larger_than_layer() const {
    if (!request_.one_layer) return;
    for (const Dim dim : {Dim::N, Dim::G, Dim::K, Dim::C, Dim::P, Dim::Q}) {
      const std::int64_t bound = dim == Dim::P   ? m_.shape.P
                                 : dim == Dim::Q ? m_.shape.Q
                                                 : m_.bound[dim];
      if (request_.size[dim] <= bound) continue;
      throw MappingError(m_.layer,
                         fmt::format("tiles of {} {} are larger than the layer, which has "
                                     "{} {}",
                                     to_string(dim), request_.size[dim], to_string(dim), bound) +
                             stated_at());
    }
  }

  [[nodiscard]] std::string stated_at() const {
    const bool stated = !request_.order.empty() ||
                        std::ranges::any_of(request_.size.values, [](auto v) { return v > 0; });
    if (!stated) return "";
    Diagnostic place{request_.where, request_.key, "tiles are stated here"};
    return "\n" + to_string(place);
  }

  Mapping& m_;
  const MemoryConfig& memory_;
  TileRequest request_;
  bool whole_lane_groups_;
  std::vector<Order> orders_;
  std::vector<Candidate> fitting_;
  std::string reason_;            ///< why nothing fits, where it is no misfit
  std::optional<Misfit> misfit_;  ///< of the tile tried last
};

}  // namespace

void choose_tiles(Mapping& m, const MachineConfig& machine) {
  m.tile = m.bound;
  m.tile_order = kWeightsOuter;
  if (m.dram.ideal()) return;  // everything is resident at no cost
  Search(m, machine).choose();
}

}  // namespace bitscale
