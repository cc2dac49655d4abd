#include "sim/power/supplied_energy.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/config/tree.hpp"
#include "tests/unit/power/delays.hpp"
#include "tests/unit/power/technologies.hpp"

namespace bitscale {
namespace {

/// 100 multiplies of 2 pJ, 50 bits of a memory at 4 pJ, 10 bits of DRAM at 20 pJ.
EnergyReport nominal_report() {
  EnergyReport report;
  const auto add_entry = [&](const ActionCount& action, double unit_pJ) {
    ActionEnergy entry;
    entry.action = action;
    entry.unit_pJ = unit_pJ;
    entry.energy_pJ = static_cast<double>(action.count) * unit_pJ;
    report.actions.push_back(entry);
    report.components_pJ.push_back({action.component, entry.energy_pJ});
    report.total_pJ += entry.energy_pJ;
  };
  add_entry(multiply(16, 16, 100), 2);
  add_entry(memory(Action::sram_read, 8 * kKiB, 64, 50), 4);
  add_entry(dram(Action::dram_read, 10), 20);
  return report;
}

OperatingPoint point_at(double datapath_V, double control_V, double memory_V) {
  OperatingPoint point;
  point.clock_Hz = 100'000'000;
  point.datapath.V = datapath_V;
  point.control.V = control_V;
  point.memory.V = memory_V;
  return point;
}

MachinePower machine_power(std::string_view text) {
  return config::read_all(config::parse_yaml(text, "p.yaml"), parse_machine_power);
}

double component(const EnergyReport& report, std::string_view name) {
  for (const ComponentShare& share : report.components_pJ) {
    if (share.component == name) return share.value;
  }
  return 0;
}

constexpr LayerTime kMicrosecond{100, 1e-6};

EnergyReport supplied(const OperatingPoint& point, const MachinePower& power = {}) {
  return supplied_energy(nominal_report(), kMicrosecond, point, scalable_technology(), power);
}

TEST(SuppliedEnergy, AtTheSupplyOfTheCostsIsTheirs) {
  EXPECT_EQ(supplied(point_at(0.9, 0.9, 0.9)), nominal_report());
}

TEST(SuppliedEnergy, GoesWithTheSquareOfEachDomainsSupply) {
  const EnergyReport report = supplied(point_at(0.6, 0.9, 1.1));
  EXPECT_NEAR(component(report, "multiplier"), 200 * 4 / 9.0, 1e-6);
  EXPECT_NEAR(component(report, "weight_buffer"), 200 * 1.21 / 0.81, 1e-6);
  EXPECT_EQ(component(report, "dram_weights"), 200);
}

TEST(SuppliedEnergy, CountsTimesUnitCostsStayExact) {
  const EnergyReport report = supplied(point_at(0.7123, 0.9, 0.8456));
  for (const ActionEnergy& entry : report.actions) {
    EXPECT_EQ(entry.energy_pJ, static_cast<double>(entry.action.count) * entry.unit_pJ);
  }
}

TEST(SuppliedEnergy, ComponentsSumToTheTotal) {
  const EnergyReport report =
      supplied(point_at(0.7, 0.8, 0.9),
               machine_power("{leakage: {power: 5mW, source: {label: assumed, cite: "
                             "x}}, control: {energy: 70pJ, source: {label: "
                             "assumed, cite: x}}}"));
  double sum = 0;
  for (const ComponentShare& share : report.components_pJ) sum += share.value;
  EXPECT_DOUBLE_EQ(report.total_pJ, sum);
  EXPECT_EQ(report.components_pJ.size(), 5U);
}

TEST(Control, CostsItsEnergyInEveryCycle) {
  const MachinePower power =
      machine_power("{control: {energy: 70pJ, source: {label: assumed, cite: x}}}");
  EXPECT_NEAR(component(supplied(point_at(0.9, 0.9, 0.9), power), "control"), 7000, 1e-6);
  EXPECT_NEAR(component(supplied(point_at(0.9, 0.6, 0.9), power), "control"), 7000 * 4 / 9.0, 1e-4);
}

TEST(Control, HoldsAtTheSupplyItIsDeclaredFor) {
  const MachinePower power =
      machine_power("{control: {energy: 70pJ, at: 1.1V, source: {label: assumed, cite: x}}}");
  EXPECT_NEAR(component(supplied(point_at(0.9, 1.1, 0.9), power), "control"), 7000, 1e-6);
}

TEST(Leakage, IsPowerTimesTime) {
  const MachinePower power =
      machine_power("{leakage: {power: 5mW, source: {label: assumed, cite: x}}}");
  // 5 mW for a microsecond: 5 nJ.
  EXPECT_NEAR(component(supplied(point_at(1.1, 1.1, 1.1), power), "leakage"), 5000, 1e-6);
}

TEST(Leakage, FollowsTheSupplyOfEachShare) {
  const MachinePower power = machine_power(
      "{leakage: {power: 10mW, control_share: 0.1, memory_share: 0.3, source: {label: assumed, "
      "cite: x}}}");
  const auto factor = [](double supply_V, double bias_V) {
    return leakage_factor(textbook_leakage(), supply_V, 1.1, bias_V);
  };
  OperatingPoint point = point_at(0.7, 0.9, 1.1);
  point.body_bias_V = -0.2;
  EXPECT_NEAR(leakage_W(point, scalable_technology(), power),
              0.01 * (0.6 * factor(0.7, -0.2) + 0.1 * factor(0.9, 0) + 0.3), 1e-10);
}

TEST(Leakage, WithoutARuleHoldsAtTheNominalSupplyOnly) {
  const MachinePower power =
      machine_power("{leakage: {power: 5mW, source: {label: assumed, cite: x}}}");
  Technology technology = scalable_technology();
  technology.leakage.reset();
  EXPECT_EQ(leakage_W(point_at(1.1, 1.1, 1.1), technology, power), 0.005);
  EXPECT_THROW((void)leakage_W(point_at(0.9, 1.1, 1.1), technology, power), ConfigError);
}

TEST(PowerReport, SplitsAllEnergyByDomain) {
  const EnergyReport report =
      supplied(point_at(0.7, 0.8, 0.9),
               machine_power("{leakage: {power: 5mW, source: {label: assumed, cite: "
                             "x}}, control: {energy: 70pJ, source: {label: "
                             "assumed, cite: x}}}"));
  const PowerReport power = mean_power(report, 1e-6);
  EXPECT_NEAR(power.total_mW(), report.total_pJ * 1e-9 / 1e-6, 1e-9);
  EXPECT_NEAR(power.datapath_mW, component(report, "multiplier") * 1e-3, 1e-9);
  EXPECT_NEAR(power.off_chip_mW, 0.2, 1e-9);
  EXPECT_NEAR(power.control_mW, component(report, "control") * 1e-3, 1e-9);
  EXPECT_EQ(mean_power(report, 0), PowerReport{});
}

TEST(PowerSection, RefusesSharesAboveOne) {
  try {
    (void)machine_power(
        "{leakage: {power: 5mW, control_share: 0.6, memory_share: 0.5, source: {label: assumed, "
        "cite: x}}}");
    FAIL() << "shares of 1.1 passed";
  } catch (const ConfigError& error) {
    EXPECT_THAT(error.what(), ::testing::HasSubstr("leakage.memory_share: expected shares"));
  }
}

}  // namespace
}  // namespace bitscale
