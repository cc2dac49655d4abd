#include <fmt/format.h>

#include <algorithm>

#include "arch/common/accumulate.hpp"
#include "sim/core/errors.hpp"
#include "sim/mapping/active_steps.hpp"
#include "sim/mapping/closed_form.hpp"
#include "sim/mapping/compression.hpp"
#include "sim/mapping/loop_nest.hpp"
#include "sim/pipeline/layer_supply.hpp"
#include "sim/pipeline/memory_counts.hpp"
#include "sim/pipeline/runner.hpp"
#include "sim/pipeline/structure_model.hpp"
#include "sim/workload/reference.hpp"
#include "sim/workload/statistics.hpp"

namespace bitscale {
namespace {

/// Products and units that a guard leaves working, from exact zero counts of the operands.
void apply_guard(const Mapping& mapping, const Unit& unit, const Operands* operands,
                 const OperandStatistics& statistics, UnitActivity& activity) {
  activity.active_macs = activity.macs;
  activity.active_unit_steps = activity.unit_steps;
  if (operands == nullptr) {
    if (unit.guard() == Guard::none) return;
    throw MappingError(
        mapping.layer,
        "the unit guards zero operands, so its energy needs operands; simulation.operands is off");
  }
  switch (unit.guard()) {
    case Guard::none:
      return;
    case Guard::activation:
      activity.active_macs = statistics.nonzero_activation_products;
      break;
    case Guard::weight:
      activity.active_macs = statistics.nonzero_weight_products;
      break;
    case Guard::product:
      activity.active_macs = statistics.active_products;
      break;
    case Guard::lane_group: {
      const auto& subwords = mapping.subwords.loops;
      const bool along_channels = subwords.empty() || subwords.front().dim == Dim::C;
      const ActiveGroups groups =
          along_channels ? count_active_groups(mapping.shape, operands->activations,
                                               mapping.in_unit[Dim::C], mapping.pad_value)
                         : count_active_unit_steps(mapping, operands->activations);
      activity.active_unit_steps = groups.groups;
      activity.active_macs = groups.products;
      return;
    }
  }
  if (mapping.lanes.size * mapping.subwords.size == 1)
    activity.active_unit_steps = activity.active_macs;
}

SlotAccount account_slots(const Mapping& mapping, const CycleAccount& cycles,
                          const Traffic& traffic, const UnitActivity& activity) {
  const auto unit_cycles = static_cast<std::uint64_t>(mapping.unit_cycles);
  const std::uint64_t all = static_cast<std::uint64_t>(mapping.positions()) * cycles.total();
  SlotAccount slots;
  slots.active = activity.active_macs * unit_cycles;
  slots.guarded = (activity.macs - activity.active_macs) * unit_cycles;
  // With ideal windows a partly filled step costs its share, so that slots of missing windows do
  // not exist.
  const std::uint64_t compute =
      mapping.windows == Windows::ideal
          ? static_cast<std::uint64_t>(mapping.positions()) * cycles[Cause::compute]
          : traffic.step_slots * unit_cycles;
  slots.idle = compute - slots.active - slots.guarded;
  slots.stalled = all - compute;
  return slots;
}

std::uint64_t low_bits(std::int64_t value, int bits) {
  return bits >= 64 ? static_cast<std::uint64_t>(value)
                    : static_cast<std::uint64_t>(value) & ((std::uint64_t{1} << bits) - 1);
}

/// Sums against the reference. A wrapping accumulator agrees modulo its range; a saturating one
/// that overflowed cannot be compared.
CheckResult check_sums(const Mapping& mapping, const Operands& operands,
                       const kernel::LayerSimulation& simulation) {
  const std::vector<std::int64_t> expected = reference_convolution(
      mapping.shape, operands.activations, operands.weights, mapping.pad_value);
  const AccumulatorConfig& accumulator = mapping.segment;
  const int bits = accumulator.overflow == Overflow::wrap ? accumulator.bits : 64;
  CheckResult check;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    if (low_bits(expected[i], bits) == low_bits(simulation.sums[i], bits)) continue;
    if (check.mismatches++ == 0) {
      check.first_mismatch =
          fmt::format("output {}: expected {}, got {}", i, expected[i], simulation.sums[i]);
    }
  }
  check.matched = check.mismatches == 0;
  if (!check.matched && simulation.overflow_events > 0 &&
      accumulator.overflow == Overflow::saturate) {
    check.comparable = false;  // saturation changed the sums, as it is meant to
  }
  return check;
}

OperandReport report_operands(const Operands& operands, const OperandStatistics& statistics) {
  OperandReport report;
  report.activations = to_string(operands.activations.origin);
  report.weights = to_string(operands.weights.origin);
  report.result = combine_origins(report.activations, report.weights);
  report.activation_zero_fraction = statistics.activation_zero_fraction();
  report.weight_zero_fraction = statistics.weight_zero_fraction();
  report.effectual_macs = statistics.active_products;
  return report;
}

/// Bits of `reads` whose operand is not zero, by the share of such operands among the products:
/// exact but for operands that products share unevenly. A padded tap counts as zero.
std::uint64_t not_zero(std::uint64_t reads, std::uint64_t nonzero_products,
                       std::uint64_t products) {
  __extension__ using Wide = unsigned __int128;
  if (products == 0) return reads;
  return static_cast<std::uint64_t>(Wide{reads} * nonzero_products / products);
}

/// Leaves out what buffers do not read because the operand is zero.
void skip_zero_reads(const MachineConfig& machine, const Mapping& mapping, const Operands* operands,
                     const OperandStatistics& statistics, Traffic& traffic) {
  const MemoryConfig& memory = machine.memory;
  if (!memory.activations.skip_zeros && !memory.weights.skip_zeros) return;
  if (operands == nullptr) {
    throw MappingError(mapping.layer,
                       "skip_zeros leaves out reads of zero operands, so its energy needs "
                       "operands; simulation.operands is off");
  }
  const auto products = static_cast<std::uint64_t>(mapping.shape.macs());
  if (memory.activations.skip_zeros) {
    traffic.activation_reads =
        not_zero(traffic.activation_reads, statistics.nonzero_activation_products, products);
  }
  if (memory.weights.skip_zeros) {
    traffic.weight_reads =
        not_zero(traffic.weight_reads, statistics.nonzero_weight_products, products);
  }
}

/// The layer on the machine, its operands in DRAM coded as the machine says.
Mapping map_coded(const Layer& layer, const MachineConfig& machine, const Operands* operands) {
  Mapping mapping = map_layer(layer, machine);
  if (machine.memory.dram.compression == Compression::none) return mapping;
  if (operands == nullptr) {
    throw MappingError(mapping.layer,
                       "memory.dram.compression leaves out zero operands, so its traffic needs "
                       "operands; simulation.operands is off");
  }
  compress_operands(mapping, *operands);
  return mapping;
}

/// What the layer did, priced by its energy model: with both, the table's actions stand first.
void count_work(const Experiment& experiment, const Mapping& mapping, const Operands* operands,
                const UnitActivity& work, const Traffic& traffic, StructureModel* structure,
                LayerResult& result) {
  const EnergyModel model = experiment.simulation.energy_model;
  const auto add_memory = [&](std::vector<ActionCount>& actions) {
    count_memory(experiment.machine.config, traffic, result.accumulator_bits, actions);
  };
  if (model != EnergyModel::horowitz) {
    std::optional<StructureModel> own;
    if (structure == nullptr) structure = &own.emplace(experiment);
    StructureEnergy gates;
    result.switching = structure->measure(mapping, *operands, work, traffic, gates.actions);
    add_memory(gates.actions);
    if (model == EnergyModel::structure) {
      result.actions = std::move(gates.actions);
      return;
    }
    result.structure = std::move(gates);
  }
  experiment.machine.config.unit->count_actions(work, result.actions);
  add_memory(result.actions);
}

/// Widths of a segment's register: what integers use of it, and the bits that stay empty below.
AccumulatorWidths accumulator_widths(const Mapping& mapping,
                                     const kernel::LayerSimulation& simulation) {
  const int segment = mapping.types.accumulator.bits / static_cast<int>(mapping.segments);
  const int empty = segment - mapping.segment.bits;
  const std::int64_t bound = simulation.sum_bound;
  return {empty + width_of(*simulation.partial_sums), empty + width_of({-bound, bound})};
}

}  // namespace

