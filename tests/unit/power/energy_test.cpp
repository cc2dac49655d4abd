#include "sim/power/energy.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "tests/unit/power/technologies.hpp"

namespace bitscale {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::vector<ActionCount> some_actions() {
  return {multiply(16, 16, 1000003), add(36, 900001),
          memory(Action::sram_read, 64 * kKiB, 64, 77777),
          memory(Action::sram_write, 64 * kKiB, 64, 5), dram(Action::dram_read, 12345)};
}

TEST(Energy, IsCountTimesUnitCost) {
  const Technology technology = horowitz45();
  const EnergyReport report = energy(some_actions(), technology);
  ASSERT_EQ(report.actions.size(), some_actions().size());
  for (const ActionEnergy& entry : report.actions) {
    EXPECT_EQ(entry.unit_pJ, unit_energy_pJ(technology, entry.action));
    EXPECT_EQ(entry.energy_pJ, static_cast<double>(entry.action.count) * entry.unit_pJ);
  }
}

TEST(Energy, OfAComponentIsTheSumOfItsActions) {
  const EnergyReport report = energy(some_actions(), horowitz45());
  ASSERT_EQ(report.components_pJ.size(), 4U);
  EXPECT_EQ(report.components_pJ[2].component, "weight_buffer");
  EXPECT_EQ(report.components_pJ[2].value,
            report.actions[2].energy_pJ + report.actions[3].energy_pJ);
}

TEST(Energy, BreakdownSumsToTheTotal) {
  const EnergyReport report = energy(some_actions(), horowitz45());
  double total = 0;
  for (const ComponentShare& share : report.components_pJ) total += share.value;
  EXPECT_EQ(report.total_pJ, total);
  EXPECT_GT(report.total_pJ, 0);
}

TEST(Energy, IsAdditive) {
  const Technology technology = horowitz45();
  std::mt19937_64 random(7);
  for (int trial = 0; trial < 50; ++trial) {
    std::vector<ActionCount> both;
    std::vector<ActionCount> parts[2];
    for (int i = 0; i < 12; ++i) {
      const ActionCount action =
          i % 3 == 0 ? multiply(1 + static_cast<int>(random() % 32), 8, random() % 1000)
                     : add(1 + static_cast<int>(random() % 64), random() % 1000);
      both.push_back(action);
      parts[i % 2].push_back(action);
    }
    const double sum_pJ =
        energy(parts[0], technology).total_pJ + energy(parts[1], technology).total_pJ;
    EXPECT_NEAR(energy(both, technology).total_pJ, sum_pJ, 1e-12 * sum_pJ);
  }
}

TEST(Energy, OfLayersSumsPerComponent) {
  const Technology technology = horowitz45();
  const EnergyReport first = energy({multiply(8, 8, 10), dram(Action::dram_read, 4)}, technology);
  const EnergyReport second = energy({add(8, 100), multiply(8, 8, 5)}, technology);
  const EnergyReport both = sum({&first, &second});
  EXPECT_THAT(both.components_pJ,
              ElementsAre(ComponentShare{"multiplier", 3}, ComponentShare{"dram_weights", 80},
                          ComponentShare{"adder_tree", 3}));
  EXPECT_EQ(both.total_pJ, 86);
}

TEST(Energy, OfNothingIsNothing) {
  const EnergyReport report = energy({}, horowitz45());
  EXPECT_EQ(report.total_pJ, 0);
  EXPECT_TRUE(report.components_pJ.empty());
}

TEST(Energy, AnActionThatNeverHappenedNeedsNoCost) {
  const EnergyReport report = energy({memory(Action::sram_read, 0, 0, 0)}, horowitz45());
  EXPECT_EQ(report.total_pJ, 0);
  EXPECT_THAT(report.components_pJ, ElementsAre(ComponentShare{"weight_buffer", 0}));
}

TEST(Energy, NamesEveryMissingCostAtOnce) {
  const Technology technology = technology_with(
      "  add:\n    points:\n"
      "      - {width: 8, energy: 0.03pJ, source: {label: published, cite: x}}\n");
  try {
    (void)energy({add(8), multiply(8, 8), multiply(8, 8), dram(Action::dram_read)}, technology);
    FAIL() << "a missing cost passed";
  } catch (const ConfigError& error) {
    ASSERT_EQ(error.diagnostics().size(), 2U);
    EXPECT_EQ(error.diagnostics()[0].key, "costs.multiply");
    EXPECT_EQ(error.diagnostics()[1].key, "costs.dram");
  }
}

TEST(Energy, NotesListEachUnpublishedCostOnce) {
  const EnergyReport report = energy(
      {multiply(8, 8), multiply(16, 16), multiply(16, 16), dram(Action::dram_write)}, horowitz45());
  const std::vector<std::string> notes = cost_notes(report);
  ASSERT_EQ(notes.size(), 2U);
  EXPECT_THAT(notes[0], HasSubstr("multiply 16x16 bit: interpolated (power law"));
  EXPECT_THAT(notes[1], HasSubstr("dram_write: assumed (a write costs what a read costs)"));
}

TEST(Area, BreakdownSumsToTheTotal) {
  const AreaReport report = area({{"multiplier", Action::multiply, 8, 8, 0, 100},
                                  {"adder_tree", Action::add, 20, 0, 0, 99},
                                  {"weight_buffer", Action::sram_read, 0, 0, 1000, 1}},
                                 horowitz45());
  double total = 0;
  for (const ComponentShare& share : report.components_um2) total += share.value;
  EXPECT_EQ(report.total_um2, total);
  EXPECT_EQ(report.components_um2[0].value, 28200);
  EXPECT_FALSE(report.logic_only);
  EXPECT_TRUE(report.left_out.empty());
}

TEST(Area, WithoutMemoriesIsLogicArea) {
  EXPECT_TRUE(area({{"adder_tree", Action::add, 8, 0, 0, 1}}, horowitz45()).logic_only);
}

TEST(Area, LeavesOutAndNamesMemoriesOfNoSize) {
  const AreaReport report = area(
      {{"adder_tree", Action::add, 8, 0, 0, 1}, {"weight_buffer", Action::sram_read, 0, 0, 0, 1}},
      horowitz45());
  EXPECT_TRUE(report.logic_only);
  EXPECT_EQ(report.total_um2, 36);
  EXPECT_THAT(report.left_out,
              ElementsAre("weight_buffer (no declared size: in no energy either)"));
}

TEST(Area, LeavesOutAndNamesMemoriesWhereTheTechnologyHasNoMemoryArea) {
  Technology technology = horowitz45();
  technology.sram->area_um2_per_bit.reset();
  const AreaReport report = area({{"weight_buffer", Action::sram_read, 0, 0, 1000, 1}}, technology);
  EXPECT_TRUE(report.logic_only);
  EXPECT_THAT(report.left_out, ElementsAre("weight_buffer (the technology has no memory area)"));
}

TEST(Area, SaysWhichAreasAreNotPublished) {
  const AreaReport report = area(
      {{"multiplier", Action::multiply, 16, 16, 0, 1}, {"accumulator", Action::add, 32, 0, 0, 1}},
      horowitz45());
  ASSERT_EQ(report.sources.size(), 1U);
  EXPECT_THAT(report.sources[0], HasSubstr("area of multiplier: interpolated"));
}

TEST(AveragePower, IsEnergyOverTime) {
  // 1 uJ in 1000 cycles at 1 MHz: 1 uJ / 1 ms = 1 mW.
  EXPECT_DOUBLE_EQ(average_power_mW(1e6, 1000, 1e6), 1.0);
}

TEST(AveragePower, OfNoTimeIsZero) { EXPECT_EQ(average_power_mW(5, 0, 1e6), 0); }

}  // namespace
}  // namespace bitscale
