#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "arch/bit_serial/bit_serial.hpp"
#include "arch/parallel/parallel.hpp"
#include "sim/core/errors.hpp"
#include "sim/core/rng.hpp"
#include "sim/mapping/mapping.hpp"

namespace bitscale::testing_support {

/// Machines and layers drawn at random over the whole space that a machine file can describe, small
/// enough to enumerate.
class RandomMachines {
 public:
  explicit RandomMachines(std::uint64_t seed) : rng_(seed, 7) {}

  std::int64_t pick(std::int64_t low, std::int64_t high) {
    return low +
           static_cast<std::int64_t>(rng_(count_++) % static_cast<std::uint64_t>(high - low + 1));
  }
  bool chance(int percent) { return pick(1, 100) <= percent; }
  template <typename T>
  T one_of(const std::vector<T>& values) {
    return values[static_cast<std::size_t>(pick(0, static_cast<std::int64_t>(values.size()) - 1))];
  }

  /// Groups, strides, dilation, asymmetric padding (also beyond the window), depthwise, fully
  /// connected.
  LayerShape shape() {
    LayerShape s;
    s.N = pick(1, 2);
    s.G = chance(40) ? pick(2, 4) : 1;
    s.K = chance(20) ? 1 : pick(1, 9);
    s.C = chance(20) ? 1 : pick(1, 9);
    if (chance(20)) return s;  // fully connected
    s.R = pick(1, 3);
    s.S = pick(1, 3);
    s.stride_h = pick(1, 3);
    s.stride_w = pick(1, 3);
    s.dilation_h = pick(1, 2);
    s.dilation_w = pick(1, 2);
    s.pad_top = chance(10) ? 4 : pick(0, 1);
    s.pad_bottom = pick(0, 1);
    s.pad_left = pick(0, 1);
    s.pad_right = chance(10) ? 4 : pick(0, 1);
    const std::int64_t rows = (s.R - 1) * s.dilation_h + 1;
    const std::int64_t columns = (s.S - 1) * s.dilation_w + 1;
    s.H = std::max<std::int64_t>(pick(1, 7), rows - s.pad_top - s.pad_bottom);
    s.W = std::max<std::int64_t>(pick(1, 7), columns - s.pad_left - s.pad_right);
    s.P = (s.H + s.pad_top + s.pad_bottom - rows) / s.stride_h + 1;
    s.Q = (s.W + s.pad_left + s.pad_right - columns) / s.stride_w + 1;
    return s;
  }

  Layer layer() {
    Layer layer;
    layer.name = "layer";
    layer.shape = shape();
    layer.activation = {static_cast<int>(pick(2, 5)),
                        chance(50) ? Encoding::unsigned_ : Encoding::twos, 0};
    layer.weight = {static_cast<int>(pick(2, 5)), Encoding::twos, 0};
    layer.output = {static_cast<int>(pick(2, 8)), Encoding::twos, 0};
    for (TensorSource* source : {&layer.activation_source, &layer.weight_source}) {
      source->distribution = Distribution::uniform;
      source->zero_fraction = 0.3;
      source->seed = rng_(count_++);
    }
    return layer;
  }

  /// Gives a layer operands of a quantised network: binary, ternary, powers of two, or shared
  /// weights.
  void quantise(Layer& layer) {
    const TensorType binary{1, Encoding::binary_pm1, 0};
    layer.pad_value = chance(30) ? 1 : 0;
    switch (pick(0, 5)) {
      case 0:
        layer.activation = binary;
        layer.weight = binary;
        layer.pad_value = chance(50) ? 1 : -1;
        // Sums of single bits leave a narrow register only where there are many of equal sign.
        while (layer.shape.macs() <= 1500 && layer.shape.C < 64) layer.shape.C *= 2;
        if (chance(40)) {
          layer.activation_source.distribution = Distribution::half_normal;
          layer.weight_source.distribution = Distribution::half_normal;
        }
        return;
      case 1:
        layer.weight = binary;
        return;
      case 2:
        layer.weight = {2, Encoding::ternary, 0};
        return;
      case 3:
        layer.weight = {static_cast<int>(pick(2, 5)), Encoding::log2, 0};
        return;
      case 4:
        layer.activation = {static_cast<int>(pick(2, 5)), Encoding::log2, 0};
        layer.weight = {static_cast<int>(pick(2, 5)), Encoding::log2, 0};
        return;
      default:
        layer.weight = {static_cast<int>(pick(1, 4)), Encoding::codebook, 0,
                        static_cast<int>(pick(3, 8))};
    }
  }

