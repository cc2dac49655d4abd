#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sim/core/account.hpp"
#include "sim/power/technology.hpp"

namespace bitscale {

/// What stands for the energy of arithmetic: a table of operations, what netlists switch, or both
/// side by side. Memories are from the table either way.
enum class EnergyModel { horowitz, structure, both };

[[nodiscard]] std::string_view to_string(EnergyModel model);

/// What one kind of action cost: count x unit cost.
struct ActionEnergy {
  ActionCount action;
  double unit_pJ = 0;  ///< per count; 0 only where the count is, or where a declared cost is
  double energy_pJ = 0;
  CostSource source;
  bool operator==(const ActionEnergy&) const = default;
};

/// One component's share of a sum.
struct ComponentShare {
  std::string component;
  double value = 0;
  bool operator==(const ComponentShare&) const = default;
};

/// Adds to a component's sum; components stand in order of first appearance.
void add_share(std::vector<ComponentShare>& shares, const std::string& component, double value);

/// Energy of a layer: every action, the sum per component in order of first appearance, and the sum
/// of those.
struct EnergyReport {
  std::vector<ActionEnergy> actions;
  std::vector<ComponentShare> components_pJ;
  double total_pJ = 0;
  bool operator==(const EnergyReport&) const = default;
};

/// Counts times unit costs, summed in the order given. Pure. An action that never happened needs no
/// cost. Throws ConfigError that names every missing cost.
[[nodiscard]] EnergyReport energy(const std::vector<ActionCount>& actions,
                                  const Technology& technology);

/// Component sums of several layers, in order of first appearance, and their total. No actions.
[[nodiscard]] EnergyReport sum(const std::vector<const EnergyReport*>& layers);

/// Area of a machine.
struct AreaReport {
  std::vector<ComponentShare> components_um2;
  double total_um2 = 0;
  bool logic_only = true;  ///< no memory's area is in the total
  /// Memories of no declared size or without an area cost, with the reason.
  std::vector<std::string> left_out;
  std::vector<std::string> sources;  ///< labels of what is not published
  bool operator==(const AreaReport&) const = default;
};

/// Counts times unit areas. Memories are left out, and named, where they are ideal (capacity 0) or
/// where the technology has no memory area; a missing operator area throws ConfigError.
[[nodiscard]] AreaReport area(const std::vector<AreaItem>& items, const Technology& technology);

/// Energy over time, mW, of a machine that took `cycles` at `clock_Hz`; 0 cycles give 0.
[[nodiscard]] double average_power_mW(double total_pJ, std::uint64_t cycles, double clock_Hz);

/// One line per distinct cost that is not a checked publication: `multiply 16x16 b: interpolated
/// (rule)`.
[[nodiscard]] std::vector<std::string> cost_notes(const EnergyReport& report);

/// How a report names an action's cost: `multiply 16x16 b`, `sram_read 256 KiB`.
[[nodiscard]] std::string describe_action(const ActionCount& action);

}  // namespace bitscale
