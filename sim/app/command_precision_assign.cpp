// Bits of every layer of a trained network from noise gains.
#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>

#include "sim/app/command_precision.hpp"
#include "sim/app/commands.hpp"
#include "sim/report/json.hpp"
#include "sim/study/assignment_study.hpp"

namespace bitscale::app {
namespace {

struct Request {
  std::string rule = "bound";
  study::AssignmentRequest study;
  OutputOptions output;
};

precision::MismatchRule rule_of(const std::string& name) {
  if (name == "capped") return precision::MismatchRule::capped;
  return name == "gaussian" ? precision::MismatchRule::gaussian : precision::MismatchRule::bound;
}

ExitCode assign(Request& request) {
  request.study.rule = rule_of(request.rule);
  if (!request.output.directory.empty()) require_writable(request.output.directory);
  const AssignmentReport report =
      study::study_assignment(request.study, stderr_progress(request.output.quiet));
  publish(request.output, "assignment",
          {[&] { return dump(assignment_json(report)); }, [&] { return assignment_csv(report); },
           [&](const TextStyle& style) { return assignment_text(report, style); }});
  return ExitCode::ok;
}

}  // namespace

void add_precision_assign(CLI::App& app, Action& action, const std::string& command_line) {
  auto request = std::make_shared<Request>();
  study::AssignmentRequest& study = request->study;
  request->output.command = study.command = command_line;
  study.machines = {"stripes", "bit_fusion", "dvafs16"};
  CLI::App* command = app.add_subcommand(
      "assign", "Bits of every layer of a trained network for a share of changed classes");
  command->add_option("workload", study.workload, "Trained network by name or path")
      ->type_name("NETWORK")
      ->required();
  command
      ->add_option("--mismatch", study.target,
                   "Probability of another class than in real numbers, above 0 and below 1")
      ->check(probability())
      ->capture_default_str();
  command
      ->add_option(
          "--by", request->rule,
          "What must stay below it: bound (and capped with it), capped (each image counts at most "
          "once; still a bound) or gaussian (an estimate)")
      ->check(CLI::IsMember({"bound", "capped", "gaussian"}))
      ->capture_default_str();
  command->add_option("--images", study.images, "Images that gains and mismatches are taken on")
      ->check(CLI::Range(1, 10000))
      ->capture_default_str();
  command
      ->add_option("--machines", study.machines,
                   "Machines that cycles and energy are shown for, commas between")
      ->type_name("MACHINE,...")
      ->delimiter(',')
      ->capture_default_str();
  command
      ->add_option("--write", study.write,
                   "Workload file to write, with the bits as profile 'assigned'")
      ->type_name("FILE");
  add_output_options(*command, request->output);
  command->callback([&action, request] { action = [request] { return assign(*request); }; });
}

}  // namespace bitscale::app
