#include <gtest/gtest.h>

#include <optional>

#include "sim/kernel/engine.hpp"
#include "sim/mapping/closed_form.hpp"
#include "sim/workload/reference.hpp"
#include "tests/unit/mapping/enumeration.hpp"
#include "tests/unit/mapping/machines.hpp"
#include "tests/unit/mapping/random_machines.hpp"

namespace bitscale {
namespace {

using kernel::Fidelity;
using kernel::LayerSimulation;
using kernel::simulate_layer;
using testing_support::causes;
using testing_support::for_random_mappings;

constexpr int kCases = 400;

LayerSimulation simulate(const Mapping& mapping, const MachineConfig& machine,
                         const Operands* operands = nullptr, Fidelity fidelity = Fidelity::tile) {
  kernel::SimulationOptions options;
  options.fidelity = fidelity;
  return simulate_layer(mapping, *machine.unit, operands, options);
}

/// The same loop nest, tile for tile, with a memory that takes no time.
Mapping with_ideal_dram(Mapping mapping) {
  mapping.dram = {};
  return mapping;
}

std::uint64_t modulo(std::int64_t value, int bits) {
  return bits >= 64 ? static_cast<std::uint64_t>(value)
                    : static_cast<std::uint64_t>(value) & ((std::uint64_t{1} << bits) - 1);
}

TEST(TileEngine, CyclesEqualTheClosedFormCauseByCause) {
  int drains = 0;
  int loads = 0;
  int spills = 0;
  EXPECT_EQ(
      for_random_mappings(11, 2 * kCases, false,
                          [&](const MachineConfig& machine, const Layer&, const Mapping& mapping) {
                            SCOPED_TRACE(mapping.describe());
                            const CycleAccount expected = closed_form(mapping);
                            ASSERT_EQ(causes(simulate(mapping, machine).cycles), causes(expected));
                            drains += expected[Cause::drain] > 1 ? 1 : 0;
                            loads += expected[Cause::stationary_load] > 0 ? 1 : 0;
                            spills += expected[Cause::spill] > 0 ? 1 : 0;
                          }),
      2 * kCases);
  EXPECT_GT(std::min({drains, loads, spills}), kCases / 20);
}

TEST(TileEngine, CyclesOfManyTilesEqualTheClosedFormWhereTheChannelTakesNoTime) {
  int waiting = 0;
  const auto compare = [&](const MachineConfig& machine, const Layer&, const Mapping& tiled) {
    Mapping mapping = with_ideal_dram(tiled);
    // With one place only, a stationary operand arrives too late to load behind the pass before.
    mapping.activation_buffer.double_buffered = mapping.weight_buffer.double_buffered = true;
    SCOPED_TRACE(mapping.describe());
    const CycleAccount cycles = simulate(mapping, machine).cycles;
    const CycleAccount expected = closed_form(mapping);
    ASSERT_GE(cycles.total(), expected.total());
    // A tile may wait until the one whose place it takes has drained; only the engine knows places.
    if (cycles[Cause::wait_outputs] > 0) {
      ++waiting;
    } else {
      ASSERT_EQ(causes(cycles), causes(expected));
    }
  };
  EXPECT_EQ(for_random_mappings(12, kCases, true, compare), kCases);
  EXPECT_LT(waiting, kCases / 2);
}

TEST(TileEngine, ClosedFormFidelityReportsTheSameCyclesAndTraffic) {
  for_random_mappings(
      13, kCases, false, [](const MachineConfig& machine, const Layer&, const Mapping& mapping) {
        SCOPED_TRACE(mapping.describe());
        const LayerSimulation tile = simulate(mapping, machine);
        const LayerSimulation formula = simulate(mapping, machine, nullptr, Fidelity::closed_form);
        ASSERT_EQ(causes(formula.cycles), causes(tile.cycles));
        ASSERT_EQ(formula.traffic, tile.traffic);
      });
}

/// Sums equal the reference; after wrapping, modulo the accumulator's range.
void expect_reference_outputs(const MachineConfig& machine, const Layer& layer,
                              const Mapping& mapping, int& overflowed) {
  SCOPED_TRACE(mapping.describe());
  const Operands operands = make_operands(layer);
  const LayerSimulation simulation = simulate(mapping, machine, &operands);
  ASSERT_EQ(simulation.macs_visited, static_cast<std::uint64_t>(layer.shape.macs()));
  const AccumulatorConfig& accumulator = mapping.types.accumulator;
  overflowed += simulation.overflow_events > 0 ? 1 : 0;
  if (simulation.overflow_events > 0 && accumulator.overflow == Overflow::saturate) return;
  const std::vector<std::int64_t> expected =
      reference_convolution(layer.shape, operands.activations, operands.weights);
  ASSERT_EQ(simulation.sums.size(), expected.size());
  const int bits = simulation.overflow_events > 0 ? accumulator.bits : 64;
  for (std::size_t i = 0; i < expected.size(); ++i)
    ASSERT_EQ(modulo(simulation.sums[i], bits), modulo(expected[i], bits)) << "output " << i;
}

TEST(TileEngine, OutputsEqualTheReferenceConvolution) {
  int overflowed = 0;
  EXPECT_EQ(for_random_mappings(
                14, kCases, false,
                [&](const MachineConfig& machine, const Layer& layer, const Mapping& mapping) {
                  expect_reference_outputs(machine, layer, mapping, overflowed);
                }),
            kCases);
  EXPECT_GT(overflowed, kCases / 40);
  EXPECT_LT(overflowed, kCases / 2);
}

TEST(TileEngine, OutputsEqualTheReferenceWithTiledMemoryAndSpilledSums) {
  int overflowed = 0;
  int tiled_channels = 0;
  int spilled = 0;
  EXPECT_EQ(for_random_mappings(
                15, kCases, true,
                [&](const MachineConfig& machine, const Layer& layer, const Mapping& mapping) {
                  expect_reference_outputs(machine, layer, mapping, overflowed);
                  tiled_channels += mapping.tile[Dim::C] < mapping.bound[Dim::C];
                  spilled += mapping.partial_sums_in_place ? 0 : 1;
                }),
            kCases);
  EXPECT_GT(tiled_channels, kCases / 20);
  EXPECT_GT(spilled, kCases / 20);
}

TEST(TileEngine, PinLevelAgreesWhereTheMachineHasPins) {
  int with_pins = 0;
  for_random_mappings(
      16, kCases, true,
      [&](const MachineConfig& machine, const Layer& layer, const Mapping& mapping) {
        SCOPED_TRACE(mapping.describe());
        const Operands operands = make_operands(layer);
        std::optional<LayerSimulation> pin;
        try {
          pin = simulate(mapping, machine, &operands, Fidelity::pin);
        } catch (const MappingError&) {
          return;
        }
        ++with_pins;
        const LayerSimulation tile = simulate(mapping, machine, &operands);
        ASSERT_EQ(causes(pin->cycles), causes(tile.cycles));
        ASSERT_EQ(pin->sums, tile.sums);
        ASSERT_EQ(pin->traffic, tile.traffic);
        ASSERT_EQ(pin->overflow_events, tile.overflow_events);
        ASSERT_EQ(pin->macs_visited, tile.macs_visited);
      });
  EXPECT_GT(with_pins, kCases / 8);
}

TEST(TileEngine, RealMemoryNeverBeatsItsBandwidthNorIdealMemory) {
  int waiting = 0;
  EXPECT_EQ(
      for_random_mappings(17, kCases, true,
                          [&](const MachineConfig& machine, const Layer&, const Mapping& mapping) {
                            SCOPED_TRACE(mapping.describe());
                            const LayerSimulation real = simulate(mapping, machine);
                            const std::uint64_t total = real.cycles.total();
                            const std::uint64_t ideal =
                                simulate(with_ideal_dram(mapping), machine).cycles.total();
                            ASSERT_GE(total, bandwidth_bound(mapping, real.traffic));
                            ASSERT_GE(total, ideal);
                            ASSERT_LE(real.dram_busy_cycles, total);
                            waiting += total > ideal ? 1 : 0;
                          }),
      kCases);
  EXPECT_GT(waiting, kCases / 2);
}

/// The same loop nest behind a channel that moves part of the operands' bits.
Mapping coded(Mapping mapping) {
  mapping.activation_share = {3, 7};
  mapping.weight_share = {2, 5};
  return mapping;
}

TEST(TileEngine, CompressedOperandsMoveFewerBitsAndNeverBeatTheChannel) {
  int faster = 0;
  EXPECT_EQ(for_random_mappings(
                24, kCases, true,
                [&](const MachineConfig& machine, const Layer&, const Mapping& mapping) {
                  SCOPED_TRACE(mapping.describe());
                  const LayerSimulation raw = simulate(mapping, machine);
                  const LayerSimulation less = simulate(coded(mapping), machine);
                  ASSERT_GE(less.cycles.total(), bandwidth_bound(coded(mapping), less.traffic));
                  ASSERT_LT(less.traffic.dram_weights, raw.traffic.dram_weights);
                  ASSERT_LE(less.traffic.dram_activations, raw.traffic.dram_activations);
                  ASSERT_LE(less.dram_busy_cycles, raw.dram_busy_cycles);
                  Traffic others = less.traffic;
                  others.dram_activations = raw.traffic.dram_activations;
                  others.dram_weights = raw.traffic.dram_weights;
                  ASSERT_EQ(others, raw.traffic);
                  faster += less.cycles.total() < raw.cycles.total() ? 1 : 0;
                }),
            kCases);
  EXPECT_GT(faster, kCases / 2);
}

TEST(PinEngine, CompressedOperandsTakeTheTileEnginesCyclesAndGiveItsSums) {
  for_random_mappings(
      25, kCases / 8, true,
      [&](const MachineConfig& machine, const Layer& layer, const Mapping& mapping) {
        SCOPED_TRACE(mapping.describe());
        const Operands operands = make_operands(layer);
        std::optional<LayerSimulation> pin;
        try {
          pin = simulate(coded(mapping), machine, &operands, Fidelity::pin);
        } catch (const MappingError&) {
          return;
        }
        const LayerSimulation tile = simulate(coded(mapping), machine, &operands);
        ASSERT_EQ(causes(pin->cycles), causes(tile.cycles));
        ASSERT_EQ(pin->traffic, tile.traffic);
        ASSERT_EQ(tile.sums, simulate(mapping, machine, &operands).sums);
      });
}

TEST(TileEngine, StarvedOfBandwidthItIsStrictlySlower) {
  for_random_mappings(18, kCases / 4, true,
                      [](const MachineConfig& machine, const Layer&, Mapping mapping) {
                        mapping.dram.bits_per_cycle = 1;
                        mapping.dram.clock_Hz = mapping.clock_Hz / 4;
                        SCOPED_TRACE(mapping.describe());
                        ASSERT_GT(simulate(mapping, machine).cycles.total(),
                                  simulate(with_ideal_dram(mapping), machine).cycles.total());
                      });
}

TEST(BackPressure, NarrowerPortsAreNeverFasterWithIdealMemory) {
  int slower = 0;
  for_random_mappings(
      21, kCases, false,
      [&](const MachineConfig& machine, const Layer& layer, const Mapping& wide) {
        MachineConfig narrow = machine;
        for (BufferConfig* buffer :
             {&narrow.memory.activations, &narrow.memory.weights, &narrow.memory.outputs}) {
          buffer->port_bits = buffer->port_bits == 0 ? 24 : (buffer->port_bits + 1) / 2;
        }
        const Mapping mapping = map_layer(layer, narrow);
        SCOPED_TRACE(mapping.describe());
        const std::uint64_t before = simulate(wide, machine).cycles.total();
        const std::uint64_t after = simulate(mapping, narrow).cycles.total();
        ASSERT_GE(after, before);
        slower += after > before ? 1 : 0;
      });
  EXPECT_GT(slower, kCases / 4);
}

TEST(BackPressure, SingleBuffersAreNeverFasterThanDoubleOnes) {
  int slower = 0;
  for_random_mappings(22, kCases, true,
                      [&](const MachineConfig& machine, const Layer&, Mapping mapping) {
                        SCOPED_TRACE(mapping.describe());
                        const auto buffers = [&](bool twice) {
                          mapping.activation_buffer.double_buffered = twice;
                          mapping.weight_buffer.double_buffered = twice;
                          mapping.output_buffer.double_buffered = twice;
                          return simulate(mapping, machine).cycles.total();
                        };
                        const std::uint64_t with_two = buffers(true);
                        const std::uint64_t with_one = buffers(false);
                        ASSERT_GE(with_one, with_two);
                        slower += with_one > with_two ? 1 : 0;
                      });
  EXPECT_GT(slower, kCases / 4);
}

}  // namespace
}  // namespace bitscale
