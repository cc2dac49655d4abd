// Sizes of arrays: axes, steps, shape, and what grows with them.
#include "sim/mapping/resize.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "tests/unit/mapping/machines.hpp"

namespace bitscale {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

MachineConfig machine(const std::string& array, const std::string& more = "") {
  return testing_support::machine_of(
      "unit: {kind: parallel, activation_bits: 8, weight_bits: 8, accumulator: {bits: 32}}\n"
      "array: {" +
      array + "}\n" + more);
}

const std::string kSystolic =
    "rows: {size: 16, loops: C 16, activations: unicast, weights: unicast, partial_sums: chain}, "
    "columns: {size: 32, loops: K 32, activations: forward, weights: unicast}";
const std::string kPorts =
    "memory: {activations: {port_bits: 512}, weights: {port_bits: 16384}, outputs: {port_bits: "
    "1024}}\n";

TEST(NearestSize, IsTheDeclaredOneForTheDeclaredUnits) {
  EXPECT_EQ(nearest_size(machine(kSystolic).array, 512), (ArraySize{16, 32}));
}

TEST(NearestSize, KeepsTheShapeWithinAFactorOfTwo) {
  const ArrayConfig array = machine(kSystolic).array;
  for (const double units : {20.0, 100.0, 333.0, 1000.0, 54321.0}) {
    const ArraySize size = nearest_size(array, units).value();
    const double shape = static_cast<double>(size.columns) / static_cast<double>(size.rows) / 2;
    // A column more or less on top of the bound.
    EXPECT_LE(std::abs(std::log2(shape)), 1 + 2.0 / static_cast<double>(size.columns)) << units;
  }
}

TEST(NearestSize, OfTwoAxesMissesByLessThanOnePercent) {
  const ArrayConfig array = machine(kSystolic).array;
  for (double units = 150; units < 1e6; units *= 1.37) {
    const ArraySize size = nearest_size(array, units).value();
    EXPECT_NEAR(static_cast<double>(size.units()) / units, 1, 0.01) << units;
  }
}

TEST(NearestSize, HasNoBetterSizeOfTheSameShape) {
  // 1:2 of 97 units is 6.96 rows; the band around it, 4.92 to 9.85, holds 5 to 9.
  const ArraySize size = nearest_size(machine(kSystolic).array, 97).value();
  std::int64_t best = 97;
  for (std::int64_t rows = 5; rows <= 9; ++rows) {
    for (std::int64_t columns = 1; columns <= 40; ++columns)
      best = std::min(best, std::abs(rows * columns - 97));
  }
  EXPECT_EQ(std::abs(size.units() - 97), best);
}

TEST(NearestSize, OfEqualOnesIsNearestToTheDeclaredShape) {
  EXPECT_EQ(nearest_size(machine(kSystolic).array, 2048), (ArraySize{32, 64}));
}

TEST(NearestSize, MovesInTheDeclaredSteps) {
  const ArrayConfig array =
      machine("rows: {size: 256, loops: K 256, weights: unicast, resize_step: 16}").array;
  EXPECT_EQ(nearest_size(array, 100), (ArraySize{96, 1}));
  EXPECT_EQ(nearest_size(array, 1), (ArraySize{16, 1}));
}

TEST(NearestSize, LeavesAnAxisOfStepZeroAlone) {
  const ArrayConfig array =
      machine(
          "rows: {size: 8, loops: K 8, weights: unicast}, columns: {size: 4, loops: PQ 4, "
          "activations: unicast, resize_step: 0}")
          .array;
  EXPECT_EQ(nearest_size(array, 16), (ArraySize{4, 4}));
}

TEST(NearestSize, KeepsInnerLoopsWhole) {
  const ArrayConfig array =
      machine("rows: {size: 12, loops: [K 4, C 3], weights: unicast, partial_sums: tree}").array;
  EXPECT_EQ(resize_step(array.rows), 3);
  EXPECT_EQ(nearest_size(array, 7), (ArraySize{6, 1}));
}

TEST(NearestSize, ExistsOnlyWhereALoopCanGrow) {
  EXPECT_FALSE(nearest_size(machine("lanes: {size: 16, loops: C 16}").array, 4));
  EXPECT_FALSE(nearest_size(
      machine("rows: {size: 8, loops: K 8, weights: unicast, resize_step: 0}").array, 4));
}

TEST(ResizeSettings, AreNoneForTheDeclaredSize) {
  const MachineConfig systolic = machine(kSystolic, kPorts);
  EXPECT_THAT(resize_settings(systolic, {16, 32}), IsEmpty());
}

TEST(ResizeSettings, GrowTheWiresThatAnAxisFeeds) {
  // Activations enter at the rows, one output per column leaves, every unit has weights of its own.
  const MachineConfig systolic = machine(kSystolic + ", drain_outputs_per_cycle: 32",
                                         kPorts + "dataflow: {stationary: output}\n");
  EXPECT_THAT(resize_settings(systolic, {8, 24}),
              ElementsAre("array.rows.size=8", "array.rows.loops=[C 8]", "array.columns.size=24",
                          "array.columns.loops=[K 24]", "memory.activations.port_bits=256",
                          "memory.weights.port_bits=6144", "memory.outputs.port_bits=768",
                          "array.drain_outputs_per_cycle=24"));
}

TEST(ResizeSettings, LoadStationaryWeightsRowByRow) {
  const MachineConfig stationary =
      machine(kSystolic, "memory: {weights: {port_bits: 256}}\ndataflow: {stationary: weight}\n");
  EXPECT_THAT(resize_settings(stationary, {8, 24}),
              ElementsAre("array.rows.size=8", "array.rows.loops=[C 8]", "array.columns.size=24",
                          "array.columns.loops=[K 24]", "memory.weights.port_bits=192"));
}

TEST(ResizeSettings, RoundWiresUpExactly) {
  const MachineConfig third = machine("rows: {size: 12, loops: K 12, weights: unicast}",
                                      "memory: {weights: {port_bits: 384}}\n");
  EXPECT_THAT(
      resize_settings(third, {5, 1}),
      ElementsAre("array.rows.size=5", "array.rows.loops=[K 5]", "memory.weights.port_bits=160"));
}

TEST(ResizeSettings, LeaveLoopsThatFitAlone) {
  const MachineConfig fit =
      machine("rows: {size: 12, loops: [R fit, C fit], weights: unicast, partial_sums: tree}",
              "dataflow: {order: [N, G, K, P, Q, C, R, S]}\n");
  EXPECT_THAT(resize_settings(fit, {9, 1}), ElementsAre("array.rows.size=9"));
}

}  // namespace
}  // namespace bitscale
