#include "sim/report/json.hpp"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "sim/core/rounding.hpp"
#include "sim/report/comparison.hpp"
#include "sim/report/loop_nest.hpp"
#include "sim/report/power.hpp"
#include "sim/report/roofline.hpp"
#include "sim/report/structure.hpp"

namespace bitscale {

namespace {

using Json = nlohmann::ordered_json;

Json cycles_json(const CycleAccount& cycles) {
  Json json = Json::object();
  for (std::size_t i = 0; i < kCauses; ++i) {
    json[std::string(kCauseNames[i])] = cycles.by_cause[i];
  }
  return json;
}

Json slots_json(const SlotAccount& slots) {
  return {{"active", slots.active},
          {"guarded", slots.guarded},
          {"idle", slots.idle},
          {"stalled", slots.stalled}};
}

Json shares_json(const std::vector<ComponentShare>& shares) {
  Json json = Json::object();
  for (const ComponentShare& share : shares) json[share.component] = json_number(share.value);
  return json;
}

Json actions_json(const std::vector<ActionEnergy>& actions) {
  Json json = Json::array();
  for (const ActionEnergy& entry : actions) {
    Json row = {{"component", entry.action.component}, {"action", to_string(entry.action.action)}};
    const auto add_size = [&](const char* key, std::int64_t size) {
      if (size > 0) row[key] = size;
    };
    add_size("width_a", entry.action.width_a);
    add_size("width_b", entry.action.width_b);
    add_size("capacity_bits", entry.action.capacity_bits);
    add_size("access_bits", entry.action.access_bits);
    row["count"] = entry.action.count;
    const bool happened = entry.action.count > 0;
    row["unit_pJ"] = happened ? json_number(entry.unit_pJ) : Json(nullptr);
    row["energy_pJ"] = json_number(entry.energy_pJ);
    row["cost_label"] = happened ? Json(label_of(entry.source)) : Json(nullptr);
    json.push_back(std::move(row));
  }
  return json;
}

Json check_json(const std::optional<CheckResult>& check) {
  if (!check) return nullptr;
  return {{"matched", check->comparable ? Json(check->matched) : Json(nullptr)},
          {"comparable", check->comparable},
          {"mismatches", check->mismatches},
          {"first_mismatch", check->first_mismatch}};
}

Json switching_json(const std::optional<SwitchingSample>& sample) {
  if (!sample) return nullptr;
  return {{"full", sample->full},
          {"transitions", sample->transitions},
          {"sampled", sample->sampled},
          {"timed", sample->timed},
          {"units_per_transition", json_number(sample->units_per_transition)},
          {"relative_half_width", json_number(sample->relative_half_width)},
          {"glitch_factor", json_number(sample->glitch_factor)},
          {"glitch_relative_half_width", json_number(sample->glitch_relative_half_width)}};
}

Json layer_structure_json(const RunResult& run, const LayerResult& layer) {
  const EnergyReport* energy = structure_energy(run, layer);
  if (energy == nullptr) return nullptr;
  Json json;
  json["energy_pJ"] = json_number(energy->total_pJ);
  json["energy_gain_0_pJ"] = json_number(energy_at_gain_pJ(run, layer, 0));
  json["energy_gain_1_pJ"] = json_number(energy_at_gain_pJ(run, layer, 1));
  json["energy_by_component_pJ"] = shares_json(energy->components_pJ);
  json["actions"] = actions_json(energy->actions);
  json["switching"] = switching_json(layer.switching);
  return json;
}

/// Of a whole run, with the constants that the figures rest on.
Json structure_json(const RunResult& run) {
  const std::optional<EnergyReport> energy = structure_energy(run);
  if (!energy) return nullptr;
  const StructureCosts& costs = *run.structure_costs;
  const AreaReport& area = run.structure_area ? *run.structure_area : run.area;
  Json json;
  json["energy_pJ"] = json_number(energy->total_pJ);
  json["energy_gain_0_pJ"] = json_number(energy_at_gain_pJ(run, 0));
  json["energy_gain_1_pJ"] = json_number(energy_at_gain_pJ(run, 1));
  json["energy_by_component_pJ"] = shares_json(energy->components_pJ);
  json["area_um2"] = json_number(area.total_um2);
  json["pin_pJ"] = json_number(costs.pin_pJ.value);
  json["glitch_gain"] = json_number(costs.glitch_gain.value);
  json["sampling_interval"] = json_number(run.sampling_interval);
  json["interval_reached"] = interval_reached(run);
  json["switching"] = switching_json(switching_of(run));
  return json;
}

Json supply_json(const Supply& supply) {
  return {{"supply_V", json_number(supply.V)}, {"at_floor", supply.at_floor}};
}

Json power_json(const PowerReport& power) {
  return {{"datapath_mW", json_number(power.datapath_mW)},
          {"clock_mW", json_number(power.clock_mW)},
          {"memory_mW", json_number(power.memory_mW)},
          {"control_mW", json_number(power.control_mW)},
          {"leakage_mW", json_number(power.leakage_mW)},
          {"off_chip_mW", json_number(power.off_chip_mW)},
          {"chip_mW", json_number(power.chip_mW())},
          {"total_mW", json_number(power.total_mW())}};
}

/// Clock and supplies of a layer, and what follows from them.
Json operating_json(const RunResult& run, const LayerResult& layer) {
  const OperatingPoint& point = layer.operating.value();
  Json json;
  json["clock_Hz"] = point.clock_Hz;
  json["seconds"] = json_number(layer_seconds(run, layer));
  json["throughput_ratio"] = json_number(point.throughput_ratio);
  json["path_units"] = point.path_units;
  json["full_path_units"] = point.full_path_units;
  json["path_ratio"] = json_number(point.path_ratio());
  json["max_clock_Hz"] = point.max_clock_Hz > 0 ? json_number(point.max_clock_Hz) : Json(nullptr);
  json["body_bias_V"] = json_number(point.body_bias_V);
  json["domains"] = {{"datapath", supply_json(point.datapath)},
                     {"control", supply_json(point.control)},
                     {"memory", supply_json(point.memory)}};
  json["mean_power"] = power_json(layer_power(run, layer));
  return json;
}

Json layer_json(const RunResult& run, const LayerResult& layer) {
  Json json;
  json["name"] = layer.name;
  json["kind"] = layer.kind;
  json["macs"] = layer.macs;
  json["activation_bits"] = layer.activation_bits;
  json["weight_bits"] = layer.weight_bits;
  json["accumulator_bits"] = layer.accumulator_bits;
  json["cycles"] = layer.cycles.total();
  json["cycles_by_cause"] = cycles_json(layer.cycles);
  json["slots"] = slots_json(layer.slots);
  json["utilization"] = json_number(layer.utilization());
  if (layer.macs > 0) {
    const LayerRoofline roof = roofline_of(layer);
    json["intensity_macs_per_byte"] = json_number(roof.intensity_macs_per_byte());
    json["peak_macs_per_cycle"] = json_number(roof.peak_macs_per_cycle);
    json["bandwidth_roof_macs_per_cycle"] = json_number(roof.bandwidth_roof_macs_per_cycle());
    json["attained_macs_per_cycle"] = json_number(roof.attained_macs_per_cycle());
  }
  json["energy_pJ"] = json_number(layer.energy.total_pJ);
  json["pJ_per_mac"] = json_number(layer.energy_per_mac_pJ());
  json["energy_by_component_pJ"] = shares_json(layer.energy.components_pJ);
  json["actions"] = actions_json(layer.energy.actions);
  json["dram_bits"] = layer.dram_bits();
  json["dram_bits_by_operand"] = {{"activations", layer.dram_bits_activations},
                                  {"weights", layer.dram_bits_weights},
                                  {"outputs", layer.dram_bits_outputs}};
  if (layer.dram_raw_bits) {
    json["dram_raw_bits_by_operand"] = {{"activations", layer.dram_raw_bits->activations},
                                        {"weights", layer.dram_raw_bits->weights}};
  }
  json["overflow_events"] = layer.values_computed ? Json(layer.overflow_events) : Json(nullptr);
  json["needed_accumulator_bits"] = layer.widths ? Json(layer.widths->needed) : Json(nullptr);
  json["guaranteed_accumulator_bits"] =
      layer.widths ? Json(layer.widths->guaranteed) : Json(nullptr);
  const OperandReport& operands = layer.operands;
  json["operands"] = {{"result", operands.result},
                      {"activations", operands.activations},
                      {"weights", operands.weights},
                      {"activation_zero_fraction", json_number(operands.activation_zero_fraction)},
                      {"weight_zero_fraction", json_number(operands.weight_zero_fraction)},
                      {"effectual_macs",
                       operands.result == "none" ? Json(nullptr) : Json(operands.effectual_macs)}};
  if (run.structure_costs) json["structure"] = layer_structure_json(run, layer);
  if (layer.operating) json["operating"] = operating_json(run, layer);
  json["mapping"] = layer.mapping;
  if (layer.nest) json["loop_nest"] = loop_nest_json(*layer.nest);
  json["check"] = check_json(layer.check);
  return json;
}

Json provenance_json(const Provenance& provenance) {
  return {{"version", provenance.version},
          {"command", provenance.command},
          {"machine", provenance.machine},
          {"workload", provenance.workload},
          {"profile", provenance.profile},
          {"technology", provenance.technology},
          {"fidelity", provenance.fidelity},
          {"energy_model", provenance.energy_model},
          {"config_sha256", provenance.config_sha256},
          {"workload_sha256", provenance.workload_sha256},
          {"technology_sha256", provenance.technology_sha256},
          {"seeds", provenance.seeds},
          {"result_digest", provenance.result_digest},
          {"assumed", provenance.assumed},
          {"recalled", provenance.recalled},
          {"costs", provenance.costs}};
}

Json totals_json(const RunResult& run) {
  const CycleAccount cycles = run.cycles();
  const EnergyReport energy = run.energy();
  const std::optional<bool> matched = run.check_matched();
  Json json;
  json["macs"] = run.macs();
  json["cycles"] = cycles.total();
  json["cycles_by_cause"] = cycles_json(cycles);
  json["slots"] = slots_json(run.slots());
  json["utilization"] = json_number(run.utilization());
  json["seconds"] = json_number(run.seconds());
  json["energy_pJ"] = json_number(energy.total_pJ);
  json["pJ_per_mac"] = json_number(run.energy_per_mac_pJ());
  json["energy_by_component_pJ"] = shares_json(energy.components_pJ);
  json["average_power_mW"] = json_number(run.average_power_mW());
  json["edp_pJ_s"] = json_number(run.edp_pJ_s());
  json["tops_per_W"] = json_number(run.tops_per_watt());
  json["area_um2"] = json_number(run.area.total_um2);
  json["area_kind"] = run.area.logic_only ? "logic area" : "area";
  json["area_by_component_um2"] = shares_json(run.area.components_um2);
  json["area_left_out"] = run.area.left_out;
  const bool values = std::ranges::all_of(run.layers, &LayerResult::values_computed);
  json["effectual_macs"] = run.operands() == "none" ? Json(nullptr) : Json(run.effectual_macs());
  json["overflow_events"] = values ? Json(run.overflow_events()) : Json(nullptr);
  json["dram_bits"] = run.dram_bits();
  json["operands"] = run.operands();
  json["check_matched"] = matched ? Json(*matched) : Json(nullptr);
  const std::optional<Classification>& classified = run.classification;
  if (run.structure_costs) json["structure"] = structure_json(run);
  if (has_supplies(run)) {
    json["mean_power"] = power_json(run_power(run));
    json["tops_per_W_chip"] = json_number(chip_tops_per_watt(run));
    json["tops_per_W_effective"] = json_number(effective_tops_per_watt(run));
    json["energy_per_frame_pJ"] = json_number(energy_per_frame_pJ(run));
    json["frames_per_s"] = json_number(frames_per_second(run));
  }
  json["images"] = run.images > 0 ? Json(run.images) : Json(nullptr);
  json["correct_images"] = classified ? Json(classified->correct) : Json(nullptr);
  json["accuracy"] = classified ? json_number(classified->accuracy()) : Json(nullptr);
  return json;
}

}  // namespace

Json run_json(const RunResult& run) {
  Json json;
  json["schema_version"] = kReportSchemaVersion;
  json["provenance"] = provenance_json(run.provenance);
  json["machine"] = {{"clock_Hz", json_number(run.clock_Hz)},
                     {"vdd_V", json_number(run.vdd_V)},
                     {"positions", run.positions},
                     {"ideal_memory", run.ideal_memory}};
  json["totals"] = totals_json(run);
  json["layers"] = Json::array();
  for (const LayerResult& layer : run.layers) json["layers"].push_back(layer_json(run, layer));
  return json;
}

namespace {

/// Figures that rows and means share.
template <typename Figures>
void add_figures(const Figures& figures, Json& json) {
  json["speedup"] = json_number(figures.speedup);
  json["energy_gain"] = json_number(figures.energy_gain);
  json["edp_gain"] = json_number(figures.edp_gain);
  json["tops"] = json_number(figures.tops);
  json["tops_per_W"] = json_number(figures.tops_per_W);
  json["tops_per_mm2"] = json_number(figures.tops_per_mm2);
  json["tops_1b"] = json_number(figures.tops_1b);
  json["tops_per_W_1b"] = json_number(figures.tops_per_W_1b);
  json["tops_per_mm2_1b"] = json_number(figures.tops_per_mm2_1b);
}

Json arrays_json(const CompareResult& comparison) {
  Json json = Json::array();
  for (const MachineSize& size : comparison.sizes) {
    json.push_back({{"machine", size.machine},
                    {"rows", size.rows},
                    {"columns", size.columns},
                    {"lanes", size.lanes},
                    {"declared_rows", size.declared_rows},
                    {"declared_columns", size.declared_columns},
                    {"positions", size.positions()},
                    {"array_area_um2", json_number(size.area_um2)},
                    {"held_value", json_number(size.held)},
                    {"held_deviation", json_number(size.deviation())},
                    {"resize_settings", size.settings}});
  }
  return json;
}

Json iso_json(const std::optional<IsoCondition>& iso) {
  if (!iso) return nullptr;
  return {{"held", to_string(iso->held)},
          {"held_definition", iso->definition},
          {"asked_value", json_number(iso->asked)},
          {"asked_by", iso->given_by}};
}

}  // namespace

Json compare_json(const CompareResult& comparison) {
  Json json;
  json["schema_version"] = kReportSchemaVersion;
  json["held_equal"] = comparison.held_equal;
  json["free"] = comparison.free;
  json["iso"] = iso_json(comparison.iso);
  json["iso_task"] = comparison.iso_task;
  json["arrays"] = arrays_json(comparison);
  json["runs"] = Json::array();
  const std::vector<ComparisonRow> rows = comparison_rows(comparison);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    Json entry;
    entry["machine"] = rows[i].machine;
    entry["workload"] = rows[i].workload;
    entry["task"] = rows[i].task;
    entry["baseline"] = rows[i].baseline;
    add_figures(rows[i], entry);
    entry["result"] = run_json(comparison.runs[i]);
    json["runs"].push_back(std::move(entry));
  }
  json["geometric_means"] = Json::array();
  for (const MachineMean& mean : machine_means(comparison)) {
    Json entry = {
        {"machine", mean.machine}, {"baseline", mean.baseline}, {"workloads", mean.workloads}};
    add_figures(mean, entry);
    json["geometric_means"].push_back(std::move(entry));
  }
  return json;
}

