#include "sim/mapping/tiling_cost.hpp"

#include <algorithm>
#include <cmath>
#include <span>

#include "sim/mapping/closed_form.hpp"
#include "sim/mapping/schedule.hpp"

namespace bitscale {
namespace {

constexpr std::array<Dim, kDims> kAllDims = {Dim::N, Dim::G, Dim::K, Dim::C,
                                             Dim::P, Dim::Q, Dim::R, Dim::S};

double wide(std::int64_t value) { return static_cast<double>(value); }

bool is_relevant(Operand operand, Dim dim) {
  switch (operand) {
    case Operand::outputs:
      return dim != Dim::C && dim != Dim::R && dim != Dim::S;
    case Operand::weights:
      return dim != Dim::N && dim != Dim::P && dim != Dim::Q;
    case Operand::activations:
      break;
  }
  return dim != Dim::K;
}

/// Blocks of `size` along a dimension, every tile's last one rounded up.
std::int64_t blocks(const Mapping& m, Dim dim, std::int64_t size) {
  const std::int64_t tile = m.tile[dim];
  return m.bound[dim] / tile * ceil_div(tile, size) + ceil_div(m.bound[dim] % tile, size);
}

/// Passes and steps of a layer, as products over its dimensions.
struct PassCounts {
  PerDim<double> tiles, passes;  ///< passes of an average tile
  double steps = 1, all_passes = 1;
};

PassCounts count_passes(const Mapping& m) {
  PassCounts counts;
  for (const Dim dim : kAllDims) {
    const double tiles = wide(tiles_along(m, dim));
    const double passes = wide(blocks(m, dim, m.pass_extent[dim]));
    counts.tiles[dim] = tiles;
    counts.passes[dim] = passes / tiles;
    counts.steps *= wide(blocks(m, dim, m.spatial[dim]));
    counts.all_passes *= passes;
  }
  return counts;
}

/// Passes that find another block of an operand than the pass before: blocks, times the turns of
/// loops that leave it alone outside one that does not.
double changes(const Mapping& m, const PassCounts& counts, Operand operand) {
  double result = 1;
  bool changes_inside = false;
  const auto visit = [&](std::span<const Dim> order, const PerDim<double>& turns) {
    for (auto dim = order.rbegin(); dim != order.rend(); ++dim) {
      if (turns[*dim] <= 1) continue;
      if (is_relevant(operand, *dim)) changes_inside = true;
      if (changes_inside) result *= turns[*dim];
    }
  };
  visit(m.pass_order, counts.passes);
  visit(m.tile_order, counts.tiles);
  return result;
}

/// Bits that a step takes from the two operand buffers, where all positions are in use.
struct StepBits {
  std::int64_t activations = 0, weights = 0;
};

StepBits step_bits(const Mapping& m) {
  PerDim<std::int64_t> used;
  for (const Dim dim : kAllDims) used[dim] = std::min(m.tile[dim], m.spatial[dim]);
  return {step_activation_bits(m, used, 0), step_weight_bits(m, used)};
}

double step_cycles(const Mapping& m, const StepBits& bits) {
  std::int64_t cycles = m.unit_cycles;
  const auto fetch = [&](const BufferConfig& buffer, std::int64_t fetched) {
    if (buffer.port_bits > 0) cycles = std::max(cycles, ceil_div(fetched, buffer.port_bits));
  };
  if (m.stationary != Operand::activations) fetch(m.activation_buffer, bits.activations);
  if (m.stationary != Operand::weights) fetch(m.weight_buffer, bits.weights);
  return wide(cycles);
}

/// How often partial sums leave the accumulators before they are complete, and how many at a time.
struct Spills {
  double times = 0;
  std::int64_t outputs = 0;
};

Spills count_spills(const Mapping& m, const PassCounts& counts) {
  if (m.partial_sums_in_place) return {};
  double complete = 1;
  for (const Dim dim : kAllDims) {
    if (is_relevant(Operand::outputs, dim)) complete *= counts.tiles[dim] * counts.passes[dim];
  }
  const double times = std::max(changes(m, counts, Operand::outputs) - complete, 0.0);
  return {times, static_cast<std::int64_t>(wide(m.shape.outputs()) / complete)};
}

/// Time of the array alone.
double array_cycles(const Mapping& m, const PassCounts& counts, double cycles_per_step,
                    const Spills& spills, double loads) {
  double cycles = counts.steps * cycles_per_step;
  if (loads > 0) {
    const double hidden = m.shadow_weights ? cycles / loads : 0;
    cycles += loads * std::max(0.0, wide(m.load_cycles) - hidden);
  }
  if (m.fill_per_pass) cycles += counts.all_passes * wide(m.fill_cycles);
  return cycles +
         2.0 * spills.times * wide(spill_cycles(m, std::max<std::int64_t>(spills.outputs, 1)));
}

double traffic_energy(const Mapping& m, const TileSums& sums, const PassCounts& counts,
                      const StepBits& step, const Spills& spills, const TrafficCosts& costs) {
  const auto steps_of = [&](Operand operand) {
    return m.stationary == operand ? changes(m, counts, operand) : counts.steps;
  };
  const double partial = spills.times * wide(spills.outputs) * wide(m.partial_sum_bits);
  return wide(sums.activation_bits) * (costs.dram_read + costs.activation_write) +
         wide(sums.weight_bits) * (costs.dram_read + costs.weight_write) +
         wide(sums.output_bits) * (costs.dram_write + costs.output_read + costs.output_write) +
         partial * (costs.output_read + costs.output_write) +
         steps_of(Operand::activations) * wide(step.activations) * costs.activation_read +
         steps_of(Operand::weights) * wide(step.weights) * costs.weight_read;
}

/// Time on the DRAM channel, in cycles of the array.
struct ChannelCycles {
  const Mapping& m;
  /// Of `bits` in equal requests, each of whole memory cycles behind its latency.
  [[nodiscard]] double of(std::int64_t bits, std::int64_t requests) const {
    const double cycles = std::ceil(wide(bits) / wide(requests) / wide(m.dram.bits_per_cycle)) +
                          wide(m.dram.latency_cycles);
    return wide(requests) * cycles * wide(m.clock_Hz) / wide(m.dram.clock_Hz);
  }
};

}  // namespace

TilingCost tiling_cost(const Mapping& m, const TileSums& sums, const TrafficCosts& costs) {
  const PassCounts counts = count_passes(m);
  const StepBits step = step_bits(m);
  const Spills spills = count_spills(m, counts);
  const double loads = m.stationary == Operand::outputs ? 0.0 : changes(m, counts, m.stationary);
  const double array = array_cycles(m, counts, step_cycles(m, step), spills, loads);
  const ChannelCycles channel{m};
  TilingCost cost;
  cost.dram_bits = sums.bits();
  const double busy = channel.of(sums.activation_bits, sums.activation_fetches) +
                      channel.of(sums.weight_bits, sums.weight_fetches) +
                      channel.of(sums.output_bits, sums.output_tiles);
  const double first_and_last = channel.of(sums.largest_activations, 1) +
                                channel.of(sums.largest_weights, 1) +
                                channel.of(sums.largest_outputs, 1);
  double tiles = 1;
  for (const double along : counts.tiles.values) tiles *= along;
  cost.cycles = std::max(array + first_and_last, busy + array / tiles);
  if (!(costs == TrafficCosts{}))
    cost.energy_pJ = traffic_energy(m, sums, counts, step, spills, costs);
  return cost;
}

}  // namespace bitscale
