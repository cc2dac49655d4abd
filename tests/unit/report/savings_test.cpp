#include "sim/report/savings.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "sim/report/csv.hpp"
#include "tests/unit/report/results.hpp"

namespace bitscale {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

ActionEnergy entry(const char* component, Action action, std::uint64_t count, double unit_pJ) {
  ActionEnergy energy;
  energy.action.component = component;
  energy.action.action = action;
  energy.action.count = count;
  energy.unit_pJ = unit_pJ;
  energy.energy_pJ = static_cast<double>(count) * unit_pJ;
  return energy;
}

/// A layer whose gates, registers, wires, buffers and channel did something, with 8 pJ of control.
RunResult run_of(std::uint64_t work, std::uint64_t held) {
  RunResult run = small_run();
  LayerResult layer = conv_layer();
  layer.slots = {1000 - held, held, 0, 0};
  layer.energy = {};
  layer.energy.actions = {entry("datapath", Action::switch_zero_delay, 10 * work, 2),
                          entry("datapath", Action::switch_glitch, work, 2),
                          entry("registers", Action::flip_flop_clock, 4 * work, 1),
                          entry("registers", Action::flip_flop_toggle, work, 1),
                          entry("operand_registers", Action::flip_flop_clock, work, 1),
                          entry("weight_buffer", Action::sram_read, work, 0.5),
                          entry("weight_buffer", Action::sram_write, 7, 0.5),
                          entry("dram_weights", Action::dram_read, work, 4)};
  for (const ActionEnergy& action : layer.energy.actions) layer.energy.total_pJ += action.energy_pJ;
  layer.energy.total_pJ += 8;
  run.layers = {layer, pool_layer()};
  return run;
}

TEST(Savings, SplitTheEnergyOfALayerByMechanism) {
  const std::vector<Savings> layers = savings_of(run_of(50, 500), run_of(100, 0));
  ASSERT_EQ(layers.size(), 1U) << "a pool has nothing to hold";
  const Savings& s = layers.front();
  EXPECT_EQ(s[Mechanism::logic].saved_pJ(), 1100);
  EXPECT_EQ(s[Mechanism::clocks].saved_pJ(), 250);
  EXPECT_EQ(s[Mechanism::movement].saved_pJ(), 50);
  EXPECT_EQ(s[Mechanism::sram].saved_pJ(), 25);
  EXPECT_EQ(s[Mechanism::dram].saved_pJ(), 200);
  EXPECT_EQ(s[Mechanism::rest].without_pJ, 8);
  EXPECT_EQ(s[Mechanism::rest].saved_pJ(), 0);
  EXPECT_EQ(s.with_pJ(), run_of(50, 500).layers.front().energy.total_pJ);
  EXPECT_EQ(s.without_pJ(), run_of(100, 0).layers.front().energy.total_pJ);
}

TEST(Savings, LeaveNothingOfTheOrderOfASum) {
  MechanismSaving rest;
  rest.with_pJ = 0.1 + 0.2;
  rest.without_pJ = 0.3;
  ASSERT_NE(rest.with_pJ, rest.without_pJ);
  EXPECT_EQ(rest.saved_pJ(), 0);
}

TEST(SavingsCsv, AddsWhatEachMechanismSavesToTheRowsOfLayersWithMacs) {
  const RunResult with = run_of(50, 500);
  const std::string text = savings_csv(with, savings_of(with, run_of(100, 0)));
  EXPECT_THAT(text, HasSubstr(",held_operations,saved_logic_pJ,saved_clocks_pJ,saved_movement_pJ,"
                              "saved_sram_pJ,saved_dram_pJ,saved_rest_pJ,saved_pJ,"
                              "held_at_active_cost_pJ\n"));
  EXPECT_THAT(text, HasSubstr(",500,1100,250,50,25,200,0,1625,1100\n"));
  EXPECT_THAT(text, EndsWith(",,,,,,,,,\n")) << "a pool has nothing to hold";
}

TEST(SavingsCsv, LeavesTheColumnsOfTheRunAsTheyAre) {
  const RunResult with = run_of(50, 500);
  const std::string alone = runs_csv({with});
  const std::string text = savings_csv(with, savings_of(with, run_of(100, 0)));
  EXPECT_THAT(text, StartsWith(alone.substr(0, alone.find('\n'))));
}

TEST(Savings, CountClocksOfUnitsReadsOfBuffersAndBitsOfTheChannel) {
  const Savings s = savings_of(run_of(50, 500), run_of(100, 0)).front();
  EXPECT_EQ(s[Mechanism::clocks].with_count, 200U);
  EXPECT_EQ(s[Mechanism::clocks].without_count, 400U);
  EXPECT_EQ(s[Mechanism::sram].with_count, 50U) << "writes are no fetches";
  EXPECT_EQ(s[Mechanism::dram].without_count, 100U);
}

TEST(Savings, HeldOperationsAreTheGuardedShareOfTheProducts) {
  const Savings s = savings_of(run_of(50, 250), run_of(100, 0)).front();
  EXPECT_EQ(s.operations, 1000U);
  EXPECT_EQ(s.held, 250U);
}

TEST(Savings, AtTheActiveOnesCostHoldingSavesInProportion) {
  const Savings s = savings_of(run_of(50, 250), run_of(100, 0)).front();
  ASSERT_TRUE(s.logic_at_active_cost_pJ());
  EXPECT_DOUBLE_EQ(*s.logic_at_active_cost_pJ(), 1100.0 / 3);
  EXPECT_FALSE(savings_of(run_of(0, 1000), run_of(100, 0)).front().logic_at_active_cost_pJ());
}

TEST(Savings, OfBothModelsThoseOfTheGatesCount) {
  RunResult with = run_of(50, 500);
  RunResult without = run_of(100, 0);
  for (RunResult* run : {&with, &without}) {
    run->structure_costs = StructureCosts{};
    for (LayerResult& layer : run->layers) {
      layer.structure = StructureEnergy{{}, layer.energy};
      layer.energy = conv_layer().energy;
    }
  }
  EXPECT_EQ(savings_of(with, without).front()[Mechanism::logic].saved_pJ(), 1100);
}

TEST(Savings, TotalsAddUpAndNameASupplyThatDiffers) {
  std::vector<Savings> layers = savings_of(run_of(50, 500), run_of(100, 0));
  layers.push_back(layers.front());
  layers.back().same_supply = false;
  const Savings total = total_of(layers);
  EXPECT_EQ(total.held, 1000U);
  EXPECT_EQ(total[Mechanism::dram].saved_pJ(), 400);
  EXPECT_NE(savings_text(layers, {}).find("supplies differ too"), std::string::npos);
  layers.back().same_supply = true;
  EXPECT_EQ(savings_text(layers, {}).find("supplies differ too"), std::string::npos);
}

TEST(Savings, JsonEndsWithTheTotalAndEveryMechanism) {
  const auto json = savings_json(savings_of(run_of(50, 500), run_of(100, 0)));
  ASSERT_EQ(json.size(), 2U);
  EXPECT_EQ(json[1]["layer"], "total");
  EXPECT_EQ(json[0]["held_operations"], 500);
  EXPECT_EQ(json[0]["mechanisms"].size(), kMechanisms);
  EXPECT_EQ(json[0]["mechanisms"]["sram"]["saved_pJ"], 25.0);
}

TEST(Savings, NoLayersNoText) { EXPECT_EQ(savings_text({}, {}), ""); }

}  // namespace
}  // namespace bitscale
