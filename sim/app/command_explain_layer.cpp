#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>

#include "sim/app/commands.hpp"
#include "sim/app/experiment_options.hpp"
#include "sim/core/hash.hpp"
#include "sim/core/suggest.hpp"
#include "sim/pipeline/layer_supply.hpp"
#include "sim/pipeline/runner.hpp"
#include "sim/pipeline/version.hpp"
#include "sim/report/json.hpp"
#include "sim/study/advice.hpp"

namespace bitscale::app {
namespace {

/// The layers to explain: the one that is named, or all that run.
std::vector<const Layer*> chosen_layers(const Experiment& experiment, const std::string& name) {
  std::vector<const Layer*> layers;
  std::vector<std::string> names;
  for (const Layer& layer : experiment.workload.layers) {
    if (!selected(experiment.simulation.layers, layer)) continue;
    names.push_back(layer.name);
    if (name.empty() || layer.name == name) layers.push_back(&layer);
  }
  if (layers.empty()) {
    throw UsageError(fmt::format("error: workload '{}' runs no layer '{}'{}",
                                 experiment.workload.name, name, suggestion(name, names)));
  }
  return layers;
}

/// Changes are tried on cycles alone, so that nothing can be asked of values.
void require_cycles_alone(const Experiment& experiment) {
  const SimulationConfig& simulation = experiment.simulation;
  if (simulation.check || simulation.widths || !simulation.vcd.empty()) {
    throw UsageError(
        "error: explain-layer looks at cycles alone; check, widths and vcd are options of run");
  }
  const bool coded = experiment.machine.config.memory.dram.compression != Compression::none;
  if (coded && simulation.operands != OperandMode::per_layer) {
    throw UsageError(
        "error: explain-layer needs --operands per_layer where memory.dram.compression is set: "
        "zeros decide the traffic");
  }
}

ExitCode explain(const ExperimentRequest& request, const std::string& name,
                 const OutputOptions& output) {
  if (request.experiment.empty() == (request.machine.empty() || request.workload.empty())) {
    throw UsageError(
        "error: explain-layer needs an experiment, or --machine and --workload\n"
        "For example: bitscale explain-layer --machine stripes_dram --workload alexnet --layer "
        "conv2");
  }
  require_experiment(request);
  const Experiment experiment = load_experiment(request);
  require_cycles_alone(experiment);
  const std::vector<const Layer*> layers = chosen_layers(experiment, name);
  const MachineConfig& machine = experiment.machine.config;
  RooflineReport report;
  report.version = kVersion;
  report.command = output.command;
  report.machine = machine.name;
  report.workload = experiment.workload.name;
  report.profile = experiment.workload.profile;
  report.config_sha256 = sha256_hex(std::string_view(experiment.resolved_yaml));
  Progress progress(stderr_progress(output.quiet), machine.name + " on " + report.workload,
                    "layers", layers.size());
  LayerSupplies supplies(experiment);
  for (const Layer* layer : layers) {
    progress.update(report.layers.size(), layer->name);
    const std::optional<OperatingPoint> point = supplies.point(*layer);
    std::optional<Operands> operands;
    if (machine.memory.dram.compression != Compression::none && is_array_layer(layer->kind))
      operands = make_operands(*layer);
    report.layers.push_back(study::explain_layer(at_clock(machine, point ? &*point : nullptr),
                                                 *layer, operands ? &*operands : nullptr));
  }
  publish(output, "explain_layer",
          {[&] { return dump(roofline_json(report)); }, [&] { return roofline_csv(report); },
           [&](const TextStyle& style) { return roofline_text(report, style); }});
  return ExitCode::ok;
}

}  // namespace

void add_explain_layer(CLI::App& app, Action& action, const std::string& command_line) {
  auto request = std::make_shared<ExperimentRequest>();
  auto output = std::make_shared<OutputOptions>();
  auto layer = std::make_shared<std::string>();
  output->command = command_line;
  CLI::App* command =
      app.add_subcommand("explain-layer", "What bounds each layer, and what would speed it up");
  add_experiment_choice(*command, *request);
  command->add_option("--layer", *layer, "One layer by name; without it all layers")
      ->type_name("LAYER");
  add_experiment_options(*command, *request);
  add_output_options(*command, *output);
  command->callback([&action, request, layer, output] {
    action = [request, layer, output] { return explain(*request, *layer, *output); };
  });
}

}  // namespace bitscale::app