  /// Ideal DRAM; see add_channel().
  MachineConfig machine() {
    MachineConfig machine;
    machine.name = "random";
    machine.clock_Hz = 1000000000;
    machine.unit = unit();
    const bool flat = chance(50);
    machine.array.rows = axis(flat, false);
    machine.array.columns = axis(flat, false);
    machine.array.lanes = axis(flat, true);
    machine.array.accumulator_sets = pick(1, 2);
    machine.array.accumulator_entries = chance(40) ? 1 : pick(1, 20);
    machine.array.drain_outputs_per_cycle = chance(50) ? 0 : pick(1, 4);
    machine.array.pipeline_depth = pick(0, 2);
    machine.array.shadow_weights = chance(50);
    machine.dataflow.order = order(flat);
    machine.dataflow.windows =
        one_of<Windows>({Windows::flattened, Windows::flattened, Windows::per_row, Windows::ideal});
    machine.dataflow.fc_mode = chance(50) ? FcMode::multiplexed : FcMode::single_column;
    machine.dataflow.pack_groups = chance(40);
    for (BufferConfig* buffer :
         {&machine.memory.activations, &machine.memory.weights, &machine.memory.outputs}) {
      buffer->port_bits = chance(50) ? 0 : pick(1, 60);
      buffer->latency_cycles = chance(70) ? 0 : pick(1, 3);
      buffer->double_buffered = chance(70);
    }
    if (!flat && chance(30)) add_queue(machine);
    return machine;
  }

  /// A real channel, buffers that hold little, and tiles that are chosen or stated.
  void add_channel(MachineConfig& machine) {
    MemoryConfig& memory = machine.memory;
    memory.dram.bits_per_cycle = pick(1, 64);
    memory.dram.clock_Hz = one_of<std::int64_t>({300000000, 1000000000, 1600000000});
    memory.dram.latency_cycles = pick(0, 5);
    memory.activations.capacity_bits = chance(40) ? 0 : pick(100, 4000);
    memory.weights.capacity_bits = chance(40) ? 0 : pick(100, 3000);
    memory.outputs.capacity_bits = chance(40) ? 0 : pick(300, 6000);
    memory.shared_capacity_bits = chance(70) ? 0 : pick(1000, 9000);
    TileRequest& stated = memory.tiling.all;
    for (const Dim dim : {Dim::K, Dim::C}) {
      if (chance(30)) stated.size[dim] = pick(1, 6);
    }
    for (const Dim dim : {Dim::N, Dim::G, Dim::P, Dim::Q}) {
      if (chance(20)) stated.size[dim] = pick(1, 3);
    }
    memory.tiling.objective = one_of<TilingObjective>(
        {TilingObjective::cycles, TilingObjective::traffic, TilingObjective::energy});
    if (chance(50)) stated.order = {Dim::N, Dim::G, Dim::K, Dim::P, Dim::Q, Dim::C};
    if (chance(10)) stated.order = {Dim::P, Dim::K, Dim::G, Dim::Q, Dim::N, Dim::C};
  }

 private:
  std::shared_ptr<const Unit> unit() {
    AccumulatorConfig accumulator;
    if (chance(30)) {
      accumulator.bits = static_cast<int>(pick(6, 12));
      accumulator.overflow = chance(50) ? Overflow::wrap : Overflow::saturate;
    }
    if (chance(50)) {
      ParallelConfig config;
      config.accumulator = accumulator;
      config.guard = one_of<Guard>({Guard::none, Guard::activation, Guard::weight, Guard::product});
      return std::make_shared<ParallelUnit>(config);
    }
    BitSerialConfig config;
    config.accumulator = accumulator;
    config.serial = one_of<Serial>({Serial::activations, Serial::weights, Serial::both});
    if (chance(30)) config.guard = Guard::lane_group;
    return std::make_shared<BitSerialUnit>(config);
  }

