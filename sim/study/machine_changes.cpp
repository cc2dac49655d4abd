#include "sim/study/machine_changes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "sim/mapping/schedule.hpp"

namespace bitscale::study {
namespace {

double wide(std::uint64_t value) { return static_cast<double>(value); }

template <typename Change>
Candidate changed(const Case& c, std::string text, Change&& change) {
  Candidate candidate{std::move(text), c.machine};
  change(candidate.machine);
  return candidate;
}

/// `machine.array.rows=...` as a flow mapping of what the axis holds.
std::string axis_text(std::string_view name, const Axis& own, const Axis& axis) {
  std::string loops;
  for (const AxisLoop& loop : axis.loops) {
    loops += fmt::format("{}{} {}", loops.empty() ? "" : ", ", to_string(loop.dim),
                         loop.factor == 0 ? "fit" : std::to_string(loop.factor));
  }
  std::string text = fmt::format("machine.array.{}.loops=[{}]", name, loops);
  if (axis.size != own.size)
    text = fmt::format("machine.array.{}.size={} and {}", name, axis.size, text);
  if (axis.partial_sums != own.partial_sums) {
    text += fmt::format(" and machine.array.{}.partial_sums={}", name,
                        axis.partial_sums == Combination::local ? "local" : "tree");
  }
  return text;
}

bool is_reduction(const AxisLoop& loop) {
  return loop.dim == Dim::C || loop.dim == Dim::R || loop.dim == Dim::S;
}

struct NamedAxis {
  std::string_view name;
  Axis ArrayConfig::*axis;
  MappedAxis Mapping::*mapped;
};
constexpr NamedAxis kAxes[] = {{"rows", &ArrayConfig::rows, &Mapping::rows},
                               {"columns", &ArrayConfig::columns, &Mapping::columns},
                               {"lanes", &ArrayConfig::lanes, &Mapping::lanes}};

/// Axes just long enough that a loop with a ragged edge takes one turn less.
void add_even_turns(const Case& c, const NamedAxis& axis, std::vector<Candidate>& candidates) {
  const Axis& own = c.machine.array.*axis.axis;
  const MappedAxis& mapped = c.mapping.*axis.mapped;
  for (std::size_t i = 0; i < mapped.loops.size(); ++i) {
    const Dim dim = mapped.loops[i].dim;
    const std::int64_t factor = mapped.loops[i].factor;
    const std::int64_t others = c.mapping.spatial[dim] / factor;
    const std::int64_t turns = ceil_div(c.mapping.bound[dim], c.mapping.spatial[dim]);
    if (turns < 2 || c.mapping.bound[dim] % c.mapping.spatial[dim] == 0) continue;
    Axis longer = own;
    longer.loops[i].factor = ceil_div(c.mapping.bound[dim], (turns - 1) * others);
    longer.size = ceil_div(own.size, factor) * longer.loops[i].factor;
    candidates.push_back(changed(c, axis_text(axis.name, own, longer),
                                 [&](MachineConfig& m) { m.array.*axis.axis = longer; }));
  }
}

/// Second sets of registers: stationary operands and accumulators.
std::vector<Candidate> double_registers(const Case& c) {
  std::vector<Candidate> candidates;
  const ArrayConfig& array = c.machine.array;
  if (!array.shadow_weights && c.mapping.stationary != Operand::outputs) {
    candidates.push_back(changed(c, "machine.array.shadow_weights=true",
                                 [](MachineConfig& m) { m.array.shadow_weights = true; }));
  }
  if (array.accumulator_sets == 1) {
    candidates.push_back(changed(c, "machine.array.accumulator_sets=2",
                                 [](MachineConfig& m) { m.array.accumulator_sets = 2; }));
  }
  return candidates;
}

}  // namespace

std::uint64_t memory_waits(const CycleAccount& cycles) {
  return cycles[Cause::wait_activations] + cycles[Cause::wait_weights] +
         cycles[Cause::wait_outputs] + cycles[Cause::write_back];
}

std::vector<Candidate> faster_channels(const Case& c) {
  std::vector<Candidate> candidates;
  const DramConfig& dram = c.machine.memory.dram;
  if (dram.ideal()) return candidates;
  const double own = std::max(1.0, wide(c.cycles.total() - memory_waits(c.cycles)));
  const double memory_cycles =
      own * static_cast<double>(dram.clock_Hz) / static_cast<double>(c.machine.clock_Hz);
  const double needed = std::ceil(wide(c.dram_bits) / std::max(memory_cycles, 1.0));
  const auto enough = static_cast<std::int64_t>(std::min(needed, 1e6));
  for (const std::int64_t bits :
       {std::max(enough, dram.bits_per_cycle + 1), 2 * dram.bits_per_cycle}) {
    candidates.push_back(changed(c, fmt::format("machine.memory.dram.bits_per_cycle={}", bits),
                                 [&](MachineConfig& m) { m.memory.dram.bits_per_cycle = bits; }));
  }
  if (dram.latency_cycles > 0) {
    candidates.push_back(changed(c, "machine.memory.dram.latency_cycles=0",
                                 [](MachineConfig& m) { m.memory.dram.latency_cycles = 0; }));
  }
  return candidates;
}

std::string idle_problem(const Case& c) {
  std::string problem = "positions are idle at the edges of the layer";
  double worst = 1;
  for (const NamedAxis& axis : kAxes) {
    const MappedAxis& mapped = c.mapping.*axis.mapped;
    for (const SpatialLoop& loop : mapped.loops) {
      const std::int64_t bound = c.mapping.bound[loop.dim];
      const std::int64_t all = c.mapping.spatial[loop.dim];
      const std::int64_t turns = ceil_div(bound, all);
      const double used = static_cast<double>(bound) / static_cast<double>(turns * all);
      if (used >= worst) continue;
      worst = used;
      const std::string name =
          loop.dim == Dim::P && c.mapping.flattened ? "PQ" : std::string(to_string(loop.dim));
      problem = turns == 1 ? fmt::format("{} {} fills {} of {} positions along {}", name, bound,
                                         bound, all, axis.name)
                           : fmt::format(
                                 "{} {} takes {} turns of {} positions along {}, the last "
                                 "with {}",
                                 name, bound, turns, all, axis.name, bound - (turns - 1) * all);
    }
    std::int64_t positions = 1;
    for (const SpatialLoop& loop : mapped.loops) positions *= loop.factor;
    const double used = static_cast<double>(positions) / static_cast<double>(mapped.size);
    if (used >= worst) continue;
    worst = used;
    problem = fmt::format("the loops along {} take {} of {} positions", axis.name, positions,
                          mapped.size);
  }
  return problem;
}

std::vector<Candidate> fuller_arrays(const Case& c) {
  std::vector<Candidate> candidates;
  if (c.machine.dataflow.fc_mode == FcMode::single_column) {
    candidates.push_back(changed(c, "machine.dataflow.fc_mode=multiplexed", [](MachineConfig& m) {
      m.dataflow.fc_mode = FcMode::multiplexed;
    }));
  }
  for (const NamedAxis& axis : kAxes) {
    const Axis& own = c.machine.array.*axis.axis;
    const MappedAxis& mapped = c.mapping.*axis.mapped;
    add_even_turns(c, axis, candidates);
    std::int64_t used = 1;
    std::vector<AxisLoop> kept;
    for (std::size_t i = 0; i < mapped.loops.size(); ++i) {
      const std::int64_t factor =
          std::min(mapped.loops[i].factor, c.mapping.bound[mapped.loops[i].dim]);
      if (factor > 1) kept.push_back({own.loops[i].dim, factor});
      used *= factor;
    }
    if (used * 2 > own.size) continue;
    const bool lanes = axis.axis == &ArrayConfig::lanes;
    for (const Dim dim : {Dim::K, Dim::C, Dim::R, Dim::S, Dim::P, Dim::Q, Dim::PQ, Dim::N}) {
      if (lanes && dim != Dim::C && dim != Dim::R && dim != Dim::S) continue;
      if (std::ranges::any_of(kept, [&](const AxisLoop& loop) { return loop.dim == dim; }))
        continue;
      Axis fuller = own;
      fuller.loops = kept;
      fuller.loops.push_back({dim, 0});
      const bool reduces = std::ranges::any_of(fuller.loops, is_reduction);
      if (reduces != (own.partial_sums != Combination::local))
        fuller.partial_sums = reduces ? Combination::tree : Combination::local;
      candidates.push_back(changed(c, axis_text(axis.name, own, fuller),
                                   [&](MachineConfig& m) { m.array.*axis.axis = fuller; }));
    }
  }
  return candidates;
}

std::vector<Candidate> larger_arrays(const Case& c) {
  std::vector<Candidate> candidates;
  for (const NamedAxis& axis : kAxes) {
    const Axis& own = c.machine.array.*axis.axis;
    for (std::size_t i = 0; i < own.loops.size(); ++i) {
      Axis larger = own;
      larger.size *= 2;
      larger.loops[i].factor *= 2;
      candidates.push_back(changed(c, axis_text(axis.name, own, larger),
                                   [&](MachineConfig& m) { m.array.*axis.axis = larger; }));
    }
  }
  return candidates;
}

std::vector<Candidate> wider_ports(const Case& c) {
  std::vector<Candidate> candidates;
  const Mapping& m = c.mapping;
  PerDim<std::int64_t> used;
  for (std::size_t i = 0; i < kDims; ++i)
    used.values[i] = std::min(m.bound.values[i], m.spatial.values[i]);
  const auto add = [&](std::string_view name, BufferConfig MemoryConfig::*buffer,
                       std::int64_t step_bits) {
    const std::int64_t port = (c.machine.memory.*buffer).port_bits;
    const std::int64_t needed = ceil_div(step_bits, m.unit_cycles);
    if (port == 0 || needed <= port) return;
    candidates.push_back(
        changed(c, fmt::format("machine.memory.{}.port_bits={}", name, needed),
                [&](MachineConfig& machine) { (machine.memory.*buffer).port_bits = needed; }));
  };
  add("activations", &MemoryConfig::activations, step_activation_bits(m, used, 0));
  add("weights", &MemoryConfig::weights, step_weight_bits(m, used));
  return candidates;
}

std::vector<Candidate> shorter_overheads(const Case& c) {
  std::vector<Candidate> candidates = double_registers(c);
  const ArrayConfig& array = c.machine.array;
  for (const std::int64_t factor : {2, 16, 256}) {
    const std::int64_t entries = array.accumulator_entries * factor;
    candidates.push_back(changed(c, fmt::format("machine.array.accumulator_entries={}", entries),
                                 [&](MachineConfig& m) { m.array.accumulator_entries = entries; }));
  }
  if (array.drain_outputs_per_cycle > 0) {
    const std::int64_t outputs = 2 * array.drain_outputs_per_cycle;
    candidates.push_back(
        changed(c, fmt::format("machine.array.drain_outputs_per_cycle={}", outputs),
                [&](MachineConfig& m) { m.array.drain_outputs_per_cycle = outputs; }));
  }
  for (const auto& [name, buffer] :
       {std::pair{"weights", &MemoryConfig::weights}, std::pair{"outputs", &MemoryConfig::outputs},
        std::pair{"activations", &MemoryConfig::activations}}) {
    const std::int64_t port = 2 * (c.machine.memory.*buffer).port_bits;
    if (port == 0) continue;
    BufferConfig MemoryConfig::*const which = buffer;
    candidates.push_back(changed(c, fmt::format("machine.memory.{}.port_bits={}", name, port),
                                 [&](MachineConfig& m) { (m.memory.*which).port_bits = port; }));
  }
  for (const auto& [name, buffer] : {std::pair{"weights", &MemoryConfig::weights},
                                     std::pair{"activations", &MemoryConfig::activations}}) {
    if ((c.machine.memory.*buffer).latency_cycles == 0) continue;
    BufferConfig MemoryConfig::*const which = buffer;
    candidates.push_back(changed(c, fmt::format("machine.memory.{}.latency_cycles=0", name),
                                 [&](MachineConfig& m) { (m.memory.*which).latency_cycles = 0; }));
  }
  if (array.pipeline_depth > 0) {
    candidates.push_back(changed(c, "machine.array.pipeline_depth=0",
                                 [](MachineConfig& m) { m.array.pipeline_depth = 0; }));
  }
  return candidates;
}

std::vector<Candidate> wider_vector_units(const Case& c) {
  const std::int64_t twice = 2 * c.machine.array.vector_lanes;
  return {changed(c, fmt::format("machine.array.vector_lanes={}", twice),
                  [&](MachineConfig& m) { m.array.vector_lanes = twice; })};
}

}  // namespace bitscale::study
