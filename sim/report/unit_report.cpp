#include "sim/report/unit_report.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "sim/core/plural.hpp"
#include "sim/core/rounding.hpp"
#include "sim/report/csv.hpp"
#include "sim/report/json.hpp"

namespace bitscale {
namespace {

using Align = Table::Align;
using Json = nlohmann::ordered_json;

double number(double value) { return round_significant(value); }

std::string modes_text(const UnitReport& unit, const TextStyle& style) {
  Table table({{"bits", Align::left},
               {"encodings", Align::left},
               {"cycles"},
               {"products"},
               {"MAC/cycle"},
               {"path"},
               {"ratio"},
               {"switched/MAC"},
               {"glitches"},
               {"flip-flops"},
               {"pJ/MAC g=0"},
               {"g=1"}});
  for (const UnitModeReport& mode : unit.modes) {
    table.add_row(
        {mode.operands, mode.encodings, std::to_string(mode.cycles), std::to_string(mode.products),
         fmt::format("{:.4g}", mode.macs_per_cycle), std::to_string(mode.path_units),
         fmt::format("{:.3f}", mode.path_ratio), fmt::format("{:.1f}", mode.zero_delay_units),
         fmt::format("{:.1f}", mode.glitch_units), fmt::format("{:.1f}", mode.flip_flop_units),
         fmt::format("{:.4f}", mode.pJ_per_mac_without_glitches),
         fmt::format("{:.4f}", mode.pJ_per_mac_with_glitches)});
  }
  return table.text(style);
}

}  // namespace

std::string unit_text(const UnitReport& unit, const TextStyle& style) {
  std::string text = fmt::format("{}: {}\n", bold(unit.kind, style), unit.description);
  text += wrap_text(fmt::format("configuration: {}", unit.configuration), 100, 2) + "\n\n";
  text += fmt::format("area: {:.0f} NAND2 of gates, {:.0f} NAND2 of flip-flops",
                      unit.combinational_nand2, unit.flip_flop_nand2);
  if (unit.area_um2 > 0)
    text += fmt::format(", {} in {}", format_area_um2(unit.area_um2), unit.technology);
  text += fmt::format("; {} {}\n", unit.lanes, plural(unit.lanes, "lane"));
  text += "cells:";
  for (const auto& [cell, count] : unit.cells) text += fmt::format(" {} {}", count, cell);
  text += "\n\n" + modes_text(unit, style) + "\n";
  double widest = 0;
  std::uint64_t transitions = 0;
  for (const UnitModeReport& mode : unit.modes) {
    widest = std::max(widest, mode.relative_half_width);
    transitions += mode.transitions;
  }
  text += wrap_text(
      fmt::format("path: longest one that can switch, in gate delays (XOR and MUX 2); ratio: to "
                  "that of the widest operands. Switched, "
                  "glitches, flip-flops: capacitance per multiply-accumulate in NAND input pins, "
                  "on uniform operands, {} transitions, +-{:.2f} % at 95 %. Energy at {} V: {:.4g} "
                  "aJ per pin ({}); g is the share of glitches that counts. Operand registers and "
                  "the wires to the unit belong to a "
                  "machine and are not in here.",
                  format_integer(transitions), 100 * widest, unit.vdd_V, unit.capacitance_pJ * 1e6,
                  unit.technology),
      100, 0);
  return text + "\n";
}

Json unit_json(const UnitReport& unit) {
  Json json;
  json["schema_version"] = kReportSchemaVersion;
  json["unit"] = unit.kind;
  json["configuration"] = unit.configuration;
  json["lanes"] = unit.lanes;
  json["technology"] = unit.technology;
  json["pin_energy_pJ"] = number(unit.capacitance_pJ);
  json["vdd_V"] = number(unit.vdd_V);
  json["area"] = {{"combinational_nand2", number(unit.combinational_nand2)},
                  {"flip_flop_nand2", number(unit.flip_flop_nand2)},
                  {"area_um2", unit.area_um2 > 0 ? Json(number(unit.area_um2)) : Json()}};
  json["cells"] = Json::object();
  for (const auto& [cell, count] : unit.cells) json["cells"][cell] = count;
  json["modes"] = Json::array();
  for (const UnitModeReport& mode : unit.modes) {
    json["modes"].push_back({{"operands", mode.operands},
                             {"encodings", mode.encodings},
                             {"cycles", mode.cycles},
                             {"products", mode.products},
                             {"segments", mode.segments},
                             {"macs_per_cycle", number(mode.macs_per_cycle)},
                             {"path_units", mode.path_units},
                             {"path_ratio", number(mode.path_ratio)},
                             {"switched_pins_per_mac", number(mode.zero_delay_units)},
                             {"glitch_pins_per_mac", number(mode.glitch_units)},
                             {"flip_flop_pins_per_mac", number(mode.flip_flop_units)},
                             {"relative_half_width", number(mode.relative_half_width)},
                             {"transitions", mode.transitions},
                             {"pJ_per_mac_g0", number(mode.pJ_per_mac_without_glitches)},
                             {"pJ_per_mac_g1", number(mode.pJ_per_mac_with_glitches)}});
  }
  return json;
}

std::string unit_csv(const UnitReport& unit) {
  std::string text =
      "unit,operands,encodings,cycles,products,segments,macs_per_cycle,path_units,path_ratio,"
      "switched_pins_per_mac,glitch_pins_per_mac,flip_flop_pins_per_mac,pJ_per_mac_g0,"
      "pJ_per_mac_g1\n";
  for (const UnitModeReport& mode : unit.modes) {
    text += fmt::format("{},{},{},{},{},{}", csv_cell(unit.kind), mode.operands,
                        csv_cell(mode.encodings), mode.cycles, mode.products, mode.segments);
    for (const double value :
         {mode.macs_per_cycle, static_cast<double>(mode.path_units), mode.path_ratio,
          mode.zero_delay_units, mode.glitch_units, mode.flip_flop_units,
          mode.pJ_per_mac_without_glitches, mode.pJ_per_mac_with_glitches}) {
      text += "," + format_significant(value);
    }
    text += "\n";
  }
  return text;
}

}  // namespace bitscale
