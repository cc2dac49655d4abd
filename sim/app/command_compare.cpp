#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>

#include "sim/app/commands.hpp"
#include "sim/app/experiment_options.hpp"
#include "sim/pipeline/runner.hpp"
#include "sim/report/comparison.hpp"
#include "sim/report/csv.hpp"
#include "sim/report/json.hpp"
#include "sim/report/text.hpp"
#include "sim/study/compare_plan.hpp"
#include "sim/study/precision_sweep.hpp"

namespace bitscale::app {
namespace {

struct CompareRequest {
  study::ComparePlan plan;
  std::string iso, iso_bits;
  std::vector<int> precisions;  ///< any: a sweep at one throughput, with scaled supplies
  OutputOptions output;
};

/// Commands that follow this one; none that would not run as it stands.
std::vector<std::string> next_commands(const study::ComparePlan& plan,
                                       const CompareResult& result) {
  std::vector<std::string> next;
  if (plan.common.overrides.empty() && plan.workload_for.empty()) {
    std::string run = fmt::format("bitscale run --machine {} --workload {}{}", plan.machines.back(),
                                  plan.workloads.back(), options_text(plan.common));
    for (const std::string& setting : result.sizes.back().settings)
      run += fmt::format(" --set 'machine.{}'", setting);
    next.push_back(std::move(run));
  }
  next.emplace_back("bitscale explain speedup");
  return next;
}

ExitCode sweep(const CompareRequest& request) {
  const study::ComparePlan& plan = request.plan;
  if (plan.workloads.size() != 1) throw UsageError("error: --precision-sweep takes one network");
  if (plan.common.profile)
    throw UsageError("error: --precision-sweep and --profile both say how wide operands are");
  if (!request.iso.empty() || !request.iso_bits.empty() || plan.iso_task ||
      !plan.workload_for.empty())
    throw UsageError(
        "error: --precision-sweep holds throughput equal by clocks and supplies; --iso, "
        "--iso-bits, --iso-task and --workload-for belong to comparisons without it");
  study::SweepRequest one;
  one.machines = plan.machines.empty() ? study::scaling_machines() : plan.machines;
  one.bits = request.precisions;
  one.common = plan.common;
  one.common.workload = plan.workloads.front();
  one.command = request.output.command;
  if (!request.output.directory.empty()) require_writable(request.output.directory);
  const ScalingResult result = study::sweep_precisions(one, stderr_progress(request.output.quiet));
  publish(request.output, "precision_sweep",
          {[&] { return dump(scaling_json(result)); }, [&] { return scaling_csv(result); },
           [&](const TextStyle& style) { return scaling_text(result, style); }});
  return result.matched ? ExitCode::ok : ExitCode::check_failed;
}

/// What is held equal, as the command line says it.
std::optional<study::IsoRequest> iso_of(const CompareRequest& request) {
  std::optional<study::IsoRequest> iso;
  if (!request.iso.empty()) iso = study::parse_iso(request.iso);
  if (request.iso_bits.empty()) return iso;
  if (!iso || (iso->held != Held::power && iso->held != Held::throughput))
    throw UsageError(
        "error: --iso-bits states the operands of --iso power and --iso throughput; nothing else "
        "depends on them");
  iso->bits = study::parse_operand_bits(request.iso_bits, "--iso-bits");
  return iso;
}

ExitCode compare(const CompareRequest& request) {
  if (!request.precisions.empty()) return sweep(request);
  if (request.plan.machines.size() < 2)
    throw UsageError("error: --machines needs at least two names with commas between");
  study::ComparePlan plan = request.plan;
  plan.iso = iso_of(request);
  const study::CompareExperiments experiments = study::plan_comparison(plan);
  if (!request.output.directory.empty()) require_writable(request.output.directory);
  CompareResult result;
  result.sizes = experiments.sizes;
  result.iso = experiments.iso;
  result.iso_task = experiments.iso_task;
  study::add_conditions(experiments, result);
  result.next = next_commands(plan, result);
  for (std::size_t task = 0; task < experiments.tasks.size(); ++task) {
    for (const std::vector<Experiment>& machine : experiments.machines) {
      result.runs.push_back(run_experiment(machine[task], stderr_progress(request.output.quiet),
                                           request.output.command));
      result.runs.back().task = experiments.tasks[task];
    }
  }
  publish(request.output, "compare",
          {[&] { return dump(compare_json(result)); }, [&] { return runs_csv(result.runs); },
           [&](const TextStyle& style) { return compare_text(result, style); }},
          {{"compare_summary.csv", comparison_csv(result)}});
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
      ->add_option("--machines", request->plan.machines,
                   "Machines by name or path, commas between; the first is the baseline")
      ->type_name("MACHINE,...")
      ->delimiter(',');
  command
      ->add_option("--precision-sweep", request->precisions,
                   "Bits of all operands, commas between: energy at one throughput, with the "
                   "supplies that each precision needs")
      ->delimiter(',')
      ->check(CLI::Range(1, 16));
  command
      ->add_option("--workload", request->plan.workloads,
                   "Networks by name or path, commas between")
      ->type_name("NETWORK,...")
      ->delimiter(',')
      ->required();
  command
      ->add_option("--iso", request->iso,
                   "Resize the arrays to be equal in macs, area, power or throughput: in what "
                   "the first machine has, or in a value as in area=1.5mm2")
      ->type_name("QUANTITY");
  command
      ->add_option("--iso-bits", request->iso_bits,
                   "Operands at which --iso power and throughput hold: AxW, or the layers'")
      ->type_name("AxW");
  command
      ->add_option("--workload-for", request->plan.workload_for,
                   "MACHINE=NETWORK[:PROFILE],...: its networks in the place of --workload's")
      ->type_name("MACHINE=NETWORK,...")
      ->allow_extra_args(false);
  command->add_flag("--iso-task", request->plan.iso_task,
                    "Networks of one task may differ in layers, MACs and precisions");
  add_experiment_options(*command, request->plan.common);
  add_value_options(*command, request->plan.common);
  add_output_options(*command, request->output);
  command->callback([&action, request] { action = [request] { return compare(*request); }; });
}

}  // namespace bitscale::app
