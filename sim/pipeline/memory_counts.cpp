#include "sim/pipeline/memory_counts.hpp"

#include <algorithm>

#include "arch/unit.hpp"

namespace bitscale {
namespace {

/// What an access to a buffer is priced by: one bank of it, or of the memory it is a part of.
BufferConfig priced(const MemoryConfig& memory, const BufferConfig& buffer) {
  BufferConfig result = buffer;
  if (memory.shared_capacity_bits > 0) {
    result.capacity_bits = memory.shared_capacity_bits;
    result.banks = 1;
  }
  return result;
}

void add(std::vector<ActionCount>& actions, const char* component, Action action,
         const BufferConfig& buffer, std::uint64_t bits) {
  if (bits == 0) return;
  ActionCount count;
  count.component = component;
  count.action = action;
  count.capacity_bits = buffer.capacity_bits / buffer.banks;
  count.access_bits = buffer.access_bits;
  count.count = bits;
  actions.push_back(count);
}

void add_buffer(std::vector<ActionCount>& actions, const char* component,
                const BufferConfig& buffer, std::uint64_t reads, std::uint64_t writes) {
  if (buffer.capacity_bits == 0) return;
  add(actions, component, Action::sram_read, buffer, reads);
  add(actions, component, Action::sram_write, buffer, writes);
}

bool reduces(const Axis& axis) {
  return std::ranges::any_of(axis.loops, [](const AxisLoop& loop) {
    return loop.dim == Dim::C || loop.dim == Dim::R || loop.dim == Dim::S;
  });
}

/// Accumulators of several entries are small memories, one behind each chain or unit that ends in
/// one.
BufferConfig accumulator_memory(const MachineConfig& machine, int bits) {
  BufferConfig memory;
  const ArrayConfig& array = machine.array;
  for (const Axis* axis : {&array.rows, &array.columns})
    memory.banks *= reduces(*axis) ? 1 : axis->size;
  memory.capacity_bits = memory.banks * array.accumulator_entries * array.accumulator_sets * bits;
  memory.access_bits = bits;
  return memory;
}

/// Every product reads two operands and a partial sum from its position's register file and writes
/// the sum back; words that buffers read or take go over the array's network once each.
void add_register_files(const RegisterFileConfig& file, const Traffic& traffic,
                        std::vector<ActionCount>& actions) {
  BufferConfig memory;
  memory.capacity_bits = file.capacity_bits;
  memory.access_bits = file.word_bits;
  const std::uint64_t words = traffic.macs * static_cast<std::uint64_t>(file.word_bits);
  add_buffer(actions, "register_file", memory, 3 * words, words);
  add(actions, "array_network", Action::array_transfer, {},
      traffic.activation_reads + traffic.weight_reads + traffic.output_writes +
          traffic.partial_writes + traffic.partial_reads);
}

}  // namespace

void count_memory(const MachineConfig& machine, const Traffic& traffic, int accumulator_bits,
                  std::vector<ActionCount>& actions) {
  const MemoryConfig& memory = machine.memory;
  if (machine.array.register_file.capacity_bits > 0) {
    add_register_files(machine.array.register_file, traffic, actions);
  } else if (machine.array.accumulator_entries > 1) {
    add_buffer(actions, "accumulator_memory", accumulator_memory(machine, accumulator_bits),
               traffic.accumulator_reads, traffic.accumulator_writes);
  }
  add_buffer(actions, "activation_buffer", priced(memory, memory.activations),
             traffic.activation_reads, traffic.activation_fills);
  add_buffer(actions, "weight_buffer", priced(memory, memory.weights), traffic.weight_reads,
             traffic.weight_fills);
  add_buffer(actions, "output_buffer", priced(memory, memory.outputs),
             traffic.output_reads + traffic.partial_reads,
             traffic.output_writes + traffic.partial_writes);
  add(actions, "dram_activations", Action::dram_read, {}, traffic.dram_activations);
  add(actions, "dram_weights", Action::dram_read, {}, traffic.dram_weights);
  add(actions, "dram_outputs", Action::dram_write, {}, traffic.dram_outputs);
}

TrafficCosts traffic_costs(const MachineConfig& machine, const Technology& technology) {
  const auto cost = [&](std::uint64_t Traffic::*bits) {
    Traffic traffic;
    traffic.*bits = 1;
    std::vector<ActionCount> actions;
    count_memory(machine, traffic, machine.unit->accumulator().bits, actions);
    double pJ = 0;
    for (const ActionCount& action : actions) pJ += unit_energy_pJ(technology, action);
    return pJ;
  };
  TrafficCosts costs;
  costs.dram_read = cost(&Traffic::dram_weights);
  costs.dram_write = cost(&Traffic::dram_outputs);
  costs.activation_read = cost(&Traffic::activation_reads);
  costs.activation_write = cost(&Traffic::activation_fills);
  costs.weight_read = cost(&Traffic::weight_reads);
  costs.weight_write = cost(&Traffic::weight_fills);
  costs.output_read = cost(&Traffic::output_reads);
  costs.output_write = cost(&Traffic::output_writes);
  return costs;
}

void count_memory_area(const MachineConfig& machine, std::vector<AreaItem>& items) {
  const auto memory = [&](const char* name, std::int64_t capacity_bits) {
    AreaItem item;
    item.component = name;
    item.action = Action::sram_read;
    item.capacity_bits = capacity_bits;
    item.count = 1;
    items.push_back(item);
  };
  const ArrayConfig& array = machine.array;
  if (array.register_file.capacity_bits > 0) {
    memory("register_file", array.positions() * array.register_file.capacity_bits);
  } else if (array.accumulator_entries > 1) {
    memory("accumulator_memory",
           accumulator_memory(machine, machine.unit->accumulator().bits).capacity_bits);
  }
  if (machine.memory.shared_capacity_bits > 0) {
    memory("shared_buffer", machine.memory.shared_capacity_bits);
    return;
  }
  memory("activation_buffer", machine.memory.activations.capacity_bits);
  memory("weight_buffer", machine.memory.weights.capacity_bits);
  memory("output_buffer", machine.memory.outputs.capacity_bits);
}

}  // namespace bitscale
