#include "sim/mapping/mapping.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "sim/core/checked.hpp"
#include "sim/core/errors.hpp"
#include "sim/mapping/schedule.hpp"

namespace bitscale {
namespace {

bool is_reduction(Dim dim) { return dim == Dim::C || dim == Dim::R || dim == Dim::S; }

/// Dimensions along which an operand does not change: a run of such loops innermost makes it
/// stationary.
bool is_irrelevant(Operand operand, Dim dim) {
  switch (operand) {
    case Operand::outputs:
      return is_reduction(dim);
    case Operand::weights:
      return dim == Dim::N || dim == Dim::P || dim == Dim::Q;
    case Operand::activations:
      return dim == Dim::K;
  }
  return false;
}

bool has_loop(const MachineConfig& machine, std::initializer_list<Dim> dims) {
  for (const Axis* axis : {&machine.array.rows, &machine.array.columns, &machine.array.lanes}) {
    for (const AxisLoop& loop : axis->loops) {
      if (std::ranges::find(dims, loop.dim) != dims.end()) return true;
    }
  }
  return false;
}

/// Loop bounds of pixels flattened or not, of groups packed or not.
void set_bounds(Mapping& m) {
  const LayerShape& s = m.shape;
  m.bound[Dim::N] = s.N;
  m.bound[Dim::G] = m.packed_groups ? 1 : s.G;
  m.bound[Dim::K] = m.packed_groups ? s.G * s.K : s.K;
  m.bound[Dim::C] = s.C;
  m.bound[Dim::P] = m.flattened ? s.P * s.Q : s.P;
  m.bound[Dim::Q] = m.flattened ? 1 : s.Q;
  m.bound[Dim::R] = s.R;
  m.bound[Dim::S] = s.S;
}

/// Pixels are flattened and groups packed as the machine says.
void set_views(Mapping& m, const MachineConfig& machine) {
  const Dataflow& dataflow = machine.dataflow;
  const bool order_has_pq = std::ranges::find(dataflow.order, Dim::PQ) != dataflow.order.end();
  const bool array_has_rows = has_loop(machine, {Dim::P, Dim::Q, Dim::R, Dim::S});
  const bool array_has_pq = has_loop(machine, {Dim::PQ});
  if (array_has_pq && (array_has_rows || !order_has_pq)) {
    throw MappingError(
        m.layer,
        "the machine maps PQ (pixels over rows) together with P, Q, R or S; use one or the other");
  }
  m.windows = dataflow.windows;
  m.flattened = order_has_pq && !array_has_rows && dataflow.windows != Windows::per_row;
  m.packed_groups = dataflow.pack_groups && m.shape.G > 1;
  set_bounds(m);
}

Dim canonical(const Mapping& m, Dim dim) {
  if (dim != Dim::PQ) return dim;
  return m.flattened ? Dim::P : Dim::Q;  // per row, a run of windows lies along Q
}

/// Resolves one axis for the layer: `fit`, and PQ positions that take filter groups in a layer of
/// one pixel.
MappedAxis map_axis(Mapping& m, const Axis& axis, const Dataflow& dataflow) {
  MappedAxis mapped{axis.size, {}, axis.activations, axis.weights, axis.partial_sums};
  std::int64_t fixed = 1;
  for (const AxisLoop& loop : axis.loops) fixed *= std::max<std::int64_t>(loop.factor, 1);
  std::int64_t room = axis.size / fixed;
  const bool one_pixel = m.shape.P * m.shape.Q == 1;
  for (const AxisLoop& loop : axis.loops) {
    const bool multiplexed =
        loop.dim == Dim::PQ && one_pixel && dataflow.fc_mode == FcMode::multiplexed;
    const Dim dim = multiplexed ? Dim::K : canonical(m, loop.dim);
    const std::int64_t wanted = ceil_div(m.bound[dim], m.spatial[dim]);
    std::int64_t factor = loop.factor;
    if (factor == 0) {
      factor = std::clamp(wanted, std::int64_t{1}, room);
      room /= factor;
    }
    if (multiplexed) {
      factor = std::min(factor, wanted);
      mapped.activations = Movement::broadcast;
      mapped.weights = Movement::unicast;
    }
    m.spatial[dim] *= factor;
    mapped.loops.push_back({dim, factor});
  }
  return mapped;
}

/// The products of a lane extend one dimension inside the unit. An operand they share is one word:
/// fetched once.
void map_subwords(Mapping& m, const MachineConfig& machine) {
  const UnitMode mode = machine.unit->mode(m.types);
  m.unit_cycles = mode.cycles;
  m.segments = mode.segments;
  m.segment = {mode.accumulator_bits, m.types.accumulator.overflow};
  m.subwords = {mode.products, {}, Movement::broadcast, Movement::broadcast, Combination::local};
  Dim dim = canonical(m, mode.dim);
  if (m.flattened && (dim == Dim::Q || dim == Dim::P)) dim = Dim::P;
  if (mode.products > 1) m.subwords.loops.push_back({dim, mode.products});
  m.spatial[dim] *= mode.products;
  m.in_unit[dim] *= mode.products;
  m.partial_sum_bits = m.types.accumulator.bits;
  if (m.segments > 1 && m.sums_per_output() == 1) m.partial_sum_bits /= m.segments;
}

void map_axes(Mapping& m, const MachineConfig& machine) {
  for (std::int64_t& factor : m.spatial.values) factor = 1;
  for (std::int64_t& factor : m.in_unit.values) factor = 1;
  map_subwords(m, machine);  // first: what units do inside is no more for `fit` to place
  m.rows = map_axis(m, machine.array.rows, machine.dataflow);
  m.columns = map_axis(m, machine.array.columns, machine.dataflow);
  m.lanes = map_axis(m, machine.array.lanes, machine.dataflow);
  for (const SpatialLoop& loop : m.lanes.loops) {
    m.in_unit[loop.dim] *= loop.factor;
    if (!is_reduction(loop.dim)) {
      throw MappingError(m.layer, fmt::format("the lanes of a unit share its accumulator, so only "
                                              "C, R or S can lie along them, got {}",
                                              to_string(loop.dim)));
    }
  }
  const MappedAxis& lanes = m.lanes;
  if (lanes.activations == Movement::forward || lanes.activations == Movement::slide ||
      lanes.weights == Movement::forward || lanes.partial_sums == Combination::chain) {
    throw MappingError(m.layer,
                       "the lanes of a unit work in the same cycle, so nothing moves by "
                       "forward, slide or chain along them");
  }
  if (machine.unit->guard() == Guard::lane_group &&
      (m.in_unit[Dim::C] != m.spatial[Dim::C] || m.in_unit[Dim::R] * m.in_unit[Dim::S] > 1)) {
    throw MappingError(
        m.layer, "guard: lane_group needs all C positions along the lanes, and nothing else there");
  }
}

/// Where one pixel is computed at a time, flattening changes nothing but the shape of tiles:
/// without it they are rectangles. Accumulators of several entries hold runs of pixels over rows.
void unflatten(Mapping& m) {
  if (!m.flattened || m.spatial[Dim::P] > 1 || m.accumulator_entries > 1) return;
  if (m.dram.ideal() || m.windows == Windows::ideal) return;
  m.flattened = false;
  set_bounds(m);
}

/// Splits the temporal order into loops over passes and, innermost, the loops of a pass that leave
/// one operand alone.
void set_loops(Mapping& m, const Dataflow& dataflow) {
  std::vector<Dim> order;
  for (const Dim dim : dataflow.order) {
    order.push_back(dim == Dim::PQ ? Dim::P : dim);
    if (dim == Dim::PQ) order.push_back(Dim::Q);
  }
  const Dim innermost = order.back();
  m.stationary = is_irrelevant(Operand::outputs, innermost)   ? Operand::outputs
                 : is_irrelevant(Operand::weights, innermost) ? Operand::weights
                                                              : Operand::activations;
  if (innermost == Dim::G)
    throw MappingError(m.layer, "the innermost loop of dataflow.order cannot be G");
  if (m.packed_groups && m.stationary == Operand::activations) {
    throw MappingError(m.layer,
                       "pack_groups needs another order: filters of other groups read other "
                       "activations, so none are stationary along K");
  }
  auto first_step = order.end();
  while (first_step != order.begin() && is_irrelevant(m.stationary, *(first_step - 1)))
    --first_step;
  m.step_order.assign(first_step, order.end());
  // Loops that are cut because the accumulators hold too few outputs go right outside the reduction
  // loops.
  std::vector<Dim> pass(order.begin(), first_step);
  const auto reduction = std::ranges::find_if(pass, is_reduction);
  pass.insert(reduction, m.step_order.begin(), m.step_order.end());
  std::ranges::copy(pass, m.pass_order.begin());
}

/// A pass extends one array along its outer loops, and as far along its own as the accumulators
/// hold outputs.
void set_pass_extents(Mapping& m) {
  m.pass_extent = m.spatial;
  std::int64_t room = m.accumulator_entries;
  for (auto dim = m.step_order.rbegin(); dim != m.step_order.rend(); ++dim) {
    if (is_reduction(*dim)) {
      m.pass_extent[*dim] = m.tile[*dim];
      continue;
    }
    const std::int64_t steps = std::min(ceil_div(m.tile[*dim], m.spatial[*dim]), room);
    m.pass_extent[*dim] =
        std::min(steps * m.spatial[*dim], std::max(m.tile[*dim], m.spatial[*dim]));
    room /= steps;
  }
}

/// Whether passes that add to the same outputs follow each other directly.
bool sums_stay_in_place(const Mapping& m) {
  bool reduction_outside = false;
  const auto visit = [&](Dim dim, std::int64_t count) {
    if (count <= 1) return true;
    if (is_reduction(dim)) reduction_outside = true;
    return is_reduction(dim) || !reduction_outside;
  };
  for (const Dim dim : m.tile_order) {
    if (!visit(dim, ceil_div(m.bound[dim], m.tile[dim]))) return false;
  }
  for (const Dim dim : m.pass_order) {
    if (!visit(dim, ceil_div(m.tile[dim], m.pass_extent[dim]))) return false;
  }
  return true;
}

std::int64_t skew(const MappedAxis& axis) {
  const bool hops = axis.activations == Movement::forward || axis.weights == Movement::forward ||
                    axis.partial_sums == Combination::chain;
  return hops ? axis.size - 1 : 0;
}

/// A queue of activations serves one axis of windows along Q, tap after tap along S.
void set_slide(Mapping& m) {
  for (const MappedAxis* axis : {&m.rows, &m.columns}) {
    if (axis->activations != Movement::slide) continue;
    const bool windows = std::ranges::all_of(axis->loops, [](const SpatialLoop& loop) {
      return loop.factor == 1 || loop.dim == Dim::Q;
    });
    if (!windows || m.step_order.empty() || m.step_order.back() != Dim::S ||
        m.spatial[Dim::S] > 1) {
      throw MappingError(m.layer,
                         "activations: slide needs windows of one row (Q, or PQ with windows: "
                         "per_row) alone along its axis, and S as the innermost loop of steps");
    }
    m.slides = true;
  }
}

void set_timing(Mapping& m, const MachineConfig& machine) {
  m.fill_cycles = skew(m.rows) + skew(m.columns) + machine.array.pipeline_depth;
  m.latency_cycles =
      std::max(machine.memory.activations.latency_cycles, machine.memory.weights.latency_cycles);
  m.shadow_weights = machine.array.shadow_weights;
  // The pipeline empties before single accumulators drain, and before stationary operands without
  // shadow registers change.
  m.fill_per_pass = machine.array.accumulator_sets == 1 ||
                    (m.stationary != Operand::outputs && !m.shadow_weights);
  m.accumulator_sets = machine.array.accumulator_sets;
  m.drain_outputs_per_cycle = machine.array.drain_outputs_per_cycle;
  if (m.stationary == Operand::outputs) return;
  const bool weights = m.stationary == Operand::weights;
  const std::int64_t port =
      weights ? machine.memory.weights.port_bits : machine.memory.activations.port_bits;
  PerDim<std::int64_t> used;
  for (std::size_t i = 0; i < kDims; ++i)
    used.values[i] = std::min(m.bound.values[i], m.spatial.values[i]);
  const std::int64_t bits = weights ? step_weight_bits(m, used) : step_activation_bits(m, used, 0);
  m.load_cycles = std::max(m.rows.size, port > 0 ? ceil_div(bits, port) : 0);
}

void check_sizes(const Mapping& m) {
  // Cycle counts are products of bounds, positions and unit cycles: keep all of them in 62 bits.
  std::int64_t product = m.unit_cycles;
  for (std::size_t i = 0; i < kDims; ++i) {
    const auto dim = static_cast<Dim>(i);
    const auto next =
        checked_multiply(product, ceil_div(m.bound[dim], m.spatial[dim]) * m.spatial[dim]);
    if (!next || *next > (std::int64_t{1} << 62) / std::max<std::int64_t>(m.positions(), 1)) {
      throw MappingError(
          m.layer,
          "the layer has more multiply-accumulates on this machine than 64-bit counters hold");
    }
    product = *next;
  }
}

/// Simulated time holds 2^54 cycles: refuses what may take a sixteenth of that, by a bound of the
/// cycles of every step, pass and tile.
void check_time(const Mapping& m) {
  constexpr double kMaxCycles = 1125899906842624.0;  // 2^50
  const auto wide = [](std::int64_t value) { return static_cast<double>(value); };
  double steps = 1;
  double tiles = 1;
  for (std::size_t i = 0; i < kDims; ++i) {
    steps *= wide(ceil_div(m.bound.values[i], m.spatial.values[i]));
    tiles *= wide(ceil_div(m.bound.values[i], m.tile.values[i]));
  }
  const auto fetch = [&](const BufferConfig& buffer, int width) {
    return buffer.port_bits == 0 ? 0.0 : wide(m.positions()) * width / wide(buffer.port_bits);
  };
  double cycles = steps * (wide(m.unit_cycles + m.fill_cycles + m.load_cycles) +
                           fetch(m.activation_buffer, m.activation_bits) +
                           fetch(m.weight_buffer, m.weight_bits));
  if (!m.dram.ideal()) {
    const LayerShape& s = m.shape;
    const double bits = wide(s.inputs()) * m.activation_bits + wide(s.weights()) * m.weight_bits +
                        wide(s.outputs()) * m.output_bits;
    const double requests = 3 * wide(m.dram.latency_cycles + 1);
    const double channel = bits / wide(m.dram.bits_per_cycle) + requests;
    cycles += tiles * channel * (wide(m.clock_Hz) / wide(m.dram.clock_Hz) + 1);
  }
  if (cycles > kMaxCycles)
    throw MappingError(m.layer, "the layer may take more cycles than simulated time holds");
}

}  // namespace

Mapping map_layer(const Layer& layer, const MachineConfig& machine) {
  Mapping m;
  m.layer = layer.name;
  m.shape = layer.shape;
  m.types = {layer.activation, layer.weight, machine.unit->accumulator()};
  if (layer.accumulator_bits > 0) m.types.accumulator.bits = layer.accumulator_bits;
  if (const std::string refusal = machine.unit->refusal(m.types); !refusal.empty()) {
    throw MappingError(
        layer.name,
        refusal + "; a profile or the layer's types in the workload change bits and encodings");
  }
  m.pad_value = layer.pad_value;
  m.activation_bits = machine.unit->stored_activation_bits(layer.activation);
  m.weight_bits = machine.unit->stored_weight_bits(layer.weight);
  m.output_bits = machine.unit->stored_activation_bits(layer.output);
  m.activation_buffer = machine.memory.activations;
  m.weight_buffer = machine.memory.weights;
  m.output_buffer = machine.memory.outputs;
  m.dram = machine.memory.dram;
  m.clock_Hz = machine.clock_Hz;
  m.accumulator_entries = machine.array.accumulator_entries;
  set_views(m, machine);
  map_axes(m, machine);
  unflatten(m);
  set_loops(m, machine.dataflow);
  set_slide(m);
  set_timing(m, machine);
  check_sizes(m);
  if (m.windows == Windows::ideal &&
      !(m.dram.ideal() && m.stationary == Operand::outputs && m.flattened)) {
    throw MappingError(
        m.layer,
        "windows: ideal needs ideal DRAM, output-stationary order and PQ windows; use flattened");
  }
  choose_tiles(m, machine);
  lay_out_passes(m);
  check_time(m);
  if (machine.unit->guard() == Guard::lane_group && m.tile[Dim::C] < m.bound[Dim::C] &&
      m.tile[Dim::C] % m.in_unit[Dim::C] != 0) {
    throw MappingError(m.layer,
                       "guard: lane_group needs memory.tiling.C to be a multiple of the lanes");
  }
  return m;
}

void lay_out_passes(Mapping& m) {
  set_pass_extents(m);
  m.partial_sums_in_place = sums_stay_in_place(m);
}

std::int64_t Mapping::sums_per_output() const {
  const bool along_reduction = !subwords.loops.empty() && is_reduction(subwords.loops.front().dim);
  return along_reduction ? segments : 1;
}

}  // namespace bitscale
