#include <fmt/format.h>

#include "sim/core/quantity.hpp"
#include "sim/report/comparison.hpp"
#include "sim/report/structure.hpp"
#include "sim/report/text.hpp"

namespace bitscale {

namespace {

using Align = Table::Align;

std::string ratio_text(double numerator, double denominator) {
  return denominator > 0 ? format_ratio(numerator / denominator) : "-";
}

std::string energy_or_dash(double energy_pJ) {
  return energy_pJ > 0 ? format_energy_pJ(energy_pJ) : "-";
}

/// Both models side by side: the groups that exist in either.
std::string models_text(const RunResult& run, const TextStyle& style) {
  Table table({{"energy by model", Align::left},
               {"table"},
               {"gates, g = 0"},
               {"ratio"},
               {"gates, g = 1"},
               {"ratio"}});
  GroupEnergies total;
  const auto add = [&](const std::string& name, const GroupEnergies& row) {
    table.add_row({name, energy_or_dash(row.table_pJ), energy_or_dash(row.gain_0_pJ),
                   ratio_text(row.gain_0_pJ, row.table_pJ), energy_or_dash(row.gain_1_pJ),
                   ratio_text(row.gain_1_pJ, row.table_pJ)});
  };
  for (const GroupEnergies& row : energy_groups(run)) {
    total.table_pJ += row.table_pJ;
    total.gain_0_pJ += row.gain_0_pJ;
    total.gain_1_pJ += row.gain_1_pJ;
    if (row.table_pJ > 0 || row.gain_1_pJ > 0)
      add(std::string(kEnergyGroupNames.at(static_cast<std::size_t>(row.group))), row);
  }
  table.add_rule();
  add("total", total);
  return table.text(style);
}

std::string followed_text(const SwitchingSample& sample) {
  if (sample.full) return fmt::format("all {} cycles of units", format_integer(sample.transitions));
  const double share = sample.transitions == 0 ? 0
                                               : static_cast<double>(sample.sampled) /
                                                     static_cast<double>(sample.transitions);
  return fmt::format("{} of {} cycles of units ({:.2g} %), {} of them with gate delays",
                     format_count(sample.sampled), format_count(sample.transitions), share * 100,
                     format_count(sample.timed));
}

/// What a run gains over its baseline.
std::string gain_text(double baseline_pJ, double ours_pJ) {
  return ours_pJ > 0 && baseline_pJ > 0 ? format_ratio(baseline_pJ / ours_pJ) : "-";
}

}  // namespace

std::string structure_text(const CompareResult& comparison, const TextStyle& style) {
  if (comparison.runs.empty() || !comparison.runs.front().structure_costs) return "";
  const bool both = comparison.runs.front().provenance.energy_model == "both";
  std::vector<Table::Column> columns = {{"workload", Align::left}, {"machine", Align::left}};
  if (both) columns.insert(columns.end(), {{"table"}, {"gain"}});
  columns.insert(columns.end(),
                 {{"gates, g = 0"}, {"gain"}, {"gates, g = 1"}, {"gain"}, {"interval"}});
  Table table(std::move(columns));
  for (const RunResult& run : comparison.runs) {
    const RunResult& baseline = baseline_of(comparison, run);
    std::vector<std::string> row = {run.provenance.workload, run.provenance.machine};
    const auto add = [&](double baseline_pJ, double ours_pJ) {
      row.push_back(format_energy_pJ(ours_pJ));
      row.push_back(gain_text(baseline_pJ, ours_pJ));
    };
    if (both) add(baseline.energy().total_pJ, run.energy().total_pJ);
    for (const double gain : {0.0, 1.0})
      add(energy_at_gain_pJ(baseline, gain), energy_at_gain_pJ(run, gain));
    row.push_back(fmt::format("+-{:.2g} %{}", switching_of(run)->relative_half_width * 100,
                              interval_reached(run) ? "" : " NOT reached"));
    table.add_row(std::move(row));
  }
  return table.text(style);
}

std::string structure_text(const RunResult& run, const TextStyle& style) {
  const std::optional<SwitchingSample> sample = switching_of(run);
  if (!sample) return "";
  std::string text;
  if (run.provenance.energy_model == "both") text += models_text(run, style) + "\n";
  const StructureCosts& costs = *run.structure_costs;
  text += bold("Gates", style) + "\n";
  text +=
      fmt::format("  {} per pin ({}), glitch gain {} ({}); {} at g = 0, {} at g = 1\n",
                  format_quantity(costs.pin_pJ.value * 1e-12, QuantityUnit::joule),
                  label_of(costs.pin_pJ.source), format_plain(costs.glitch_gain.value),
                  label_of(costs.glitch_gain.source), format_energy_pJ(energy_at_gain_pJ(run, 0)),
                  format_energy_pJ(energy_at_gain_pJ(run, 1)));
  text +=
      fmt::format("  {} pins switched per cycle of a unit, {} times that with glitches\n",
                  format_plain(sample->units_per_transition), format_plain(sample->glitch_factor));
  text += fmt::format("  followed: {}\n", followed_text(*sample));
  if (!sample->full) {
    text += fmt::format(
        "  95 % interval of what gates switch: +-{:.2g} % without glitches, +-{:.2g} % with\n",
        sample->relative_half_width * 100, half_width_with_glitches(*sample) * 100);
  }
  if (!interval_reached(run)) {
    text += "  " +
            red(fmt::format("the interval of +-{:.2g} % that was asked for was NOT reached; "
                            "raise simulation.sampling.max_transitions",
                            run.sampling_interval * 100),
                style) +
            "\n";
  }
  if (run.structure_area) {
    text += fmt::format("  {} {} from gates, {} from the table\n",
                        format_area_um2(run.structure_area->total_um2),
                        run.structure_area->logic_only ? "logic area" : "area",
                        format_area_um2(run.area.total_um2));
  }
  return text + "\n";
}

}  // namespace bitscale
