#include "sim/mapping/loop_nest.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "sim/mapping/schedule.hpp"
#include "sim/mapping/tile_sums.hpp"

namespace bitscale {
namespace {

/// Loop P as it is: over pixels of all rows where they are flattened.
Dim shown(const Mapping& m, Dim dim) { return m.flattened && dim == Dim::P ? Dim::PQ : dim; }

std::vector<NestLoop> tile_loops(const Mapping& m) {
  std::vector<NestLoop> loops;
  for (const Dim dim : m.tile_order) {
    if (const std::int64_t count = tiles_along(m, dim); count > 1)
      loops.push_back({shown(m, dim), count, m.tile[dim]});
  }
  return loops;
}

std::vector<NestLoop> pass_loops(const Mapping& m) {
  std::vector<NestLoop> loops;
  for (const Dim dim : m.pass_order) {
    if (const std::int64_t count = ceil_div(m.tile[dim], m.pass_extent[dim]); count > 1)
      loops.push_back({shown(m, dim), count, m.pass_extent[dim]});
  }
  return loops;
}

std::vector<NestLoop> step_loops(const Mapping& m) {
  std::vector<NestLoop> loops;
  for (const Dim dim : m.step_order) {
    const std::int64_t extent = std::min(m.tile[dim], m.pass_extent[dim]);
    if (const std::int64_t count = ceil_div(extent, m.spatial[dim]); count > 1)
      loops.push_back({shown(m, dim), count, m.spatial[dim]});
  }
  return loops;
}

std::vector<NestAxis> axes(const Mapping& m) {
  std::vector<NestAxis> result;
  const auto add = [&](const char* name, const MappedAxis& axis) {
    NestAxis nest{name, axis.size, {}};
    for (const SpatialLoop& loop : axis.loops)
      nest.loops.push_back({shown(m, loop.dim), loop.factor, 1});
    result.push_back(std::move(nest));
  };
  add("rows", m.rows);
  add("columns", m.columns);
  add("lanes", m.lanes);
  if (m.subwords.size > 1) add("subwords", m.subwords);
  return result;
}

}  // namespace

LoopNest loop_nest(const Mapping& m, const Traffic& traffic) {
  const TileSums sums = tile_sums(m);
  LoopNest nest;
  const LayerShape& s = m.shape;
  nest.extent.values = {s.N, s.G, s.K, s.C, s.P, s.Q, s.R, s.S};
  nest.ideal_memory = m.dram.ideal();
  nest.tiles = tile_loops(m);
  nest.passes = pass_loops(m);
  nest.steps = step_loops(m);
  nest.axes = axes(m);
  nest.step_cycles = m.unit_cycles;
  const auto add = [&](const char* name, Operand operand, const BufferConfig& buffer,
                       std::int64_t tile_bits, std::uint64_t dram_bits, std::uint64_t array_bits) {
    nest.buffers.push_back(
        {name, tile_bits, tile_places(m, operand), buffer.capacity_bits, dram_bits, array_bits});
  };
  add("activations", Operand::activations, m.activation_buffer, sums.largest_activations,
      traffic.activation_fills, traffic.activation_reads);
  add("weights", Operand::weights, m.weight_buffer, sums.largest_weights, traffic.weight_fills,
      traffic.weight_reads);
  add("outputs", Operand::outputs, m.output_buffer, sums.largest_outputs, traffic.dram_outputs,
      traffic.output_writes);
  nest.partial_bits = traffic.partial_writes + traffic.partial_reads;
  nest.tile = m.tile;
  nest.tile[Dim::P] = tile_rows(m);
  nest.tile[Dim::Q] = tile_columns(m);
  for (const Dim dim : m.tile_order) {
    if (dim != Dim::R && dim != Dim::S) nest.tile_order.push_back(dim);
  }
  return nest;
}

std::string Mapping::describe() const {
  std::string text;
  const auto add = [&](const char* level, const std::vector<NestLoop>& loops) {
    text += level;
    for (const NestLoop& loop : loops)
      text += fmt::format(" {} {}", to_string(loop.dim), loop.count);
  };
  add("tiles", tile_loops(*this));
  add(" | passes", pass_loops(*this));
  add(" | steps", step_loops(*this));
  for (const NestAxis& axis : axes(*this)) add((" | " + axis.name).c_str(), axis.loops);
  return text;
}

}  // namespace bitscale
