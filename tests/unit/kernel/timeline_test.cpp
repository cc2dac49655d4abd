#include "sim/core/timeline.hpp"

#include <gtest/gtest.h>

#include <optional>

#include "sim/kernel/engine.hpp"
#include "tests/unit/mapping/machines.hpp"
#include "tests/unit/mapping/random_machines.hpp"

namespace bitscale {
namespace {

using testing_support::causes;
using testing_support::for_random_mappings;

constexpr int kCases = 200;

kernel::LayerSimulation simulate(const Mapping& mapping, const MachineConfig& machine) {
  kernel::SimulationOptions options;
  options.timeline = true;
  return simulate_layer(mapping, *machine.unit, nullptr, options);
}

CycleAccount sum_of(const std::vector<CycleAccount>& accounts) {
  CycleAccount sum;
  for (const CycleAccount& account : accounts) {
    for (std::size_t i = 0; i < kCauses; ++i) sum.by_cause[i] += account.by_cause[i];
  }
  return sum;
}

std::int64_t busy(const Timeline& timeline, Track track) {
  std::int64_t sum = 0;
  for (const TileSlice& slice : timeline.slices(track)) sum += slice.busy;
  return sum;
}

TEST(Timeline, CyclesOfTheArraysSlicesSumToTheAccountCauseByCause) {
  for_random_mappings(
      61, kCases, true, [](const MachineConfig& machine, const Layer&, const Mapping& mapping) {
        const kernel::LayerSimulation result = simulate(mapping, machine);
        ASSERT_EQ(causes(sum_of(result.timeline->array_cycles())), causes(result.cycles));
      });
}

TEST(Timeline, SlicesOfTheArrayFollowEachOtherWithoutGapsAndLastAsLongAsTheirCauses) {
  for_random_mappings(62, kCases, true,
                      [](const MachineConfig& machine, const Layer&, const Mapping& mapping) {
                        const kernel::LayerSimulation result = simulate(mapping, machine);
                        const Timeline& timeline = *result.timeline;
                        std::int64_t end = 0;
                        for (std::size_t i = 0; i < timeline.array_cycles().size(); ++i) {
                          const TileSlice& slice = timeline.slices(Track::array)[i];
                          ASSERT_EQ(slice.begin, end);
                          ASSERT_EQ(static_cast<std::uint64_t>(slice.end - slice.begin),
                                    timeline.array_cycles()[i].total());
                          end = slice.end;
                        }
                        ASSERT_EQ(static_cast<std::uint64_t>(end), result.cycles.total());
                      });
}

TEST(Timeline, TransfersSumToTheCyclesInWhichTheChannelIsBusyAndNeverOverlap) {
  for_random_mappings(63, kCases, true,
                      [](const MachineConfig& machine, const Layer&, const Mapping& mapping) {
                        const kernel::LayerSimulation result = simulate(mapping, machine);
                        std::vector<TileSlice> transfers;
                        for (const Track track :
                             {Track::fetch_weights, Track::fetch_activations, Track::write_back}) {
                          const std::vector<TileSlice>& row = result.timeline->slices(track);
                          transfers.insert(transfers.end(), row.begin(), row.end());
                        }
                        std::ranges::sort(transfers, {}, &TileSlice::begin);
                        std::int64_t end = 0;
                        std::uint64_t sum = 0;
                        for (const TileSlice& slice : transfers) {
                          ASSERT_GE(slice.begin, end);
                          end = slice.end;
                          sum += static_cast<std::uint64_t>(slice.busy);
                        }
                        ASSERT_EQ(sum, result.dram_busy_cycles);
                      });
}

TEST(Timeline, ATileIsFetchedBeforeItIsComputedAndDrainedBeforeItIsWrittenBack) {
  int compared = 0;
  for_random_mappings(
      64, kCases, true, [&](const MachineConfig& machine, const Layer&, const Mapping& mapping) {
        const kernel::LayerSimulation result = simulate(mapping, machine);
        const Timeline& timeline = *result.timeline;
        for (const TileSlice& fetch : timeline.slices(Track::fetch_activations)) {
          const TileSlice& tile =
              timeline.slices(Track::array)[static_cast<std::size_t>(fetch.first_tile)];
          ASSERT_EQ(tile.first_tile, fetch.first_tile);
          ASSERT_LE(fetch.end, tile.end);
        }
        for (const TileSlice& write : timeline.slices(Track::write_back)) {
          for (const TileSlice& drain : timeline.slices(Track::output_unit)) {
            if (drain.first_tile != write.first_tile) continue;
            ASSERT_LE(drain.end, write.begin);
            ++compared;
          }
        }
      });
  EXPECT_GT(compared, kCases / 2);
}

TEST(Timeline, LooksTheSameWhateverElseIsSimulatedAndCostsNoCycle) {
  for_random_mappings(65, kCases / 4, true,
                      [](const MachineConfig& machine, const Layer&, const Mapping& mapping) {
                        const kernel::LayerSimulation with = simulate(mapping, machine);
                        const kernel::LayerSimulation without =
                            kernel::simulate_layer(mapping, *machine.unit, nullptr, {});
                        ASSERT_FALSE(without.timeline);
                        ASSERT_EQ(causes(with.cycles), causes(without.cycles));
                        ASSERT_EQ(with.timeline, simulate(mapping, machine).timeline);
                      });
}

TEST(Timeline, StaysBoundedAndKeepsItsSums) {
  Timeline timeline;
  constexpr std::int64_t kTiles = 100000;
  CycleAccount cycles;
  cycles[Cause::compute] = 3;
  cycles[Cause::wait_weights] = 1;
  for (std::int64_t tile = 0; tile < kTiles; ++tile) {
    timeline.add(Track::fetch_weights, tile, 4 * tile, 4 * tile + 2, 2);
    timeline.add_array(tile, 4 * tile, 4 * tile + 4, cycles);
  }
  EXPECT_EQ(timeline.tiles_per_slice(), 8);
  EXPECT_EQ(timeline.slices(Track::array).size(), 12500U);
  EXPECT_EQ(sum_of(timeline.array_cycles())[Cause::compute], 300000U);
  EXPECT_EQ(busy(timeline, Track::fetch_weights), 200000);
  const TileSlice last = timeline.slices(Track::fetch_weights).back();
  EXPECT_EQ(last, (TileSlice{kTiles - 8, kTiles - 1, 4 * (kTiles - 8), 4 * kTiles - 2, 16}));
}

}  // namespace
}  // namespace bitscale
