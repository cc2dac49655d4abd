#include "sim/report/savings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "sim/core/rounding.hpp"
#include "sim/report/structure.hpp"

namespace bitscale {
namespace {

using Align = Table::Align;
using Json = nlohmann::ordered_json;
// NOLINTNEXTLINE(modernize-use-using): __extension__ needs typedef
__extension__ typedef unsigned __int128 Wide;

Mechanism mechanism_of(const ActionCount& action) {
  switch (action.action) {
    case Action::sram_read:
    case Action::sram_write:
      return Mechanism::sram;
    case Action::dram_read:
    case Action::dram_write:
      return Mechanism::dram;
    default:
      break;
  }
  if (action.action == Action::array_transfer || action.component == "operand_registers" ||
      action.component == "broadcast")
    return Mechanism::movement;
  if (action.component == "registers" || action.component == "clock_root") return Mechanism::clocks;
  return Mechanism::logic;
}

/// What the count of a mechanism counts; energies count all its actions.
bool counted(const ActionCount& action, Mechanism mechanism) {
  switch (mechanism) {
    case Mechanism::clocks:
      return action.action == Action::flip_flop_clock && action.component == "registers";
    case Mechanism::sram:
      return action.action == Action::sram_read;
    case Mechanism::dram:
      return true;
    default:
      return false;
  }
}

const EnergyReport& energy_of(const RunResult& run, const LayerResult& layer) {
  const EnergyReport* const gates = structure_energy(run, layer);
  return gates != nullptr ? *gates : layer.energy;
}

void add_actions(const EnergyReport& report, Savings& savings, double MechanismSaving::*energy_pJ,
                 std::uint64_t MechanismSaving::*count) {
  double split = 0;
  for (const ActionEnergy& entry : report.actions) {
    const Mechanism mechanism = mechanism_of(entry.action);
    MechanismSaving& saving = savings.mechanisms[static_cast<std::size_t>(mechanism)];
    saving.*energy_pJ += entry.energy_pJ;
    if (counted(entry.action, mechanism)) saving.*count += entry.action.count;
    split += entry.energy_pJ;
  }
  savings.mechanisms[static_cast<std::size_t>(Mechanism::rest)].*energy_pJ +=
      std::max(0.0, report.total_pJ - split);
}

Savings layer_savings(const RunResult& with, const LayerResult& layer, const RunResult& without,
                      const LayerResult& other) {
  Savings savings;
  savings.layer = layer.name;
  savings.operations = layer.macs;
  const std::uint64_t slots = layer.slots.active + layer.slots.guarded;
  if (slots > 0)  // every product takes the same slots
    savings.held = static_cast<std::uint64_t>(Wide{layer.macs} * layer.slots.guarded / slots);
  add_actions(energy_of(with, layer), savings, &MechanismSaving::with_pJ,
              &MechanismSaving::with_count);
  add_actions(energy_of(without, other), savings, &MechanismSaving::without_pJ,
              &MechanismSaving::without_count);
  savings.same_supply = layer.operating == other.operating;
  return savings;
}

std::string title_of(Mechanism mechanism) {
  switch (mechanism) {
    case Mechanism::logic:
      return "gates of held units";
    case Mechanism::clocks:
      return "clocks of held registers";
    case Mechanism::movement:
      return "operand registers, wires";
    case Mechanism::sram:
      return "buffer reads";
    case Mechanism::dram:
      return "DRAM traffic";
    case Mechanism::rest:
      break;
  }
  return "control, leakage";
}

std::string saved_text(double saved_pJ, double without_pJ) {
  if (without_pJ <= 0) return "-";
  return format_percent(saved_pJ / without_pJ);
}

std::string mechanisms_text(const Savings& total, const TextStyle& style) {
  Table table({{"energy, layers with MACs", Align::left},
               {"zeros as any value"},
               {"as it is"},
               {"saved"},
               {"counts", Align::left}});
  const auto change = [](const MechanismSaving& m, const char* unit) {
    return m.without_count == 0 ? std::string()
                                : fmt::format("{} {} of {}", format_count(m.with_count), unit,
                                              format_count(m.without_count));
  };
  for (std::size_t i = 0; i < kMechanisms; ++i) {
    const auto mechanism = static_cast<Mechanism>(i);
    const MechanismSaving& m = total[mechanism];
    if (m.without_pJ == 0 && m.with_pJ == 0) continue;
    const char* const unit = mechanism == Mechanism::clocks ? "clocks" : "bits";
    table.add_row({title_of(mechanism), format_energy_pJ(m.without_pJ), format_energy_pJ(m.with_pJ),
                   saved_text(m.saved_pJ(), m.without_pJ), change(m, unit)});
  }
  table.add_rule();
  table.add_row({"total", format_energy_pJ(total.without_pJ()), format_energy_pJ(total.with_pJ()),
                 saved_text(total.without_pJ() - total.with_pJ(), total.without_pJ())});
  return table.text(style);
}

}  // namespace

double Savings::with_pJ() const {
  double sum = 0;
  for (const MechanismSaving& m : mechanisms) sum += m.with_pJ;
  return sum;
}

double Savings::without_pJ() const {
  double sum = 0;
  for (const MechanismSaving& m : mechanisms) sum += m.without_pJ;
  return sum;
}

std::optional<double> Savings::logic_at_active_cost_pJ() const {
  if (held >= operations) return std::nullopt;
  const auto active = static_cast<double>(operations - held);
  return (*this)[Mechanism::logic].with_pJ * static_cast<double>(held) / active;
}

std::vector<Savings> savings_of(const RunResult& with, const RunResult& without) {
  std::vector<Savings> layers;
  for (std::size_t i = 0; i < with.layers.size(); ++i) {
    if (with.layers[i].macs == 0) continue;
    layers.push_back(layer_savings(with, with.layers[i], without, without.layers.at(i)));
  }
  return layers;
}

Savings total_of(const std::vector<Savings>& layers) {
  Savings total;
  total.layer = "total";
  for (const Savings& layer : layers) {
    total.operations += layer.operations;
    total.held += layer.held;
    total.same_supply = total.same_supply && layer.same_supply;
    for (std::size_t i = 0; i < kMechanisms; ++i) {
      total.mechanisms[i].with_pJ += layer.mechanisms[i].with_pJ;
      total.mechanisms[i].without_pJ += layer.mechanisms[i].without_pJ;
      total.mechanisms[i].with_count += layer.mechanisms[i].with_count;
      total.mechanisms[i].without_count += layer.mechanisms[i].without_count;
    }
  }
  return total;
}

std::string savings_text(const std::vector<Savings>& layers, const TextStyle& style) {
  if (layers.empty()) return "";
  Table table({{"saved on zeros", Align::left},
               {"operations"},
               {"held"},
               {"gates"},
               {"at the active ones' cost"},
               {"clocks"},
               {"buffer reads"},
               {"DRAM"},
               {"all"}});
  const auto add = [&](const Savings& s) {
    const auto part = [&](Mechanism mechanism) {
      return saved_text(s[mechanism].saved_pJ(), s[mechanism].without_pJ);
    };
    const std::optional<double> naive = s.logic_at_active_cost_pJ();
    const double logic_pJ = s[Mechanism::logic].with_pJ;
    table.add_row({s.layer, format_count(s.operations),
                   saved_text(static_cast<double>(s.held), static_cast<double>(s.operations)),
                   part(Mechanism::logic),
                   naive ? saved_text(*naive, logic_pJ + *naive) : std::string("-"),
                   part(Mechanism::clocks), part(Mechanism::sram), part(Mechanism::dram),
                   saved_text(s.without_pJ() - s.with_pJ(), s.without_pJ())});
  };
  for (const Savings& layer : layers) add(layer);
  table.add_rule();
  const Savings total = total_of(layers);
  add(total);
  std::string text = table.text(style) + "\n" + mechanisms_text(total, style);
  text +=
      "  against the same machine and operands without guard, skipped reads and compression, where "
      "gates that are followed switch little on zeros too\n";
  if (!total.same_supply)
    text += "  the unit without guard has other paths, so that supplies differ too\n";
  return text + "\n";
}

Json savings_json(const std::vector<Savings>& layers) {
  const auto entry = [](const Savings& s) {
    Json json;
    json["layer"] = s.layer;
    json["operations"] = s.operations;
    json["held_operations"] = s.held;
    const std::optional<double> naive = s.logic_at_active_cost_pJ();
    json["held_at_active_cost_pJ"] = naive ? Json(round_significant(*naive)) : Json(nullptr);
    json["same_supply"] = s.same_supply;
    for (std::size_t i = 0; i < kMechanisms; ++i) {
      const MechanismSaving& m = s.mechanisms[i];
      json["mechanisms"][std::string(kMechanismNames[i])] = {
          {"with_pJ", round_significant(m.with_pJ)},
          {"without_pJ", round_significant(m.without_pJ)},
          {"saved_pJ", round_significant(m.saved_pJ())},
          {"with_count", m.with_count},
          {"without_count", m.without_count}};
    }
    return json;
  };
  Json json = Json::array();
  for (const Savings& layer : layers) json.push_back(entry(layer));
  json.push_back(entry(total_of(layers)));
  return json;
}

}  // namespace bitscale
