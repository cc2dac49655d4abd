#include <gtest/gtest.h>

#include "sim/kernel/engine.hpp"
#include "sim/mapping/closed_form.hpp"
#include "tests/unit/mapping/machines.hpp"

namespace bitscale {
namespace {

using testing_support::causes;
using testing_support::convolution;
using testing_support::layer_of;
using testing_support::machine_of;

kernel::LayerSimulation simulate(const Layer& layer, const std::string& machine) {
  const MachineConfig config = machine_of(machine);
  return kernel::simulate_layer(map_layer(layer, config), *config.unit, nullptr, {});
}

std::string cycles(const Layer& layer, const std::string& machine) {
  return causes(simulate(layer, machine).cycles);
}

// A DaDianNao of 256 filters x 16 channels, and a Stripes with 16 windows as well.
const std::string kDaDianNao =
    "unit: {kind: parallel}\n"
    "array: {rows: {size: 256, loops: K 256, weights: unicast}, lanes: {size: 16, loops: C 16}}\n";

std::string stripes(const std::string& dataflow) {
  return "unit: {kind: bit_serial}\n"
         "array: {rows: {size: 256, loops: K 256, weights: unicast},\n"
         "        columns: {size: 16, loops: PQ 16, activations: unicast},\n"
         "        lanes: {size: 16, loops: C 16}}\n"
         "memory: {weights: {port_bits: 65536}}\n"  // one column's weights: 256 x 16 of 16 bits
         "dataflow: {" +
         dataflow + "}\n";
}

TEST(DaDianNao, TakesACyclePerWindowTapBrickAndFilterGroup) {
  // 5x5 on 20 channels of 12x12: 64 windows x 25 taps x 2 bricks; the last window drains a cycle.
  EXPECT_EQ(cycles(layer_of(convolution(50, 20, 12, 5)), kDaDianNao), "compute 3200, drain 1");
  EXPECT_EQ(cycles(layer_of(convolution(257, 16, 12, 5)), kDaDianNao), "compute 3200, drain 1");
}

TEST(DaDianNao, NarrowOperandsGainNothing) {
  EXPECT_EQ(cycles(layer_of(convolution(50, 20, 12, 5), 2, 2), kDaDianNao),
            cycles(layer_of(convolution(50, 20, 12, 5), 16, 16), kDaDianNao));
}

TEST(DaDianNao, IdlePositionsAreCountedAsSlots) {
  const Traffic traffic = simulate(layer_of(convolution(50, 20, 12, 5)), kDaDianNao).traffic;
  EXPECT_EQ(traffic.macs, 64U * 25 * 20 * 50);
  EXPECT_EQ(traffic.step_slots, 3200U * 4096);
  EXPECT_EQ(traffic.unit_steps, 64U * 25 * 2 * 50);
  // Activations are broadcast to all filters, weights go to one each; 16-bit words.
  EXPECT_EQ(traffic.activation_reads, 64U * 25 * 20 * 16);
  EXPECT_EQ(traffic.weight_reads, 64U * 25 * 20 * 50 * 16);
}

// 25 windows of 3x3 x 20 channels: 18 steps of 8 cycles for each pallet.
const Layer kFiveByFive = layer_of(convolution(2, 20, 7, 3));

TEST(Stripes, FlattenedPalletsCrossRows) {
  EXPECT_EQ(cycles(kFiveByFive, stripes("windows: flattened")), "compute 288, drain 1");
}

TEST(Stripes, PalletsPerRowLeaveTheirEndsEmpty) {
  EXPECT_EQ(cycles(kFiveByFive, stripes("windows: per_row")), "compute 720, drain 1");
}

TEST(Stripes, IdealWindowsCostTheirShareOfAPallet) {
  EXPECT_EQ(cycles(kFiveByFive, stripes("windows: ideal")), "compute 225");  // 144 x 25 / 16
}

TEST(Stripes, TakesOneCyclePerActivationBit) {
  EXPECT_EQ(cycles(layer_of(convolution(2, 20, 7, 3), 3), stripes("")), "compute 108, drain 1");
  EXPECT_EQ(cycles(layer_of(convolution(2, 20, 7, 3), 16), stripes("")), "compute 576, drain 1");
}

TEST(Stripes, SerialOverBothTakesTheProductOfTheWidths) {
  std::string loom = stripes("");
  loom.replace(loom.find("bit_serial"), 10, "bit_serial, serial: both");
  EXPECT_EQ(cycles(layer_of(convolution(2, 20, 7, 3), 3, 5), loom), "compute 540, drain 1");
}

Layer fully_connected(std::int64_t filters, std::int64_t channels, int bits) {
  return layer_of(convolution(filters, channels, 1, 1), bits);
}

TEST(FullyConnected, InASingleColumnTakesItsBitsPerBrickAndFilterGroup) {
  // 4 filter groups x 4 bricks x 8 bits.
  EXPECT_EQ(cycles(fully_connected(1000, 64, 8), stripes("fc_mode: single_column")),
            "compute 128, drain 1");
}

TEST(FullyConnected, MultiplexedTakesBitsWhereTheyOutnumberTheColumns) {
  // n = ceil(1000 / 256) = 4 columns: max(4, 8) cycles for each of 4 bricks.
  EXPECT_EQ(cycles(fully_connected(1000, 64, 8), stripes("fc_mode: multiplexed")),
            "compute 32, drain 1");
}

TEST(FullyConnected, MultiplexedWaitsForOneColumnsWeightsPerCycle) {
  // max(4, 3) cycles, of which 3 are the unit's.
  EXPECT_EQ(cycles(fully_connected(1000, 64, 3), stripes("fc_mode: multiplexed")),
            "compute 12, operand_fetch 4, drain 1");
  // n = 16: DaDianNao's speed, 4 bricks x 16 filter groups.
  EXPECT_EQ(cycles(fully_connected(4096, 64, 8), stripes("fc_mode: multiplexed")),
            "compute 32, operand_fetch 32, drain 1");
  EXPECT_EQ(cycles(fully_connected(4096, 64, 8), kDaDianNao), "compute 64, drain 1");
}

TEST(FullyConnected, MultiplexedColumnsThatFindNoFilterGroupStandIdle) {
  EXPECT_EQ(cycles(fully_connected(256, 64, 8), stripes("fc_mode: multiplexed")),
            "compute 32, drain 1");
  // 17 filter groups: 16 side by side, then one; the second pass waits for its bits alone.
  EXPECT_EQ(cycles(fully_connected(17 * 256, 16, 4), stripes("fc_mode: multiplexed")),
            "compute 8, operand_fetch 12, drain 1");
}

TEST(FullyConnected, MultiplexedColumnsMayBeFitted) {
  std::string fitted = stripes("fc_mode: multiplexed");
  fitted.replace(fitted.find("PQ 16"), 5, "PQ fit");
  EXPECT_EQ(cycles(fully_connected(1000, 64, 8), fitted), "compute 32, drain 1");
}

// A weight-stationary systolic array of 4 channels x 3 filters.
std::string systolic(const std::string& array, const std::string& memory = "") {
  return "unit: {kind: parallel, activation_bits: 8, weight_bits: 8}\n"
         "array: {rows: {size: 4, loops: C 4, activations: unicast, weights: unicast,\n"
         "               partial_sums: chain},\n"
         "        columns: {size: 3, loops: K 3, activations: forward, weights: unicast},\n"
         "        accumulator_entries: 100, " +
         array + "}\ndataflow: {stationary: weight}\nmemory: {" + memory + "}\n";
}

TEST(Systolic, FillsOverRowsAndColumnsAndLoadsRowByRow) {
  // A matrix product of 10 rows: 10 cycles of compute, 4 + 3 - 2 of skew, 4 to load, 1 to drain.
  EXPECT_EQ(cycles(layer_of(convolution(3, 4, 1, 1)), systolic("shadow_weights: true")),
            "compute 1, fill 5, stationary_load 4, drain 1");
  LayerShape rows = convolution(3, 4, 1, 1);
  rows.H = 10;
  EXPECT_EQ(cycles(layer_of(rows), systolic("shadow_weights: true")),
            "compute 10, fill 5, stationary_load 4, drain 1");
}

TEST(Systolic, ShadowWeightsHideLoadsBehindComputation) {
  LayerShape rows = convolution(3, 12, 1, 1);  // three sets of weights
  rows.H = 10;
  EXPECT_EQ(cycles(layer_of(rows), systolic("shadow_weights: true")),
            "compute 30, fill 5, stationary_load 4, drain 1");
  rows.H = 3;  // a pass of 3 cycles hides 3 of 4
  EXPECT_EQ(cycles(layer_of(rows), systolic("shadow_weights: true")),
            "compute 9, fill 5, stationary_load 6, drain 1");
}

TEST(Systolic, WithoutShadowWeightsEachLoadAndEachSkewShows) {
  LayerShape rows = convolution(3, 12, 1, 1);
  rows.H = 10;
  EXPECT_EQ(cycles(layer_of(rows), systolic("shadow_weights: false")),
            "compute 30, fill 15, stationary_load 12, drain 1");
}

TEST(Systolic, WeightsStayWhileTheirLoopsDoNotTurn) {
  // Room for 5 outputs at a time: 10 rows in two passes, one load for both.
  std::string machine = systolic("shadow_weights: false");
  machine.replace(machine.find("entries: 100"), 12, "entries: 5");
  LayerShape rows = convolution(3, 4, 1, 1);
  rows.H = 10;
  EXPECT_EQ(cycles(layer_of(rows), machine), "compute 10, fill 10, stationary_load 4, drain 1");
}

TEST(Systolic, ANarrowWeightPortSlowsTheLoad) {
  // 12 weights of 8 bits through 16 bits a cycle.
  EXPECT_EQ(cycles(layer_of(convolution(3, 4, 1, 1)),
                   systolic("shadow_weights: true", "weights: {port_bits: 16}")),
            "compute 1, fill 5, stationary_load 6, drain 1");
}

TEST(Systolic, ShadowWeightsCannotLoadBeforeTheyArrived) {
  // A byte a cycle: 12 cycles of weights, 40 of activations, 12 of the second tile's weights, there
  // at 64. The first pass computes from 56 to 66, so that 2 of 4 cycles of the second load show. 30
  // results leave at 67; the last ones wait for them, from 84 to 127.
  LayerShape rows = convolution(6, 4, 1, 1);
  rows.H = 10;
  EXPECT_EQ(cycles(layer_of(rows),
                   systolic("shadow_weights: true",
                            "dram: {kind: channel, bits_per_cycle: 8, clock: 1GHz},\n"
                            "         tiling: {K: 3, C: 4, P: 10, order: [N, G, K, P, C]}")),
            "compute 20, fill 5, stationary_load 6, drain 1, wait_activations 40, wait_weights 12, "
            "write_back 43");
}

TEST(Systolic, BroadcastWeightsAreLoadedOnce) {
  // Two filters for three pixels: 2 weights, not 6.
  const std::string machine =
      "unit: {kind: parallel, activation_bits: 8, weight_bits: 8}\n"
      "array: {rows: {size: 2, loops: K 2, weights: unicast},\n"
      "        columns: {size: 3, loops: PQ 3, activations: unicast}, shadow_weights: true}\n"
      "dataflow: {stationary: weight}\nmemory: {weights: {port_bits: 1}}\n";
  LayerShape shape = convolution(2, 1, 3, 1);
  EXPECT_EQ(cycles(layer_of(shape), machine), "compute 3, stationary_load 16, drain 1");
  EXPECT_EQ(simulate(layer_of(shape), machine).traffic.weight_reads, 16U);
}

TEST(Drain, IsHiddenBehindTheNextPassOnlyWithTwoAccumulatorSets) {
  // 3 passes of 4 steps; 4 outputs leave two by two.
  const std::string array =
      "unit: {kind: parallel}\n"
      "array: {rows: {size: 4, loops: K 4, weights: unicast}, drain_outputs_per_cycle: 2, ";
  const Layer layer = layer_of(convolution(12, 4, 1, 1));
  EXPECT_EQ(cycles(layer, array + "accumulator_sets: 2}\n"), "compute 12, drain 2");
  EXPECT_EQ(cycles(layer, array + "accumulator_sets: 1}\n"), "compute 12, drain 6");
}

TEST(Drain, LongerThanAPassHoldsTheArrayUp) {
  // Passes of 1 cycle, drains of 4: the third pass waits for the first drain, and so on.
  const std::string machine =
      "unit: {kind: parallel}\n"
      "array: {rows: {size: 4, loops: K 4, weights: unicast}, drain_outputs_per_cycle: 1}\n";
  EXPECT_EQ(cycles(layer_of(convolution(12, 1, 1, 1)), machine), "compute 3, drain 10");
}

TEST(Fill, IsPaidForEveryPassWithSingleAccumulators) {
  const std::string array =
      "unit: {kind: parallel}\n"
      "array: {rows: {size: 4, loops: K 4, weights: unicast}, pipeline_depth: 3, ";
  const Layer layer = layer_of(convolution(12, 4, 1, 1));
  EXPECT_EQ(cycles(layer, array + "accumulator_sets: 2}\n"), "compute 12, fill 3, drain 1");
  EXPECT_EQ(cycles(layer, array + "accumulator_sets: 1}\n"), "compute 12, fill 9, drain 3");
}

TEST(Fill, HoldsTheLatencyOfTheSlowerBufferOnce) {
  EXPECT_EQ(cycles(layer_of(convolution(12, 4, 1, 1)),
                   "unit: {kind: parallel}\n"
                   "array: {rows: {size: 4, loops: K 4, weights: unicast}, accumulator_sets: 1}\n"
                   "memory: {weights: {latency_cycles: 2}, activations: {latency_cycles: 5}}\n"),
            "compute 12, fill 5, drain 3");
}

TEST(Spill, CostsAWriteAndAReadForEveryReturnToTheSameOutputs) {
  // Channels outermost: 3 visits to each of 2 sets of 4 outputs; 48-bit sums through 64 bits.
  const std::string machine =
      "unit: {kind: parallel}\n"
      "array: {rows: {size: 4, loops: K 4, weights: unicast}}\n"
      "dataflow: {order: [C, N, G, K, PQ, R, S]}\nmemory: {outputs: {port_bits: 64}}\n";
  const kernel::LayerSimulation result = simulate(layer_of(convolution(8, 3, 1, 1)), machine);
  EXPECT_EQ(result.cycles[Cause::spill], 2U * 2 * 2 * 3);
  EXPECT_EQ(result.traffic.partial_writes, 2U * 8 * 48);
  EXPECT_EQ(result.traffic.partial_reads, 2U * 8 * 48);
}

TEST(Spill, IsNotNeededWhereNoOtherOutputsComeBetween) {
  // Weight stationary, channels outermost, one filter group: kernel taps in place, channels too.
  const std::string machine =
      "unit: {kind: parallel}\n"
      "array: {rows: {size: 4, loops: K 4, weights: unicast}, accumulator_entries: 64}\n"
      "dataflow: {order: [C, G, K, R, S, N, PQ]}\n";
  EXPECT_EQ(simulate(layer_of(convolution(4, 3, 6, 3)), machine).cycles[Cause::spill], 0U);
  // Two filter groups: 3 visits each, however many taps a visit has.
  EXPECT_EQ(simulate(layer_of(convolution(8, 3, 6, 3)), machine).traffic.partial_writes,
            2U * 8 * 16 * 48);
}

TEST(Depthwise, RunsGroupByGroup) {
  LayerShape shape = convolution(1, 1, 5, 3);
  shape.G = 6;
  // 6 groups x 9 windows x 9 taps, one position of 4096 at work.
  EXPECT_EQ(cycles(layer_of(shape), kDaDianNao), "compute 486, drain 1");
}

TEST(Groups, PackedSideBySideShareTheFilterPositions) {
  LayerShape shape = convolution(100, 16, 1, 1);
  shape.G = 4;
  EXPECT_EQ(cycles(layer_of(shape), kDaDianNao), "compute 4, drain 1");
  EXPECT_EQ(cycles(layer_of(shape), kDaDianNao + "dataflow: {pack_groups: true}\n"),
            "compute 2, drain 1");
}

TEST(Groups, PackedGroupsFetchTheActivationsOfEachGroupTheyTouch) {
  LayerShape shape = convolution(100, 16, 1, 1);
  shape.G = 4;
  const std::string machine = kDaDianNao + "dataflow: {pack_groups: true}\n";
  // Filters 0..255 reach into groups 0..2, filters 256..399 into groups 2 and 3.
  EXPECT_EQ(simulate(layer_of(shape), machine).traffic.activation_reads, (3U + 2) * 16 * 16);
  // 768 and 512 bits through a port of 256 take 3 cycles and 2.
  EXPECT_EQ(cycles(layer_of(shape), machine + "memory: {activations: {port_bits: 256}}\n"),
            "compute 2, operand_fetch 3, drain 1");
}

TEST(Ports, AStepTakesAsLongAsTheWidestFetch) {
  // 4 filters x 2 channels of 16 bits through 32 bits: 4 cycles a step, 3 of them waiting.
  const std::string machine =
      "unit: {kind: parallel}\n"
      "array: {rows: {size: 4, loops: K 4, weights: unicast}, lanes: {size: 2, loops: C 2}}\n"
      "memory: {weights: {port_bits: 32}, activations: {port_bits: 32}}\n";
  EXPECT_EQ(cycles(layer_of(convolution(4, 6, 1, 1)), machine),
            "compute 3, operand_fetch 9, drain 1");
}

TEST(Channel, OneTileWaitsForItsOperandsAndForItsResults) {
  // 8 weights, then 2 activations of 16 bits, at last 4 results: 128, 32 and 64 bits at 16 bits a
  // cycle; 2 cycles of latency each.
  const std::string machine =
      "unit: {kind: parallel}\n"
      "array: {rows: {size: 4, loops: K 4, weights: unicast}, lanes: {size: 2, loops: C 2}}\n"
      "memory: {dram: {kind: channel, bits_per_cycle: 16, clock: 1GHz, latency_cycles: 2}}\n";
  EXPECT_EQ(cycles(layer_of(convolution(4, 2, 1, 1)), machine),
            "compute 1, drain 1, wait_activations 4, wait_weights 10, write_back 6");
}

TEST(Channel, ItsClockIsItsOwn) {
  // The same bits through a channel of half the clock.
  const std::string machine =
      "unit: {kind: parallel}\n"
      "array: {rows: {size: 4, loops: K 4, weights: unicast}, lanes: {size: 2, loops: C 2}}\n"
      "memory: {dram: {kind: channel, bits_per_cycle: 16, clock: 500MHz, latency_cycles: 2}}\n";
  EXPECT_EQ(cycles(layer_of(convolution(4, 2, 1, 1)), machine),
            "compute 1, drain 1, wait_activations 8, wait_weights 20, write_back 12");
}

}  // namespace
}  // namespace bitscale
