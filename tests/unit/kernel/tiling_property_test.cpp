#include <gtest/gtest.h>

#include <set>

#include "sim/kernel/engine.hpp"
#include "sim/mapping/tile_sums.hpp"
#include "tests/unit/mapping/random_machines.hpp"

namespace bitscale {
namespace {

using testing_support::for_random_mappings;

constexpr int kCases = 400;

/// What a tile holds, element by element, in bits: the rectangle of inputs between the first and
/// the last row and column touched, whole rows for whole rows, in every channel of every group
/// touched.
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
  std::int64_t top = s.H, bottom = -1, left = s.W, right = -1;
  std::set<std::int64_t> columns;
  for (std::int64_t p = r[Dim::P].begin; p < r[Dim::P].end; ++p)
    for (std::int64_t q = r[Dim::Q].begin; q < r[Dim::Q].end; ++q) {
      const std::int64_t output_row = m.flattened ? p / s.Q : p;
      const std::int64_t output_column = m.flattened ? p % s.Q : q;
      columns.insert(output_column);
      for (std::int64_t tap = 0; tap < s.R; ++tap) {
        const std::int64_t row = output_row * s.stride_h + tap * s.dilation_h - s.pad_top;
        top = std::min(top, std::max<std::int64_t>(row, 0));
        bottom = std::max(bottom, std::min(row, s.H - 1));
      }
      for (std::int64_t tap = 0; tap < s.S; ++tap) {
        const std::int64_t column = output_column * s.stride_w + tap * s.dilation_w - s.pad_left;
        left = std::min(left, std::max<std::int64_t>(column, 0));
        right = std::max(right, std::min(column, s.W - 1));
      }
    }
  const std::int64_t rows = std::max<std::int64_t>(bottom - top + 1, 0);
  const bool whole_rows = static_cast<std::int64_t>(columns.size()) == s.Q;
  const std::int64_t width = whole_rows ? s.W : std::max<std::int64_t>(right - left + 1, 0);
  const std::int64_t images = r[Dim::N].extent();
  const std::int64_t outputs =
      images * r[Dim::G].extent() * r[Dim::K].extent() * r[Dim::P].extent() * r[Dim::Q].extent();
  Traffic bits;
  bits.dram_activations = static_cast<std::uint64_t>(
      images * static_cast<std::int64_t>(channels.size()) * rows * width * m.activation_bits);
  bits.dram_weights = static_cast<std::uint64_t>(weights * m.weight_bits);
  bits.dram_outputs = static_cast<std::uint64_t>(outputs * m.output_bits);
  return bits;
}

bool differ(const Ranges& a, const Ranges& b, std::initializer_list<Dim> dims) {
  return std::ranges::any_of(dims, [&](Dim dim) { return a[dim] != b[dim]; });
}

TEST(TileEngine, DramTrafficIsTheSumOfTheTilesThatChange) {
  EXPECT_EQ(
      for_random_mappings(19, kCases, true,
                          [](const MachineConfig& machine, const Layer&, const Mapping& mapping) {
                            SCOPED_TRACE(mapping.describe());
                            const Schedule schedule(mapping);
                            Traffic expected;
                            Ranges before;
                            for (std::int64_t t = 0; t < schedule.tiles(); ++t) {
                              const Ranges now = schedule.tile(t).ranges;
                              const Traffic tile = enumerated_tile(mapping, now);
                              const bool other_groups =
                                  mapping.packed_groups && differ(now, before, {Dim::K});
                              if (t == 0 || other_groups ||
                                  differ(now, before, {Dim::N, Dim::G, Dim::C, Dim::P, Dim::Q}))
                                expected.dram_activations += tile.dram_activations;
                              if (t == 0 || differ(now, before, {Dim::G, Dim::K, Dim::C}))
                                expected.dram_weights += tile.dram_weights;
                              if (now[Dim::C].end == mapping.shape.C)
                                expected.dram_outputs += tile.dram_outputs;
                              before = now;
                            }
                            const Traffic traffic =
                                kernel::simulate_layer(mapping, *machine.unit, nullptr, {}).traffic;
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
                                  r[Dim::P].begin, r[Dim::Q].begin,
                                  mapping.packed_groups ? r[Dim::K].begin : 0});
              weights.insert({r[Dim::G].begin, r[Dim::K].begin, r[Dim::C].begin});
              outputs.insert({r[Dim::N].begin, r[Dim::G].begin, r[Dim::K].begin, r[Dim::P].begin,
                              r[Dim::Q].begin});
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

/// The sums that the search ranks tiles by, enumerated over the schedule.
TileSums enumerated_sums(const Schedule& schedule) {
  TileSums sums;
  for (std::int64_t t = 0; t < schedule.tiles(); ++t) {
    const Tile tile = schedule.tile(t);
    const Traffic traffic = tile_traffic(tile);
    sums.activation_bits += static_cast<std::int64_t>(traffic.activation_fills);
    sums.weight_bits += static_cast<std::int64_t>(traffic.weight_fills);
    sums.output_bits += static_cast<std::int64_t>(traffic.output_reads);
    sums.activation_fetches += tile.fetch_activations ? 1 : 0;
    sums.weight_fetches += tile.fetch_weights ? 1 : 0;
    sums.output_tiles += tile.finishes_outputs ? 1 : 0;
    sums.largest_activations = std::max(sums.largest_activations, tile.activation_bits);
    sums.largest_weights = std::max(sums.largest_weights, tile.weight_bits);
    sums.largest_outputs = std::max(sums.largest_outputs, tile.output_bits);
  }
  return sums;
}

TEST(TileSums, EqualTheScheduleTileByTile) {
  int refetched = 0;
  EXPECT_EQ(for_random_mappings(23, 4 * kCases, true,
                                [&](const MachineConfig&, const Layer&, const Mapping& mapping) {
                                  SCOPED_TRACE(mapping.describe());
                                  const TileSums sums = tile_sums(mapping);
                                  ASSERT_EQ(sums, enumerated_sums(Schedule(mapping)));
                                  refetched += sums.weight_bits >
                                               mapping.shape.weights() * mapping.weight_bits;
                                }),
            4 * kCases);
  EXPECT_GT(refetched, kCases / 8);
}

TEST(TileSums, EqualTheSimulatedTraffic) {
  EXPECT_EQ(for_random_mappings(
                24, kCases, true,
                [](const MachineConfig& machine, const Layer&, const Mapping& mapping) {
                  SCOPED_TRACE(mapping.describe());
                  const Traffic traffic =
                      kernel::simulate_layer(mapping, *machine.unit, nullptr, {}).traffic;
                  const TileSums sums = tile_sums(mapping);
                  ASSERT_EQ(traffic.activation_fills,
                            static_cast<std::uint64_t>(sums.activation_bits));
                  ASSERT_EQ(traffic.weight_fills, static_cast<std::uint64_t>(sums.weight_bits));
                  ASSERT_EQ(traffic.dram_outputs, static_cast<std::uint64_t>(sums.output_bits));
                }),
            kCases);
}

}  // namespace
}  // namespace bitscale
