#include "sim/power/structure.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/core/rounding.hpp"
#include "sim/power/energy.hpp"
#include "tests/unit/power/technologies.hpp"

namespace bitscale {
namespace {

using ::testing::HasSubstr;

ActionCount switched(Action action, std::uint64_t count) {
  ActionCount entry;
  entry.component = "datapath";
  entry.action = action;
  entry.count = count;
  return entry;
}

TEST(StructureCosts, AreInPinsOfTheTechnology) {
  const Technology technology = horowitz45();
  const auto unit = [&](Action action) { return unit_energy_pJ(technology, switched(action, 1)); };
  EXPECT_EQ(unit(Action::switch_zero_delay), 1.84e-4);
  EXPECT_EQ(unit(Action::flip_flop_clock), round_significant(12 * 1.84e-4));
  EXPECT_EQ(unit(Action::flip_flop_toggle), round_significant(14 * 1.84e-4));
  EXPECT_EQ(unit(Action::wire_toggle), round_significant(380 * 1.84e-4));
}

TEST(StructureCosts, CountGlitchesByTheirGain) {
  Technology technology = horowitz45();
  EXPECT_EQ(unit_energy_pJ(technology, switched(Action::switch_glitch, 1)), 0);
  technology.structure->glitch_gain.value = 0.5;
  EXPECT_EQ(unit_energy_pJ(technology, switched(Action::switch_glitch, 1)), 0.92e-4);
}

TEST(StructureCosts, TimesCountsAreEnergyExactly) {
  const std::vector<ActionCount> actions = {
      switched(Action::switch_zero_delay, 1234567891), switched(Action::switch_glitch, 987654321),
      switched(Action::flip_flop_clock, 48000003), switched(Action::wire_toggle, 7)};
  Technology technology = horowitz45();
  technology.structure->glitch_gain.value = 1;
  const EnergyReport report = energy(actions, technology);
  double total = 0;
  for (const ActionEnergy& entry : report.actions) {
    EXPECT_EQ(entry.energy_pJ, static_cast<double>(entry.action.count) * entry.unit_pJ);
    total += entry.energy_pJ;
  }
  EXPECT_EQ(report.total_pJ, total);
}

TEST(StructureCosts, AreNeverBetterFoundedThanTheirParts) {
  const Technology technology = horowitz45();
  EXPECT_EQ(label_of(technology, switched(Action::switch_zero_delay, 1)), "fitted");
  EXPECT_EQ(label_of(technology, switched(Action::wire_toggle, 1)), "assumed");
}

TEST(StructureCosts, ThatAreMissingAreAnErrorInTheFile) {
  Technology technology = horowitz45();
  technology.structure.reset();
  try {
    (void)energy({switched(Action::switch_zero_delay, 1)}, technology);
    FAIL();
  } catch (const ConfigError& error) {
    EXPECT_THAT(error.what(), HasSubstr("costs.structure"));
    EXPECT_THAT(error.what(), HasSubstr("no cost for the energy of switched capacitance, which "
                                        "component 'datapath' needs"));
  }
}

TEST(StructureCosts, GiveGatesAnArea) {
  AreaItem gates;
  gates.component = "datapath";
  gates.action = Action::switch_zero_delay;
  gates.count = 1000;
  EXPECT_EQ(area({gates}, horowitz45()).total_um2, 500);
  Technology technology = horowitz45();
  technology.nand2_area_um2.reset();
  EXPECT_THROW((void)area({gates}, technology), ConfigError);
}

}  // namespace
}  // namespace bitscale
