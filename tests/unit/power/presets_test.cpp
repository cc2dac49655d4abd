// The fits that the technology presets declare, redone.
#include <gtest/gtest.h>

#include "arch/dvafs/dvafs.hpp"
#include "arch/dvafs/subword_multiplier.hpp"
#include "arch/parallel/parallel.hpp"
#include "sim/config/files.hpp"
#include "sim/power/operating_point.hpp"

namespace bitscale {
namespace {

Technology preset(const std::string& name) {
  return config::read_all(config::load_resolved(config::FileKind::technology, name),
                          parse_technology);
}

Supply supply_of(const Technology& technology, std::uint32_t path, double clock_Hz) {
  const DelayModel& model = technology.delay.value();
  return min_voltage(model, path, clock_Hz, {lowest_modelled_V(model), model.vnom_V});
}

std::uint32_t mac_path(int bits) {
  ParallelConfig config;
  config.gating = Gating::lsb;
  config.drawing.reduction = netlist::Reduction::array;
  OperandTypes types;
  types.activation.bits = types.weight.bits = bits;
  return UnitTimer(std::make_shared<ParallelUnit>(config), 1).timing(types).mode.path_units;
}

std::uint32_t subword_path(int width) {
  SubwordMultiplierConfig config;
  config.adder = netlist::AdderKind::prefix;
  const netlist::Netlist gates = subword_multiplier(config);
  return netlist::analyse_timing(gates, tie_subwords(gates, config, width)).path_units;
}

TEST(Moons40, RunsTheArrayMacAt204MegahertzAtItsNominalSupply) {
  EXPECT_EQ(supply_of(preset("moons40"), mac_path(16), 204e6).V, 1.1);
}

TEST(Moons40, SevenBitsNeedAboutNineTenthsOfAVolt) {
  EXPECT_NEAR(supply_of(preset("moons40"), mac_path(7), 204e6).V, 0.893, 0.001);
}

TEST(Moons40Tree, RunsTheMacOfTheMachineAt204MegahertzAtItsNominalSupply) {
  ParallelConfig config;
  config.gating = Gating::lsb;
  UnitTimer timer(std::make_shared<ParallelUnit>(config), 1);
  const Technology technology = preset("moons40_tree");
  const auto supply = [&](int bits) {
    OperandTypes types;
    types.activation.bits = types.weight.bits = bits;
    return supply_of(technology, timer.timing(types).mode.path_units, 204e6).V;
  };
  EXPECT_EQ(supply(16), 1.1);
  EXPECT_NEAR(supply(7), 0.939, 0.001);
}

TEST(Dvafs40, RunsTheSubwordMultiplierAt500MegahertzAtItsNominalSupply) {
  EXPECT_EQ(supply_of(preset("dvafs40"), subword_path(16), 500e6).V, 1.1);
}

TEST(Dvafs40, SuppliesOfTheSubwordModesAreThoseOfTheFit) {
  EXPECT_NEAR(supply_of(preset("dvafs40"), subword_path(8), 250e6).V, 0.847, 0.001);
  EXPECT_NEAR(supply_of(preset("dvafs40"), subword_path(4), 125e6).V, 0.733, 0.001);
}

TEST(Envision28, RunsTheMacOfTheMachineAt200MegahertzAtItsNominalSupply) {
  DvafsConfig config;
  config.accumulator.bits = 48;
  UnitTimer timer(std::make_shared<DvafsUnit>(config), 1);
  EXPECT_EQ(supply_of(preset("envision28"), timer.widest().mode.path_units, 200e6).V, 1.0);
}

TEST(Envision28, ScalesOnChipEnergiesFrom45To28Nanometres) {
  const Technology old = preset("horowitz45");
  const Technology technology = preset("envision28");
  EXPECT_NEAR(technology.structure->pin_pJ.value / old.structure->pin_pJ.value, 28.0 / 45, 0.001);
  const std::vector<CostPoint>& points = technology.sram->read_pJ_per_bit.points;
  ASSERT_EQ(points.size(), old.sram->read_pJ_per_bit.points.size());
  for (std::size_t i = 0; i < points.size(); ++i)
    EXPECT_NEAR(points[i].value / old.sram->read_pJ_per_bit.points[i].value, 28.0 / 45, 0.003) << i;
}

TEST(Presets, SayWhereTheirDelaysComeFrom) {
  for (const char* name : {"moons40", "moons40_tree", "dvafs40", "envision28"}) {
    const Technology technology = preset(name);
    EXPECT_EQ(technology.delay.value().source.label, CostLabel::fitted) << name;
    EXPECT_EQ(technology.leakage.value().source.label, CostLabel::assumed) << name;
    EXPECT_EQ(technology.vdd_V, 0.9) << name << ": the supply of its costs";
  }
}

}  // namespace
}  // namespace bitscale
