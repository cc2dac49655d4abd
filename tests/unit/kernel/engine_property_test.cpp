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

/// What a tile holds, element by element, in bits: whole input rows between the first and the last
/// one touched, in every channel of every group touched.
Traffic enumerated_tile(const Mapping& m, const Ranges& r) {
  const LayerShape& s = m.shape;
  std::set<std::int64_t> channels;
  std::int64_t weights = 0;
  for (std::int64_t g = r[Dim::G].begin; g < r[Dim::G].end; ++g)
    for (std::int64_t k = r[Dim::K].begin; k < r[Dim::K].end; ++k)
      for (std::int64_t c = r[Dim::C].begin; c < r[Dim::C].end; ++c) {
        channels.insert((m.packed_groups ? k / s.K : g) * s.C + c);
        weights += s.R * s.S;
      }
  std::int64_t top = s.H;
  std::int64_t bottom = -1;
  for (std::int64_t p = r[Dim::P].begin; p < r[Dim::P].end; ++p)
    for (std::int64_t tap = 0; tap < s.R; ++tap) {
      const std::int64_t row =
          (m.flattened ? p / s.Q : p) * s.stride_h + tap * s.dilation_h - s.pad_top;
      top = std::min(top, std::max<std::int64_t>(row, 0));
      bottom = std::max(bottom, std::min(row, s.H - 1));
    }
  const std::int64_t rows = std::max<std::int64_t>(bottom - top + 1, 0);
  const std::int64_t images = r[Dim::N].extent();
  const std::int64_t outputs =
      images * r[Dim::G].extent() * r[Dim::K].extent() * r[Dim::P].extent() * r[Dim::Q].extent();
  Traffic bits;
  bits.dram_activations = static_cast<std::uint64_t>(
      images * static_cast<std::int64_t>(channels.size()) * rows * s.W * m.activation_bits);
  bits.dram_weights = static_cast<std::uint64_t>(weights * m.weight_bits);
  bits.dram_outputs = static_cast<std::uint64_t>(outputs * m.output_bits);
  return bits;
}

bool differ(const Ranges& a, const Ranges& b, std::initializer_list<Dim> dims) {
  return std::ranges::any_of(dims, [&](Dim dim) { return a[dim] != b[dim]; });
}

TEST(TileEngine, DramTrafficIsTheSumOfTheTilesThatChange) {
  EXPECT_EQ(
      for_random_mappings(
          19, kCases, true,
          [](const MachineConfig& machine, const Layer&, const Mapping& mapping) {
            SCOPED_TRACE(mapping.describe());
            const Schedule schedule(mapping);
            Traffic expected;
            Ranges before;
            for (std::int64_t t = 0; t < schedule.tiles(); ++t) {
              const Ranges now = schedule.tile(t).ranges;
              const Traffic tile = enumerated_tile(mapping, now);
              const bool other_groups = mapping.packed_groups && differ(now, before, {Dim::K});
              if (t == 0 || other_groups || differ(now, before, {Dim::N, Dim::G, Dim::C, Dim::P}))
                expected.dram_activations += tile.dram_activations;
              if (t == 0 || differ(now, before, {Dim::G, Dim::K, Dim::C}))
                expected.dram_weights += tile.dram_weights;
              if (now[Dim::C].end == mapping.shape.C) expected.dram_outputs += tile.dram_outputs;
              before = now;
            }
            const Traffic traffic = simulate(mapping, machine).traffic;
            ASSERT_EQ(traffic.dram_activations, expected.dram_activations);
            ASSERT_EQ(traffic.dram_weights, expected.dram_weights);
            ASSERT_EQ(traffic.dram_outputs, expected.dram_outputs);
            ASSERT_EQ(traffic.activation_fills, expected.dram_activations);
            ASSERT_EQ(traffic.weight_fills, expected.dram_weights);
            ASSERT_EQ(traffic.output_reads, expected.dram_outputs);
          }),
      kCases);
}

TEST(Tiling, EveryTileFitsItsBufferWithItsNeighbour) {
  int tight = 0;
  EXPECT_EQ(
      for_random_mappings(
          20, 2 * kCases, true,
          [&](const MachineConfig& machine, const Layer&, const Mapping& mapping) {
            SCOPED_TRACE(mapping.describe());
            const MemoryConfig& memory = machine.memory;
            const Schedule schedule(mapping);
            Traffic largest;
            std::set<std::vector<std::int64_t>> activations, weights, outputs;  // distinct tiles
            for (std::int64_t t = 0; t < schedule.tiles(); ++t) {
              const Ranges r = schedule.tile(t).ranges;
              const Traffic tile = enumerated_tile(mapping, r);
              largest.dram_activations = std::max(largest.dram_activations, tile.dram_activations);
              largest.dram_weights = std::max(largest.dram_weights, tile.dram_weights);
              largest.dram_outputs = std::max(largest.dram_outputs, tile.dram_outputs);
              activations.insert({r[Dim::N].begin, r[Dim::G].begin, r[Dim::C].begin,
                                  r[Dim::P].begin, mapping.packed_groups ? r[Dim::K].begin : 0});
              weights.insert({r[Dim::G].begin, r[Dim::K].begin, r[Dim::C].begin});
              outputs.insert({r[Dim::N].begin, r[Dim::G].begin, r[Dim::K].begin, r[Dim::P].begin});
            }
            if (!mapping.partial_sums_in_place) {
              largest.dram_outputs = largest.dram_outputs /
                                     static_cast<std::uint64_t>(mapping.output_bits) *
                                     static_cast<std::uint64_t>(std::max(
                                         mapping.output_bits, mapping.types.accumulator.bits));
            }
            std::uint64_t shared = 0;
            const auto expect_fit = [&](const BufferConfig& buffer, std::uint64_t bits,
                                        std::size_t tiles) {
              if (tiles > 1 && buffer.double_buffered) bits *= 2;
              shared += bits;
              if (buffer.capacity_bits == 0) return;
              ASSERT_LE(bits, static_cast<std::uint64_t>(buffer.capacity_bits));
              tight += 2 * bits > static_cast<std::uint64_t>(buffer.capacity_bits) ? 1 : 0;
            };
            expect_fit(memory.activations, largest.dram_activations, activations.size());
            expect_fit(memory.weights, largest.dram_weights, weights.size());
            expect_fit(memory.outputs, largest.dram_outputs, outputs.size());
            if (memory.shared_capacity_bits > 0) {
              ASSERT_LE(shared, static_cast<std::uint64_t>(memory.shared_capacity_bits));
            }
          }),
      2 * kCases);
  EXPECT_GT(tight, kCases / 4);
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
