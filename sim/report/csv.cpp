#include "sim/report/csv.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "sim/core/rounding.hpp"
#include "sim/report/comparison.hpp"
#include "sim/report/power.hpp"
#include "sim/report/structure.hpp"

namespace bitscale {

namespace {

std::string number(const std::optional<double>& value) {
  return value ? format_significant(*value) : "";
}

std::string line(const std::vector<std::string>& cells) {
  std::string text;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (i > 0) text += ',';
    text += csv_cell(cells[i]);
  }
  return text + "\n";
}

/// Components of all runs, in order of first appearance.
std::vector<std::string> components_of(const std::vector<RunResult>& runs) {
  std::vector<std::string> components;
  for (const RunResult& run : runs) {
    for (const LayerResult& layer : run.layers) {
      for (const ComponentShare& share : layer.energy.components_pJ) {
        if (std::find(components.begin(), components.end(), share.component) == components.end()) {
          components.push_back(share.component);
        }
      }
    }
  }
  return components;
}

constexpr std::array<const char*, 6> kStructureColumns = {"energy_model",
                                                          "structure_energy_pJ",
                                                          "structure_energy_gain_0_pJ",
                                                          "structure_energy_gain_1_pJ",
                                                          "switching_relative_half_width",
                                                          "glitch_factor"};

/// Columns that a table has where any of its runs followed gates.
void add_structure_cells(const RunResult& run, const LayerResult& layer,
                         std::vector<std::string>& cells) {
  cells.push_back(run.provenance.energy_model);
  const EnergyReport* energy = structure_energy(run, layer);
  if (energy == nullptr) {
    cells.insert(cells.end(), kStructureColumns.size() - 1, "");
    return;
  }
  cells.push_back(format_significant(energy->total_pJ));
  cells.push_back(format_significant(energy_at_gain_pJ(run, layer, 0)));
  cells.push_back(format_significant(energy_at_gain_pJ(run, layer, 1)));
  cells.push_back(layer.switching ? format_significant(layer.switching->relative_half_width) : "");
  cells.push_back(layer.switching ? format_significant(layer.switching->glitch_factor) : "");
}

constexpr std::array<const char*, 17> kSupplyColumns = {
    "layer_clock_Hz", "seconds",    "datapath_V",      "control_V",   "memory_V", "at_floor",
    "body_bias_V",    "path_units", "full_path_units", "datapath_mW", "clock_mW", "memory_mW",
    "control_mW",     "leakage_mW", "off_chip_mW",     "chip_mW",     "total_mW"};

/// Domains whose supply the floor decided, with spaces between.
std::string floors_text(const OperatingPoint& point) {
  std::vector<std::string> domains;
  if (point.datapath.at_floor) domains.emplace_back("datapath");
  if (point.control.at_floor) domains.emplace_back("control");
  if (point.memory.at_floor) domains.emplace_back("memory");
  return fmt::format("{}", fmt::join(domains, " "));
}

/// Columns that a table has where any of its runs has supplies layer by layer.
void add_supply_cells(const RunResult& run, const LayerResult& layer,
                      std::vector<std::string>& cells) {
  if (!layer.operating) {
    cells.insert(cells.end(), kSupplyColumns.size(), "");
    return;
  }
  const OperatingPoint& point = *layer.operating;
  const auto add = [&](double value) { cells.push_back(format_significant(value)); };
  cells.push_back(std::to_string(point.clock_Hz));
  add(layer_seconds(run, layer));
  for (const Supply& supply : {point.datapath, point.control, point.memory}) add(supply.V);
  cells.push_back(floors_text(point));
  add(point.body_bias_V);
  cells.push_back(std::to_string(point.path_units));
  cells.push_back(std::to_string(point.full_path_units));
  const PowerReport power = layer_power(run, layer);
  for (const double part_mW :
       {power.datapath_mW, power.clock_mW, power.memory_mW, power.control_mW, power.leakage_mW,
        power.off_chip_mW, power.chip_mW(), power.total_mW()}) {
    add(part_mW);
  }
}

std::vector<std::string> header(const std::vector<std::string>& components) {
  std::vector<std::string> cells = {
      "machine",          "workload", "profile", "technology",      "fidelity",
      "clock_Hz",         "layer",    "kind",    "activation_bits", "weight_bits",
      "accumulator_bits", "macs",     "cycles"};
  for (const std::string_view cause : kCauseNames) cells.push_back(fmt::format("cycles_{}", cause));
  for (const char* name : {"slots_active", "slots_guarded", "slots_idle", "slots_stalled",
                           "utilization", "energy_pJ", "pJ_per_mac", "dram_bits", "overflow_events",
                           "needed_accumulator_bits", "guaranteed_accumulator_bits", "operands",
                           "activation_zero_fraction", "weight_zero_fraction", "effectual_macs",
                           "check_mismatches", "images", "accuracy", "result_digest"}) {
    cells.emplace_back(name);
  }
  for (const std::string& component : components) {
    cells.push_back(fmt::format("energy_{}_pJ", component));
  }
  return cells;
}

std::string component_energy(const LayerResult& layer, const std::string& component) {
  for (const ComponentShare& share : layer.energy.components_pJ) {
    if (share.component == component) return format_significant(share.value);
  }
  return "";
}

std::vector<std::string> row(const RunResult& run, const LayerResult& layer,
                             const std::vector<std::string>& components) {
  const Provenance& provenance = run.provenance;
  std::vector<std::string> cells = {provenance.machine,  provenance.workload,
                                    provenance.profile,  provenance.technology,
                                    provenance.fidelity, format_significant(run.clock_Hz),
                                    layer.name,          layer.kind};
  const auto count = [&cells](std::uint64_t value) { cells.push_back(std::to_string(value)); };
  for (const int bits : {layer.activation_bits, layer.weight_bits, layer.accumulator_bits}) {
    cells.push_back(std::to_string(bits));
  }
  count(layer.macs);
  count(layer.cycles.total());
  for (const std::uint64_t cycles : layer.cycles.by_cause) count(cycles);
  count(layer.slots.active);
  count(layer.slots.guarded);
  count(layer.slots.idle);
  count(layer.slots.stalled);
  cells.push_back(number(layer.utilization()));
  cells.push_back(format_significant(layer.energy.total_pJ));
  cells.push_back(number(layer.energy_per_mac_pJ()));
  count(layer.dram_bits());
  count(layer.overflow_events);
  cells.push_back(layer.widths ? std::to_string(layer.widths->needed) : "");
  cells.push_back(layer.widths ? std::to_string(layer.widths->guaranteed) : "");
  cells.push_back(layer.operands.result);
  cells.push_back(format_significant(layer.operands.activation_zero_fraction));
  cells.push_back(format_significant(layer.operands.weight_zero_fraction));
  count(layer.operands.effectual_macs);
  cells.push_back(layer.check ? std::to_string(layer.check->mismatches) : "");
  cells.push_back(run.images > 0 ? std::to_string(run.images) : "");
  cells.push_back(run.classification ? format_significant(run.classification->accuracy()) : "");
  cells.push_back(provenance.result_digest);
  for (const std::string& component : components) {
    cells.push_back(component_energy(layer, component));
  }
  return cells;
}

std::vector<std::string> savings_columns() {
  std::vector<std::string> titles = {"held_operations"};
  for (const std::string_view mechanism : kMechanismNames)
    titles.push_back(fmt::format("saved_{}_pJ", mechanism));
  titles.insert(titles.end(), {"saved_pJ", "held_at_active_cost_pJ"});
  return titles;
}

void add_savings_cells(const LayerResult& layer, const std::vector<Savings>& savings,
                       std::vector<std::string>& cells) {
  const auto found = std::ranges::find(savings, layer.name, &Savings::layer);
  if (found == savings.end()) {
    cells.insert(cells.end(), savings_columns().size(), "");
    return;
  }
  cells.push_back(std::to_string(found->held));
  for (const MechanismSaving& mechanism : found->mechanisms)
    cells.push_back(format_significant(mechanism.saved_pJ()));
  cells.push_back(format_significant(found->without_pJ() - found->with_pJ()));
  cells.push_back(number(found->logic_at_active_cost_pJ()));
}

/// A row per run and layer; `savings` of the layers of a single run, or null.
std::string table(const std::vector<RunResult>& runs, const std::vector<Savings>* savings) {
  const std::vector<std::string> components = components_of(runs);
  const bool gates = std::ranges::any_of(
      runs, [](const RunResult& run) { return run.structure_costs.has_value(); });
  std::vector<std::string> titles = header(components);
  if (gates) titles.insert(titles.end(), kStructureColumns.begin(), kStructureColumns.end());
  const bool supplies = std::ranges::any_of(runs, has_supplies);
  if (supplies) titles.insert(titles.end(), kSupplyColumns.begin(), kSupplyColumns.end());
  if (savings != nullptr) {
    const std::vector<std::string> more = savings_columns();
    titles.insert(titles.end(), more.begin(), more.end());
  }
  std::string text = line(titles);
  for (const RunResult& run : runs) {
    for (const LayerResult& layer : run.layers) {
      std::vector<std::string> cells = row(run, layer, components);
      if (gates) add_structure_cells(run, layer, cells);
      if (supplies) add_supply_cells(run, layer, cells);
      if (savings != nullptr) add_savings_cells(layer, *savings, cells);
      text += line(cells);
    }
  }
  return text;
}

}  // namespace

