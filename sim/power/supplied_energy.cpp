#include "sim/power/supplied_energy.hpp"

#include <fmt/format.h>

#include "sim/core/rounding.hpp"

namespace bitscale {

namespace {

/// Dynamic energy goes with the square of the supply.
double dynamic_factor(double supply_V, double costs_V) {
  const double ratio = supply_V / costs_V;
  return round_significant(ratio * ratio);
}

double factor_of(SupplyDomain domain, const OperatingPoint& point, double costs_V) {
  switch (domain) {
    case SupplyDomain::datapath:
      return dynamic_factor(point.datapath.V, costs_V);
    case SupplyDomain::memory:
      return dynamic_factor(point.memory.V, costs_V);
    case SupplyDomain::off_chip:
      break;
  }
  return 1;
}

double nominal_supply_V(const Technology& technology) {
  return technology.delay ? technology.delay->vnom_V : technology.vdd_V;
}

double control_pJ(const LayerTime& time, const OperatingPoint& point, const Technology& technology,
                  const MachinePower& power) {
  const double declared_at_V = power.control_V > 0 ? power.control_V : technology.vdd_V;
  const double per_cycle_pJ =
      round_significant(power.control_pJ * dynamic_factor(point.control.V, declared_at_V));
  return static_cast<double>(time.cycles) * per_cycle_pJ;
}

}  // namespace

SupplyDomain domain_of(const ActionCount& action) {
  switch (action.action) {
    case Action::sram_read:
    case Action::sram_write:
      return SupplyDomain::memory;
    case Action::dram_read:
    case Action::dram_write:
      return SupplyDomain::off_chip;
    default:
      return SupplyDomain::datapath;
  }
}

double leakage_W(const OperatingPoint& point, const Technology& technology,
                 const MachinePower& power) {
  const double nominal_V = nominal_supply_V(technology);
  const bool nominal = point.datapath.V == nominal_V && point.control.V == nominal_V &&
                       point.memory.V == nominal_V && point.body_bias_V == 0;
  if (power.leakage_W > 0 && !nominal && !technology.leakage) {
    throw ConfigError({Diagnostic{
        technology.delay->where, "leakage",
        fmt::format("technology '{}' does not say how leakage follows the supply ('leakage:'), "
                    "and the machine leaks {} W at {}",
                    technology.name, format_significant(power.leakage_W), format_V(nominal_V))}});
  }
  const auto part = [&](double share, double supply_V, double bias_V) {
    if (!technology.leakage) return share;
    return share * leakage_factor(*technology.leakage, supply_V, nominal_V, bias_V);
  };
  return round_significant(
      power.leakage_W * (part(power.datapath_leakage_share(), point.datapath.V, point.body_bias_V) +
                         part(power.control_leakage_share, point.control.V, 0) +
                         part(power.memory_leakage_share, point.memory.V, 0)));
}

EnergyReport supplied_energy(const EnergyReport& nominal, const LayerTime& time,
                             const OperatingPoint& point, const Technology& technology,
                             const MachinePower& power) {
  EnergyReport report;
  report.actions = nominal.actions;
  for (ActionEnergy& entry : report.actions) {
    const double factor = factor_of(domain_of(entry.action), point, technology.vdd_V);
    entry.unit_pJ = round_significant(entry.unit_pJ * factor);
    entry.energy_pJ = static_cast<double>(entry.action.count) * entry.unit_pJ;
    add_share(report.components_pJ, entry.action.component, entry.energy_pJ);
  }
  if (power.has_control) {
    add_share(report.components_pJ, kControlComponent, control_pJ(time, point, technology, power));
  }
  if (power.has_leakage) {
    add_share(report.components_pJ, kLeakageComponent,
              leakage_W(point, technology, power) * time.seconds * 1e12);
  }
  report.total_pJ = 0;
  for (const ComponentShare& share : report.components_pJ) report.total_pJ += share.value;
  return report;
}

double declared_energy_pJ(const EnergyReport& report) {
  double sum_pJ = 0;
  for (const ComponentShare& share : report.components_pJ) {
    if (share.component == kControlComponent || share.component == kLeakageComponent)
      sum_pJ += share.value;
  }
  return sum_pJ;
}

PowerReport mean_power(const EnergyReport& report, double seconds) {
  PowerReport power;
  if (!(seconds > 0)) return power;
  const double mW_per_pJ = 1e-9 / seconds;
  const auto drawn_by = [&](const ActionCount& action) -> double& {
    if (action.action == Action::flip_flop_clock) return power.clock_mW;
    switch (domain_of(action)) {
      case SupplyDomain::memory:
        return power.memory_mW;
      case SupplyDomain::off_chip:
        return power.off_chip_mW;
      case SupplyDomain::datapath:
        break;
    }
    return power.datapath_mW;
  };
  for (const ActionEnergy& entry : report.actions) {
    drawn_by(entry.action) += entry.energy_pJ * mW_per_pJ;
  }
  for (const ComponentShare& share : report.components_pJ) {
    if (share.component == kControlComponent) power.control_mW += share.value * mW_per_pJ;
    if (share.component == kLeakageComponent) power.leakage_mW += share.value * mW_per_pJ;
  }
  return power;
}

}  // namespace bitscale
