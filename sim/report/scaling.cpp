#include "sim/report/scaling.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "sim/core/plural.hpp"
#include "sim/core/quantity.hpp"
#include "sim/core/rounding.hpp"
#include "sim/report/csv.hpp"
#include "sim/report/json.hpp"
#include "sim/report/power.hpp"
#include "sim/report/structure.hpp"

namespace bitscale {
namespace {

using Align = Table::Align;
using Json = nlohmann::ordered_json;

void add_layer(const EnergyReport& report, double images, ScalingFigures& figures) {
  for (const ActionEnergy& entry : report.actions) {
    switch (domain_of(entry.action)) {
      case SupplyDomain::memory:
        figures.memories_pJ += entry.energy_pJ / images;
        break;
      case SupplyDomain::off_chip:
        figures.dram_pJ += entry.energy_pJ / images;
        break;
      case SupplyDomain::datapath:
        figures.array_pJ += entry.energy_pJ / images;
        break;
    }
  }
  figures.declared_pJ += declared_energy_pJ(report) / images;
}

std::string volts_text(const ScalingFigures& figures) {
  if (figures.lowest_V == figures.highest_V) return format_plain(figures.highest_V);
  return fmt::format("{}..{}", format_plain(figures.lowest_V), format_plain(figures.highest_V));
}

std::string headline(const ScalingResult& result, const TextStyle& style) {
  return bold(
      fmt::format("{} at {} bits, {} frames/s ({} of 10^9 MACs/s) on every machine",
                  result.workload, fmt::join(result.bits, ", "), format_plain(result.frames_per_s),
                  format_plain(result.macs_per_s * 1e-9)),
      style);
}

/// Precisions down, machines across.
template <typename Cell>
std::string matrix_text(const ScalingResult& result, const std::string& title,
                        const TextStyle& style, Cell&& cell) {
  std::vector<Table::Column> columns = {{title}};
  for (const std::string& machine : result.machines) columns.push_back({machine});
  Table table(std::move(columns));
  for (std::size_t b = 0; b < result.bits.size(); ++b) {
    std::vector<std::string> row = {
        fmt::format("{} {}", result.bits[b], plural(result.bits[b], "bit"))};
    for (std::size_t m = 0; m < result.machines.size(); ++m) {
      const ScalingPoint& point = result.at(m, b);
      row.push_back(point.figures ? cell(*point.figures) : "-");
    }
    table.add_row(std::move(row));
  }
  return table.text(style) + "\n";
}

std::string points_text(const ScalingResult& result, const TextStyle& style) {
  Table table({{"machine", Align::left},
               {"bits"},
               {"cycles"},
               {"clock"},
               {"V"},
               {"array"},
               {"memories"},
               {"DRAM"},
               {"control, leakage"},
               {"total"},
               {"of the first"},
               {"area"}});
  for (const ScalingPoint& point : result.points) {
    if (!point.figures) continue;
    const ScalingFigures& f = *point.figures;
    const std::optional<double> relative = result.relative_energy(point);
    table.add_row({point.machine, std::to_string(point.bits), format_integer(f.cycles),
                   format_quantity(f.clock_Hz, QuantityUnit::hertz), volts_text(f),
                   format_energy_pJ(f.array_pJ), format_energy_pJ(f.memories_pJ),
                   format_energy_pJ(f.dram_pJ), format_energy_pJ(f.declared_pJ),
                   format_energy_pJ(f.total_pJ()), relative ? format_percent(*relative) : "-",
                   format_area_um2(f.area_um2)});
  }
  return table.text(style);
}

}  // namespace

ScalingFigures scaling_figures(const RunResult& run) {
  ScalingFigures figures;
  figures.cycles = run.cycles().total();
  figures.frames_per_s = frames_per_second(run).value_or(0);
  figures.area_um2 = (run.structure_area ? *run.structure_area : run.area).total_um2;
  const double images = std::max<double>(1, static_cast<double>(run.images));
  for (const LayerResult& layer : run.layers) {
    const EnergyReport* const gates = structure_energy(run, layer);
    add_layer(gates != nullptr ? *gates : layer.energy, images, figures);
    if (layer.macs == 0 || !layer.operating) continue;
    const double supply_V = layer.operating->datapath.V;
    const bool first = figures.highest_V == 0;
    figures.lowest_V = first ? supply_V : std::min(figures.lowest_V, supply_V);
    figures.highest_V = std::max(figures.highest_V, supply_V);
    figures.clock_Hz = std::max(figures.clock_Hz, static_cast<double>(layer.operating->clock_Hz));
  }
  return figures;
}

std::optional<double> ScalingResult::relative_energy(const ScalingPoint& point) const {
  const std::optional<ScalingFigures>& first = points.front().figures;
  if (!first || !point.figures || first->total_pJ() <= 0) return std::nullopt;
  return point.figures->total_pJ() / first->total_pJ();
}

std::string scaling_text(const ScalingResult& result, const TextStyle& style) {
  std::string text = headline(result, style) + "\n\n";
  text += matrix_text(result, "array, per inference", style,
                      [](const ScalingFigures& f) { return format_energy_pJ(f.array_pJ); });
  text += matrix_text(result, "everything, per inference", style,
                      [](const ScalingFigures& f) { return format_energy_pJ(f.total_pJ()); });
  text += matrix_text(result, "supply and clock", style, [](const ScalingFigures& f) {
    return fmt::format("{} V {}", volts_text(f), format_quantity(f.clock_Hz, QuantityUnit::hertz));
  });
  text += points_text(result, style);
  for (const ScalingPoint& point : result.points) {
    if (!point.figures)
      text += fmt::format("  {} at {} {}: {}\n", point.machine, point.bits,
                          plural(point.bits, "bit"), point.failure);
  }
  if (!result.matched)
    text += "  " + red("check: OUTPUTS DIFFER from the reference convolution", style) + "\n";
  text += "\n" + bold("What the numbers rest on", style) + "\n";
  text +=
      "  supplies are the lowest at which the active path fits the clock that the throughput "
      "needs; those of a machine\n  with a fixed supply stay where its widest operands put them\n";
  text += basis_text(result.basis);
  return text + fmt::format("  energy model {}, technology {}, bitscale {}\n", result.energy_model,
                            result.technology, result.version);
}

Json scaling_json(const ScalingResult& result) {
  Json json;
  json["schema_version"] = kReportSchemaVersion;
  json["version"] = result.version;
  json["command"] = result.command;
  json["workload"] = result.workload;
  json["technology"] = result.technology;
  json["energy_model"] = result.energy_model;
  json["required_frames_per_s"] = round_significant(result.frames_per_s);
  json["required_macs_per_s"] = round_significant(result.macs_per_s);
  json["operands"] = result.basis.operands;
  json["assumed"] = result.basis.assumed;
  json["recalled"] = result.basis.recalled;
  json["costs"] = result.basis.costs;
  json["points"] = Json::array();
  for (const ScalingPoint& point : result.points) {
    Json entry;
    entry["machine"] = point.machine;
    entry["bits"] = point.bits;
    entry["failure"] = point.figures ? Json(nullptr) : Json(point.failure);
    if (point.figures) {
      const ScalingFigures& f = *point.figures;
      entry["cycles"] = f.cycles;
      entry["clock_Hz"] = round_significant(f.clock_Hz);
      entry["lowest_V"] = round_significant(f.lowest_V);
      entry["highest_V"] = round_significant(f.highest_V);
      entry["frames_per_s"] = round_significant(f.frames_per_s);
      entry["area_um2"] = round_significant(f.area_um2);
      entry["array_pJ"] = round_significant(f.array_pJ);
      entry["memories_pJ"] = round_significant(f.memories_pJ);
      entry["dram_pJ"] = round_significant(f.dram_pJ);
      entry["declared_pJ"] = round_significant(f.declared_pJ);
      entry["energy_per_frame_pJ"] = round_significant(f.total_pJ());
      const std::optional<double> relative = result.relative_energy(point);
      entry["relative_energy"] = relative ? Json(round_significant(*relative)) : Json(nullptr);
    }
    json["points"].push_back(std::move(entry));
  }
  return json;
}

std::string scaling_csv(const ScalingResult& result) {
  std::string text =
      "machine,bits,workload,technology,cycles,clock_Hz,lowest_V,highest_V,frames_per_s,area_um2,"
      "array_pJ,"
      "memories_pJ,dram_pJ,declared_pJ,energy_per_frame_pJ,relative_energy,failure\n";
  for (const ScalingPoint& point : result.points) {
    std::vector<std::string> cells = {csv_cell(point.machine), std::to_string(point.bits),
                                      csv_cell(result.workload), csv_cell(result.technology)};
    if (point.figures) {
      const ScalingFigures& f = *point.figures;
      cells.push_back(std::to_string(f.cycles));
      for (const double value : {f.clock_Hz, f.lowest_V, f.highest_V, f.frames_per_s, f.area_um2,
                                 f.array_pJ, f.memories_pJ, f.dram_pJ, f.declared_pJ, f.total_pJ()})
        cells.push_back(format_significant(value));
      const std::optional<double> relative = result.relative_energy(point);
      cells.push_back(relative ? format_significant(*relative) : "");
      cells.emplace_back();
    } else {
      cells.resize(16);
      cells.push_back(csv_cell(point.failure));
    }
    text += fmt::format("{}\n", fmt::join(cells, ","));
  }
  return text;
}

}  // namespace bitscale
