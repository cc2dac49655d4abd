#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>

#include "arch/unit.hpp"
#include "sim/app/commands.hpp"
#include "sim/app/experiment_options.hpp"
#include "sim/app/precision_sweep.hpp"
#include "sim/app/runner.hpp"
#include "sim/report/csv.hpp"
#include "sim/report/json.hpp"
#include "sim/report/text.hpp"

namespace bitscale::app {
namespace {

struct CompareRequest {
  std::vector<std::string> machines, workloads;
  std::vector<int> precisions;  ///< any: a sweep at one throughput, with scaled supplies
  ExperimentRequest common;
  OutputOptions output;
};

/// Figures of different processes cannot be compared: energy and area would mean different things.
void require_one_technology(const std::vector<Experiment>& experiments) {
  for (const Experiment& other : experiments) {
    const Experiment& first = experiments.front();
    if (other.technology_yaml == first.technology_yaml) continue;
    throw UsageError(fmt::format(
        "error: machines '{}' and '{}' use different technologies ({} and {}); a comparison needs "
        "one, "
        "for example --set machine.technology={}",
        first.machine.config.name, other.machine.config.name, first.machine.technology.name,
        other.machine.technology.name, first.machine.technology.name));
  }
}

/// What the machines share and what they do not, beside the work.
void add_conditions(const std::vector<Experiment>& experiments, CompareResult& result) {
  result.held_equal = {"layers, operands and precisions",
                       "technology " + experiments.front().machine.technology.name};
  const MachineConfig& first = experiments.front().machine.config;
  const auto compare = [&](const std::string& what, const auto& equal) {
    const bool held = std::ranges::all_of(
        experiments, [&](const Experiment& e) { return equal(e.machine.config); });
    (held ? result.held_equal : result.free).push_back(what);
  };
  compare("clock", [&](const MachineConfig& m) { return m.clock_Hz == first.clock_Hz; });
  compare("memory hierarchy", [&](const MachineConfig& m) { return m.memory == first.memory; });
  compare("kind of unit",
          [&](const MachineConfig& m) { return m.unit->kind() == first.unit->kind(); });
  compare("number of multiplier positions",
          [&](const MachineConfig& m) { return m.array.positions() == first.array.positions(); });
  result.free.emplace_back("area");
}

/// Commands that follow this one; none that would not run as it stands.
std::vector<std::string> next_commands(const CompareRequest& request) {
  std::vector<std::string> next;
  if (request.common.overrides.empty()) {
    const std::string profile =
        request.common.profile ? " --profile " + *request.common.profile : "";
    next.push_back(fmt::format("bitscale run --machine {} --workload {}{}", request.machines.back(),
                               request.workloads.back(), profile));
  }
  next.emplace_back("bitscale explain speedup");
  return next;
}

ExitCode sweep(const CompareRequest& request) {
  if (request.workloads.size() != 1) throw UsageError("error: --precision-sweep takes one network");
  if (request.common.profile)
    throw UsageError("error: --precision-sweep and --profile both say how wide operands are");
  SweepRequest one;
  one.machines = request.machines.empty() ? scaling_machines() : request.machines;
  one.bits = request.precisions;
  one.common = request.common;
  one.common.workload = request.workloads.front();
  one.command = request.output.command;
  if (!request.output.directory.empty()) require_writable(request.output.directory);
  const ScalingResult result = sweep_precisions(one, stderr_progress(request.output.quiet));
  publish(request.output, "precision_sweep",
          {[&] { return dump(scaling_json(result)); }, [&] { return scaling_csv(result); },
           [&](const TextStyle& style) { return scaling_text(result, style); }});
  return result.matched ? ExitCode::ok : ExitCode::check_failed;
}

ExitCode compare(const CompareRequest& request) {
  if (!request.precisions.empty()) return sweep(request);
  if (request.machines.size() < 2)
    throw UsageError("error: --machines needs at least two names with commas between");
  std::vector<Experiment> experiments;
  for (const std::string& workload : request.workloads) {
    for (const std::string& machine : request.machines) {
      ExperimentRequest one = request.common;
      one.machine = machine;
      one.workload = workload;
      experiments.push_back(load_experiment(one));
    }
  }
  require_one_technology(experiments);
  if (!request.output.directory.empty()) require_writable(request.output.directory);
  CompareResult result;
  add_conditions(experiments, result);
  result.next = next_commands(request);
  for (const Experiment& experiment : experiments) {
    result.runs.push_back(
        run_experiment(experiment, stderr_progress(request.output.quiet), request.output.command));
  }
  publish(request.output, "compare",
          {[&] { return dump(compare_json(result)); }, [&] { return runs_csv(result.runs); },
           [&](const TextStyle& style) { return compare_text(result, style); }});
  bool matched = true;
  for (const RunResult& run : result.runs) matched = matched && run.check_matched().value_or(true);
  return matched ? ExitCode::ok : ExitCode::check_failed;
}

}  // namespace

void add_compare(CLI::App& app, Action& action, const std::string& command_line) {
  auto request = std::make_shared<CompareRequest>();
  request->output.command = command_line;
  CLI::App* command =
      app.add_subcommand("compare", "Simulate networks on several machines, side by side");
  command
      ->add_option("--machines", request->machines,
                   "Machines by name or path, commas between; the first is the baseline")
      ->delimiter(',');
  command
      ->add_option("--precision-sweep", request->precisions,
                   "Bits of all operands, commas between: energy at one throughput, with the "
                   "supplies that each precision needs")
      ->delimiter(',')
      ->check(CLI::Range(1, 16));
  command->add_option("--workload", request->workloads, "Networks by name or path, commas between")
      ->delimiter(',')
      ->required();
  add_experiment_options(*command, request->common);
  add_output_options(*command, request->output);
  command->callback([&action, request] { action = [request] { return compare(*request); }; });
}

}  // namespace bitscale::app