  Axis axis(bool flat, bool lanes) {
    Axis axis;
    axis.size = lanes ? pick(1, 4) : pick(1, 7);
    const std::vector<Dim> dims =
        lanes  ? (flat ? std::vector<Dim>{Dim::C} : std::vector<Dim>{Dim::C, Dim::R, Dim::S})
        : flat ? std::vector<Dim>{Dim::K, Dim::K, Dim::C, Dim::PQ, Dim::PQ, Dim::N, Dim::G}
               : std::vector<Dim>{Dim::K, Dim::K, Dim::C, Dim::P, Dim::Q, Dim::R, Dim::S, Dim::N};
    std::int64_t room = axis.size;
    bool reduces = false;
    for (std::int64_t loops = pick(0, 2); loops > 0; --loops) {
      const std::int64_t factor = pick(1, room);
      axis.loops.push_back({one_of(dims), chance(30) ? 0 : factor});
      if (axis.loops.back().factor > 0) room /= factor;
      const Dim dim = axis.loops.back().dim;
      reduces = reduces || dim == Dim::C || dim == Dim::R || dim == Dim::S;
    }
    const std::vector<Movement> movements = {Movement::broadcast, Movement::unicast,
                                             Movement::forward};
    axis.activations = lanes ? Movement::unicast : one_of(movements);
    axis.weights = lanes ? Movement::unicast : one_of(movements);
    if (reduces) {
      axis.partial_sums = lanes || chance(50) ? Combination::tree : Combination::chain;
    }
    return axis;
  }

  /// A queue of activations that slides along a row of windows.
  void add_queue(MachineConfig& machine) {
    Axis& columns = machine.array.columns;
    columns.loops = {{Dim::Q, columns.size}};
    columns.activations = Movement::slide;
    columns.partial_sums = Combination::local;
    std::erase_if(machine.array.rows.loops, [](const AxisLoop& l) { return l.dim == Dim::S; });
    std::erase_if(machine.array.lanes.loops, [](const AxisLoop& l) { return l.dim == Dim::S; });
    const auto reduces = [](const AxisLoop& l) { return l.dim == Dim::C || l.dim == Dim::R; };
    if (std::ranges::none_of(machine.array.rows.loops, reduces))
      machine.array.rows.partial_sums = Combination::local;
    std::vector<Dim>& order = machine.dataflow.order;
    std::erase(order, Dim::S);
    order.push_back(Dim::S);
  }

  std::vector<Dim> order(bool flat) {
    std::vector<Dim> order =
        flat || chance(30)
            ? std::vector<Dim>{Dim::N, Dim::G, Dim::K, Dim::PQ, Dim::C, Dim::R, Dim::S}
            : std::vector<Dim>{Dim::N, Dim::G, Dim::K, Dim::P, Dim::Q, Dim::C, Dim::R, Dim::S};
    if (chance(30)) return order;
    do {
      for (std::size_t i = order.size() - 1; i > 0; --i)
        std::swap(order[i], order[static_cast<std::size_t>(pick(0, static_cast<std::int64_t>(i)))]);
    } while (order.back() == Dim::G);
    return order;
  }

  CounterRng rng_;
  std::uint64_t count_ = 0;
};

/// Calls visit(machine, layer, mapping) for `count` random pairs that map, or until one fails.
/// Returns how many it found: the tests expect `count`, so that they cannot become empty unnoticed.
template <typename Visit>
int for_random_mappings(std::uint64_t seed, int count, bool channel, Visit&& visit) {
  RandomMachines random(seed);
  int mapped = 0;
  for (int round = 0; round < 20 * count && mapped < count; ++round) {
    if (testing::Test::HasFailure()) break;
    MachineConfig machine = random.machine();
    if (channel) random.add_channel(machine);
    const Layer layer = random.layer();
    Mapping mapping;
    try {
      mapping = map_layer(layer, machine);
    } catch (const MappingError&) {
      continue;
    }
    ++mapped;
    visit(machine, layer, mapping);
  }
  return mapped;
}

}  // namespace bitscale::testing_support
