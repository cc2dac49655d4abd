#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "sim/core/quantity.hpp"
#include "sim/report/comparison.hpp"
#include "sim/report/loop_nest.hpp"
#include "sim/report/text.hpp"

namespace bitscale {

namespace {

using Align = Table::Align;

constexpr std::size_t kWidth = 96;

constexpr std::string_view kResizing =
    "A resized array keeps its lanes and its shape; the outermost loop of an axis grows with it, "
    "and so do the wires that it feeds (ports of the buffers, results drained per cycle). Buffers, "
    "off-chip channel, vector unit and clock stay.";

std::string faster(double ratio) {
  return ratio >= 1 ? format_ratio(ratio) + " faster" : format_ratio(1 / ratio) + " slower";
}

std::string thriftier(const std::optional<double>& gain) {
  if (!gain) return "";
  return *gain >= 1 ? fmt::format(", {} less energy", format_ratio(*gain))
                    : fmt::format(", {} more energy", format_ratio(1 / *gain));
}

std::string headlines(const CompareResult& comparison, const TextStyle& style) {
  std::string text;
  for (const MachineMean& mean : machine_means(comparison)) {
    if (mean.machine == mean.baseline) continue;
    const std::string& task = comparison.runs.front().task;
    const std::string& workload = comparison.runs.front().provenance.workload;
    const std::string over =
        mean.workloads == 1 ? "on " + (task.empty() ? workload : task)
                            : fmt::format("(geometric means over {} workloads)", mean.workloads);
    text += bold(fmt::format("{} against {}: {}{} {}", mean.machine, mean.baseline,
                             faster(mean.speedup), thriftier(mean.energy_gain), over),
                 style) +
            "\n";
  }
  return text;
}

/// That machines did not do the same work, plainly.
std::string tasks_text(const CompareResult& comparison, const TextStyle& style) {
  if (comparison.iso_task.empty()) return "";
  std::string text =
      bold("Same task, NOT the same work: ratios compare networks as well as machines", style) +
      "\n";
  for (const std::string& entry : comparison.iso_task)
    text += "  - " + wrap_text(entry, kWidth, 4) + "\n";
  return text + "\n";
}

/// What arrays were made equal in, and what sizes that took.
std::string sizes_text(const CompareResult& comparison, const TextStyle& style) {
  if (!comparison.iso) return "";
  const IsoCondition& iso = *comparison.iso;
  std::string text =
      bold(fmt::format("Arrays of equal {}: {}, as {} {}", to_string(iso.held),
                       format_held(iso.held, iso.asked), iso.given_by,
                       iso.given_by == comparison.sizes.front().machine ? "has" : "says"),
           style) +
      "\n";
  Table table({{"machine", Align::left},
               {"declared"},
               {"rows x columns x lanes"},
               {"positions"},
               {"logic area"},
               {std::string(to_string(iso.held))},
               {"off by"}});
  for (const MachineSize& size : comparison.sizes) {
    table.add_row(
        {size.machine,
         fmt::format("{} x {} x {}", size.declared_rows, size.declared_columns, size.lanes),
         fmt::format("{} x {} x {}", size.rows, size.columns, size.lanes),
         format_integer(static_cast<std::uint64_t>(size.positions())),
         size.area_um2 ? format_area_um2(*size.area_um2) : "-",
         format_held(iso.held, size.held.value_or(0)),
         fmt::format("{:+.2f} %", 100 * size.deviation().value_or(0))});
  }
  text += table.text(style);
  text += "  " + wrap_text(fmt::format("{}: {}", to_string(iso.held), iso.definition), kWidth, 4) +
          "\n  " + wrap_text(kResizing, kWidth, 2) + "\n";
  for (const MachineSize& size : comparison.sizes) {
    if (!size.settings.empty())
      text += "  " +
              wrap_text(fmt::format("{}: {}", size.machine, fmt::join(size.settings, "; ")), kWidth,
                        4) +
              "\n";
  }
  return text + "\n";
}

std::string plain(const std::optional<double>& value) { return value ? format_plain(*value) : "-"; }

std::string ratio(const std::optional<double>& value) { return value ? format_ratio(*value) : "-"; }

/// Rows of gains and densities, then their geometric means where there are several tasks.
std::string efficiency_text(const CompareResult& comparison, const TextStyle& style) {
  Table table({{"workload", Align::left},
               {"machine", Align::left},
               {"speed-up"},
               {"energy gain"},
               {"EDP gain"},
               {"TOPS"},
               {"TOPS/W"},
               {"TOPS/mm2"},
               {"1b TOPS"},
               {"1b TOPS/W"},
               {"1b TOPS/mm2"}});
  const auto add = [&](const std::string& workload, const std::string& machine,
                       const auto& figures) {
    table.add_row({workload, machine, format_ratio(figures.speedup), ratio(figures.energy_gain),
                   ratio(figures.edp_gain), plain(figures.tops), plain(figures.tops_per_W),
                   plain(figures.tops_per_mm2), plain(figures.tops_1b),
                   plain(figures.tops_per_W_1b), plain(figures.tops_per_mm2_1b)});
  };
  for (const ComparisonRow& row : comparison_rows(comparison)) add(row.workload, row.machine, row);
  const std::vector<MachineMean> means = machine_means(comparison);
  if (means.front().workloads > 1) {
    table.add_rule();
    for (const MachineMean& mean : means) add("geometric mean", mean.machine, mean);
  }
  std::string text = table.text(style);
  return text +
         "  TOPS/mm2 over the gates and registers of the array, memories left out; 1b: a "
         "product of a x w bits\n  counts as a x w operations\n";
}

std::string runs_text(const CompareResult& comparison, const TextStyle& style) {
  Table table({{"workload", Align::left},
               {"machine", Align::left},
               {"cycles"},
               {"time"},
               {"speed-up"},
               {"energy"},
               {"energy gain"},
               {"pJ/MAC"},
               {"array used"},
               {"power"},
               {"area"}});
  std::string workload;
  for (const RunResult& run : comparison.runs) {
    const RunResult& baseline = baseline_of(comparison, run);
    const bool first = run.provenance.workload != workload;
    workload = run.provenance.workload;
    const std::optional<double> gain = energy_gain(baseline, run);
    const std::optional<double> pJ_per_mac = run.energy_per_mac_pJ();
    table.add_row({first ? workload : "", run.provenance.machine,
                   format_integer(run.cycles().total()), format_time(run.seconds()),
                   format_ratio(speedup(baseline, run)), format_energy_pJ(run.energy().total_pJ),
                   gain ? format_ratio(*gain) : "-", pJ_per_mac ? format_plain(*pJ_per_mac) : "-",
                   format_percent(run.utilization()),
                   format_quantity(run.average_power_mW() * 1e-3, QuantityUnit::watt),
                   format_area_um2(run.area.total_um2) + (run.area.logic_only ? " logic" : "")});
  }
  return table.text(style);
}

/// Every layer of one workload: cycles of each machine, speed-up against the first.
std::string layers_text(const std::vector<const RunResult*>& runs, const TextStyle& style) {
  std::vector<Table::Column> columns = {{"layer", Align::left}};
  for (const RunResult* run : runs) {
    columns.push_back({run->provenance.machine + " cycles"});
    if (run != runs.front()) columns.push_back({"speed-up"});
  }
  Table table(std::move(columns));
  for (std::size_t i = 0; i < runs.front()->layers.size(); ++i) {
    const LayerResult& reference = runs.front()->layers[i];
    std::vector<std::string> row = {reference.name};
    for (const RunResult* run : runs) {
      const std::uint64_t cycles = run->layers[i].cycles.total();
      row.push_back(format_integer(cycles));
      if (run == runs.front()) continue;
      const double ratio = static_cast<double>(reference.cycles.total()) /
                           static_cast<double>(cycles) * (run->clock_Hz / runs.front()->clock_Hz);
      row.push_back(cycles == 0 ? "-" : format_ratio(ratio));
    }
    table.add_row(std::move(row));
  }
  return table.text(style);
}

std::vector<const RunResult*> same_layers(const CompareResult& comparison) {
  std::vector<const RunResult*> runs;
  for (const RunResult& run : comparison.runs) {
    if (run.provenance.workload != comparison.runs.front().provenance.workload) return {};
    if (run.layers.size() != comparison.runs.front().layers.size()) return {};
    runs.push_back(&run);
  }
  return runs;
}

void add_once(std::vector<std::string>& items, const std::vector<std::string>& more) {
  for (const std::string& item : more) {
    if (std::find(items.begin(), items.end(), item) == items.end()) items.push_back(item);
  }
}

/// What all runs rest on, each item once.
Basis merged_basis(const CompareResult& comparison) {
  Basis merged = basis_of(comparison.runs.front());
  for (const RunResult& run : comparison.runs) {
    const Basis basis = basis_of(run);
    merged.operands = combine_origins(merged.operands, basis.operands);
    add_once(merged.recalled, basis.recalled);
    add_once(merged.assumed, basis.assumed);
    add_once(merged.costs, basis.costs);
    add_once(merged.left_out, basis.left_out);
    add_once(merged.technology_notes, basis.technology_notes);
  }
  return merged;
}

}  // namespace

std::string compare_text(const CompareResult& comparison, const TextStyle& style) {
  if (comparison.runs.empty()) return "nothing to compare\n";
  std::string text = headlines(comparison, style);
  if (!text.empty()) text += "\n";
  text += tasks_text(comparison, style) + sizes_text(comparison, style);
  text += runs_text(comparison, style) + "\n" + efficiency_text(comparison, style) + "\n";
  if (const std::string gates = structure_text(comparison, style); !gates.empty())
    text += gates + "\n";
  const std::vector<const RunResult*> runs = same_layers(comparison);
  if (runs.size() > 1) text += layers_text(runs, style) + "\n";
  for (const RunResult& run : comparison.runs) text += loop_nests_text(run, style);
  if (!comparison.held_equal.empty()) {
    text += fmt::format("  held equal: {}\n", fmt::join(comparison.held_equal, ", "));
  }
  if (!comparison.free.empty()) {
    text += fmt::format("  differs: {}\n", fmt::join(comparison.free, ", "));
  }
  if (!comparison.held_equal.empty() || !comparison.free.empty()) text += "\n";
  text += bold("What the numbers rest on", style) + "\n";
  text += basis_text(merged_basis(comparison)) + settings_text(comparison.runs);
  for (const RunResult& run : comparison.runs) {
    text += fmt::format("  {} on {}: {}\n", run.provenance.workload, run.provenance.machine,
                        digests_text(run));
  }
  text += "\n";
  return text + next_text(comparison.next, style);
}

}  // namespace bitscale
