#include "sim/report/structure.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "sim/report/csv.hpp"
#include "sim/report/json.hpp"
#include "sim/report/text.hpp"
#include "tests/unit/report/results.hpp"

namespace bitscale {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

ActionEnergy entry(const char* component, Action action, std::uint64_t count, double unit_pJ) {
  ActionEnergy result;
  result.action.component = component;
  result.action.action = action;
  result.action.count = count;
  result.unit_pJ = unit_pJ;
  result.energy_pJ = static_cast<double>(count) * unit_pJ;
  return result;
}

EnergyReport report_of(std::vector<ActionEnergy> actions) {
  EnergyReport report;
  for (const ActionEnergy& action : actions) {
    report.components_pJ.push_back({action.action.component, action.energy_pJ});
    report.total_pJ += action.energy_pJ;
  }
  report.actions = std::move(actions);
  return report;
}

/// The small run with both models: 400 pins of half a picojoule, 200 more by glitches of gain 0.25.
RunResult both_models() {
  RunResult run = small_run();
  run.provenance.energy_model = "both";
  run.sampling_interval = 0.01;
  StructureCosts costs;
  costs.pin_pJ.value = 0.5;
  costs.glitch_gain.value = 0.25;
  run.structure_costs = costs;
  for (LayerResult& layer : run.layers) layer.structure = {layer.actions, layer.energy};
  LayerResult& conv = run.layers[0];
  conv.structure->energy = report_of({entry("datapath", Action::switch_zero_delay, 400, 0.5),
                                      entry("datapath", Action::switch_glitch, 200, 0.125),
                                      entry("broadcast", Action::wire_toggle, 10, 1),
                                      entry("weight_buffer", Action::sram_read, 4, 0.25)});
  conv.switching = SwitchingSample{false, 1000, 100, 10, 0.4, 0.02, 1.5, 0.01};
  return run;
}

TEST(StructureEnergy, AtEitherEndOfTheGainComesFromTheSameCounts) {
  const RunResult run = both_models();
  EXPECT_EQ(energy_at_gain_pJ(run, run.layers[0], 0), 211);
  EXPECT_EQ(energy_at_gain_pJ(run, run.layers[0], 0.25), run.layers[0].structure->energy.total_pJ);
  EXPECT_EQ(energy_at_gain_pJ(run, run.layers[0], 1), 311);
}

TEST(StructureEnergy, IsAbsentWhereGatesWereNotFollowed) {
  const RunResult run = small_run();
  EXPECT_FALSE(structure_energy(run).has_value());
  EXPECT_FALSE(switching_of(run).has_value());
  EXPECT_EQ(structure_text(run), "");
  EXPECT_THAT(runs_csv({run}), Not(HasSubstr("energy_model")));
  EXPECT_FALSE(run_json(run)["totals"].contains("structure"));
}

TEST(StructureEnergy, StandsBesideTheTableByGroup) {
  const std::vector<GroupEnergies> groups = energy_groups(both_models());
  const GroupEnergies& arithmetic = groups[static_cast<std::size_t>(EnergyGroup::arithmetic)];
  EXPECT_EQ(arithmetic.table_pJ, 125);
  EXPECT_EQ(arithmetic.gain_0_pJ, 200);
  EXPECT_EQ(arithmetic.gain_1_pJ, 300);
  EXPECT_EQ(groups[static_cast<std::size_t>(EnergyGroup::operand_movement)].gain_0_pJ, 10);
  EXPECT_EQ(groups[static_cast<std::size_t>(EnergyGroup::memories)].gain_1_pJ, 1);
}

TEST(SwitchingOfARun, WeighsTheIntervalsOfLayersByTheirShare) {
  RunResult run = both_models();
  LayerResult other = run.layers[0];
  other.switching->units_per_transition = 1.2;  // three quarters of the total
  other.switching->relative_half_width = 0.01;
  run.layers.push_back(other);
  const SwitchingSample total = *switching_of(run);
  EXPECT_EQ(total.transitions, 2000U);
  EXPECT_EQ(total.sampled, 200U);
  EXPECT_DOUBLE_EQ(total.units_per_transition, 0.8);
  EXPECT_NEAR(total.relative_half_width, std::hypot(0.25 * 0.02, 0.75 * 0.01), 1e-12);
  EXPECT_TRUE(interval_reached(run));
}

TEST(StructureText, SaysWhatItRestsOn) {
  const std::string text = structure_text(both_models());
  EXPECT_THAT(text, HasSubstr("glitch gain 0.25"));
  EXPECT_THAT(text, HasSubstr("100 of 1 k cycles of units (10 %), 10 of them with gate delays"));
  EXPECT_THAT(text, HasSubstr("+-2 % without glitches"));
}

TEST(StructureText, SaysWhereTheIntervalWasNotReached) {
  RunResult run = both_models();
  EXPECT_THAT(structure_text(run), HasSubstr("the interval of +-1 % that was asked for was NOT"));
  run.sampling_interval = 0.02;
  EXPECT_THAT(structure_text(run), Not(HasSubstr("NOT")));
}

TEST(StructureJson, HoldsBothModelsAndTheSample) {
  const auto json = run_json(both_models());
  EXPECT_EQ(json["provenance"]["energy_model"], "both");
  const auto& layer = json["layers"][0]["structure"];
  EXPECT_EQ(json["layers"][0]["energy_pJ"], 125.0);
  EXPECT_EQ(layer["energy_pJ"], 236.0);
  EXPECT_EQ(layer["energy_gain_1_pJ"], 311.0);
  EXPECT_EQ(layer["switching"]["sampled"], 100);
  EXPECT_EQ(json["totals"]["structure"]["interval_reached"], false);
  EXPECT_EQ(json["totals"]["structure"]["pin_pJ"], 0.5);
}

TEST(StructureCsv, AddsColumnsToRunsThatFollowedGates) {
  const std::string csv = runs_csv({both_models()});
  EXPECT_THAT(csv, HasSubstr("energy_model,structure_energy_pJ,structure_energy_gain_0_pJ"));
  EXPECT_THAT(csv, HasSubstr("both,236,211,311,0.02,1.5\n"));
}

TEST(ResultDigest, KnowsWhatGatesSwitched) {
  RunResult run = both_models();
  ActionCount action;
  action.component = "datapath";
  action.action = Action::switch_zero_delay;
  action.count = 5;
  run.layers[0].structure->actions = {action};
  const std::string before = result_digest(run);
  run.layers[0].structure->actions[0].count = 6;
  EXPECT_NE(result_digest(run), before);
}

}  // namespace
}  // namespace bitscale
