#include "sim/power/unit_timing.hpp"

#include <gtest/gtest.h>

#include "arch/parallel/parallel.hpp"
#include "arch/unit_netlist.hpp"
#include "arch/xnor/xnor.hpp"
#include "sim/netlist/timing.hpp"

namespace bitscale {
namespace {

OperandTypes types(int activation_bits, int weight_bits,
                   const AccumulatorConfig& accumulator = {}) {
  OperandTypes result;
  result.activation.bits = activation_bits;
  result.weight.bits = weight_bits;
  result.accumulator = accumulator;
  return result;
}

std::shared_ptr<const Unit> gated_unit(int activation_bits = 16, int weight_bits = 16) {
  ParallelConfig config;
  config.activation_bits = activation_bits;
  config.weight_bits = weight_bits;
  config.gating = Gating::lsb;
  return std::make_shared<ParallelUnit>(config);
}

TEST(WidestTypes, AreThoseOfTheUnitsInputs) {
  const OperandTypes square = widest_types(*gated_unit());
  EXPECT_EQ(square.activation, (TensorType{16, Encoding::twos}));
  EXPECT_EQ(square.weight, (TensorType{16, Encoding::twos}));
  const OperandTypes oblong = widest_types(*gated_unit(12, 6));
  EXPECT_EQ(oblong.activation.bits, 12);
  EXPECT_EQ(oblong.weight.bits, 6);
}

TEST(WidestTypes, AreTypesThatTensorsCanHave) {
  const OperandTypes types = widest_types(XnorUnit({}));
  EXPECT_EQ(types.activation, (TensorType{1, Encoding::binary_pm1}));
  EXPECT_EQ(types.weight, (TensorType{1, Encoding::binary_pm1}));
}

TEST(UnitTiming, IsStaticTimingOfTheModeBesideTheWidestOne) {
  const std::shared_ptr<const Unit> unit = gated_unit();
  const UnitTiming timing = UnitTimer(unit, 1).timing(types(8, 8));
  const UnitNetlist narrow = unit->make_netlist(1, types(8, 8));
  const UnitNetlist wide = unit->make_netlist(1, types(16, 16));
  EXPECT_EQ(timing.mode.path_units,
            netlist::analyse_timing(narrow.netlist, narrow.ties).path_units);
  EXPECT_EQ(timing.full.path_units, netlist::analyse_timing(wide.netlist, wide.ties).path_units);
  EXPECT_LT(timing.mode.path_units, timing.full.path_units);
}

TEST(UnitTiming, TakesOperandsOfUnequalWidths) {
  UnitTimer timer(gated_unit(), 1);
  const std::uint32_t both = timer.timing(types(8, 8)).mode.path_units;
  const std::uint32_t one = timer.timing(types(8, 16)).mode.path_units;
  EXPECT_LT(both, one);
  EXPECT_LT(one, timer.timing(types(16, 16)).mode.path_units);
}

TEST(UnitTiming, IncludesTheLayersAccumulator) {
  UnitTimer timer(gated_unit(), 1);
  EXPECT_LT(timer.timing(types(8, 8, {24})).mode.path_units,
            timer.timing(types(8, 8)).mode.path_units);
}

TEST(UnitTiming, OfASecondCallIsTheSame) {
  UnitTimer timer(gated_unit(), 1);
  const UnitTiming first = timer.timing(types(8, 8));
  (void)timer.timing(types(4, 4));
  EXPECT_EQ(timer.timing(types(8, 8)), first);
}

}  // namespace
}  // namespace bitscale
