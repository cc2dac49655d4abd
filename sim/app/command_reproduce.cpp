#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

#include "sim/app/commands.hpp"
#include "sim/core/suggest.hpp"
#include "sim/pipeline/version.hpp"
#include "sim/report/csv.hpp"
#include "sim/report/json.hpp"
#include "sim/report/text.hpp"
#include "sim/reproduce/reproductions.hpp"

namespace bitscale::app {
namespace {

struct Request {
  std::string name = "all";
  bool strict = false;
  reproduce::TensorFiles tensors;
  std::optional<int> tensor_bits;
  OutputOptions output;
};

/// Tensors belong to one layer: only a reproduction of that layer takes them.
void require_tensors_taken(const Request& request) {
  if (!request.tensors.given()) {
    if (request.tensor_bits)
      throw UsageError("error: --tensor-bits needs --activations or --weights");
    return;
  }
  std::string names;
  for (const reproduce::Reproduction& reproduction : reproduce::reproductions()) {
    if (reproduction.run_on == nullptr) continue;
    if (request.name == reproduction.name) return;
    names += (names.empty() ? "" : ", ") + reproduction.name;
  }
  throw UsageError(fmt::format(
      "error: reproduction '{}' takes no tensors (--activations, --weights); there is {}\n"
      "For example: bitscale reproduce dvas --activations conv2_activations.npy",
      request.name, names));
}

ExitCode reproduce(const Request& request) {
  ReproduceResult result;
  result.version = kVersion;
  bool known = request.name == "all";
  std::string names = "all";
  for (const reproduce::Reproduction& reproduction : reproduce::reproductions()) {
    names += ", " + reproduction.name;
    known = known || request.name == reproduction.name;
  }
  if (!known)
    throw UsageError(
        fmt::format("error: unknown reproduction '{}'; there are {}", request.name, names));
  require_tensors_taken(request);
  reproduce::TensorFiles tensors = request.tensors;
  tensors.bits = request.tensor_bits.value_or(tensors.bits);
  if (!request.output.directory.empty()) require_writable(request.output.directory);
  for (const reproduce::Reproduction& reproduction : reproduce::reproductions()) {
    if (request.name != "all" && request.name != reproduction.name) continue;
    const ProgressOutput progress = stderr_progress(request.output.quiet);
    const std::vector<ReproduceCheck> checks =
        tensors.given() ? reproduction.run_on(tensors, progress) : reproduction.run(progress);
    result.checks.insert(result.checks.end(), checks.begin(), checks.end());
  }
  result.next = {
      "bitscale compare --machines dadiannao,stripes --workload alexnet --profile stripes_100",
      "bitscale reproduce " + request.name + " --format json", "bitscale explain verdict"};
  if (request.name != "all") result.next.insert(result.next.begin(), "bitscale list reproductions");
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
  command->add_option("name", request->name, "Which one, or all")
      ->type_name("REPRODUCTION")
      ->capture_default_str();
  command->add_flag("--strict", request->strict, "Exit with 1 when a figure deviates");
  const auto named = [](const std::string& path) {
    return std::string(path.empty() ? "expected a file" : "");
  };
  command
      ->add_option("--activations", request->tensors.activations,
                   "dvas: integers that AlexNet's conv2 reads, .npy of shape (1, 96, 27, 27)")
      ->type_name("FILE")
      ->check(named);
  command
      ->add_option("--weights", request->tensors.weights,
                   "dvas: integer weights of AlexNet's conv2, .npy of shape (256, 48, 5, 5)")
      ->type_name("FILE")
      ->check(named);
  command
      ->add_option("--tensor-bits", request->tensor_bits,
                   "Width of the values in these files, two's complement; 16 where absent")
      ->check(CLI::Range(2, 16));
  add_output_options(*command, request->output);
  command->callback([&action, request] { action = [request] { return reproduce(*request); }; });
}

}  // namespace bitscale::app
