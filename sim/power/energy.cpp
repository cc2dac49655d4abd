#include "sim/power/energy.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace bitscale {

namespace {

double total(const std::vector<ComponentShare>& shares) {
  double result = 0;
  for (const ComponentShare& share : shares) result += share.value;
  return result;
}

void add_once(std::vector<std::string>& lines, std::string line) {
  if (std::find(lines.begin(), lines.end(), line) == lines.end()) lines.push_back(std::move(line));
}

/// Binary prefixes, as capacities are declared; the largest that leaves a whole number.
std::string format_capacity(std::int64_t bits) {
  if (bits % 8 != 0) return fmt::format("{} bit", bits);
  std::int64_t bytes = bits / 8;
  static constexpr const char* kPrefixes[] = {"", "Ki", "Mi", "Gi"};
  int prefix = 0;
  while (prefix < 3 && bytes > 0 && bytes % 1024 == 0) {
    bytes /= 1024;
    ++prefix;
  }
  return fmt::format("{} {}B", bytes, kPrefixes[prefix]);
}

}  // namespace

void add_share(std::vector<ComponentShare>& shares, const std::string& component, double value) {
  const auto found = std::find_if(shares.begin(), shares.end(), [&](const ComponentShare& share) {
    return share.component == component;
  });
  if (found == shares.end()) {
    shares.push_back({component, value});
  } else {
    found->value += value;
  }
}

std::string_view to_string(EnergyModel model) {
  switch (model) {
    case EnergyModel::horowitz:
      return "horowitz";
    case EnergyModel::structure:
      return "structure";
    case EnergyModel::both:
      return "both";
  }
  return "?";
}

std::string describe_action(const ActionCount& action) {
  switch (action.action) {
    case Action::multiply:
      return fmt::format("multiply {}x{} bit", action.width_a, action.width_b);
    case Action::add:
      return fmt::format("add {} bit", action.width_a);
    case Action::sram_read:
    case Action::sram_write:
      return fmt::format("{} {}", to_string(action.action), format_capacity(action.capacity_bits));
    case Action::switch_zero_delay:
      return "switched capacitance";
    case Action::switch_glitch:
      return "capacitance switched by glitches";
    case Action::flip_flop_clock:
      return "clock of a flip-flop";
    case Action::flip_flop_toggle:
      return "toggle of a flip-flop";
    case Action::wire_toggle:
      return "toggle of an operand wire";
    default:
      return std::string(to_string(action.action));
  }
}

EnergyReport energy(const std::vector<ActionCount>& actions, const Technology& technology) {
  EnergyReport report;
  std::vector<Diagnostic> problems;
  for (const ActionCount& action : actions) {
    ActionEnergy entry;
    entry.action = action;
    if (action.count > 0) {
      try {
        const Cost cost = unit_cost_pJ(technology, action);
        entry.unit_pJ = cost.value;
        entry.source = cost.source;
      } catch (const ConfigError& error) {
        for (const Diagnostic& problem : error.diagnostics()) {
          if (std::find(problems.begin(), problems.end(), problem) == problems.end()) {
            problems.push_back(problem);
          }
        }
      }
    }
    entry.energy_pJ = static_cast<double>(action.count) * entry.unit_pJ;
    add_share(report.components_pJ, action.component, entry.energy_pJ);
    report.actions.push_back(std::move(entry));
  }
  if (!problems.empty()) throw ConfigError(std::move(problems));
  report.total_pJ = total(report.components_pJ);
  return report;
}

EnergyReport sum(const std::vector<const EnergyReport*>& layers) {
  EnergyReport report;
  for (const EnergyReport* layer : layers) {
    for (const ComponentShare& share : layer->components_pJ) {
      add_share(report.components_pJ, share.component, share.value);
    }
  }
  report.total_pJ = total(report.components_pJ);
  return report;
}

AreaReport area(const std::vector<AreaItem>& items, const Technology& technology) {
  AreaReport report;
  const bool memory_area = technology.sram && technology.sram->area_um2_per_bit;
  for (const AreaItem& item : items) {
    const bool memory = item.action == Action::sram_read;
    if (memory && (item.capacity_bits < 1 || !memory_area)) {
      add_once(report.left_out,
               item.component + (item.capacity_bits < 1 ? " (no declared size: in no energy either)"
                                                        : " (the technology has no memory area)"));
      continue;
    }
    if (item.count == 0) continue;
    const Cost unit = unit_area_um2(technology, item);
    add_share(report.components_um2, item.component, unit.value * static_cast<double>(item.count));
    if (memory) report.logic_only = false;
    if (unit.source.label != CostLabel::published || unit.source.recalled) {
      add_once(report.sources, fmt::format("area of {}: {} ({})", item.component,
                                           label_of(unit.source), unit.source.text));
    }
  }
  report.total_um2 = total(report.components_um2);
  return report;
}

double average_power_mW(double total_pJ, std::uint64_t cycles, double clock_Hz) {
  if (cycles == 0) return 0;
  // pJ x Hz / cycles = pW; 1e-9 makes it mW.
  return total_pJ * (clock_Hz / static_cast<double>(cycles)) * 1e-9;
}

std::vector<std::string> cost_notes(const EnergyReport& report) {
  std::vector<std::string> notes;
  for (const ActionEnergy& entry : report.actions) {
    if (entry.action.count == 0) continue;
    if (entry.source.label == CostLabel::published && !entry.source.recalled) continue;
    add_once(notes, fmt::format("{}: {} ({})", describe_action(entry.action),
                                label_of(entry.source), entry.source.text));
  }
  return notes;
}

}  // namespace bitscale
