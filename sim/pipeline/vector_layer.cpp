// Layers without multiply-accumulates: pools, additions, products, and what happens on the way.
#include <algorithm>

#include "arch/unit.hpp"
#include "sim/mapping/closed_form.hpp"
#include "sim/pipeline/memory_counts.hpp"
#include "sim/pipeline/runner.hpp"

namespace bitscale {
namespace {

/// What the vector unit does for one layer.
struct VectorWork {
  std::uint64_t operations = 0;   ///< comparisons, additions or products
  std::uint64_t inputs = 0;       ///< elements of the tensors read
  std::uint64_t input_reads = 0;  ///< elements read from the buffer; windows overlap
  std::uint64_t outputs = 0;
  bool on_array_path = false;  ///< done by the output unit as results drain: no time, no traffic
  bool addressing = false;     ///< no work at all
};

VectorWork work_of(const Layer& layer) {
  VectorWork work;
  const LayerShape& s = layer.shape;
  work.outputs = static_cast<std::uint64_t>(output_shape(layer).elements());
  const bool pool = layer.kind == LayerKind::max_pool || layer.kind == LayerKind::average_pool;
  work.operations = work.outputs * static_cast<std::uint64_t>(pool ? s.R * s.S : 1);
  work.inputs = pool ? static_cast<std::uint64_t>(s.inputs())
                     : work.outputs * std::max<std::uint64_t>(layer.inputs.size(), 1);
  work.input_reads = pool ? work.operations : work.inputs;
  work.on_array_path = layer.kind == LayerKind::relu || layer.kind == LayerKind::bias;
  work.addressing = layer.kind == LayerKind::concat;
  return work;
}

/// The layer's tensors through the channel, beside the vector unit's work: the longer of the two
/// counts.
void count_time(const MachineConfig& machine, const VectorWork& work, const Traffic& traffic,
                CycleAccount& cycles) {
  const auto lanes = static_cast<std::uint64_t>(machine.array.vector_lanes);
  cycles[Cause::vector] = (work.operations + lanes - 1) / lanes;
  const DramConfig& dram = machine.memory.dram;
  const auto bits = static_cast<std::int64_t>(traffic.dram_activations + traffic.dram_outputs) +
                    2 * dram.latency_cycles * dram.bits_per_cycle;
  const auto channel = static_cast<std::uint64_t>(channel_cycles(dram, machine.clock_Hz, bits));
  if (channel > cycles[Cause::vector])
    cycles[Cause::wait_activations] = channel - cycles[Cause::vector];
}

}  // namespace

LayerResult cost_vector_layer(const MachineConfig& machine, const Layer& layer) {
  LayerResult result;
  result.name = layer.name;
  result.kind = to_string(layer.kind);
  result.activation_bits = layer.activation.bits;
  const VectorWork work = work_of(layer);
  if (work.addressing) return result;
  ActionCount operation;
  operation.component = "vector";
  operation.action = layer.kind == LayerKind::multiply ? Action::multiply : Action::add;
  operation.width_a = layer.activation.bits;
  operation.width_b = layer.kind == LayerKind::multiply ? layer.activation.bits : 0;
  operation.count = work.operations;
  result.actions.push_back(operation);
  if (work.on_array_path) return result;

  const auto in_bits =
      static_cast<std::uint64_t>(machine.unit->stored_activation_bits(layer.activation));
  const auto out_bits =
      static_cast<std::uint64_t>(machine.unit->stored_activation_bits(layer.output));
  Traffic traffic;
  traffic.dram_activations = traffic.activation_fills = work.inputs * in_bits;
  traffic.activation_reads = work.input_reads * in_bits;
  traffic.dram_outputs = traffic.output_writes = traffic.output_reads = work.outputs * out_bits;
  count_time(machine, work, traffic, result.cycles);
  count_memory(machine, traffic, 0, result.actions);
  result.slots.stalled =
      static_cast<std::uint64_t>(machine.array.positions()) * result.cycles.total();
  result.dram_bits_activations = traffic.dram_activations;
  result.dram_bits_outputs = traffic.dram_outputs;
  return result;
}

}  // namespace bitscale
