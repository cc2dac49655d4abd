#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>

#include "sim/app/commands.hpp"
#include "sim/app/experiment_options.hpp"
#include "sim/config/kind_of.hpp"
#include "sim/pipeline/runner.hpp"
#include "sim/report/csv.hpp"
#include "sim/report/json.hpp"
#include "sim/report/savings.hpp"
#include "sim/report/text.hpp"
#include "sim/report/trace.hpp"

namespace bitscale::app {
namespace {

/// Below this share of the array's positions a run points to what would fill them.
constexpr double kWellUsed = 0.5;

/// What would speed up the layers of the same experiment.
std::string advice_command(ExperimentRequest request) {
  request.check = request.widths = false;
  std::string text = "bitscale explain-layer" +
                     (request.experiment.empty() ? fmt::format(" --machine {} --workload {}",
                                                               request.machine, request.workload)
                                                 : " " + request.experiment) +
                     options_text(request);
  for (const std::string& assignment : request.overrides)
    text += fmt::format(" --set '{}'", assignment);
  return text;
}

/// Commands that follow this one; none that would not run as it stands.
std::vector<std::string> next_commands(const ExperimentRequest& request, const RunResult& result) {
  const std::string& technology = result.provenance.technology;
  std::vector<std::string> next;
  if (!request.experiment.empty()) {
    next.push_back(fmt::format("bitscale run {} --format json", request.experiment));
  } else if (request.overrides.empty()) {
    const std::string other = request.machine == "dadiannao" ? "stripes" : "dadiannao";
    std::string compare = fmt::format("bitscale compare --machines {},{} --workload {}{}", other,
                                      request.machine, request.workload, options_text(request));
    // Both of these machines are in horowitz45; comparisons are in one technology.
    if (technology != "horowitz45") compare += " --set machine.technology=" + technology;
    next.push_back(std::move(compare));
  }
  next.push_back(result.utilization().value_or(1) < kWellUsed ? advice_command(request)
                                                              : "bitscale explain utilization");
  return next;
}

/// The same experiment on a machine to which a zero is a value like any other.
Experiment without_savings(ExperimentRequest request, const MachineConfig& machine) {
  const MemoryConfig& memory = machine.memory;
  const std::size_t given = request.overrides.size();
  const auto turn_off = [&](bool in_use, const char* assignment) {
    if (in_use) request.overrides.emplace_back(assignment);
  };
  turn_off(machine.unit->guard() != Guard::none, "machine.unit.guard=none");
  turn_off(memory.activations.skip_zeros, "machine.memory.activations.skip_zeros=false");
  turn_off(memory.weights.skip_zeros, "machine.memory.weights.skip_zeros=false");
  turn_off(memory.dram.compression != Compression::none, "machine.memory.dram.compression=none");
  if (request.overrides.size() == given) {
    throw UsageError(fmt::format(
        "error: machine '{}' saves nothing on zeros: --guard-savings needs unit.guard, "
        "memory.activations.skip_zeros, memory.weights.skip_zeros or memory.dram.compression",
        machine.name));
  }
  return load_experiment(request);
}

/// Options of run alone.
struct RunOptions {
  bool guard_savings = false;
  std::string trace;  ///< file for the tile timeline; empty: none
};

/// The experiment, its timeline asked for where a trace is. Throws before any work where the trace
/// could not be written.
Experiment load(const ExperimentRequest& request, const RunOptions& options) {
  Experiment experiment = load_experiment(request);
  if (options.trace.empty()) return experiment;
  if (experiment.simulation.fidelity == kernel::Fidelity::closed_form) {
    Diagnostic problem;
    problem.where.file = "command line";
    problem.key = "--trace";
    problem.message =
        "expected fidelity: tile or pin, because closed_form simulates no time that a trace could "
        "show";
    throw ConfigError({problem});
  }
  require_file_writable(options.trace);
  experiment.simulation.timeline = true;
  return experiment;
}

void write_trace(const RunResult& result, const std::string& path) {
  if (path.empty()) return;
  write_file_atomically(path, trace_json(result));
  if (const std::string note = trace_note(result); !note.empty())
    fmt::print(stderr, "{}: {}\n", path, note);
}

ExitCode run(const ExperimentRequest& request, const OutputOptions& output,
             const RunOptions& options) {
  if (!request.experiment.empty() && !(request.machine.empty() && request.workload.empty())) {
    throw UsageError(
        "error: an experiment names its machine and workload; change them with --set machine=NAME "
        "or --set workload=NAME");
  }
  if (request.experiment.empty() && request.machine.empty() && request.workload.empty()) {
    throw UsageError(
        "error: run needs an experiment, or --machine and --workload\n"
        "For example: bitscale run --machine stripes --workload alexnet --profile stripes_100");
  }
  if (request.experiment.empty() && (request.machine.empty() || request.workload.empty())) {
    throw UsageError("error: --machine and --workload go together");
  }
  require_experiment(request);
  const Experiment experiment = load(request, options);
  std::optional<Experiment> other;
  if (options.guard_savings) other = without_savings(request, experiment.machine.config);
  if (!output.directory.empty()) require_writable(output.directory);
  RunResult result = run_experiment(experiment, stderr_progress(output.quiet), output.command);
  result.next = next_commands(request, result);
  write_trace(result, options.trace);
  std::vector<Savings> savings;
  if (other) {
    savings =
        savings_of(result, run_experiment(*other, stderr_progress(output.quiet), output.command));
  }
  publish(output, "run",
          {[&] {
             nlohmann::ordered_json json = run_json(result);
             if (other) json["guard_savings"] = savings_json(savings);
             return dump(json);
           },
           [&] { return other ? savings_csv(result, savings) : runs_csv({result}); },
           [&](const TextStyle& style) {
             return savings_text(savings, style) + run_text(result, style);
           }},
          {{"resolved.yaml", experiment.rerun_yaml}});
  return result.check_matched().value_or(true) ? ExitCode::ok : ExitCode::check_failed;
}

}  // namespace

void require_experiment(const ExperimentRequest& request) {
  if (request.experiment.empty()) return;
  const std::optional<config::FileKind> kind = config::kind_of(request.experiment);
  const bool machine = kind == config::FileKind::machine;
  if (!machine && kind != config::FileKind::workload) return;
  Diagnostic problem;
  problem.message =
      fmt::format("'{0}' is a {1}, not an experiment: give it as --{1} {0}, with a --{2}",
                  request.experiment, to_string(*kind), machine ? "workload" : "machine");
  throw ConfigError({problem});
}

std::string options_text(const ExperimentRequest& request) {
  std::string text;
  const auto add = [&](const char* option, const std::optional<std::string>& value) {
    if (value) text += fmt::format(" {} {}", option, *value);
  };
  add("--profile", request.profile);
  if (request.batch) text += fmt::format(" --batch {}", *request.batch);
  add("--fidelity", request.fidelity);
  add("--operands", request.operands);
  add("--layers", request.layers);
  add("--energy-model", request.energy_model);
  if (request.check) text += " --check";
  if (request.widths) text += " --widths";
  return text;
}

void add_experiment_choice(CLI::App& command, ExperimentRequest& request) {
  command.add_option("experiment", request.experiment, "Experiment by name or path")
      ->type_name("EXPERIMENT");
  command.add_option("--machine", request.machine, "Machine by name or path")->type_name("MACHINE");
  command.add_option("--workload", request.workload, "Network by name or path")
      ->type_name("NETWORK");
}

void add_experiment_options(CLI::App& command, ExperimentRequest& request) {
  command.add_option("--profile", request.profile, "Precision profile of the workload")
      ->type_name("PROFILE");
  command.add_option("--batch", request.batch, "Images at a time")->check(CLI::Range(1, 65536));
  command.add_option("--fidelity", request.fidelity, "Engine: tile, pin or closed_form")
      ->type_name("{tile,pin,closed_form}");
  command.add_option("--operands", request.operands, "Operands: per_layer, chained or off")
      ->type_name("{per_layer,chained,off}");
  command.add_option("--layers", request.layers, "Layers that run: all, array or conv")
      ->type_name("{all,array,conv}");
  command
      .add_option("--energy-model", request.energy_model,
                  "Energy of the arithmetic: horowitz, structure or both")
      ->type_name("{horowitz,structure,both}");
  command
      .add_option("--set", request.overrides,
                  "Change one key of the experiment: a.b.c=value; may be given several times")
      ->type_name("KEY=VALUE")
      ->allow_extra_args(false);
}

void add_value_options(CLI::App& command, ExperimentRequest& request) {
  command.add_flag("--check", request.check,
                   "Compute outputs and compare them with the reference convolution");
  command.add_flag("--widths", request.widths,
                   "Report per layer the narrowest accumulator that would do");
  command.add_flag(
      "--show-mapping", request.show_mapping,
      "Print the loop nest of every layer, and its tiles as a machine file states them");
}

void add_run(CLI::App& app, Action& action, const std::string& command_line) {
  auto request = std::make_shared<ExperimentRequest>();
  auto output = std::make_shared<OutputOptions>();
  output->command = command_line;
  CLI::App* command = app.add_subcommand("run", "Simulate one network on one machine");
  add_experiment_choice(*command, *request);
  command->add_option("--vcd", request->vcd, "Prefix of the waveform files of a pin-level run")
      ->type_name("FILE");
  auto options = std::make_shared<RunOptions>();
  command
      ->add_option("--trace", options->trace,
                   "File for the timeline of tiles, in the trace event format of Perfetto")
      ->type_name("FILE");
  command->add_flag("--guard-savings", options->guard_savings,
                    "Run again without guard, skipped reads and compression: what each saves");
  add_experiment_options(*command, *request);
  add_value_options(*command, *request);
  add_output_options(*command, *output);
  command->callback([&action, request, output, options] {
    action = [request, output, options] { return run(*request, *output, *options); };
  });
}

}  // namespace bitscale::app