LayerResult run_array_layer(const Experiment& experiment, const Layer& layer,
                            const Operands* operands, std::vector<std::int64_t>* sums,
                            StructureModel* structure, const OperatingPoint* point) {
  const Unit& unit = *experiment.machine.config.unit;
  const SimulationConfig& config = experiment.simulation;
  const Mapping mapping = map_coded(layer, at_clock(experiment.machine.config, point), operands);
  const bool values =
      config.check || config.widths || sums != nullptr || config.fidelity == kernel::Fidelity::pin;
  kernel::SimulationOptions options;
  options.fidelity = config.fidelity;
  options.widths = config.widths;
  options.timeline = config.timeline;
  if (!config.vcd.empty()) options.vcd_path = config.vcd + "_" + layer.name;
  kernel::LayerSimulation simulation =
      kernel::simulate_layer(mapping, unit, values ? operands : nullptr, options);

  LayerResult result;
  if (point != nullptr) result.operating = *point;
  result.name = layer.name;
  result.kind = to_string(layer.kind);
  result.activation_bits = layer.activation.bits;
  result.weight_bits = layer.weight.bits;
  result.accumulator_bits = mapping.types.accumulator.bits;
  result.macs = simulation.traffic.macs;
  result.cycles = simulation.cycles;
  result.timeline = std::move(simulation.timeline);
  result.values_computed = values;
  result.overflow_events = simulation.overflow_events;
  if (simulation.partial_sums) result.widths = accumulator_widths(mapping, simulation);
  result.peak_macs_per_cycle = peak_macs_per_cycle(mapping);
  result.channel_bits_per_cycle = channel_bits_per_cycle(mapping.dram, mapping.clock_Hz);
  result.mapping = mapping.describe();
  if (experiment.show_mapping) result.nest = loop_nest(mapping, simulation.traffic);
  result.dram_bits_activations = simulation.traffic.dram_activations;
  result.dram_bits_weights = simulation.traffic.dram_weights;
  result.dram_bits_outputs = simulation.traffic.dram_outputs;
  if (mapping.dram.compression != Compression::none) {
    result.dram_raw_bits = {simulation.traffic.activation_fills, simulation.traffic.weight_fills};
  }

  OperandStatistics statistics;
  if (operands != nullptr) {
    statistics =
        count_operands(mapping.shape, operands->activations, operands->weights, mapping.pad_value);
    result.operands = report_operands(*operands, statistics);
  }
  UnitActivity activity;
  activity.macs = simulation.traffic.macs;
  activity.unit_steps = simulation.traffic.unit_steps;
  activity.outputs = static_cast<std::uint64_t>(mapping.shape.outputs());
  activity.lanes = mapping.lanes.size;
  activity.types = mapping.types;
  apply_guard(mapping, unit, operands, statistics, activity);
  result.slots = account_slots(mapping, simulation.cycles, simulation.traffic, activity);
  skip_zero_reads(experiment.machine.config, mapping, operands, statistics, simulation.traffic);
  count_work(experiment, mapping, operands, activity, simulation.traffic, structure, result);
  if (config.check) result.check = check_sums(mapping, *operands, simulation);
  if (sums != nullptr) *sums = std::move(simulation.sums);
  return result;
}

}  // namespace bitscale
