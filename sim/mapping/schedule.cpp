#include "sim/mapping/schedule.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "sim/mapping/tile_sums.hpp"

namespace bitscale {
namespace {

constexpr std::array<Dim, kDims> kAllDims = {Dim::N, Dim::G, Dim::K, Dim::C,
                                             Dim::P, Dim::Q, Dim::R, Dim::S};

/// Input rows (or columns) that `outputs` x `taps` touch, each counted once.
std::int64_t footprint(std::int64_t outputs, std::int64_t taps, std::int64_t stride,
                       std::int64_t dilation) {
  if (outputs == 1 || taps == 1) return outputs * taps;
  std::vector<bool> touched(
      static_cast<std::size_t>((outputs - 1) * stride + (taps - 1) * dilation + 1));
  for (std::int64_t o = 0; o < outputs; ++o) {
    for (std::int64_t t = 0; t < taps; ++t)
      touched[static_cast<std::size_t>(o * stride + t * dilation)] = true;
  }
  return std::count(touched.begin(), touched.end(), true);
}

Movement movement(const MappedAxis& axis, Operand operand) {
  return operand == Operand::weights ? axis.weights : axis.activations;
}

/// Copies of an operand that the first `used` positions along a dimension need, on which the
/// operand does not depend: one per place along the unicast axes. Loops are visited innermost
/// first, as digits of a position's number.
std::int64_t copies(const Mapping& m, Operand operand, Dim dim, std::int64_t used) {
  std::int64_t block = 1;  // positions along the loops so far
  std::int64_t whole = 1;  // copies that a full block needs
  std::int64_t part = 0;   // copies that the last, partly used block needs
  for (const MappedAxis* axis : {&m.subwords, &m.lanes, &m.columns, &m.rows}) {
    const bool unicast = movement(*axis, operand) == Movement::unicast;
    for (auto loop = axis->loops.rbegin(); loop != axis->loops.rend(); ++loop) {
      if (loop->dim != dim) continue;
      const std::int64_t full = used / block % loop->factor;
      if (unicast) {
        part += full * whole;
        whole *= loop->factor;
      } else if (full > 0) {
        part = whole;
      }
      block *= loop->factor;
    }
  }
  return used == block ? whole : part;
}

/// Sum over the array iterations along one dimension of f(extent used there).
template <typename F>
std::int64_t sum_iterations(std::int64_t extent, std::int64_t spatial, F&& f) {
  const std::int64_t full = extent / spatial;
  const std::int64_t rest = extent % spatial;
  return (full > 0 ? full * f(spatial) : 0) + (rest > 0 ? f(rest) : 0);
}

/// Sum over array iterations along an output dimension and its filter tap of the inputs they touch.
std::int64_t sum_footprints(const Mapping& m, const Ranges& ranges, Dim output, Dim tap,
                            std::int64_t stride, std::int64_t dilation) {
  return sum_iterations(ranges[output].extent(), m.spatial[output], [&](std::int64_t outputs) {
    return sum_iterations(ranges[tap].extent(), m.spatial[tap], [&](std::int64_t taps) {
      return footprint(outputs, taps, stride, dilation);
    });
  });
}

std::int64_t groups_touched(const Mapping& m, std::int64_t first_filter, std::int64_t filters) {
  if (!m.packed_groups) return 1;
  return (first_filter + filters - 1) / m.shape.K - first_filter / m.shape.K + 1;
}

/// Place of the `index`-th position along K on the unicast axes alone.
std::int64_t unicast_place(const Mapping& m, std::int64_t index) {
  std::int64_t place = 0;
  std::int64_t scale = 1;
  for (const MappedAxis* axis : {&m.subwords, &m.lanes, &m.columns, &m.rows}) {
    for (auto loop = axis->loops.rbegin(); loop != axis->loops.rend(); ++loop) {
      if (loop->dim != Dim::K) continue;
      if (axis->activations == Movement::unicast) {
        place += index % loop->factor * scale;
        scale *= loop->factor;
      }
      index /= loop->factor;
    }
  }
  return place;
}

/// How many times an activation's coordinates are fetched for one array iteration along K: copies
/// along unicast axes, and other groups' activations where groups are packed.
std::int64_t activation_sets(const Mapping& m, std::int64_t first_filter, std::int64_t filters) {
  const std::int64_t along_k = copies(m, Operand::activations, Dim::K, filters);
  if (!m.packed_groups || along_k == filters) return along_k;
  if (along_k == 1) return groups_touched(m, first_filter, filters);
  std::vector<std::pair<std::int64_t, std::int64_t>> sets;
  for (std::int64_t i = 0; i < filters; ++i)
    sets.emplace_back((first_filter + i) / m.shape.K, unicast_place(m, i));
  std::ranges::sort(sets);
  return std::unique(sets.begin(), sets.end()) - sets.begin();
}

/// Sum of the above over the array iterations along K.
std::int64_t sum_activation_sets(const Mapping& m, const Range& k) {
  std::int64_t sum = 0;
  for (std::int64_t first = k.begin; first < k.end; first += m.spatial[Dim::K])
    sum += activation_sets(m, first, std::min(m.spatial[Dim::K], k.end - first));
  return sum;
}

std::uint64_t activation_elements(const Mapping& m, const Pass& pass) {
  const Ranges& r = pass.ranges;
  Range filters = r[Dim::K];
  if (m.stationary == Operand::activations) {
    if (!pass.loads_stationary) return 0;
    filters.end = std::min(filters.end, filters.begin + m.spatial[Dim::K]);  // once for all steps
  }
  const std::int64_t rows =
      sum_footprints(m, r, Dim::P, Dim::R, m.shape.stride_h, m.shape.dilation_h);
  std::int64_t columns = sum_footprints(m, r, Dim::Q, Dim::S, m.shape.stride_w, m.shape.dilation_w);
  if (m.slides) {  // once for all taps along S
    columns = sum_iterations(r[Dim::Q].extent(), m.spatial[Dim::Q], [&](std::int64_t windows) {
      return footprint(windows, r[Dim::S].extent(), m.shape.stride_w, m.shape.dilation_w);
    });
  }
  return static_cast<std::uint64_t>(r[Dim::N].extent() * r[Dim::G].extent() * r[Dim::C].extent() *
                                    sum_activation_sets(m, filters) * rows * columns);
}

std::uint64_t weight_elements(const Mapping& m, const Pass& pass) {
  const Ranges& r = pass.ranges;
  std::int64_t elements = 1;
  for (const Dim dim : {Dim::G, Dim::K, Dim::C, Dim::R, Dim::S}) elements *= r[dim].extent();
  const bool stationary = m.stationary == Operand::weights;
  if (stationary && !pass.loads_stationary) return 0;
  for (const Dim dim : {Dim::N, Dim::P, Dim::Q}) {
    const std::int64_t extent =
        stationary ? std::min(r[dim].extent(), m.spatial[dim]) : r[dim].extent();
    elements *= sum_iterations(extent, m.spatial[dim], [&](std::int64_t used) {
      return copies(m, Operand::weights, dim, used);
    });
  }
  return static_cast<std::uint64_t>(elements);
}

/// Cycles per step: the units', or those of the operand whose port is slowest. Stationary operands
/// are loaded, not fetched.
std::int64_t cycles_per_step(const Mapping& m, const Ranges& ranges) {
  PerDim<std::int64_t> used;
  for (const Dim dim : kAllDims) used[dim] = std::min(ranges[dim].extent(), m.spatial[dim]);
  std::int64_t cycles = m.unit_cycles;
  if (m.activation_buffer.port_bits > 0 && m.stationary != Operand::activations) {
    cycles = std::max(cycles, ceil_div(step_activation_bits(m, used, ranges[Dim::K].begin),
                                       m.activation_buffer.port_bits));
  }
  if (m.weight_buffer.port_bits > 0 && m.stationary != Operand::weights) {
    cycles = std::max(cycles, ceil_div(step_weight_bits(m, used), m.weight_buffer.port_bits));
  }
  return cycles;
}

bool at_end(const Mapping& m, const Ranges& ranges, bool first) {
  for (const Dim dim : {Dim::C, Dim::R, Dim::S}) {
    if (first ? ranges[dim].begin != 0 : ranges[dim].end != m.bound[dim]) return false;
  }
  return true;
}

bool same(const Ranges& a, const Ranges& b, std::initializer_list<Dim> dims) {
  return std::ranges::all_of(dims, [&](Dim dim) { return a[dim] == b[dim]; });
}

/// Decodes `index` into ranges: loops `order`, blocks of `extent` within `within`.
Ranges decode(std::int64_t index, const std::array<Dim, kDims>& order,
              const PerDim<std::int64_t>& extent, const Ranges& within) {
  Ranges ranges;
  for (auto dim = order.rbegin(); dim != order.rend(); ++dim) {
    const Range& range = within[*dim];
    const std::int64_t count = ceil_div(range.extent(), extent[*dim]);
    const std::int64_t begin = range.begin + (index % count) * extent[*dim];
    ranges[*dim] = {begin, std::min(begin + extent[*dim], range.end)};
    index /= count;
  }
  return ranges;
}

bool same_outputs(const Ranges& a, const Ranges& b) {
  return same(a, b, {Dim::N, Dim::G, Dim::K, Dim::P, Dim::Q});
}

bool same_stationary(const Mapping& m, const Ranges& a, const Ranges& b) {
  if (m.stationary == Operand::weights) return same(a, b, {Dim::G, Dim::K, Dim::C, Dim::R, Dim::S});
  return same(a, b, {Dim::N, Dim::G, Dim::C, Dim::P, Dim::Q, Dim::R, Dim::S});
}

}  // namespace

void Traffic::add(const Traffic& other, std::uint64_t times) {
  for (auto count :
       {&Traffic::macs, &Traffic::unit_steps, &Traffic::step_slots, &Traffic::activation_reads,
        &Traffic::weight_reads, &Traffic::activation_fills, &Traffic::weight_fills,
        &Traffic::output_writes, &Traffic::output_reads, &Traffic::accumulator_writes,
        &Traffic::accumulator_reads, &Traffic::partial_writes, &Traffic::partial_reads,
        &Traffic::dram_activations, &Traffic::dram_weights, &Traffic::dram_outputs})
    this->*count += times * (other.*count);
}

Schedule::Schedule(const Mapping& mapping) : mapping_(mapping) {
  for (const Dim dim : kAllDims) {
    tile_count_[dim] = ceil_div(mapping.bound[dim], mapping.tile[dim]);
    tiles_ *= tile_count_[dim];
  }
}

Tile Schedule::tile(std::int64_t index) const {
  Ranges whole;
  for (const Dim dim : kAllDims) whole[dim] = {0, mapping_.bound[dim]};
  Tile tile;
  tile.index = index;
  tile.ranges = decode(index, mapping_.tile_order, mapping_.tile, whole);
  if (index > 0) {
    const Ranges before = decode(index - 1, mapping_.tile_order, mapping_.tile, whole);
    // With groups packed along K, other filters may read other groups' activations.
    tile.fetch_activations = !same(before, tile.ranges, {Dim::N, Dim::G, Dim::C, Dim::P, Dim::Q}) ||
                             (mapping_.packed_groups && !same(before, tile.ranges, {Dim::K}));
    tile.fetch_weights = !same(before, tile.ranges, {Dim::G, Dim::K, Dim::C});
  }
  tile.starts_outputs = at_end(mapping_, tile.ranges, true);
  tile.finishes_outputs = at_end(mapping_, tile.ranges, false);
  size_tile(mapping_, tile);
  return tile;
}

std::int64_t Schedule::passes(const Tile& tile) const {
  std::int64_t count = 1;
  for (const Dim dim : kAllDims)
    count *= ceil_div(tile.ranges[dim].extent(), mapping_.pass_extent[dim]);
  return count;
}

Pass Schedule::pass(const Tile& tile, std::int64_t index) const {
  const Mapping& m = mapping_;
  Pass pass;
  pass.ranges = decode(index, m.pass_order, m.pass_extent, tile.ranges);
  pass.steps = 1;
  for (const Dim dim : m.step_order)
    pass.steps *= ceil_div(pass.ranges[dim].extent(), m.spatial[dim]);
  pass.step_cycles = cycles_per_step(m, pass.ranges);
  if (m.windows == Windows::ideal) {
    pass.window_share = pass.ranges[Dim::P].extent();
    pass.window_whole = m.spatial[Dim::P];
  }
  pass.loads_stationary = m.stationary != Operand::outputs;
  if (pass.loads_stationary && index + tile.index > 0)
    pass.loads_stationary = !same_stationary(m, ranges_before(tile, index), pass.ranges);
  pass.starts = at_end(m, pass.ranges, true);
  pass.finishes = at_end(m, pass.ranges, false);
  if (!m.partial_sums_in_place) {
    // A pass that goes on with the outputs of the one before finds its sums in the accumulators.
    pass.restores = !pass.starts && !same_outputs(ranges_before(tile, index), pass.ranges);
    pass.spills = !pass.finishes && !same_outputs(ranges_after(tile, index), pass.ranges);
  }
  pass.outputs = 1;
  for (const Dim dim : {Dim::N, Dim::G, Dim::K, Dim::P, Dim::Q})
    pass.outputs *= pass.ranges[dim].extent();
  return pass;
}

Ranges Schedule::ranges_before(const Tile& tile, std::int64_t index) const {
  const Mapping& m = mapping_;
  if (index > 0) return decode(index - 1, m.pass_order, m.pass_extent, tile.ranges);
  const Tile before = this->tile(tile.index - 1);
  return decode(passes(before) - 1, m.pass_order, m.pass_extent, before.ranges);
}

Ranges Schedule::ranges_after(const Tile& tile, std::int64_t index) const {
  const Mapping& m = mapping_;
  if (index + 1 < passes(tile)) return decode(index + 1, m.pass_order, m.pass_extent, tile.ranges);
  return decode(0, m.pass_order, m.pass_extent, this->tile(tile.index + 1).ranges);
}

std::int64_t step_activation_bits(const Mapping& m, const PerDim<std::int64_t>& used,
                                  std::int64_t first_filter) {
  const LayerShape& s = m.shape;
  return used[Dim::N] * used[Dim::G] * used[Dim::C] *
         activation_sets(m, first_filter, used[Dim::K]) *
         footprint(used[Dim::P], used[Dim::R], s.stride_h, s.dilation_h) *
         footprint(used[Dim::Q], used[Dim::S], s.stride_w, s.dilation_w) * m.activation_bits;
}

std::int64_t step_weight_bits(const Mapping& m, const PerDim<std::int64_t>& used) {
  std::int64_t elements = used[Dim::G] * used[Dim::K] * used[Dim::C] * used[Dim::R] * used[Dim::S];
  for (const Dim dim : {Dim::N, Dim::P, Dim::Q})
    elements *= copies(m, Operand::weights, dim, used[dim]);
  return elements * m.weight_bits;
}

void size_tile(const Mapping& m, Tile& tile) {
  const LayerShape& s = m.shape;
  const Ranges& r = tile.ranges;
  // A flattened tile is whole rows or a part of one; whole rows are fetched as they lie in DRAM.
  Range rows = r[Dim::P];
  Range columns = r[Dim::Q];
  if (m.flattened) {
    rows = {r[Dim::P].begin / s.Q, (r[Dim::P].end - 1) / s.Q + 1};
    columns = {0, s.Q};
    if (rows.extent() == 1) columns = {r[Dim::P].begin % s.Q, (r[Dim::P].end - 1) % s.Q + 1};
  }
  const std::int64_t input_height = input_rows(s).span(rows.begin, rows.end);
  const std::int64_t input_width =
      columns.extent() == s.Q ? s.W : input_columns(s).span(columns.begin, columns.end);
  const std::int64_t groups =
      r[Dim::G].extent() * groups_touched(m, r[Dim::K].begin, r[Dim::K].extent());
  tile.activation_bits = r[Dim::N].extent() * groups * r[Dim::C].extent() * input_height *
                         input_width * m.activation_bits;
  tile.weight_bits =
      r[Dim::G].extent() * r[Dim::K].extent() * r[Dim::C].extent() * s.R * s.S * m.weight_bits;
  tile.output_bits = r[Dim::N].extent() * r[Dim::G].extent() * r[Dim::K].extent() *
                     r[Dim::P].extent() * r[Dim::Q].extent() * m.output_bits;
  tile.activation_coded_bits = m.activation_share.part_of(tile.activation_bits);
  tile.weight_coded_bits = m.weight_share.part_of(tile.weight_bits);
}

Traffic pass_traffic(const Mapping& m, const Pass& pass) {
  Traffic traffic;
  traffic.macs = 1;
  traffic.unit_steps = 1;
  for (const Dim dim : kAllDims) {
    const std::int64_t extent = pass.ranges[dim].extent();
    traffic.macs *= static_cast<std::uint64_t>(extent);
    traffic.unit_steps *= static_cast<std::uint64_t>(sum_iterations(
        extent, m.spatial[dim], [&](std::int64_t used) { return ceil_div(used, m.in_unit[dim]); }));
  }
  traffic.step_slots = static_cast<std::uint64_t>(pass.steps * m.positions());
  const auto bits = [](std::uint64_t elements, int width) {
    return elements * static_cast<std::uint64_t>(width);
  };
  const auto outputs = static_cast<std::uint64_t>(pass.outputs);
  traffic.activation_reads = bits(activation_elements(m, pass), m.activation_bits);
  traffic.weight_reads = bits(weight_elements(m, pass), m.weight_bits);
  if (m.accumulator_entries > 1) {  // every pass updates each of its outputs once
    traffic.accumulator_writes = bits(outputs, static_cast<int>(m.partial_sum_bits));
    if (!pass.starts) traffic.accumulator_reads = traffic.accumulator_writes;
  }
  if (pass.finishes) traffic.output_writes = bits(outputs, m.output_bits);
  if (pass.spills) traffic.partial_writes = bits(outputs, static_cast<int>(m.partial_sum_bits));
  if (pass.restores) traffic.partial_reads = bits(outputs, static_cast<int>(m.partial_sum_bits));
  return traffic;
}

Traffic tile_traffic(const Tile& tile) {
  Traffic traffic;
  if (tile.fetch_activations) {
    traffic.dram_activations = static_cast<std::uint64_t>(tile.activation_coded_bits);
    traffic.activation_fills = static_cast<std::uint64_t>(tile.activation_bits);
  }
  if (tile.fetch_weights) {
    traffic.dram_weights = static_cast<std::uint64_t>(tile.weight_coded_bits);
    traffic.weight_fills = static_cast<std::uint64_t>(tile.weight_bits);
  }
  if (tile.finishes_outputs) traffic.dram_outputs = static_cast<std::uint64_t>(tile.output_bits);
  traffic.output_reads = traffic.dram_outputs;
  return traffic;
}

std::int64_t drain_cycles(const Mapping& m, std::int64_t outputs) {
  if (m.windows == Windows::ideal) return 0;
  const std::int64_t ports = m.output_buffer.port_bits > 0
                                 ? ceil_div(outputs * m.output_bits, m.output_buffer.port_bits)
                                 : 1;
  const std::int64_t width =
      m.drain_outputs_per_cycle > 0 ? ceil_div(outputs, m.drain_outputs_per_cycle) : 1;
  return std::max(ports, width);
}

std::int64_t spill_cycles(const Mapping& m, std::int64_t outputs) {
  if (m.output_buffer.port_bits == 0) return drain_cycles(m, outputs);
  return std::max(drain_cycles(m, outputs),
                  ceil_div(outputs * m.partial_sum_bits, m.output_buffer.port_bits));
}

}  // namespace bitscale
