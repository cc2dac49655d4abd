#include "sim/app/point_experiments.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <iterator>

#include "sim/core/hash.hpp"
#include "sim/pipeline/runner.hpp"
#include "sim/pipeline/version.hpp"

namespace bitscale::app {
namespace {

using config::FileKind;
using config::Node;
using config::Reader;
using sweep::Point;
using sweep::Setting;

/// Sections kept of each kind before all are dropped: flat memory, whatever the sweep's size.
constexpr std::size_t kKeptSections = 256;

enum class Section { machine, workload, simulation };

bool below(std::string_view key, std::string_view section) {
  return key == section || (key.starts_with(section) && key[section.size()] == '.');
}

Section section_of(std::string_view key) {
  if (below(key, "machine")) return Section::machine;
  if (below(key, "workload") || key == "profile" || key == "batch") return Section::workload;
  return Section::simulation;
}

/// Settings of one section, outer keys first: a machine is chosen before it is changed.
std::vector<const Setting*> settings_of(const Point& point, std::optional<Section> section) {
  std::vector<const Setting*> chosen;
  for (const Setting& setting : point.settings) {
    if (!section || section_of(setting.key) == *section) chosen.push_back(&setting);
  }
  std::ranges::stable_sort(
      chosen, {}, [](const Setting* setting) { return std::ranges::count(setting->key, '.'); });
  return chosen;
}

std::string text_of(const std::vector<const Setting*>& settings) {
  std::string text;
  for (const Setting* setting : settings) {
    const Node& value = setting->value;
    text += setting->key;
    text += value.quoted ? "=\"" : "=";
    text += value.kind == Node::Kind::scalar ? value.scalar : config::emit_yaml(value);
    text += '\n';
  }
  return text;
}

template <typename Entry>
void keep(std::map<std::string, Entry>& entries, const std::string& key, const Entry& entry) {
  if (entries.size() >= kKeptSections) entries.clear();
  entries.emplace(key, entry);
}

void erase(Node& mapping, std::string_view key) {
  const auto found = std::ranges::find(mapping.keys, key);
  if (found == mapping.keys.end()) return;
  const auto at = found - mapping.keys.begin();
  mapping.keys.erase(found);
  mapping.key_marks.erase(mapping.key_marks.begin() + at);
  mapping.items.erase(mapping.items.begin() + at);
}

/// Reads one section as parse_experiment would; every problem is thrown, but those of the other
/// sections stay unknown.
template <typename Parse>
auto read_section(const Node& tree, const std::string& path, Parse&& parse) {
  std::vector<Diagnostic> problems;
  Reader reader(tree, problems, path);
  auto value = parse(reader);
  if (!problems.empty()) throw ConfigError(std::move(problems));
  return value;
}

const Node& section_tree(const Node& tree, std::string_view key) {
  static const Node kNone = [] {
    Node node;
    node.kind = Node::Kind::mapping;
    return node;
  }();
  const Node* section = tree.find(key);
  return section != nullptr ? *section : kNone;
}

/// The machine's text without what only prices it. Layers' clocks enter by their ratio to the
/// DRAM's.
std::string timing_text(Node machine) {
  for (const std::string_view key :
       {"technology", "voltage", "power", "clock", "name", "description", "sources", "assumed"}) {
    erase(machine, key);
  }
  return config::emit_yaml(machine);
}

/// Tiles that are chosen for their energy are the one thing of timing that costs decide.
std::string tiling_text(const MachineConfig& machine) {
  const TilingConfig& tiling = machine.memory.tiling;
  if (tiling.objective != TilingObjective::energy) return "";
  const TrafficCosts& costs = tiling.costs;
  std::string text = "tiling";
  for (const double cost :
       {costs.dram_read, costs.dram_write, costs.activation_read, costs.activation_write,
        costs.weight_read, costs.weight_write, costs.output_read, costs.output_write}) {
    text += fmt::format(" {:.17g}", cost);
  }
  return text;
}

}  // namespace

PointExperiments::PointExperiments(const sweep::SweepConfig& sweep) : sweep_(sweep) {
  Node wrapper;
  wrapper.kind = Node::Kind::mapping;
  wrapper.keys = {"experiment"};
  wrapper.key_marks = {sweep.experiment.where};
  wrapper.items = {sweep.experiment};
  config::resolve_reference(wrapper, "experiment", FileKind::experiment);
  base_ = std::move(wrapper.items.front());
  if (base_.kind != Node::Kind::mapping) {
    throw ConfigError({{sweep.experiment.where, "experiment",
                        "expected the name of an experiment, a path, or its keys"}});
  }
  resolve_all(base_);
}

void PointExperiments::resolve(Node& tree, std::string_view key, FileKind kind) {
  Node* value = tree.find(key);
  if (value == nullptr) return;
  if (value->kind != Node::Kind::scalar) return config::resolve_reference(tree, key, kind);
  const std::pair<FileKind, std::string> name(kind, value->where.file + "\n" + value->scalar);
  const auto found = presets_.find(name);
  if (found != presets_.end()) {
    *value = found->second;
    return;
  }
  config::resolve_reference(tree, key, kind);
  if (presets_.size() >= kKeptSections) presets_.clear();
  presets_.emplace(name, *tree.find(key));
}

void PointExperiments::resolve_all(Node& tree) {
  resolve(tree, "machine", FileKind::machine);
  resolve(tree, "workload", FileKind::workload);
  Node* machine = tree.find("machine");
  if (machine != nullptr && machine->kind == Node::Kind::mapping)
    resolve(*machine, "technology", FileKind::technology);
}

void PointExperiments::apply(Node& tree, const Settings& settings) {
  for (const Setting* setting : settings) {
    config::set_value(tree, setting->key, setting->value, setting->where);
    const std::string& key = setting->key;
    if (key == "machine" || key == "workload" || key == "machine.technology") resolve_all(tree);
  }
}

Node PointExperiments::whole_tree(const Point& point) {
  Node tree = base_;
  apply(tree, settings_of(point, std::nullopt));
  return tree;
}

std::string PointExperiments::data_digest(const Node& tree) {
  std::string digest;
  for (std::size_t i = 0; i < tree.items.size(); ++i) {
    const Node& item = tree.items[i];
    if (tree.kind == Node::Kind::mapping && tree.keys[i] == "path" &&
        item.kind == Node::Kind::scalar && !item.scalar.empty()) {
      const std::string path =
          (std::filesystem::path(item.where.file).parent_path() / item.scalar).string();
      const auto [place, fresh] = files_.try_emplace(path);
      if (fresh) place->second = sha256_of_file(path);
      digest += place->second;
    }
    digest += data_digest(item);
  }
  return digest;
}

std::shared_ptr<const PointExperiments::MachineEntry> PointExperiments::machine(
    const Settings& settings) {
  const std::string name = text_of(settings);
  if (const auto found = machines_.find(name); found != machines_.end()) return found->second;
  Node tree;
  tree.kind = Node::Kind::mapping;
  if (const Node* machine = base_.find("machine")) {
    tree.keys = {"machine"};
    tree.key_marks = {machine->where};
    tree.items = {*machine};
  }
  apply(tree, settings);
  const Node& section = section_tree(tree, "machine");
  auto entry = std::make_shared<MachineEntry>();
  entry->machine = read_section(section, "machine", parse_machine);
  complete_tiling(entry->machine);
  entry->key = sha256_hex(std::string_view(config::emit_yaml(section)));
  entry->timing_key =
      sha256_hex(std::string_view(timing_text(section) + tiling_text(entry->machine.config)));
  entry->unit_key = fmt::format("{}lanes {}", config::emit_yaml(section_tree(section, "unit")),
                                entry->machine.config.array.lanes.size);
  entry->technology_yaml = config::emit_yaml(section_tree(section, "technology"));
  keep<std::shared_ptr<const MachineEntry>>(machines_, name, entry);
  return entry;
}

std::shared_ptr<const PointExperiments::WorkloadEntry> PointExperiments::workload(
    const Settings& settings) {
  const std::string name = text_of(settings);
  if (const auto found = workloads_.find(name); found != workloads_.end()) return found->second;
  Node tree;
  tree.kind = Node::Kind::mapping;
  for (const char* key : {"workload", "profile", "batch"}) {
    const Node* value = base_.find(key);
    if (value == nullptr) continue;
    tree.keys.emplace_back(key);
    tree.key_marks.push_back(value->where);
    tree.items.push_back(*value);
  }
  apply(tree, settings);
  const Node& section = section_tree(tree, "workload");
  auto entry = std::make_shared<WorkloadEntry>();
  WorkloadRequest request;
  std::vector<Diagnostic> problems;
  Reader reader(tree, problems);
  request.profile = reader.text("profile", std::string{});
  const std::int64_t batch = reader.integer("batch", 0, 65536, 0);
  if (batch > 0) request.batch = batch;
  if (!problems.empty()) throw ConfigError(std::move(problems));
  std::vector<std::string> keys;
  for (const sweep::Setting* setting : settings) keys.push_back(setting->key);
  check_profile_keys(request.profile, keys);
  entry->workload =
      read_section(section, "workload", [&](Reader& r) { return parse_workload(r, request); });
  const std::string yaml = config::emit_yaml(section);
  entry->key = sha256_hex(std::string_view(fmt::format(
      "{}\nprofile {}\nbatch {}\n{}", yaml, request.profile, batch, data_digest(section))));
  keep<std::shared_ptr<const WorkloadEntry>>(workloads_, name, entry);
  return entry;
}

std::shared_ptr<const PointExperiments::SimulationEntry> PointExperiments::simulation(
    const Settings& settings) {
  const std::string name = text_of(settings);
  if (const auto found = simulations_.find(name); found != simulations_.end()) return found->second;
  Node tree = base_;
  erase(tree, "machine");
  erase(tree, "workload");
  apply(tree, settings);
  const auto known = [](const std::string& key) {
    return key == "schema_version" || key == "kind" || key == "name" || key == "description" ||
           key == "profile" || key == "batch" || key == "simulation";
  };
  if (!std::ranges::all_of(tree.keys, known))
    throw ConfigError({{tree.where, "", "unknown key"}});  // the whole tree says it better
  const Node& section = section_tree(tree, "simulation");
  auto entry = std::make_shared<SimulationEntry>();
  entry->simulation = read_section(section, "simulation", parse_simulation);
  entry->key = config::emit_yaml(section);
  keep<std::shared_ptr<const SimulationEntry>>(simulations_, name, entry);
  return entry;
}

PointExperiment PointExperiments::make(const Point& point) {
  try {
    const auto machine_entry = machine(settings_of(point, Section::machine));
    const auto workload_entry = workload(settings_of(point, Section::workload));
    const auto simulation_entry = simulation(settings_of(point, Section::simulation));
    PointExperiment made;
    made.experiment.machine = machine_entry->machine;
    made.experiment.workload = workload_entry->workload;
    made.experiment.simulation = simulation_entry->simulation;
    made.experiment.technology_yaml = machine_entry->technology_yaml;
    check_tiled_layers(made.experiment);
    made.machine_key = machine_entry->timing_key;
    made.unit_key = machine_entry->unit_key;
    made.key = sha256_hex(std::string_view(
        fmt::format("bitscale {} point\n{}\n{}\n{}", source_digest(), machine_entry->key,
                    workload_entry->key, simulation_entry->key)));
    return made;
  } catch (const ConfigError&) {
    // Section by section shows the problems of one section; a user gets those of all.
    (void)config::read_all(whole_tree(point), parse_experiment);
    throw;
  }
}

std::optional<sweep::Value> PointExperiments::value(const Point& point, const std::string& key) {
  const Node tree = whole_tree(point);
  const Node* node = config::find_value(tree, key);
  if (node == nullptr) return std::nullopt;
  if (node->kind != Node::Kind::scalar) return sweep::Value();
  return sweep::value_of(node->scalar);
}

std::string PointExperiments::sweep_hash() const {
  PointExperiments copy(*this);
  std::string text =
      fmt::format("bitscale {} sweep\n{}{}\n{} {} {}\n", source_digest(), config::emit_yaml(base_),
                  copy.data_digest(base_), to_string(sweep_.combine), sweep_.samples, sweep_.seed);
  for (const sweep::Axis& axis : sweep_.axes) {
    text += "axis " + axis.name + "\n";
    for (const std::string& key : axis.keys) text += "key " + key + "\n";
    if (axis.range) {
      const sweep::Range& range = *axis.range;
      text += fmt::format("range {:.17g} {:.17g} {} {} {} {}\n", range.from, range.to, range.steps,
                          range.logarithmic, range.integer,
                          range.unit ? static_cast<int>(*range.unit) : -1);
    }
    for (const std::vector<Setting>& level : axis.levels) {
      for (const Setting& setting : level) {
        text += text_of({&setting});
        const std::string& key = setting.key;
        if (key != "machine" && key != "workload" && key != "machine.technology") continue;
        // A name stands for what its file holds now.
        Node tree = copy.base_;
        copy.apply(tree, {&setting});
        const Node* value = config::find_value(tree, key);
        text += config::emit_yaml(*value) + copy.data_digest(*value);
      }
    }
  }
  return sha256_hex(std::string_view(text));
}

sweep::CostClass PointExperiments::cost(const Point& point) {
  sweep::CostClass result;
  // Of what changes the size of tensors, that which has few values: shards need a class each.
  for (const Setting& setting : point.settings) {
    const std::string& key = setting.key;
    if (key == "workload" || key == "batch" || key == "machine" || below(key, "simulation"))
      result.name += text_of({&setting});
  }
  const auto [place, fresh] = costs_.try_emplace(result.name, 1.0);
  if (!fresh) {
    result.cost = place->second;
    return result;
  }
  try {
    const PointExperiment made = make(point);
    double elements = 1e4;  // what a point takes however small it is
    for (const Layer& layer : made.experiment.workload.layers) {
      if (!selected(made.experiment.simulation.layers, layer) || !is_array_layer(layer.kind))
        continue;
      const LayerShape& shape = layer.shape;
      elements += static_cast<double>(shape.inputs() + shape.weights() + shape.outputs());
    }
    place->second = elements;
  } catch (const Error&) {
    place->second = 1.0;  // it will not run
  }
  result.cost = place->second;
  return result;
}

}  // namespace bitscale::app
