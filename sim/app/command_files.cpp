// The commands about files: check, list, schema.
#include <fmt/format.h>

#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>

#include "arch/builtin.hpp"
#include "sim/app/commands.hpp"
#include "sim/app/experiment_options.hpp"
#include "sim/app/sweep_command.hpp"
#include "sim/pipeline/runner.hpp"
#include "sim/report/metrics.hpp"
#include "sim/report/table.hpp"
#include "sim/reproduce/reproductions.hpp"

namespace bitscale::app {
namespace {

using config::FileKind;

/// Kind of the file at `path`, by its own `kind:`.
FileKind kind_of(const std::string& path) {
  const config::Node tree = config::load_yaml(path);
  const config::Node* kind = tree.kind == config::Node::Kind::mapping ? tree.find("kind") : nullptr;
  for (const FileKind candidate : {FileKind::machine, FileKind::workload, FileKind::technology,
                                   FileKind::experiment, FileKind::sweep}) {
    if (kind != nullptr && kind->scalar == config::to_string(candidate)) return candidate;
  }
  throw ConfigError(
      {{tree.where, "kind", "expected machine, workload, technology, experiment or sweep"}});
}

config::Node load_changed(FileKind kind, const std::string& path,
                          const std::vector<std::string>& overrides) {
  config::Node tree = config::load_resolved(kind, path);
  for (const std::string& assignment : overrides) config::apply_override(tree, assignment);
  return tree;
}

void check_file(const std::string& path, const std::vector<std::string>& overrides) {
  switch (kind_of(path)) {
    case FileKind::machine: {
      const Machine machine = load_machine(path, overrides);
      (void)supply_V(machine.voltage, machine.technology);
      return;
    }
    case FileKind::workload:
      (void)config::read_all(load_changed(FileKind::workload, path, overrides),
                             [](config::Reader& r) { return parse_workload(r); });
      return;
    case FileKind::technology:
      (void)config::read_all(load_changed(FileKind::technology, path, overrides), parse_technology);
      return;
    case FileKind::experiment: {
      ExperimentRequest request;
      request.experiment = path;
      request.overrides = overrides;
      map_all_layers(load_experiment(request));
      return;
    }
    case FileKind::sweep:
      check_sweep(path, overrides);
      return;
  }
}

/// Checks all files, so that one bad one does not hide the next; the first failure's code is
/// returned.
ExitCode check(const std::vector<std::string>& paths, const std::vector<std::string>& overrides) {
  ExitCode code = ExitCode::ok;
  for (const std::string& path : paths) {
    try {
      check_file(path, overrides);
      print(fmt::format("{}: ok\n", path));
    } catch (const Error& error) {
      (void)std::fputs((std::string(error.what()) + "\n").c_str(), stderr);
      if (code == ExitCode::ok) code = error.exit_code();
    }
  }
  return code;
}

struct Entry {
  std::string name, description;
};

std::vector<Entry> entries_of(const std::string& kind) {
  std::vector<Entry> entries;
  const auto presets = [&](FileKind file_kind) {
    for (const config::Preset& preset : config::list_presets(file_kind))
      entries.push_back({preset.name, preset.description});
  };
  if (kind == "machines") presets(FileKind::machine);
  if (kind == "workloads") presets(FileKind::workload);
  if (kind == "technologies") presets(FileKind::technology);
  if (kind == "experiments") presets(FileKind::experiment);
  if (kind == "sweeps") presets(FileKind::sweep);
  if (kind == "units") {
    for (const UnitKind& unit : builtin_units()) entries.push_back({unit.name, unit.description});
  }
  if (kind == "reproductions") {
    for (const reproduce::Reproduction& reproduction : reproduce::reproductions())
      entries.push_back({reproduction.name, reproduction.description});
  }
  if (kind == "metrics") {
    for (const Metric& metric : all_metrics())
      entries.push_back({std::string(metric.name), std::string(metric.definition)});
  }
  return entries;
}

ExitCode list(const std::string& kind, bool names_only, const std::string& format) {
  const std::vector<Entry> entries = entries_of(kind);
  if (format == "json") {
    nlohmann::ordered_json document = nlohmann::ordered_json::array();
    for (const Entry& entry : entries)
      document.push_back({{"name", entry.name}, {"description", entry.description}});
    print(document.dump(2) + "\n");
    return ExitCode::ok;
  }
  std::size_t width = 0;
  for (const Entry& entry : entries) width = std::max(width, entry.name.size());
  std::string text;
  for (const Entry& entry : entries) {
    text += names_only ? entry.name + "\n"
                       : fmt::format("{:<{}}  {}\n", entry.name, width, entry.description);
  }
  print(text);
  return ExitCode::ok;
}

std::string profiles_text(const std::string& workload) {
  const WorkloadFile file = load_workload_file(workload);
  std::string text = fmt::format("Profiles of {}:\n", file.name);
  for (const Profile& profile : file.profiles)
    text += fmt::format("  {:<14}  {}\n", profile.name, profile.description);
  text += fmt::format("  {:<14}  {}\n", "AxW",
                      "activations of A bits and weights of W in every layer, as in 8x4");
  return text;
}

}  // namespace

std::string schema_text(std::string_view kind) {
  using config::file_schema;
  nlohmann::ordered_json schema;
  if (kind == "machine")
    schema = file_schema(FileKind::machine, [](config::Reader& r) { (void)parse_machine(r); });
  if (kind == "workload")
    schema = file_schema(FileKind::workload, [](config::Reader& r) { (void)parse_workload(r); });
  if (kind == "technology")
    schema =
        file_schema(FileKind::technology, [](config::Reader& r) { (void)parse_technology(r); });
  if (kind == "experiment")
    schema =
        file_schema(FileKind::experiment, [](config::Reader& r) { (void)parse_experiment(r); });
  if (kind == "sweep")
    schema = file_schema(FileKind::sweep, [](config::Reader& r) { (void)sweep::parse_sweep(r); });
  return schema.dump(2) + "\n";
}

void add_check(CLI::App& app, Action& action) {
  auto paths = std::make_shared<std::vector<std::string>>();
  auto overrides = std::make_shared<std::vector<std::string>>();
  CLI::App* command = app.add_subcommand(
      "check",
      "Read files and report every problem; layers of experiments and sweeps are mapped too");
  command
      ->add_option("files", *paths,
                   "Paths of machines, workloads, technologies, experiments or sweeps")
      ->type_name("FILE")
      ->required();
  command->add_option("--set", *overrides, "Change one key: a.b.c=value")
      ->type_name("KEY=VALUE")
      ->allow_extra_args(false);
  command->callback(
      [&action, paths, overrides] { action = [=] { return check(*paths, *overrides); }; });
}

void add_list(CLI::App& app, Action& action) {
  struct Request {
    std::string kind, workload, format = "text";
    bool names_only = false;
  };
  auto request = std::make_shared<Request>();
  CLI::App* command = app.add_subcommand("list", "What there is to choose from");
  command
      ->add_option("kind", request->kind,
                   "machines, units, workloads, technologies, experiments, sweeps, reproductions, "
                   "metrics or profiles")
      ->required()
      ->check(CLI::IsMember({"machines", "units", "workloads", "technologies", "experiments",
                             "sweeps", "reproductions", "metrics", "profiles"}));
  command->add_option("workload", request->workload, "With profiles: whose")->type_name("NETWORK");
  command->add_flag("--names", request->names_only, "Names only, one a line");
  command->add_option("--format", request->format, "text or json")
      ->check(CLI::IsMember({"text", "json"}));
  command->callback([&action, request] {
    action = [request] {
      if (request->kind != "profiles")
        return list(request->kind, request->names_only, request->format);
      if (request->workload.empty())
        throw UsageError("error: list profiles needs a workload: bitscale list profiles alexnet");
      print(profiles_text(request->workload));
      return ExitCode::ok;
    };
  });
}

void add_schema(CLI::App& app, Action& action) {
  auto kind = std::make_shared<std::string>();
  CLI::App* command = app.add_subcommand("schema", "JSON Schema of a kind of file, for editors");
  command->add_option("kind", *kind, "machine, workload, technology, experiment or sweep")
      ->required()
      ->check(CLI::IsMember({"machine", "workload", "technology", "experiment", "sweep"}));
  command->callback([&action, kind] {
    action = [kind] {
      print(schema_text(*kind));
      return ExitCode::ok;
    };
  });
}

}  // namespace bitscale::app
