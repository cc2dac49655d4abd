#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/mapping/machines.hpp"

namespace bitscale {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing_support::convolution;
using testing_support::layer_of;
using testing_support::machine_of;
using testing_support::refusal_of;

const std::string kParallel = "unit: {kind: parallel}\n";
const std::string kOneRow = "array: {rows: {size: 4, loops: K 4, weights: unicast}}\n";

std::string refusal(const std::string& machine, const Layer& layer) {
  return refusal_of(layer, machine_of(machine));
}

TEST(MappingError, NamesTheLayer) {
  Layer layer = layer_of(convolution(4, 4, 4, 3), 16);
  layer.name = "conv7";
  EXPECT_THAT(refusal("unit: {kind: parallel, activation_bits: 8}\n" + kOneRow, layer),
              HasSubstr("conv7"));
}

TEST(MappingError, UnitThatLacksTheOperandsWidth) {
  EXPECT_THAT(refusal("unit: {kind: parallel, activation_bits: 8}\n" + kOneRow,
                      layer_of(convolution(4, 4, 4, 3), 16)),
              HasSubstr("activations"));
}

TEST(MappingError, PixelsOverRowsTogetherWithRowsOrColumns) {
  EXPECT_THAT(
      refusal(kParallel + "array: {rows: {size: 4, loops: PQ 4}, columns: {size: 2, loops: P 2}}\n",
              layer_of(convolution(4, 4, 4, 3))),
      HasSubstr("maps PQ (pixels over rows) together with P, Q, R or S"));
}

TEST(MappingError, PixelsOverRowsInSpaceButNotInTime) {
  EXPECT_THAT(refusal(kParallel + "array: {rows: {size: 4, loops: PQ 4}}\n"
                                  "dataflow: {order: [N, G, K, P, Q, C, R, S]}\n",
                      layer_of(convolution(4, 4, 4, 3))),
              HasSubstr("maps PQ (pixels over rows) together with P, Q, R or S"));
}

TEST(MappingError, FiltersAlongTheLanes) {
  EXPECT_THAT(
      refusal(kParallel + "array: {lanes: {size: 4, loops: K 4, partial_sums: local}}\n",
              layer_of(convolution(4, 4, 4, 3))),
      HasSubstr("the lanes of a unit share its accumulator, so only C, R or S can lie along them, "
                "got K"));
}

TEST(MappingError, MovementFromLaneToLane) {
  for (const char* key :
       {"activations: forward", "activations: slide", "weights: forward", "partial_sums: chain"}) {
    EXPECT_THAT(refusal(kParallel + "array: {lanes: {size: 4, loops: C 4, " + key + "}}\n",
                        layer_of(convolution(4, 4, 4, 3))),
                HasSubstr("the lanes of a unit work in the same cycle"))
        << key;
  }
}

TEST(MappingError, QueueOfActivationsThatCannotSlide) {
  const std::string queue = "array: {columns: {size: 4, loops: Q 4, activations: slide}}\n";
  const std::string needs = "activations: slide needs windows of one row";
  EXPECT_EQ(refusal(kParallel + queue + "dataflow: {order: [N, G, K, P, Q, C, R, S]}\n",
                    layer_of(convolution(4, 4, 4, 3))),
            "");
  EXPECT_THAT(refusal(kParallel + queue + "dataflow: {order: [N, G, K, P, Q, S, R, C]}\n",
                      layer_of(convolution(4, 4, 4, 3))),
              HasSubstr(needs));
  EXPECT_THAT(refusal(kParallel + "array: {columns: {size: 4, loops: K 4, activations: slide}}\n" +
                          "dataflow: {order: [N, G, K, P, Q, C, R, S]}\n",
                      layer_of(convolution(4, 4, 4, 3))),
              HasSubstr(needs));
}

TEST(MappingError, GroupsInTheInnermostLoop) {
  EXPECT_THAT(refusal(kParallel + kOneRow + "dataflow: {order: [N, K, PQ, C, R, S, G]}\n",
                      layer_of(convolution(4, 4, 4, 3))),
              HasSubstr("the innermost loop of dataflow.order cannot be G"));
}

TEST(MappingError, PackedGroupsWithStationaryInputs) {
  Layer layer = layer_of(convolution(4, 4, 4, 3));
  const std::string machine =
      kParallel + kOneRow + "dataflow: {stationary: input, pack_groups: true}\n";
  EXPECT_EQ(refusal(machine, layer), "");
  layer.shape.G = 2;
  EXPECT_THAT(refusal(machine, layer), HasSubstr("pack_groups needs another order"));
}

TEST(MappingError, IdealWindowsOnARealMachine) {
  const Layer layer = layer_of(convolution(4, 4, 4, 3));
  const std::string array = kParallel + "array: {rows: {size: 4, loops: PQ 4}}\n";
  const auto text = HasSubstr("windows: ideal needs ideal DRAM, output-stationary order and PQ");
  EXPECT_EQ(refusal(array + "dataflow: {windows: ideal}\n", layer), "");
  EXPECT_THAT(refusal(array + "dataflow: {windows: ideal, stationary: weight}\n", layer), text);
  EXPECT_THAT(refusal(array + "dataflow: {windows: ideal}\n"
                              "memory: {dram: {kind: channel, bits_per_cycle: 8, clock: 1GHz}}\n",
                      layer),
              text);
  EXPECT_THAT(refusal(kParallel + "array: {rows: {size: 4, loops: P 4}}\n"
                                  "dataflow: {windows: ideal}\n",
                      layer),
              text);
}

TEST(MappingError, LaneGroupsThatAreNotLanes) {
  const Layer layer = layer_of(convolution(4, 6, 4, 3));
  const std::string unit = "unit: {kind: bit_serial, guard: lane_group}\n";
  const auto text = HasSubstr("guard: lane_group needs all C positions along the lanes");
  EXPECT_EQ(refusal(unit + "array: {lanes: {size: 4, loops: C 4}}\n", layer), "");
  EXPECT_THAT(refusal(unit + "array: {rows: {size: 2, loops: C 2, partial_sums: tree},\n"
                             "        lanes: {size: 4, loops: C 4}}\n",
                      layer),
              text);
  EXPECT_THAT(refusal(unit + "array: {lanes: {size: 6, loops: [C 2, S 3]}}\n", layer), text);
}

TEST(MappingError, TilesThatCutALaneGroup) {
  const Layer layer = layer_of(convolution(4, 6, 4, 3));
  const auto machine = [](const std::string& tile) {
    return "unit: {kind: bit_serial, guard: lane_group}\n"
           "array: {lanes: {size: 2, loops: C 2}}\n"
           "memory: {dram: {kind: channel, bits_per_cycle: 8, clock: 1GHz}, tiling: {C: " +
           tile + "}}\n";
  };
  EXPECT_THAT(refusal(machine("3"), layer),
              HasSubstr("guard: lane_group needs memory.tiling.C to be a multiple of the lanes"));
  EXPECT_EQ(refusal(machine("4"), layer), "");
  EXPECT_EQ(refusal(machine("7"), layer), "");  // one tile
}

TEST(MappingError, MoreProductsThanCountersHold) {
  Layer layer = layer_of(convolution(1, 1, 1, 1));
  layer.shape.K = layer.shape.C = layer.shape.P = std::int64_t{1} << 22;
  EXPECT_THAT(refusal(kParallel + kOneRow, layer),
              HasSubstr("more multiply-accumulates on this machine than 64-bit counters hold"));
}

TEST(MappingError, MoreCyclesThanSimulatedTimeHolds) {
  Layer layer = layer_of(convolution(1, 1, 1, 1));
  layer.shape.K = layer.shape.C = layer.shape.P = std::int64_t{1} << 18;
  EXPECT_THAT(refusal(kParallel + kOneRow, layer),
              HasSubstr("may take more cycles than simulated time holds"));
  layer = layer_of(convolution(1, 1, 1, 1));
  layer.shape.K = layer.shape.C = std::int64_t{1} << 15;
  EXPECT_THAT(refusal(kParallel + kOneRow +
                          "memory: {dram: {kind: channel, bits_per_cycle: 1, clock: 1Hz}}\n",
                      layer),
              HasSubstr("may take more cycles than simulated time holds"));
}

std::string behind_a_channel(const std::string& memory) {
  return kParallel + kOneRow + "memory: {dram: {kind: channel, bits_per_cycle: 64, clock: 1GHz}, " +
         memory + "}\n";
}

TEST(MappingError, TilesThatCannotFitTheirBuffer) {
  // The smallest tile: 1 filter, 1 channel, 1 window, of 16-bit words; twice of each.
  const Layer layer = layer_of(convolution(8, 4, 4, 3));
  EXPECT_THAT(refusal(behind_a_channel("activations: {capacity: 287}"), layer),
              HasSubstr("a tile of N 1, G 1, K 1, C 1, P 1, Q 1 needs 288 bits of the activation "
                        "buffer, which holds 287"));
  EXPECT_EQ(refusal(behind_a_channel("activations: {capacity: 288}"), layer), "");
  EXPECT_THAT(refusal(behind_a_channel("weights: {capacity: 287}"), layer),
              HasSubstr("needs 288 bits of the weight buffer, which holds 287"));
  EXPECT_THAT(refusal(behind_a_channel("outputs: {capacity: 31}"), layer),
              HasSubstr("bits of the output buffer, which holds 31"));
  EXPECT_THAT(refusal(behind_a_channel("shared_capacity: 100"), layer),
              HasSubstr("bits of the shared buffer, which holds 100"));
}

TEST(MappingError, StatedTilesThatDoNotFit) {
  EXPECT_THAT(refusal(behind_a_channel("weights: {capacity: 4607}, tiling: {K: 8, C: 4}"),
                      layer_of(convolution(8, 4, 4, 3))),
              AllOf(HasSubstr("a tile of N 1, G 1, K 8, C 4"),
                    HasSubstr("machine.yaml:3:101: error: memory.tiling: tiles are stated here")));
}

TEST(MappingError, StatedTilesLargerThanTheirLayer) {
  EXPECT_THAT(refusal(behind_a_channel("tiling: {layers: {layer: {K: 9}}}"),
                      layer_of(convolution(8, 4, 4, 3))),
              AllOf(HasSubstr("tiles of K 9 are larger than the layer, which has K 8"),
                    HasSubstr("memory.tiling.layers.layer: tiles are stated here")));
  EXPECT_EQ(refusal(behind_a_channel("tiling: {K: 9}"), layer_of(convolution(8, 4, 4, 3))), "");
}

TEST(MappingError, StatedTilesThatCutFlattenedRowsUnevenly) {
  const auto machine = [](const std::string& tile) {
    return kParallel + "array: {rows: {size: 4, loops: PQ 4}}\n" +
           "memory: {dram: {kind: channel, bits_per_cycle: 64, clock: 1GHz}, tiling: {" + tile +
           "}}\n";
  };
  const Layer layer = layer_of(convolution(8, 4, 8, 3));  // 6 columns
  const auto text = HasSubstr("a tile is whole rows or an equal part of one, got P");
  EXPECT_THAT(refusal(machine("Q: 4"), layer), text);
  EXPECT_THAT(refusal(machine("P: 2, Q: 3"), layer), text);
  EXPECT_EQ(refusal(machine("P: 1, Q: 3"), layer), "");
  EXPECT_EQ(refusal(machine("P: 2, Q: 6"), layer), "");
}

TEST(MappingError, ChannelsTiledOutsideOtherLoops) {
  const Layer layer = layer_of(convolution(8, 4, 4, 3));
  const std::string order = "tiling: {order: [N, G, C, K, P], ";
  EXPECT_THAT(refusal(behind_a_channel(order + "C: 2, K: 4}"), layer),
              HasSubstr("order: C must come last where it is tiled, or partial sums "
                        "would leave the chip"));
  // Harmless where nothing inside it has a second tile, or where C itself has not.
  EXPECT_EQ(refusal(behind_a_channel(order + "C: 2, K: 8, P: 2, Q: 2}"), layer), "");
  EXPECT_EQ(refusal(behind_a_channel(order + "K: 4}"), layer), "");
}

std::string configuration_error(const std::string& machine) {
  try {
    (void)machine_of(machine);
  } catch (const ConfigError& error) {
    return error.what();
  }
  return "";
}

TEST(MachineFile, LoopsThatAreNone) {
  for (const char* loop : {"K", "X 4", "K 0", "K -1", "K 65537", "K four", "K 4x", "256 K"}) {
    EXPECT_THAT(
        configuration_error(kParallel + "array: {rows: {size: 4, loops: [" + loop + "]}}\n"),
        HasSubstr("array.rows.loops: expected a dimension of N G K C P Q R S PQ and a factor"))
        << loop;
  }
}

TEST(MachineFile, LoopsThatExceedTheirAxis) {
  EXPECT_THAT(configuration_error(kParallel + "array: {rows: {size: 8, loops: [K 4, PQ 4]}}\n"),
              HasSubstr("expected factors whose product is at most the axis' size 8, got 16"));
}

TEST(MachineFile, ReductionsNeedATreeOrAChainAndNothingElseDoes) {
  EXPECT_THAT(configuration_error(kParallel + "array: {rows: {size: 8, loops: C 8}}\n"),
              HasSubstr("array.rows.partial_sums: expected tree or chain, because C, R or S lies "
                        "along this axis, got local"));
  EXPECT_THAT(
      configuration_error(kParallel + "array: {rows: {size: 8, loops: K 8, partial_sums: tree}}\n"),
      HasSubstr("array.rows.partial_sums: expected local, because neither C, R nor S lies"));
}

TEST(MachineFile, TooManyPositions) {
  EXPECT_THAT(configuration_error(kParallel + "array: {rows: {size: 65536}, columns: {size: "
                                              "65536}}\n"),
              HasSubstr("expected at most 2^24 positions in rows x columns x lanes"));
}

TEST(MachineFile, OrdersThatLackOrRepeatALoop) {
  const auto text = HasSubstr("expected each of N, G, K, C, R, S and PQ (or P and Q) once");
  for (const char* order : {"[N, G, K, PQ, C, R]", "[N, G, K, PQ, P, C, R, S]",
                            "[N, G, K, PQ, C, R, R]", "[N, G, K, PQ, C, R, X]"}) {
    EXPECT_THAT(configuration_error(kParallel + kOneRow + "dataflow: {order: " + order + "}\n"),
                text)
        << order;
  }
}

TEST(MachineFile, AnOrderAndItsName) {
  EXPECT_THAT(configuration_error(kParallel + kOneRow +
                                  "dataflow: {stationary: weight, order: [N, G, K, PQ, C, R, "
                                  "S]}\n"),
              HasSubstr("dataflow.order: expected either stationary or order, got both"));
}

TEST(MachineFile, TileOrdersThatLackALoop) {
  EXPECT_THAT(
      configuration_error(kParallel + kOneRow + "memory: {tiling: {order: [N, G, K, P]}}\n"),
      HasSubstr("memory.tiling.order: expected each of N, G, K, C, P and Q once"));
}

TEST(MachineFile, BanksThatDoNotDivideTheirMemory) {
  EXPECT_THAT(
      configuration_error(kParallel + kOneRow + "memory: {weights: {capacity: 100, banks: 3}}\n"),
      HasSubstr("expected a number that divides the capacity of 100 bits, got 3"));
}

TEST(MachineFile, ANameOfAnOrderStandsForIt) {
  const auto order = [](const std::string& dataflow) {
    return machine_of(kParallel + kOneRow + "dataflow: {" + dataflow + "}\n").dataflow.order;
  };
  EXPECT_EQ(order("stationary: output"), order("order: [N, G, K, PQ, C, R, S]"));
  EXPECT_EQ(order("stationary: weight"), order("order: [G, K, C, R, S, N, PQ]"));
  EXPECT_EQ(order("stationary: input"), order("order: [N, G, PQ, C, R, S, K]"));
}

}  // namespace
}  // namespace bitscale