Json accuracy_json(const std::vector<RunResult>& runs) {
  Json json;
  json["schema_version"] = kReportSchemaVersion;
  json["runs"] = Json::array();
  for (const RunResult& run : runs)
    json["runs"].push_back({{"profile", run.provenance.profile}, {"result", run_json(run)}});
  return json;
}

Json reproduce_json(const ReproduceResult& result) {
  Json json;
  json["schema_version"] = kReportSchemaVersion;
  json["version"] = result.version;
  json["checks"] = Json::array();
  for (const ReproduceCheck& check : result.checks) {
    json["checks"].push_back({{"experiment", check.experiment},
                              {"name", check.name},
                              {"published", json_number(check.published)},
                              {"simulated", json_number(check.simulated)},
                              {"unit", check.unit},
                              {"tolerance", json_number(check.tolerance)},
                              {"verdict", to_string(check.verdict)},
                              {"note", check.note},
                              {"inputs", check.inputs},
                              {"source", check.source}});
  }
  return json;
}

nlohmann::ordered_json json_number(std::optional<double> value) {
  return value && std::isfinite(*value) ? Json(round_significant(*value)) : Json(nullptr);
}

std::string dump(const Json& document) {
  // Invalid UTF-8 (a hostile layer name) is replaced, never thrown at the user.
  return document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace bitscale
