#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>

#include "sim/app/commands.hpp"
#include "sim/app/reproductions.hpp"
#include "sim/app/version.hpp"
#include "sim/core/suggest.hpp"
#include "sim/report/csv.hpp"
#include "sim/report/json.hpp"
#include "sim/report/text.hpp"

namespace bitscale::app {
namespace {

struct Request {
  std::string name = "all";
  bool strict = false;
  OutputOptions output;
};

ExitCode reproduce(const Request& request) {
  ReproduceResult result;
  result.version = kVersion;
  bool known = request.name == "all";
  std::string names = "all";
  for (const Reproduction& reproduction : reproductions()) {
    names += ", " + reproduction.name;
    known = known || request.name == reproduction.name;
  }
  if (!known)
    throw UsageError(
        fmt::format("error: unknown reproduction '{}'; there are {}", request.name, names));
  if (!request.output.directory.empty()) require_writable(request.output.directory);
  for (const Reproduction& reproduction : reproductions()) {
    if (request.name != "all" && request.name != reproduction.name) continue;
    const std::vector<ReproduceCheck> checks =
        reproduction.run(stderr_progress(request.output.quiet));
    result.checks.insert(result.checks.end(), checks.begin(), checks.end());
  }
  result.next = {
      "bitscale compare --machines dadiannao,stripes --workload alexnet --profile stripes_100",
      "bitscale reproduce " + request.name + " --format json", "bitscale explain verdict"};
  publish(request.output, "reproduce",
          {[&] { return dump(reproduce_json(result)); }, [&] { return reproduce_csv(result); },
           [&](const TextStyle& style) { return reproduce_text(result, style); }});
  const bool deviates = std::ranges::any_of(
      result.checks, [](const ReproduceCheck& c) { return c.verdict == Verdict::deviates; });
  return request.strict && deviates ? ExitCode::check_failed : ExitCode::ok;
}

}  // namespace

void add_reproduce(CLI::App& app, Action& action, const std::string& command_line) {
  auto request = std::make_shared<Request>();
  request->output.command = command_line;
  CLI::App* command = app.add_subcommand(
      "reproduce", "Derive published results anew and print them beside the published figures");
  command->add_option("name", request->name, "Which one, or all")->capture_default_str();
  command->add_flag("--strict", request->strict, "Exit with 1 when a figure deviates");
  add_output_options(*command, request->output);
  command->callback([&action, request] { action = [request] { return reproduce(*request); }; });
}

}  // namespace bitscale::app
