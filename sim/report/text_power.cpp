#include <fmt/format.h>

#include <algorithm>

#include "sim/core/quantity.hpp"
#include "sim/report/power.hpp"
#include "sim/report/text.hpp"

namespace bitscale {

namespace {

using Align = Table::Align;

std::string clock_text(double clock_Hz) { return format_quantity(clock_Hz, QuantityUnit::hertz); }

std::string watts(double power_mW) {
  return power_mW > 0 ? format_quantity(power_mW * 1e-3, QuantityUnit::watt) : "-";
}

/// `0.893 V`, with a mark where the floor decided.
std::string supply_text(const Supply& supply) {
  return fmt::format("{}{}", format_plain(supply.V), supply.at_floor ? " *" : "");
}

std::vector<std::string> power_cells(const PowerReport& power) {
  return {watts(power.datapath_mW), watts(power.clock_mW),   watts(power.memory_mW),
          watts(power.control_mW),  watts(power.leakage_mW), watts(power.chip_mW()),
          watts(power.off_chip_mW)};
}

bool any_at_floor(const RunResult& run) {
  return std::ranges::any_of(run.layers, [](const LayerResult& layer) {
    if (!layer.operating) return false;
    const OperatingPoint& point = *layer.operating;
    return point.datapath.at_floor || point.control.at_floor || point.memory.at_floor;
  });
}

/// Clocks that are claimed at the nominal supply and that the drawn path does not allow there.
std::string claims_text(const RunResult& run) {
  double allowed_Hz = 0;
  for (const LayerResult& layer : run.layers) {
    if (!layer.operating || !(layer.operating->max_clock_Hz > 0)) continue;
    const OperatingPoint& point = *layer.operating;
    if (point.max_clock_Hz * (1 + 1e-6) >= static_cast<double>(point.clock_Hz)) continue;
    allowed_Hz = allowed_Hz > 0 ? std::min(allowed_Hz, point.max_clock_Hz) : point.max_clock_Hz;
  }
  if (!(allowed_Hz > 0)) return "";
  return fmt::format(
      "  the units as drawn allow {} only: the machine's clock is its own claim, as with registers "
      "inside its units\n",
      clock_text(allowed_Hz));
}

bool shown(const LayerResult& layer) { return layer.operating && layer.cycles.total() > 0; }

std::string supplies_table(const RunResult& run, const TextStyle& style) {
  Table table({{"clock and supplies", Align::left},
               {"clock"},
               {"path in unit delays"},
               {"in the widest mode"},
               {"datapath V"},
               {"control V"},
               {"memory V"}});
  const auto path = [](std::uint32_t units) {
    return units == 0 ? std::string("-") : std::to_string(units);
  };
  for (const LayerResult& layer : run.layers) {
    if (!shown(layer)) continue;
    const OperatingPoint& point = *layer.operating;
    table.add_row({layer.name, clock_text(layer_clock_Hz(run, layer)), path(point.path_units),
                   path(point.full_path_units), supply_text(point.datapath),
                   supply_text(point.control), supply_text(point.memory)});
  }
  return table.text(style);
}

std::string power_table(const RunResult& run, const TextStyle& style) {
  Table table({{"mean power", Align::left},
               {"datapath"},
               {"registers' clock"},
               {"memory"},
               {"control"},
               {"leakage"},
               {"chip"},
               {"off chip"}});
  const auto add = [&](const std::string& name, const PowerReport& power) {
    std::vector<std::string> cells = {name};
    for (std::string& cell : power_cells(power)) cells.push_back(std::move(cell));
    table.add_row(std::move(cells));
  };
  for (const LayerResult& layer : run.layers) {
    if (shown(layer)) add(layer.name, layer_power(run, layer));
  }
  table.add_rule();
  add("whole run", run_power(run));
  return table.text(style);
}

}  // namespace

std::string clocks_text(const RunResult& run) {
  double lowest = run.clock_Hz;
  double highest = run.clock_Hz;
  bool first = true;
  for (const LayerResult& layer : run.layers) {
    if (layer.cycles.total() == 0) continue;
    const double clock_Hz = layer_clock_Hz(run, layer);
    lowest = first ? clock_Hz : std::min(lowest, clock_Hz);
    highest = first ? clock_Hz : std::max(highest, clock_Hz);
    first = false;
  }
  if (lowest == highest) return clock_text(lowest);
  return clock_text(lowest) + " to " + clock_text(highest);
}

std::string power_text(const RunResult& run, const TextStyle& style) {
  if (!has_supplies(run)) return "";
  std::string text = supplies_table(run, style);
  if (any_at_floor(run)) text += "  * the lowest supply there is: the path would do with less\n";
  text += claims_text(run) + "\n" + power_table(run, style);
  std::vector<std::string> facts;
  const auto add = [&](const char* what, const std::optional<double>& value, const char* unit) {
    if (value) facts.push_back(fmt::format("{} {}{}", format_plain(*value), unit, what));
  };
  add("", run.tops_per_watt(), "TOPS/W");
  add(" of the chip without its DRAM", chip_tops_per_watt(run), "TOPS/W");
  add(" of products without a zero", effective_tops_per_watt(run), "TOPS/W");
  add("", frames_per_second(run), "frames/s");
  if (const std::optional<double> frame_pJ = energy_per_frame_pJ(run)) {
    facts.push_back(format_energy_pJ(*frame_pJ) + " per frame");
  }
  return text + fmt::format("  {}\n\n", fmt::join(facts, ", "));
}

}  // namespace bitscale
