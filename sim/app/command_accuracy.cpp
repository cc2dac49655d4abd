// Accuracy, cycles and energy of one trained network at each of its precisions.
#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>

#include "sim/app/commands.hpp"
#include "sim/app/experiment_options.hpp"
#include "sim/pipeline/runner.hpp"
#include "sim/report/csv.hpp"
#include "sim/report/json.hpp"
#include "sim/report/text.hpp"

namespace bitscale::app {
namespace {

struct AccuracyRequest {
  std::vector<std::string> profiles;
  ExperimentRequest common;
  OutputOptions output;
};

/// The profiles asked for, else all of the workload's, else its own bits.
std::vector<std::string> profiles_of(const AccuracyRequest& request) {
  if (!request.profiles.empty()) return request.profiles;
  std::vector<std::string> names;
  for (const Profile& profile : load_workload_file(request.common.workload).profiles)
    names.push_back(profile.name);
  if (names.empty()) names.emplace_back();
  return names;
}

[[noreturn]] void refuse(const Workload& workload) {
  throw UsageError(fmt::format(
      "error: workload '{}' classifies nothing: that takes real images with labels and real "
      "weights in every layer\nFor example: bitscale accuracy --machine stripes --workload "
      "lenet_fashion",
      workload.name));
}

ExitCode accuracy(const AccuracyRequest& request) {
  std::vector<Experiment> experiments;
  for (const std::string& profile : profiles_of(request)) {
    ExperimentRequest one = request.common;
    one.profile = profile;
    one.operands = "chained";
    experiments.push_back(load_experiment(one));
    const Workload& workload = experiments.back().workload;
    // Said before a long run; weights are only seen in it.
    if (workload.input_source.kind != TensorSource::Kind::dataset) refuse(workload);
  }
  if (!request.output.directory.empty()) require_writable(request.output.directory);
  std::vector<RunResult> runs;
  for (const Experiment& experiment : experiments) {
    runs.push_back(
        run_experiment(experiment, stderr_progress(request.output.quiet), request.output.command));
    if (!runs.back().classification) refuse(experiment.workload);
  }
  publish(request.output, "accuracy",
          {[&] { return dump(accuracy_json(runs)); }, [&] { return runs_csv(runs); },
           [&](const TextStyle& style) { return accuracies_text(runs, style); }});
  return ExitCode::ok;
}

}  // namespace

void add_accuracy(CLI::App& app, Action& action, const std::string& command_line) {
  auto request = std::make_shared<AccuracyRequest>();
  request->output.command = command_line;
  CLI::App* command = app.add_subcommand(
      "accuracy", "Classify real images with a trained network at each of its precisions");
  command->add_option("--machine", request->common.machine, "Machine by name or path")
      ->type_name("MACHINE")
      ->required();
  command->add_option("--workload", request->common.workload, "Network by name or path")
      ->type_name("NETWORK")
      ->required();
  command
      ->add_option("--profiles", request->profiles,
                   "Precision profiles, commas between; all of the network's where absent")
      ->type_name("PROFILE,...")
      ->delimiter(',');
  command->add_option("--batch", request->common.batch, "Images to classify")
      ->check(CLI::Range(1, 65536));
  command
      ->add_option("--energy-model", request->common.energy_model,
                   "Energy of the arithmetic: horowitz, structure or both")
      ->type_name("{horowitz,structure,both}");
  command
      ->add_option("--set", request->common.overrides,
                   "Change one key of the experiment: a.b.c=value; may be given several times")
      ->type_name("KEY=VALUE")
      ->allow_extra_args(false);
  add_output_options(*command, request->output);
  command->callback([&action, request] { action = [request] { return accuracy(*request); }; });
}

}  // namespace bitscale::app
