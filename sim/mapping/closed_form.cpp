#include "sim/mapping/closed_form.hpp"

#include <algorithm>
#include <limits>
#include <numeric>
#include <vector>

namespace bitscale {
namespace {

constexpr std::array<Dim, kDims> kAllDims = {Dim::N, Dim::G, Dim::K, Dim::C,
                                             Dim::P, Dim::Q, Dim::R, Dim::S};

__extension__ typedef unsigned __int128
    Wide;  // NOLINT(modernize-use-using): __extension__ needs typedef

/// Passes of one extent along a dimension, over the whole layer.
struct Kind {
  std::int64_t extent = 0, count = 0;
};

/// The at most four kinds along a dimension: full and last pass of full and last tiles.
std::vector<Kind> kinds_along(std::int64_t bound, std::int64_t tile, std::int64_t pass) {
  std::vector<Kind> kinds;
  const auto add = [&](std::int64_t extent, std::int64_t count) {
    if (extent > 0 && count > 0) kinds.push_back({extent, count});
  };
  for (const auto& [extent, tiles] :
       {std::pair{tile, bound / tile}, std::pair{bound % tile, std::int64_t{1}}}) {
    if (extent == 0 || tiles == 0) continue;
    add(pass, tiles * (extent / pass));
    add(extent % pass, tiles);
  }
  return kinds;
}

/// One combination of kinds: a shape of pass and how many passes have it.
struct PassShape {
  PerDim<std::int64_t> extent;
  std::int64_t count = 1;
};

std::vector<PassShape> pass_shapes(const Mapping& m) {
  std::vector<PassShape> shapes(1);
  for (const Dim dim : kAllDims) {
    std::vector<PassShape> next;
    for (const Kind& kind : kinds_along(m.bound[dim], m.tile[dim], m.pass_extent[dim])) {
      for (PassShape shape : shapes) {
        shape.extent[dim] = kind.extent;
        shape.count *= kind.count;
        next.push_back(shape);
      }
    }
    shapes = std::move(next);
  }
  return shapes;
}

std::int64_t step_cycles(const Mapping& m, const PassShape& shape) {
  PerDim<std::int64_t> used;
  for (const Dim dim : kAllDims) used[dim] = std::min(shape.extent[dim], m.spatial[dim]);
  std::int64_t cycles = m.unit_cycles;
  if (m.activation_buffer.port_bits > 0 && m.stationary != Operand::activations) {
    cycles =
        std::max(cycles, ceil_div(step_activation_bits(m, used), m.activation_buffer.port_bits));
  }
  if (m.weight_buffer.port_bits > 0 && m.stationary != Operand::weights) {
    cycles = std::max(cycles, ceil_div(step_weight_bits(m, used), m.weight_buffer.port_bits));
  }
  return cycles;
}

std::int64_t steps(const Mapping& m, const PassShape& shape) {
  std::int64_t product = 1;
  for (const Dim dim : m.step_order) product *= ceil_div(shape.extent[dim], m.spatial[dim]);
  return product;
}

std::int64_t outputs(const PassShape& shape) {
  std::int64_t product = 1;
  for (const Dim dim : {Dim::N, Dim::G, Dim::K, Dim::P, Dim::Q}) product *= shape.extent[dim];
  return product;
}

std::int64_t passes_along(const Mapping& m, Dim dim) {
  std::int64_t count = 0;
  for (const Kind& kind : kinds_along(m.bound[dim], m.tile[dim], m.pass_extent[dim]))
    count += kind.count;
  return count;
}

/// Extents of the layer's last pass: the remainders.
PassShape last_shape(const Mapping& m) {
  PassShape last;
  for (const Dim dim : kAllDims)
    last.extent[dim] = kinds_along(m.bound[dim], m.tile[dim], m.pass_extent[dim]).back().extent;
  return last;
}

/// Waiting for stationary operands: all of each load, or what the pass before does not hide.
std::uint64_t load_wait(const Mapping& m, const std::vector<PassShape>& shapes) {
  if (m.stationary == Operand::outputs) return 0;
  std::int64_t sets = 1;
  for (const Dim dim : kAllDims) {
    const bool changes = m.stationary == Operand::weights
                             ? !(dim == Dim::N || dim == Dim::P || dim == Dim::Q)
                             : dim != Dim::K;
    if (changes) sets *= passes_along(m, dim);
  }
  std::int64_t passes = 0;
  std::int64_t hidden_wait = 0;
  for (const PassShape& shape : shapes) {
    passes += shape.count;
    hidden_wait += shape.count * std::max<std::int64_t>(
                                     0, m.load_cycles - steps(m, shape) * step_cycles(m, shape));
  }
  if (sets == 1) return static_cast<std::uint64_t>(m.load_cycles);
  if (!m.shadow_weights) return static_cast<std::uint64_t>(m.load_cycles * passes);
  const PassShape last = last_shape(m);
  hidden_wait -= std::max<std::int64_t>(0, m.load_cycles - steps(m, last) * step_cycles(m, last));
  return static_cast<std::uint64_t>(m.load_cycles + hidden_wait);
}

/// Waiting for accumulators where a drain takes longer than the pass that should hide it: the
/// max-plus recurrence start(j) = max(end(j-1), drained(j - sets)), drained(j) = max(end(j),
/// drained(j-1)) + drain(j).
std::uint64_t drain_recurrence(const Mapping& m) {
  const Schedule schedule(m);
  std::int64_t now = 0;
  std::int64_t waited = 0;
  std::array<std::int64_t, 2> drained = {0, 0};  // by the last and the last but one set
  for (std::int64_t t = 0; t < schedule.tiles(); ++t) {
    const Tile tile = schedule.tile(t);
    for (std::int64_t p = 0; p < schedule.passes(tile); ++p) {
      const Pass pass = schedule.pass(tile, p);
      if (pass.starts || pass.restores) {
        const std::int64_t free = m.accumulator_sets == 1 ? drained[0] : drained[1];
        waited += std::max<std::int64_t>(0, free - now);
        now = std::max(now, free);
      }
      const bool last = t + 1 == schedule.tiles() && p + 1 == schedule.passes(tile);
      now += pass.steps * pass.step_cycles + (m.fill_per_pass || last ? m.fill_cycles : 0);
      if (pass.restores) now += spill_cycles(m, pass.outputs);
      if (pass.spills) now += spill_cycles(m, pass.outputs);
      if (pass.finishes) {
        drained[1] = drained[0];
        drained[0] = std::max(now, drained[0]) + drain_cycles(m, pass.outputs);
      }
    }
  }
  return static_cast<std::uint64_t>(waited + std::max<std::int64_t>(0, drained[0] - now));
}

std::uint64_t drain_wait(const Mapping& m, const std::vector<PassShape>& shapes) {
  std::int64_t longest_drain = 0;
  std::int64_t shortest_pass = std::numeric_limits<std::int64_t>::max();
  for (const PassShape& shape : shapes) {
    longest_drain = std::max(longest_drain, drain_cycles(m, outputs(shape)));
    shortest_pass = std::min(shortest_pass, steps(m, shape) * step_cycles(m, shape));
  }
  // Hidden behind the next pass; the last one shows, as its values come out of the pipeline first.
  if (m.accumulator_sets == 2 && longest_drain <= shortest_pass) {
    return static_cast<std::uint64_t>(drain_cycles(m, outputs(last_shape(m))));
  }
  return drain_recurrence(m);
}

}  // namespace

CycleAccount closed_form(const Mapping& m) {
  const std::vector<PassShape> shapes = pass_shapes(m);
  CycleAccount account;
  std::uint64_t compute = 0;
  std::uint64_t fetch = 0;
  std::uint64_t passes = 0;
  std::uint64_t moved = 0;
  std::int64_t reductions = 1;
  for (const Dim dim : {Dim::C, Dim::R, Dim::S}) reductions *= passes_along(m, dim);
  for (const PassShape& shape : shapes) {
    const auto count = static_cast<std::uint64_t>(shape.count);
    const auto pass_steps = static_cast<std::uint64_t>(steps(m, shape));
    const auto share =
        static_cast<std::uint64_t>(m.windows == Windows::ideal ? shape.extent[Dim::P] : 1);
    compute += count * pass_steps * static_cast<std::uint64_t>(m.unit_cycles) * share;
    fetch += count * pass_steps *
             static_cast<std::uint64_t>(step_cycles(m, shape) - m.unit_cycles) * share;
    passes += count;
    moved += 2 * count * static_cast<std::uint64_t>(spill_cycles(m, outputs(shape)));
  }
  // Of the visits to one set of outputs, all but the last spill and all but the first restore.
  if (!m.partial_sums_in_place)
    account[Cause::spill] = moved - moved / static_cast<std::uint64_t>(reductions);
  const auto whole =
      static_cast<std::uint64_t>(m.windows == Windows::ideal ? m.spatial[Dim::P] : 1);
  account[Cause::compute] = (compute + whole - 1) / whole;
  account[Cause::operand_fetch] = (fetch + whole - 1) / whole;
  account[Cause::fill] = static_cast<std::uint64_t>(m.fill_cycles) * (m.fill_per_pass ? passes : 1);
  account[Cause::stationary_load] = load_wait(m, shapes);
  account[Cause::drain] = drain_wait(m, shapes);
  return account;
}

std::int64_t channel_cycles(const Mapping& m, std::int64_t bits) {
  if (m.dram.ideal() || bits == 0) return 0;
  const auto memory_cycles = static_cast<Wide>(ceil_div(bits, m.dram.bits_per_cycle));
  const Wide array = memory_cycles * static_cast<Wide>(m.clock_Hz);
  const auto clock = static_cast<Wide>(m.dram.clock_Hz);
  return static_cast<std::int64_t>((array + clock - 1) / clock);
}

std::uint64_t bandwidth_bound(const Mapping& m, const Traffic& traffic) {
  const std::uint64_t bits = traffic.dram_activations + traffic.dram_weights + traffic.dram_outputs;
  const CycleAccount own = closed_form(m);
  return std::max(own.total(),
                  static_cast<std::uint64_t>(channel_cycles(m, static_cast<std::int64_t>(bits))));
}

}  // namespace bitscale