std::string csv_cell(std::string_view text) {
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(text);
  std::string quoted = "\"";
  for (const char character : text) {
    if (character == '"') quoted += '"';
    quoted += character;
  }
  return quoted + "\"";
}

std::string runs_csv(const std::vector<RunResult>& runs) { return table(runs, nullptr); }

std::string savings_csv(const RunResult& run, const std::vector<Savings>& savings) {
  return table({run}, &savings);
}

std::string comparison_csv(const CompareResult& comparison) {
  std::string text = line({"task",
                           "workload",
                           "machine",
                           "baseline",
                           "speedup",
                           "energy_gain",
                           "edp_gain",
                           "tops",
                           "tops_per_W",
                           "tops_per_mm2",
                           "tops_1b",
                           "tops_per_W_1b",
                           "tops_per_mm2_1b",
                           "rows",
                           "columns",
                           "lanes",
                           "positions",
                           "array_area_um2",
                           "held",
                           "held_value",
                           "held_deviation"});
  const auto add = [&](std::vector<std::string> cells, const auto& figures) {
    for (const std::optional<double>& value :
         {std::optional<double>(figures.speedup), figures.energy_gain, figures.edp_gain,
          std::optional<double>(figures.tops), figures.tops_per_W, figures.tops_per_mm2,
          std::optional<double>(figures.tops_1b), figures.tops_per_W_1b, figures.tops_per_mm2_1b})
      cells.push_back(number(value));
    const std::string& machine = figures.machine;
    const auto size = std::ranges::find_if(
        comparison.sizes, [&](const MachineSize& each) { return each.machine == machine; });
    if (size == comparison.sizes.end()) {
      cells.insert(cells.end(), 8, "");
    } else {
      for (const std::int64_t count : {size->rows, size->columns, size->lanes, size->positions()})
        cells.push_back(std::to_string(count));
      cells.push_back(number(size->area_um2));
      cells.emplace_back(comparison.iso ? to_string(comparison.iso->held) : "");
      cells.push_back(number(size->held));
      cells.push_back(number(size->deviation()));
    }
    text += line(cells);
  };
  for (const ComparisonRow& row : comparison_rows(comparison))
    add({row.task, row.workload, row.machine, row.baseline}, row);
  for (const MachineMean& mean : machine_means(comparison))
    add({"geometric mean", "", mean.machine, mean.baseline}, mean);
  return text;
}

std::string reproduce_csv(const ReproduceResult& result) {
  std::string text = line({"experiment", "name", "published", "simulated", "unit", "tolerance",
                           "verdict", "inputs", "source", "note"});
  for (const ReproduceCheck& check : result.checks) {
    std::string inputs;
    for (const std::string& input : check.inputs) inputs += (inputs.empty() ? "" : "; ") + input;
    text +=
        line({check.experiment, check.name, number(check.published),
              format_significant(check.simulated), check.unit, format_significant(check.tolerance),
              std::string(to_string(check.verdict)), inputs, check.source, check.note});
  }
  return text;
}

}  // namespace bitscale
