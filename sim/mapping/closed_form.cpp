#include "sim/mapping/closed_form.hpp"

#include <algorithm>
#include <limits>
#include <numeric>
#include <vector>

namespace bitscale {
namespace {

constexpr std::array<Dim, kDims> kAllDims = {Dim::N, Dim::G, Dim::K, Dim::C,
                                             Dim::P, Dim::Q, Dim::R, Dim::S};

// NOLINTNEXTLINE(modernize-use-using): __extension__ needs typedef
__extension__ typedef unsigned __int128 Wide;

/// Passes of one extent along a dimension, over the whole layer; with packed groups, those along K
/// one by one, because their filters decide which activations they read.
struct Kind {
  std::int64_t extent = 0, count = 0, begin = 0;
};

/// The at most four kinds along a dimension: full and last pass of full and last tiles.
std::vector<Kind> kinds_along(const Mapping& m, Dim dim) {
  const std::int64_t bound = m.bound[dim];
  const std::int64_t tile = m.tile[dim];
  const std::int64_t pass = m.pass_extent[dim];
  std::vector<Kind> kinds;
  if (m.packed_groups && dim == Dim::K) {
    for (std::int64_t begin = 0; begin < bound; begin += kinds.back().extent) {
      const std::int64_t tile_end = std::min((begin / tile + 1) * tile, bound);
      kinds.push_back({std::min(pass, tile_end - begin), 1, begin});
    }
    return kinds;
  }
  const auto add = [&](std::int64_t extent, std::int64_t count) {
    if (extent > 0 && count > 0) kinds.push_back({extent, count, 0});
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
  std::int64_t first_filter = 0;
  std::int64_t count = 1;
};

/// All shapes of a layer; of the dimensions in `last_of`, only the last pass.
std::vector<PassShape> pass_shapes(const Mapping& m, const std::vector<Dim>& last_of = {}) {
  std::vector<PassShape> shapes(1);
  for (const Dim dim : kAllDims) {
    std::vector<Kind> kinds = kinds_along(m, dim);
    if (std::ranges::find(last_of, dim) != last_of.end()) {
      kinds = {kinds.back()};
      kinds.back().count = 1;
    }
    std::vector<PassShape> next;
    for (const Kind& kind : kinds) {
      for (PassShape shape : shapes) {
        shape.extent[dim] = kind.extent;
        if (dim == Dim::K) shape.first_filter = kind.begin;
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
    cycles = std::max(cycles, ceil_div(step_activation_bits(m, used, shape.first_filter),
                                       m.activation_buffer.port_bits));
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

std::int64_t duration(const Mapping& m, const PassShape& shape) {
  return steps(m, shape) * step_cycles(m, shape);
}

/// Passes of one tile along a dimension.
std::int64_t passes_along(const Mapping& m, Dim dim) {
  return ceil_div(m.tile[dim], m.pass_extent[dim]);
}

PassShape last_shape(const Mapping& m) {
  return pass_shapes(m, {kAllDims.begin(), kAllDims.end()}).front();
}

/// The innermost loops over passes, as long as they are among `dims` or have one turn only.
std::vector<Dim> innermost_loops(const Mapping& m, const std::vector<Dim>& dims) {
  std::vector<Dim> loops;
  for (auto dim = m.pass_order.rbegin(); dim != m.pass_order.rend(); ++dim) {
    if (passes_along(m, *dim) == 1) continue;
    if (std::ranges::find(dims, *dim) == dims.end()) break;
    loops.push_back(*dim);
  }
  return loops;
}

/// Waiting for stationary operands in a layer of one tile: all of each load, or what the pass
/// before does not hide. The innermost loops that leave the operand alone need no load; the pass
/// before a load is their last turn.
std::uint64_t load_wait(const Mapping& m) {
  if (m.stationary == Operand::outputs) return 0;
  const std::vector<Dim> unchanged = m.stationary == Operand::weights
                                         ? std::vector<Dim>{Dim::N, Dim::P, Dim::Q}
                                         : std::vector<Dim>{Dim::K};
  std::int64_t wait = m.load_cycles;  // the first one, which nothing hides
  const auto reload = [&](const PassShape& before, std::int64_t count) {
    const std::int64_t hidden = m.shadow_weights ? duration(m, before) : 0;
    wait += count * std::max<std::int64_t>(0, m.load_cycles - hidden);
  };
  for (const PassShape& shape : pass_shapes(m, innermost_loops(m, unchanged)))
    reload(shape, shape.count);
  reload(last_shape(m), -1);  // nothing follows it
  return static_cast<std::uint64_t>(wait);
}

/// Partial sums on their way in a layer of one tile: of the visits to one set of outputs, all but
/// the last spill and all but the first restore.
std::uint64_t spill_wait(const Mapping& m, const std::vector<PassShape>& shapes) {
  if (m.partial_sums_in_place) return 0;
  const std::vector<Dim> in_place = innermost_loops(m, {Dim::C, Dim::R, Dim::S});
  std::int64_t visits = 1;
  std::int64_t passes = 1;
  for (const Dim dim : {Dim::C, Dim::R, Dim::S}) {
    passes *= passes_along(m, dim);
    if (std::ranges::find(in_place, dim) == in_place.end()) visits *= passes_along(m, dim);
  }
  std::int64_t once = 0;
  for (const PassShape& shape : shapes) once += shape.count * spill_cycles(m, outputs(shape));
  return static_cast<std::uint64_t>(2 * (visits - 1) * (once / passes));
}

/// Whether every drain ends before the pass after it does.
bool drains_are_hidden(const Mapping& m, const std::vector<PassShape>& shapes) {
  std::int64_t longest_drain = 0;
  std::int64_t shortest_pass = std::numeric_limits<std::int64_t>::max();
  for (const PassShape& shape : shapes) {
    longest_drain = std::max(longest_drain, drain_cycles(m, outputs(shape)));
    shortest_pass = std::min(shortest_pass, duration(m, shape));
  }
  return m.accumulator_sets == 2 && longest_drain <= shortest_pass;
}

/// Waits that depend on the sequence of passes, where products of counts do not tell them: the
/// max-plus recurrence start(j) = max(end(j-1), drained(j - sets)), drained(j) = max(end(j),
/// drained(j-1)) + drain(j), with the loads and spills in between.
struct Recurrence {
  explicit Recurrence(const Mapping& mapping) : m(mapping) {
    const Schedule schedule(m);
    for (std::int64_t t = 0; t < schedule.tiles(); ++t) {
      const Tile tile = schedule.tile(t);
      const std::int64_t passes = schedule.passes(tile);
      for (std::int64_t p = 0; p < passes; ++p) {
        step(schedule.pass(tile, p), t + 1 == schedule.tiles() && p + 1 == passes);
      }
    }
    drain += std::max<std::int64_t>(0, drained[0] - now);
  }

  void step(const Pass& pass, bool last) {
    if (pass.loads_stationary) {
      const std::int64_t hidden = m.shadow_weights ? last_duration : 0;
      spend(load, std::max<std::int64_t>(0, m.load_cycles - hidden));
    }
    if (pass.starts || pass.restores) {
      const std::int64_t free = m.accumulator_sets == 1 ? drained[0] : drained[1];
      spend(drain, std::max<std::int64_t>(0, free - now));
    }
    if (pass.restores) spend(spill, spill_cycles(m, pass.outputs));
    last_duration = pass.steps * pass.step_cycles;
    now += last_duration + (m.fill_per_pass || last ? m.fill_cycles : 0);
    if (pass.spills) spend(spill, spill_cycles(m, pass.outputs));
    if (!pass.finishes) return;
    drained[1] = drained[0];
    drained[0] = std::max(now, drained[0]) + drain_cycles(m, pass.outputs);
  }

  void spend(std::int64_t& cause, std::int64_t cycles) {
    cause += cycles;
    now += cycles;
  }

  const Mapping& m;
  std::int64_t now = 0, last_duration = 0;
  std::array<std::int64_t, 2> drained = {0, 0};  ///< by the last and the last but one set
  std::int64_t load = 0, drain = 0, spill = 0;
};

/// Books the waits of the array: by formulas where one tile holds all and drains hide behind
/// passes, else by the recurrence.
void book_waits(const Mapping& m, const std::vector<PassShape>& shapes, CycleAccount& account) {
  const bool one_tile = m.tile == m.bound;
  if (one_tile) {
    account[Cause::stationary_load] = load_wait(m);
    account[Cause::spill] = spill_wait(m, shapes);
  }
  if (one_tile && drains_are_hidden(m, shapes)) {
    // The last drain shows, after its values came out of the pipeline.
    account[Cause::drain] = static_cast<std::uint64_t>(drain_cycles(m, outputs(last_shape(m))));
    return;
  }
  const Recurrence recurrence(m);
  account[Cause::drain] = static_cast<std::uint64_t>(recurrence.drain);
  if (one_tile) return;
  account[Cause::stationary_load] = static_cast<std::uint64_t>(recurrence.load);
  account[Cause::spill] = static_cast<std::uint64_t>(recurrence.spill);
}

}  // namespace

CycleAccount closed_form(const Mapping& m) {
  const std::vector<PassShape> shapes = pass_shapes(m);
  CycleAccount account;
  std::uint64_t compute = 0;
  std::uint64_t fetch = 0;
  std::uint64_t passes = 0;
  for (const PassShape& shape : shapes) {
    const auto count = static_cast<std::uint64_t>(shape.count);
    const auto share =
        static_cast<std::uint64_t>(m.windows == Windows::ideal ? shape.extent[Dim::P] : 1);
    const std::uint64_t pass_steps = count * static_cast<std::uint64_t>(steps(m, shape)) * share;
    compute += pass_steps * static_cast<std::uint64_t>(m.unit_cycles);
    fetch += pass_steps * static_cast<std::uint64_t>(step_cycles(m, shape) - m.unit_cycles);
    passes += count;
  }
  const auto whole =
      static_cast<std::uint64_t>(m.windows == Windows::ideal ? m.spatial[Dim::P] : 1);
  account[Cause::compute] = (compute + whole - 1) / whole;
  account[Cause::operand_fetch] = (fetch + whole - 1) / whole;
  account[Cause::fill] = static_cast<std::uint64_t>(m.latency_cycles) +
                         static_cast<std::uint64_t>(m.fill_cycles) * (m.fill_per_pass ? passes : 1);
  book_waits(m, shapes, account);
  return account;
}

std::int64_t channel_cycles(const DramConfig& dram, std::int64_t clock_Hz, std::int64_t bits) {
  if (dram.ideal() || bits == 0) return 0;
  const auto memory_cycles = static_cast<Wide>(ceil_div(bits, dram.bits_per_cycle));
  const Wide array = memory_cycles * static_cast<Wide>(clock_Hz);
  const auto clock = static_cast<Wide>(dram.clock_Hz);
  // A hostile ratio of clocks saturates; the mapping refuses such layers.
  constexpr Wide kLongest = Wide{1} << 61U;
  return static_cast<std::int64_t>(std::min((array + clock - 1) / clock, kLongest));
}

std::int64_t channel_cycles(const Mapping& m, std::int64_t bits) {
  return channel_cycles(m.dram, m.clock_Hz, bits);
}

double peak_macs_per_cycle(const Mapping& m) {
  return static_cast<double>(m.positions()) / static_cast<double>(m.unit_cycles);
}

std::optional<double> channel_bits_per_cycle(const DramConfig& dram, std::int64_t clock_Hz) {
  if (dram.ideal()) return std::nullopt;
  return static_cast<double>(dram.bits_per_cycle) * static_cast<double>(dram.clock_Hz) /
         static_cast<double>(clock_Hz);
}

std::uint64_t bandwidth_bound(const Mapping& m, const Traffic& traffic) {
  const std::uint64_t bits = traffic.dram_activations + traffic.dram_weights + traffic.dram_outputs;
  const CycleAccount own = closed_form(m);
  return std::max(own.total(),
                  static_cast<std::uint64_t>(channel_cycles(m, static_cast<std::int64_t>(bits))));
}

}  // namespace bitscale
