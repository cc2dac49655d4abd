// How many bits: widths of accumulators, bits of layers, columns of in-memory computing.
#include "sim/app/command_precision.hpp"

#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>

#include "sim/app/commands.hpp"
#include "sim/report/json.hpp"
#include "sim/study/accumulator_study.hpp"

namespace bitscale::app {
namespace {

struct AccumulatorCommand {
  study::AccumulatorRequest study;
  OutputOptions output;
};

ExitCode accumulator(const AccumulatorCommand& command) {
  if (!command.output.directory.empty()) require_writable(command.output.directory);
  AccumulatorReport report =
      study::study_accumulators(command.study, stderr_progress(command.output.quiet));
  report.next = {"bitscale reproduce mpc", "bitscale explain minimum_precision"};
  publish(command.output, "accumulator",
          {[&] { return dump(accumulator_json(report)); }, [&] { return accumulator_csv(report); },
           [&](const TextStyle& style) { return accumulator_text(report, style); }});
  return ExitCode::ok;
}

void add_accumulator(CLI::App& app, Action& action, const std::string& command_line) {
  auto request = std::make_shared<AccumulatorCommand>();
  request->output.command = request->study.command = command_line;
  request->study.experiment.machine = "mac8";
  CLI::App* command = app.add_subcommand(
      "accumulator", "Accumulator widths of each layer by every criterion, and what they do");
  study::AccumulatorRequest& study = request->study;
  command->add_option("workload", study.experiment.workload, "Network by name or path")
      ->type_name("NETWORK")
      ->required();
  command->add_option("--machine", study.experiment.machine, "Machine by name or path")
      ->type_name("MACHINE")
      ->capture_default_str();
  command->add_option("--sqnr", study.target.sqnr_dB, "Output SQNR to reach, in dB")
      ->check(number_within(1, 200))
      ->capture_default_str();
  command
      ->add_option("--overflow", study.target.overflow_probability,
                   "Overflow probability to stay below, above 0 and below 1")
      ->check(probability())
      ->capture_default_str();
  command->add_option("--layer", study.layer, "This layer only")->type_name("LAYER");
  command->add_flag("--sweep", study.sweep, "Every width up to the widest criterion as well");
  command->add_option("--profile", study.experiment.profile, "Precision profile of the workload")
      ->type_name("PROFILE");
  command->add_option("--batch", study.experiment.batch, "Images at a time")
      ->check(CLI::Range(1, 65536));
  command
      ->add_option("--set", study.experiment.overrides,
                   "Change one key of the experiment: a.b.c=value; may be given several times")
      ->type_name("KEY=VALUE")
      ->allow_extra_args(false);
  add_output_options(*command, request->output);
  command->callback([&action, request] { action = [request] { return accumulator(*request); }; });
}

}  // namespace

CLI::Validator probability() {
  return {[](const std::string& text) {
            double value = 0;
            if (CLI::detail::lexical_cast(text, value) && value > 0 && value < 1)
              return std::string();
            return fmt::format("expected a number above 0 and below 1, got {}", text);
          },
          "PROBABILITY"};
}

CLI::Validator number_within(double low, double high) {
  return {[low, high](const std::string& text) {
            double value = 0;
            if (CLI::detail::lexical_cast(text, value) && value >= low && value <= high)
              return std::string();
            return fmt::format("expected a number from {:g} to {:g}, got {}", low, high, text);
          },
          fmt::format("FLOAT in [{:g} - {:g}]", low, high)};
}

void add_precision(CLI::App& app, Action& action, const std::string& command_line) {
  CLI::App* command =
      app.add_subcommand("precision", "How many bits accumulators, layers and converters need");
  command->require_subcommand(1);
  add_accumulator(*command, action, command_line);
  add_precision_assign(*command, action, command_line);
  add_precision_imc(*command, action, command_line);
}

}  // namespace bitscale::app
