#include "sim/pipeline/runner.hpp"

#include <algorithm>
#include <set>

#include "sim/core/hash.hpp"
#include "sim/pipeline/layer_supply.hpp"
#include "sim/pipeline/memory_counts.hpp"
#include "sim/pipeline/run_reuse.hpp"
#include "sim/pipeline/structure_model.hpp"
#include "sim/pipeline/version.hpp"
#include "sim/power/energy.hpp"
#include "sim/report/trace.hpp"
#include "sim/workload/network.hpp"

namespace bitscale {
namespace {

/// Seeds of the tensors that were drawn. In a chained run a layer reads what others wrote.
std::vector<std::uint64_t> seeds_of(const Workload& workload, bool chained) {
  std::set<std::uint64_t> seeds;
  const auto add = [&seeds](const TensorSource& source) {
    if (source.kind == TensorSource::Kind::synthetic) seeds.insert(source.seed);
  };
  if (chained) add(workload.input_source);
  for (const Layer& layer : workload.layers) {
    if (!is_array_layer(layer.kind)) continue;
    if (!chained || layer.inputs.empty()) add(layer.activation_source);
    add(layer.weight_source);
  }
  return {seeds.begin(), seeds.end()};
}

Provenance provenance(const Experiment& experiment, const std::string& command) {
  Provenance p;
  p.version = kVersion;
  p.command = command;
  p.machine = experiment.machine.config.name;
  p.workload = experiment.workload.name;
  p.profile = experiment.workload.profile;
  p.technology = experiment.machine.technology.name;
  p.fidelity = kernel::to_string(experiment.simulation.fidelity);
  p.energy_model = to_string(experiment.simulation.energy_model);
  p.config_sha256 = sha256_hex(std::string_view(experiment.resolved_yaml));
  p.workload_sha256 = sha256_hex(std::string_view(experiment.workload_yaml));
  p.technology_sha256 = sha256_hex(std::string_view(experiment.technology_yaml));
  const OperandMode operands = experiment.simulation.operands;
  if (operands != OperandMode::off)
    p.seeds = seeds_of(experiment.workload, operands == OperandMode::chained);
  p.technology_notes = experiment.machine.technology.notes;
  p.assumed = experiment.machine.config.assumed;
  p.assumed.insert(p.assumed.end(), experiment.workload.assumed.begin(),
                   experiment.workload.assumed.end());
  if (experiment.simulation.energy_model != EnergyModel::horowitz) {
    p.assumed.emplace_back(
        "gates are drawn by hand and not synthesised or sized, with unit delays and one wire per "
        "pin; the amount of glitches is the least certain part of their energy");
    std::string still = "held units, waiting arrays and idle lanes switch nothing";
    const MachinePower& power = experiment.machine.power;
    if (!power.has_control) still += "; control has no energy";
    if (!power.has_clock_root) still += "; the clock's tree has no energy";
    p.assumed.push_back(still);
  }
  p.recalled = experiment.workload.recalled;
  return p;
}

/// Area of the machine: its units, from the table or from their gates, and the memories whose size
/// is known.
std::vector<AreaItem> area_items(const Experiment& experiment, bool from_gates) {
  const MachineConfig& machine = experiment.machine.config;
  std::vector<AreaItem> items;
  if (from_gates) {
    items = gate_area(experiment);
    count_memory_area(machine, items);
    return items;
  }
  const auto units =
      static_cast<std::uint64_t>(machine.array.rows.size * machine.array.columns.size);
  machine.unit->count_area(machine.array.lanes.size, units, items);
  count_memory_area(machine, items);
  return items;
}

/// A layer without MACs where its supplies put it.
LayerResult run_vector_layer(const Experiment& experiment, const Layer& layer,
                             LayerSupplies& supplies) {
  const std::optional<OperatingPoint> point = supplies.point(layer);
  LayerResult result =
      cost_vector_layer(at_clock(experiment.machine.config, point ? &*point : nullptr), layer);
  result.operating = point;
  return result;
}

/// A layer on operands of its own, its result taken over from an earlier run where one had it.
LayerResult run_one_layer(const Experiment& experiment, const Layer& layer,
                          const OperatingPoint* point, StructureModel* structure, RunReuse* reuse) {
  const auto simulate = [&] {
    if (experiment.simulation.operands == OperandMode::off)
      return run_array_layer(experiment, layer, nullptr, nullptr, nullptr, point);
    if (reuse == nullptr) {
      const Operands operands = make_operands(layer);
      return run_array_layer(experiment, layer, &operands, nullptr, structure, point);
    }
    const std::shared_ptr<const Operands> operands = reuse->operands(layer);
    return run_array_layer(experiment, layer, operands.get(), nullptr, structure, point);
  };
  if (reuse == nullptr) return simulate();
  const std::int64_t clock_Hz =
      point != nullptr ? point->clock_Hz : experiment.machine.config.clock_Hz;
  const std::string key =
      reuse->layer_key(layer, clock_Hz, structure != nullptr ? structure->whole_work() : 0);
  if (const LayerResult* known = reuse->find(key)) {
    LayerResult result = *known;
    if (point != nullptr) result.operating = *point;
    return result;
  }
  LayerResult result = simulate();
  reuse->keep(key, result);
  return result;
}

/// Layers one by one, each on operands of its own.
void run_per_layer(const Experiment& experiment, Progress& progress, LayerSupplies& supplies,
                   StructureModel* structure, RunReuse* reuse, std::vector<LayerResult>& results) {
  for (const Layer& layer : experiment.workload.layers) {
    if (!selected(experiment.simulation.layers, layer)) continue;
    progress.update(results.size(), layer.name);
    if (!is_array_layer(layer.kind)) {
      results.push_back(run_vector_layer(experiment, layer, supplies));
      continue;
    }
    const std::optional<OperatingPoint> point = supplies.point(layer);
    const OperatingPoint* const at = point ? &*point : nullptr;
    results.push_back(run_one_layer(experiment, layer, at, structure, reuse));
    if (experiment.simulation.timeline) bound_trace(results);
  }
}

/// The network from its input to its last layer: every array layer's sums come from the simulated
/// machine. Returns what the last layer wrote.
Tensor run_chained(const Experiment& experiment, Progress& progress, LayerSupplies& supplies,
                   StructureModel* structure, std::vector<LayerResult>& results) {
  const Workload& workload = experiment.workload;
  results.resize(workload.layers.size());
  const auto on_array = [&](std::size_t index, const Operands& operands) {
    progress.update(index, workload.layers[index].name);
    std::vector<std::int64_t> sums;
    const std::optional<OperatingPoint> point = supplies.point(workload.layers[index]);
    results[index] = run_array_layer(experiment, workload.layers[index], &operands, &sums,
                                     structure, point ? &*point : nullptr);
    if (experiment.simulation.timeline) bound_trace(results);
    return sums;
  };
  std::vector<Tensor> outputs = run_network(workload, on_array);
  for (std::size_t i = 0; i < workload.layers.size(); ++i) {
    if (!is_array_layer(workload.layers[i].kind)) {
      results[i] = run_vector_layer(experiment, workload.layers[i], supplies);
    }
  }
  return std::move(outputs.back());
}

/// Counts times costs at each layer's supplies, by the energy model of the run.
void price(const Experiment& experiment, LayerSupplies& supplies, RunResult& run) {
  const Machine& machine = experiment.machine;
  const Technology& technology = machine.technology;
  const EnergyModel model = experiment.simulation.energy_model;
  for (LayerResult& layer : run.layers) {
    if (layer.switching) {
      supplies.count_clock_root(layer.cycles,
                                layer.structure ? layer.structure->actions : layer.actions);
    }
    layer.energy = supplied(energy(layer.actions, technology), layer, machine);
    if (model != EnergyModel::both) continue;
    // What has no netlist, such as pools on the vector unit, costs the same in both.
    if (!layer.structure) layer.structure = {layer.actions, {}};
    layer.structure->energy =
        supplied(energy(layer.structure->actions, technology), layer, machine);
  }
  run.area = area(area_items(experiment, model == EnergyModel::structure), technology);
  if (model == EnergyModel::horowitz) return;
  if (model == EnergyModel::both)
    run.structure_area = area(area_items(experiment, true), technology);
  run.structure_costs = technology.structure;
  run.sampling_interval = experiment.simulation.sampling.interval;
}

}  // namespace

bool selected(LayerSelection selection, const Layer& layer) {
  if (selection == LayerSelection::conv)
    return layer.kind == LayerKind::conv || layer.kind == LayerKind::depthwise;
  return selection == LayerSelection::all || is_array_layer(layer.kind);
}

RunResult run_experiment(const Experiment& experiment, const ProgressOutput& output,
                         const std::string& command, RunReuse* reuse) {
  const Machine& machine = experiment.machine;
  RunResult run;
  run.provenance = provenance(experiment, command);
  run.clock_Hz = static_cast<double>(machine.config.clock_Hz);
  run.vdd_V = supply_V(machine.voltage, machine.technology);
  run.positions = static_cast<std::uint64_t>(machine.config.array.positions());
  run.images = static_cast<std::uint64_t>(experiment.workload.batch);
  run.ideal_memory = machine.config.memory.dram.ideal();
  Progress progress(output, machine.config.name + " on " + experiment.workload.name, "layers",
                    experiment.workload.layers.size());
  LayerSupplies supplies(experiment, reuse != nullptr ? reuse->timer() : nullptr);
  std::optional<StructureModel> structure;
  const bool per_layer = experiment.simulation.operands == OperandMode::per_layer;
  if (experiment.simulation.energy_model != EnergyModel::horowitz)
    structure.emplace(experiment, per_layer ? reuse : nullptr);
  if (experiment.simulation.operands == OperandMode::chained) {
    const Tensor scores =
        run_chained(experiment, progress, supplies, structure ? &*structure : nullptr, run.layers);
    run.classification = classify(experiment.workload, scores);
  } else {
    run_per_layer(experiment, progress, supplies, structure ? &*structure : nullptr, reuse,
                  run.layers);
  }
  price(experiment, supplies, run);
  std::set<std::string> notes;
  for (const LayerResult& layer : run.layers) {
    for (const std::string& note : cost_notes(layer.energy)) notes.insert(note);
    if (!layer.structure) continue;
    for (const std::string& note : cost_notes(layer.structure->energy)) notes.insert(note);
  }
  for (const std::string& note : supply_notes(machine)) notes.insert(note);
  for (const std::string& source : run.area.sources) notes.insert("area: " + source);
  run.provenance.costs.assign(notes.begin(), notes.end());
  run.provenance.result_digest = result_digest(run);
  return run;
}

void map_all_layers(const Experiment& experiment) {
  (void)supply_V(experiment.machine.voltage, experiment.machine.technology);
  LayerSupplies supplies(experiment);
  for (const Layer& layer : experiment.workload.layers) {
    if (selected(experiment.simulation.layers, layer) && is_array_layer(layer.kind)) {
      (void)map_layer(layer, experiment.machine.config);
      (void)supplies.point(layer);
    }
  }
}

}  // namespace bitscale
