#include <gtest/gtest.h>

#include "sim/mapping/closed_form.hpp"
#include "sim/mapping/schedule.hpp"
#include "sim/mapping/tile_sums.hpp"
#include "tests/unit/mapping/machines.hpp"

namespace bitscale {
namespace {

using testing_support::convolution;
using testing_support::layer_of;
using testing_support::machine_of;

Mapping map(const Layer& layer, const std::string& machine) {
  return map_layer(layer, machine_of(machine));
}

TEST(Fit, TakesWhatTheLayerNeedsAndTheAxisLeaves) {
  const std::string machine =
      "unit: {kind: parallel}\n"
      "array: {rows: {size: 12, loops: [R fit, C fit], partial_sums: tree}}\n";
  // Row stationary in small: 3 kernel rows leave 4 places for channels.
  const Mapping three = map(layer_of(convolution(2, 8, 6, 3)), machine);
  EXPECT_EQ(three.spatial[Dim::R], 3);
  EXPECT_EQ(three.spatial[Dim::C], 4);
  const Mapping five = map(layer_of(convolution(2, 8, 6, 5)), machine);
  EXPECT_EQ(five.spatial[Dim::R], 5);
  EXPECT_EQ(five.spatial[Dim::C], 2);
  const Mapping few = map(layer_of(convolution(2, 3, 6, 3)), machine);
  EXPECT_EQ(few.spatial[Dim::C], 3);
}

TEST(Fit, LeavesRoomForStatedFactors) {
  const Mapping mapping = map(layer_of(convolution(50, 8, 6, 3)),
                              "unit: {kind: parallel}\n"
                              "array: {rows: {size: 12, loops: [K fit, PQ 2]}}\n");
  EXPECT_EQ(mapping.spatial[Dim::K], 6);
  EXPECT_EQ(mapping.spatial[Dim::P], 2);
}

TEST(Fit, CountsPositionsOfTheSameDimensionOnOtherAxes) {
  const Mapping mapping = map(layer_of(convolution(10, 8, 6, 3)),
                              "unit: {kind: parallel}\n"
                              "array: {rows: {size: 4, loops: K 4},\n"
                              "        columns: {size: 16, loops: [K fit, PQ fit]}}\n");
  EXPECT_EQ(mapping.spatial[Dim::K], 4 * 3);
  EXPECT_EQ(mapping.spatial[Dim::P], 5);
}

TEST(Fit, LeavesToTheUnitsWhatTheyDoInside) {
  // Four products of 4 x 4 bits in a unit take 4 of 8 channels; two rows take the rest.
  const Mapping mapping =
      map(layer_of(convolution(10, 8, 6, 3), 4, 4),
          "unit: {kind: bit_fusion}\n"
          "array: {rows: {size: 16, loops: [C fit, R fit, S fit], partial_sums: chain}}\n");
  EXPECT_EQ(mapping.spatial[Dim::C], 8);
  EXPECT_EQ(mapping.spatial[Dim::R], 3);
  EXPECT_EQ(mapping.spatial[Dim::S], 2);
}

TEST(Describe, ReadsAsALoopNest) {
  const Mapping mapping = map(layer_of(convolution(300, 20, 7, 3)),
                              "unit: {kind: bit_serial}\n"
                              "array: {rows: {size: 256, loops: K 256, weights: unicast},\n"
                              "        columns: {size: 16, loops: PQ 16, activations: unicast},\n"
                              "        lanes: {size: 16, loops: C 16}}\n");
  EXPECT_EQ(mapping.describe(),
            "tiles | passes K 2 PQ 2 | steps C 2 R 3 S 3 | rows K 256 | columns PQ 16 | lanes C "
            "16");
}

TEST(Footprint, RowStationaryDiagonalsShareTheirRows) {
  // 3 kernel rows x 4 output rows, stride 1: 6 input rows, not 12. One channel, one column a step.
  const Mapping mapping =
      map(layer_of(convolution(1, 1, 6, 3)),
          "unit: {kind: parallel}\n"
          "array: {rows: {size: 3, loops: R 3, weights: unicast, partial_sums: tree},\n"
          "        columns: {size: 4, loops: P 4, activations: unicast}}\n");
  PerDim<std::int64_t> used = mapping.spatial;
  EXPECT_EQ(step_activation_bits(mapping, used, 0), 6 * 16);
  EXPECT_EQ(step_weight_bits(mapping, used), 3 * 16);
}

TEST(Footprint, StridesBeyondTheKernelLeaveGapsThatNobodyReads) {
  LayerShape shape = convolution(1, 1, 13, 2);
  shape.stride_h = 3;
  const Mapping mapping =
      map(layer_of(shape),
          "unit: {kind: parallel}\n"
          "array: {rows: {size: 2, loops: R 2, weights: unicast, partial_sums: tree},\n"
          "        columns: {size: 4, loops: P 4, activations: unicast}}\n");
  EXPECT_EQ(step_activation_bits(mapping, mapping.spatial, 0), 8 * 16);
}

TEST(Copies, UnicastCopiesFollowThePositionsInUse) {
  // 8 pixels as 4 rows (own weights each) x 2 columns (shared): 5 pixels stand on 3 rows.
  const std::string machine =
      "unit: {kind: parallel}\n"
      "array: {rows: {size: 4, loops: PQ 4, activations: unicast, weights: unicast},\n"
      "        columns: {size: 2, loops: PQ 2, activations: unicast, weights: broadcast}}\n";
  LayerShape shape = convolution(1, 1, 1, 1);
  shape.W = 5;
  const Mapping mapping = map(layer_of(shape), machine);
  const Schedule schedule(mapping);
  const Tile tile = schedule.tile(0);
  EXPECT_EQ(pass_traffic(mapping, schedule.pass(tile, 0)).weight_reads, 3U * 16);
}

TEST(Tiles, LastOnesAreSmaller) {
  const Mapping mapping = map(layer_of(convolution(10, 4, 9, 3)),
                              "unit: {kind: parallel}\narray: {rows: {size: 4, loops: K 4}}\n"
                              "memory: {dram: {kind: channel, bits_per_cycle: 64, clock: 1GHz}, "
                              "tiling: {K: 4, C: 4, P: 3, Q: 7}}\n");
  const Schedule schedule(mapping);
  EXPECT_EQ(schedule.tiles(), 3 * 3);
  const Tile last = schedule.tile(8);
  EXPECT_EQ(last.ranges[Dim::K], (Range{8, 10}));
  EXPECT_EQ(last.ranges[Dim::P], (Range{6, 7}));
  EXPECT_EQ(last.weight_bits, 2 * 4 * 9 * 16);
  EXPECT_EQ(last.activation_bits, 4 * 3 * 9 * 16);  // one output row reads 3 input rows of 9
  EXPECT_EQ(last.output_bits, 2 * 7 * 16);
}

TEST(Tiles, AreFetchedOnlyWhereTheyChange) {
  const Mapping mapping =
      map(layer_of(convolution(8, 4, 9, 3)),
          "unit: {kind: parallel}\narray: {rows: {size: 4, loops: K 4}}\n"
          "memory: {dram: {kind: channel, bits_per_cycle: 64, clock: 1GHz},\n"
          "         tiling: {K: 4, P: 4, Q: 7, C: 4, order: [N, G, K, P, C]}}\n");
  const Schedule schedule(mapping);
  ASSERT_EQ(schedule.tiles(), 4);
  std::string fetches;
  for (std::int64_t i = 0; i < 4; ++i) {
    const Tile tile = schedule.tile(i);
    fetches += tile.fetch_weights ? "w" : "-";
    fetches += tile.fetch_activations ? "a " : "- ";
  }
  EXPECT_EQ(fetches, "wa -a wa -a ");
}

TEST(Tiles, HoldTheirHalo) {
  // Rows 2..3 of the outputs with a 3x3 kernel, stride 2, one row of padding: input rows 3..7.
  LayerShape shape = convolution(1, 1, 9, 3);
  shape.stride_h = shape.stride_w = 2;
  shape.pad_top = 1;
  const Mapping mapping = map(
      layer_of(shape),
      "unit: {kind: parallel}\narray: {rows: {size: 1}}\n"
      "memory: {dram: {kind: channel, bits_per_cycle: 64, clock: 1GHz}, tiling: {P: 2, Q: 4}}\n");
  const Schedule schedule(mapping);
  ASSERT_EQ(schedule.tiles(), 2);
  EXPECT_EQ(schedule.tile(0).activation_bits, 4 * 9 * 16);  // rows 0..3, one row is padding
  EXPECT_EQ(schedule.tile(1).activation_bits, 5 * 9 * 16);
}

TEST(Tiles, HoldTheHaloOfTheirColumns) {
  // Columns 2..3 of the outputs with a 3x3 kernel and one column of padding: input columns 1..4.
  LayerShape shape = convolution(1, 1, 8, 3);
  shape.pad_left = shape.pad_right = 1;
  const Mapping mapping = map(layer_of(shape),
                              "unit: {kind: parallel}\narray: {rows: {size: 1}}\n"
                              "memory: {dram: {kind: channel, bits_per_cycle: 64, clock: 1GHz}, "
                              "tiling: {P: 6, Q: 2}}\n");
  const Schedule schedule(mapping);
  ASSERT_EQ(schedule.tiles(), 4);
  EXPECT_EQ(schedule.tile(0).activation_bits, 8 * 3 * 16);  // one column is padding
  EXPECT_EQ(schedule.tile(1).activation_bits, 8 * 4 * 16);
}

TEST(Tiles, OfFlattenedPixelsMayBePartOfARow) {
  // Two windows at a time, over rows, on the array; 3 of 6 columns in a tile.
  const Mapping mapping = map(layer_of(convolution(1, 1, 8, 3)),
                              "unit: {kind: parallel}\narray: {rows: {size: 2, loops: PQ 2}}\n"
                              "memory: {dram: {kind: channel, bits_per_cycle: 64, clock: 1GHz}, "
                              "tiling: {Q: 3}}\n");
  const Schedule schedule(mapping);
  ASSERT_EQ(schedule.tiles(), 6 * 2);
  EXPECT_EQ(schedule.tile(3).ranges[Dim::P], (Range{9, 12}));
  EXPECT_EQ(schedule.tile(3).activation_bits, 3 * 5 * 16);
  EXPECT_EQ(schedule.tile(3).output_bits, 3 * 16);
}

TEST(Tiles, OfAFullyConnectedLayerTakeAllImagesSoThatWeightsAreFetchedOnce) {
  LayerShape shape = convolution(64, 64, 1, 1);
  shape.N = 16;
  const Mapping mapping = map(layer_of(shape),
                              "unit: {kind: parallel}\narray: {rows: {size: 4, loops: K 4}}\n"
                              "memory: {dram: {kind: channel, bits_per_cycle: 64, clock: 1GHz},\n"
                              "         weights: {capacity: 8KiB}}\n");
  EXPECT_GT(Schedule(mapping).tiles(), 1);
  EXPECT_EQ(tile_sums(mapping).weight_bits, 64 * 64 * 16);
}

TEST(Tiles, OfTheEntryForALayerReplaceThoseForAll) {
  const std::string machine =
      "unit: {kind: parallel}\narray: {rows: {size: 4, loops: K 4}}\n"
      "memory: {dram: {kind: channel, bits_per_cycle: 64, clock: 1GHz},\n"
      "         tiling: {K: 4, C: 4, layers: {layer: {K: 8, order: [K, N, G, P, Q, C]}}}}\n";
  Layer layer = layer_of(convolution(16, 8, 6, 3));
  const Mapping own = map(layer, machine);
  EXPECT_EQ(own.tile[Dim::K], 8);
  EXPECT_EQ(own.tile[Dim::C], 4);
  EXPECT_EQ(own.tile_order.front(), Dim::K);
  layer.name = "other";
  EXPECT_EQ(map(layer, machine).tile[Dim::K], 4);
}

TEST(Tiles, OfPackedGroupsAreAsLargeAsTheWidestReach) {
  // 3 filters a group, 2 a tile: the second tile reads two groups. Twice 2 x 16 x 16 bits.
  LayerShape shape = convolution(3, 4, 4, 1);
  shape.G = 3;
  const auto machine = [](const std::string& capacity) {
    return "unit: {kind: parallel}\narray: {rows: {size: 2, loops: K 2}}\n"
           "dataflow: {pack_groups: true}\n"
           "memory: {dram: {kind: channel, bits_per_cycle: 64, clock: 1GHz},\n"
           "         activations: {capacity: " +
           capacity + "}, tiling: {K: 2, C: 4, P: 4, Q: 4}}\n";
  };
  EXPECT_EQ(testing_support::refusal_of(layer_of(shape), machine_of(machine("4096"))), "");
  EXPECT_NE(testing_support::refusal_of(layer_of(shape), machine_of(machine("4095"))), "");
}

TEST(Tiles, BelowHeavyPaddingAreLargerThanTheFirst) {
  LayerShape shape = convolution(1, 1, 8, 1);
  shape.pad_top = 5;
  const auto machine = [](const std::string& capacity) {
    return "unit: {kind: parallel}\narray: {rows: {size: 1}}\n"
           "memory: {dram: {kind: channel, bits_per_cycle: 64, clock: 1GHz},\n"
           "         activations: {capacity: " +
           capacity + "}, tiling: {P: 1, Q: 8}}\n";
  };
  EXPECT_EQ(testing_support::refusal_of(layer_of(shape), machine_of(machine("256"))), "");
  EXPECT_NE(testing_support::refusal_of(layer_of(shape), machine_of(machine("255"))), "");
}

TEST(Tiles, SpilledSumsWaitInTheOutputBufferAtTheirWidth) {
  // 8 sums of 48 bits, and the second half of the filters behind them: one tile.
  const auto machine = [](const std::string& capacity) {
    return "unit: {kind: parallel}\narray: {rows: {size: 4, loops: K 4}}\n"
           "dataflow: {order: [C, N, G, K, PQ, R, S]}\n"
           "memory: {dram: {kind: channel, bits_per_cycle: 64, clock: 1GHz},\n"
           "         outputs: {capacity: " +
           capacity + "}, tiling: {K: 8}}\n";
  };
  const Layer layer = layer_of(convolution(8, 3, 1, 1));
  EXPECT_EQ(testing_support::refusal_of(layer, machine_of(machine("384"))), "");
  EXPECT_NE(testing_support::refusal_of(layer, machine_of(machine("383"))), "");
}

TEST(BandwidthBound, IsTheChannelsTimeWhereThatIsLonger) {
  const std::string machine =
      "unit: {kind: parallel}\narray: {rows: {size: 4, loops: K 4}}\n"
      "memory: {dram: {kind: channel, bits_per_cycle: 16, clock: 500MHz}}\n";
  const Mapping mapping = map(layer_of(convolution(4, 4, 1, 1)), machine);
  Traffic traffic;
  traffic.dram_activations = 100;
  traffic.dram_weights = 60;
  traffic.dram_outputs = 1;
  // 161 bits are 11 memory cycles of two array cycles each.
  EXPECT_EQ(bandwidth_bound(mapping, traffic), 22U);
  EXPECT_EQ(bandwidth_bound(mapping, {}), closed_form(mapping).total());
  EXPECT_EQ(channel_cycles(mapping, 0), 0);
  EXPECT_EQ(channel_cycles(mapping, 1), 2);
}

}  // namespace
}  // namespace bitscale
