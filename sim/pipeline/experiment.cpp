#include "sim/pipeline/experiment.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "arch/builtin.hpp"
#include "sim/core/suggest.hpp"
#include "sim/pipeline/memory_counts.hpp"

namespace bitscale {
namespace {

using config::FileKind;
using config::Node;

Node scalar(const std::string& text, bool quoted = false) {
  Node node;
  node.kind = Node::Kind::scalar;
  node.scalar = text;
  node.quoted = quoted;
  node.where = {"command line", 0, 0};
  return node;
}

void set(Node& mapping, const std::string& key, Node value) {
  if (Node* old = mapping.find(key)) {
    *old = std::move(value);
    return;
  }
  mapping.keys.push_back(key);
  mapping.key_marks.push_back(value.where);
  mapping.items.push_back(std::move(value));
}

Node& child(Node& mapping, const std::string& key) {
  if (mapping.find(key) == nullptr) {
    Node section;
    section.kind = Node::Kind::mapping;
    section.where = mapping.where;
    set(mapping, key, std::move(section));
  }
  return *mapping.find(key);
}

/// Puts files in the place of names, in the machine too.
void resolve_references(Node& tree) {
  config::resolve_reference(tree, "machine", FileKind::machine);
  config::resolve_reference(tree, "workload", FileKind::workload);
  if (Node* machine = tree.find("machine");
      machine != nullptr && machine->kind == Node::Kind::mapping) {
    config::resolve_reference(*machine, "technology", FileKind::technology);
  }
}

void apply_request(Node& tree, const ExperimentRequest& request) {
  if (!request.machine.empty()) set(tree, "machine", scalar(request.machine));
  if (!request.workload.empty()) set(tree, "workload", scalar(request.workload));
  if (request.profile) set(tree, "profile", scalar(*request.profile, true));
  if (request.batch) set(tree, "batch", scalar(std::to_string(*request.batch)));
  Node& simulation = child(tree, "simulation");
  if (request.fidelity) set(simulation, "fidelity", scalar(*request.fidelity));
  if (request.operands) set(simulation, "operands", scalar(*request.operands));
  if (request.layers) set(simulation, "layers", scalar(*request.layers));
  if (request.energy_model) set(simulation, "energy_model", scalar(*request.energy_model));
  if (request.widths) set(simulation, "widths", scalar("true"));
  if (request.check) set(simulation, "check", scalar("true"));
  if (!request.vcd.empty()) set(simulation, "vcd", scalar(request.vcd, true));
}

Node experiment_tree(const ExperimentRequest& request) {
  if (!request.experiment.empty())
    return config::load_resolved(FileKind::experiment, request.experiment);
  Node tree;
  tree.kind = Node::Kind::mapping;
  tree.where = {"command line", 0, 0};
  set(tree, "schema_version", scalar("1"));
  set(tree, "kind", scalar("experiment"));
  return tree;
}

SamplingConfig parse_sampling(config::Reader& reader) {
  SamplingConfig sampling;
  sampling.interval =
      reader.doc("Half width of the 95 % interval around the network's toggles, relative")
          .number("interval", 1e-4, 0.2, sampling.interval);
  sampling.max_transitions = static_cast<std::uint64_t>(
      reader.doc("Most cycles of a unit to follow in one layer; a wider interval is then reported")
          .integer("max_transitions", 1024, std::int64_t{1} << 40,
                   static_cast<std::int64_t>(sampling.max_transitions)));
  sampling.full =
      reader.doc("Follow every cycle of every unit: small layers").boolean("full", false);
  sampling.seed = static_cast<std::uint64_t>(
      reader.doc("Seed of the windows drawn").integer("seed", 0, INT64_MAX, 1));
  reader.finish();
  return sampling;
}

}  // namespace

SimulationConfig parse_simulation(config::Reader& reader) {
  SimulationConfig simulation;
  simulation.fidelity =
      reader
          .doc(
              "tile: one event per tile; pin: a clocked module per unit (small layers); "
              "closed_form: formulas (ideal DRAM)")
          .choice<kernel::Fidelity>("fidelity",
                                    {{"tile", kernel::Fidelity::tile},
                                     {"pin", kernel::Fidelity::pin},
                                     {"closed_form", kernel::Fidelity::closed_form}},
                                    kernel::Fidelity::tile);
  simulation.operands =
      reader
          .doc(
              "Where operands come from: each layer's source, the layers before it, or none at all")
          .choice<OperandMode>("operands",
                               {{"per_layer", OperandMode::per_layer},
                                {"chained", OperandMode::chained},
                                {"off", OperandMode::off}},
                               OperandMode::per_layer);
  simulation.layers = reader.doc("Which layers run: all, those with MACs, or convolutions only")
                          .choice<LayerSelection>("layers",
                                                  {{"all", LayerSelection::all},
                                                   {"array", LayerSelection::array},
                                                   {"conv", LayerSelection::conv}},
                                                  LayerSelection::all);
  simulation.check = reader.doc("Compute outputs and compare them with the reference convolution")
                         .boolean("check", false);
  simulation.widths =
      reader
          .doc("Note the range of partial sums, and with it the accumulators that would do (tile)")
          .boolean("widths", false);
  simulation.vcd =
      reader.doc("Prefix of waveform files of a pin-level run").text("vcd", std::string{});
  simulation.energy_model =
      reader
          .doc(
              "Energy of the arithmetic: horowitz, a table of operations; structure, what netlists "
              "switch under the layers' operands; both, side by side")
          .choice<EnergyModel>("energy_model",
                               {{"horowitz", EnergyModel::horowitz},
                                {"structure", EnergyModel::structure},
                                {"both", EnergyModel::both}},
                               EnergyModel::horowitz);
  simulation.sampling =
      reader.doc("How far netlists are followed").section_or_default("sampling", parse_sampling);
  if (simulation.energy_model != EnergyModel::horowitz && simulation.operands == OperandMode::off) {
    reader.problem("energy_model",
                   "expected horowitz, because what netlists switch follows from operands and "
                   "operands is off; or operands: per_layer or chained");
  }
  if (simulation.operands == OperandMode::off &&
      (simulation.check || simulation.fidelity == kernel::Fidelity::pin)) {
    reader.problem(
        "operands",
        "expected per_layer or chained, because check and fidelity: pin need operands, got off");
  }
  if (simulation.operands == OperandMode::chained && simulation.layers != LayerSelection::all) {
    reader.problem("layers", "expected all, because operands: chained runs the whole network");
  }
  if (simulation.fidelity == kernel::Fidelity::closed_form &&
      (simulation.check || simulation.operands == OperandMode::chained)) {
    reader.problem(
        "fidelity",
        "expected tile or pin, because check and operands: chained need values, got closed_form");
  }
  if (simulation.widths && simulation.operands == OperandMode::off)
    reader.problem("widths", "expected false, because partial sums need operands and they are off");
  if (simulation.widths && simulation.fidelity != kernel::Fidelity::tile)
    reader.problem("widths", "expected fidelity: tile, whose span kernels note partial sums");
  if (!simulation.vcd.empty() && simulation.fidelity != kernel::Fidelity::pin) {
    reader.problem("vcd", "expected fidelity: pin, because only clocked modules have waveforms");
  }
  reader.finish();
  return simulation;
}

Machine parse_machine(config::Reader& reader) {
  Machine machine;
  MachineConfig& config = machine.config;
  config::read_header(reader);
  config.name = reader.doc("Name in reports").text("name");
  config.description = reader.doc("One line").text("description", std::string{});
  config.sources =
      reader.doc("Where the definition comes from").texts("sources", std::vector<std::string>{});
  config.assumed = reader.doc("What no source states").texts("assumed", std::vector<std::string>{});
  config.clock_Hz = static_cast<std::int64_t>(std::llround(
      reader.doc("Clock of the array").quantity("clock", config::Unit::hertz, 1.0, 1e12)));
  config.unit = reader.section("unit", parse_unit);
  config.array = reader.section("array", parse_array);
  config.dataflow = reader.section_or_default("dataflow", parse_dataflow);
  config.memory = reader.section_or_default("memory", parse_memory);
  machine.technology = reader.reference().section("technology", parse_technology);
  machine.voltage = reader.section_or_default("voltage", parse_voltage);
  machine.power = reader.section_or_default("power", parse_machine_power);
  reader.finish();
  return machine;
}

Experiment parse_experiment(config::Reader& reader) {
  Experiment experiment;
  config::read_header(reader);
  experiment.name = reader.doc("Name in reports").text("name", std::string{});
  (void)reader.doc("One line").text("description", std::string{});
  WorkloadRequest request;
  request.profile = reader.doc("Precision profile of the workload; '' for the bits in its file")
                        .text("profile", std::string{});
  if (const std::int64_t batch =
          reader.doc("Images at a time; 0 for the workload's own").integer("batch", 0, 65536, 0);
      batch > 0) {
    request.batch = batch;
  }
  experiment.machine = reader.reference().section("machine", parse_machine);
  experiment.workload = reader.reference().section(
      "workload", [&](config::Reader& r) { return parse_workload(r, request); });
  experiment.simulation = reader.section_or_default("simulation", parse_simulation);
  reader.finish();
  return experiment;
}

namespace {

/// Data files are named relative to the file that names them; a copy of the tree elsewhere needs
/// their full path.
void make_data_paths_absolute(Node& node) {
  for (std::size_t i = 0; i < node.items.size(); ++i) {
    Node& item = node.items[i];
    const bool path = node.kind == Node::Kind::mapping && node.keys[i] == "path" &&
                      item.kind == Node::Kind::scalar;
    if (path && !item.scalar.empty() && item.scalar.front() != '/' &&
        item.where.file != config::kOverrideFile) {
      const std::filesystem::path folder = std::filesystem::path(item.where.file).parent_path();
      std::error_code error;
      const std::filesystem::path whole = std::filesystem::absolute(folder / item.scalar, error);
      if (!error) item.scalar = whole.lexically_normal().string();
      item.quoted = true;
    }
    make_data_paths_absolute(item);
  }
}

}  // namespace

Node resolve_experiment(const ExperimentRequest& request) {
  Node tree = experiment_tree(request);
  apply_request(tree, request);
  resolve_references(tree);
  return tree;
}

void check_tiled_layers(const Experiment& experiment) {
  std::vector<std::string> names;
  for (const Layer& layer : experiment.workload.layers) {
    if (is_array_layer(layer.kind)) names.push_back(layer.name);
  }
  std::vector<Diagnostic> problems;
  for (const auto& [name, request] : experiment.machine.config.memory.tiling.layers) {
    if (std::ranges::find(names, name) != names.end()) continue;
    problems.push_back({request.where, request.key,
                        fmt::format("workload '{}' has no layer '{}' with multiplications{}",
                                    experiment.workload.name, name, suggestion(name, names))});
  }
  if (!problems.empty()) throw ConfigError(config::in_file_order(std::move(problems)));
}

void check_profile_keys(std::string_view in_force, const std::vector<std::string>& keys) {
  constexpr std::string_view kProfiles = "workload.profiles.";
  std::vector<Diagnostic> problems;
  for (const std::string& key : keys) {
    if (!key.starts_with(kProfiles)) continue;
    const std::string_view rest = std::string_view(key).substr(kProfiles.size());
    const std::string_view name = rest.substr(0, rest.find('.'));
    if (name == in_force) continue;
    Diagnostic& problem = problems.emplace_back();
    problem.where.file = config::kOverrideFile;
    problem.key = key;
    problem.message = fmt::format(
        "changes nothing, because profile '{0}' is not in force; choose it with profile: {0} "
        "(--profile {0})",
        name);
  }
  if (!problems.empty()) throw ConfigError(std::move(problems));
}

void complete_tiling(Machine& machine) {
  TilingConfig& tiling = machine.config.memory.tiling;
  if (tiling.objective == TilingObjective::energy)
    tiling.costs = traffic_costs(machine.config, machine.technology);
}

Experiment read_experiment(Node tree, const std::vector<std::string>& overrides) {
  std::vector<std::string> keys;
  for (const std::string& assignment : overrides) {
    keys.push_back(assignment.substr(0, assignment.find('=')));
    config::apply_override(tree, assignment);
    // A name that an override brings in is a mapping to the overrides behind it.
    resolve_references(tree);
  }
  Experiment experiment = config::read_all(tree, parse_experiment);
  check_profile_keys(experiment.workload.profile, keys);
  check_tiled_layers(experiment);
  complete_tiling(experiment.machine);
  experiment.resolved_yaml = config::emit_yaml(tree);
  Node copy = tree;
  make_data_paths_absolute(copy);
  experiment.rerun_yaml = config::emit_yaml(copy);
  experiment.workload_yaml = config::emit_yaml(*tree.find("workload"));
  experiment.technology_yaml = config::emit_yaml(*tree.find("machine")->find("technology"));
  return experiment;
}

Experiment load_experiment(const ExperimentRequest& request) {
  Experiment experiment = read_experiment(resolve_experiment(request), request.overrides);
  experiment.show_mapping = request.show_mapping;
  return experiment;
}

Machine load_machine(const std::string& name_or_path, const std::vector<std::string>& overrides) {
  Node tree = config::load_resolved(FileKind::machine, name_or_path);
  for (const std::string& assignment : overrides) config::apply_override(tree, assignment);
  config::resolve_reference(tree, "technology", FileKind::technology);
  return config::read_all(tree, parse_machine);
}

}  // namespace bitscale
