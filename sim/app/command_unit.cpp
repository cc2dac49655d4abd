#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>

#include "arch/builtin.hpp"
#include "arch/unit_netlist.hpp"
#include "sim/app/commands.hpp"
#include "sim/config/files.hpp"
#include "sim/core/suggest.hpp"
#include "sim/kernel/unit_waveforms.hpp"
#include "sim/netlist/verilog.hpp"
#include "sim/pipeline/experiment.hpp"
#include "sim/power/unit_timing.hpp"
#include "sim/report/json.hpp"
#include "sim/study/characterise.hpp"

namespace bitscale::app {
namespace {

struct Request {
  std::string name, bits, technology = "horowitz45", verilog, dot, vcd;
  std::int64_t lanes = 1;
  bool delays = false;
  std::vector<std::string> overrides;
  OutputOptions output;
};

/// The section `unit:` that the command line describes.
config::Node unit_section(const Request& request) {
  std::vector<std::string> names;
  for (const UnitKind& unit : builtin_units()) names.push_back(unit.name);
  if (std::ranges::find(names, request.name) == names.end()) {
    throw UsageError(fmt::format("error: unknown unit '{}'{}; 'bitscale list units' shows them",
                                 request.name, suggestion(request.name, names)));
  }
  config::Node tree = config::parse_yaml("kind: " + request.name + "\n", "unit");
  for (const std::string& assignment : request.overrides) config::apply_override(tree, assignment);
  return tree;
}

/// What was asked for in one line: the keys that differ from the defaults.
std::string one_line(const Request& request) {
  std::string text = "kind=" + request.name;
  for (const std::string& assignment : request.overrides) text += ", " + assignment;
  return text;
}

/// The types asked for, or the widest.
OperandTypes drawn_types(const Unit& unit, const Request& request) {
  return request.bits.empty() ? widest_types(unit)
                              : study::require_types(unit, study::parse_operand_bits(request.bits));
}

void write_text(const std::string& path, const std::string& text) {
  if (path == "-") return print(text);
  write_file_atomically(path, text);
}

/// What a testbench must hold for the mode that was drawn: comments on top of the Verilog, one a
/// bus, with '?' for bits that move.
std::string held_inputs(const UnitNetlist& gates, const OperandTypes& types) {
  std::string text = fmt::format(
      "// operands: activations of {} bits ({}), weights of {} bits ({})\n", types.activation.bits,
      to_string(types.activation.encoding), types.weight.bits, to_string(types.weight.encoding));
  for (const netlist::Bus& bus : gates.netlist.inputs) {
    std::string held(bus.bits.size(), '?');
    for (std::size_t bit = 0; bit < bus.bits.size(); ++bit) {
      const auto tie = std::ranges::find(gates.ties, bus.bits[bit], &netlist::Tie::node);
      if (tie != gates.ties.end()) held[held.size() - 1 - bit] = tie->value ? '1' : '0';
    }
    if (held.find_first_not_of('?') == std::string::npos) continue;
    text += fmt::format("// they hold {} = {}'b{}\n", bus.name, held.size(), held);
  }
  return text;
}

UnitReport describe(const Unit& unit, const Request& request) {
  std::vector<study::OperandBits> bits;
  if (!request.bits.empty()) bits.push_back(study::parse_operand_bits(request.bits));
  UnitReport report =
      study::characterise(unit, request.lanes, bits, study::load_technology(request.technology));
  const auto kind = std::ranges::find(builtin_units(), request.name, &UnitKind::name);
  report.description = kind->description;
  report.configuration = one_line(request);
  return report;
}

/// Waveforms before drawings: their path can be refused, and a drawing may go to the standard
/// output.
void write_files(const Unit& unit, const Request& request) {
  if (!request.vcd.empty()) {
    constexpr std::int64_t kSteps = 64;
    kernel::write_unit_waveforms(unit, request.lanes, drawn_types(unit, request), kSteps,
                                 request.vcd);
  }
  if (request.verilog.empty() && request.dot.empty()) return;
  const OperandTypes types = drawn_types(unit, request);
  const UnitNetlist gates = unit.make_netlist(request.lanes, types);
  if (!request.verilog.empty())
    write_text(request.verilog, held_inputs(gates, types) +
                                    netlist::to_verilog(gates.netlist, {request.delays, ""}));
  if (!request.dot.empty()) write_text(request.dot, netlist::to_dot(gates.netlist));
}

ExitCode unit(const Request& request) {
  const auto unit = config::read_all(unit_section(request), parse_unit);
  // A drawing on the standard output stands alone there. All else is known before a file is
  // written.
  if (request.verilog == "-" || request.dot == "-") {
    write_files(*unit, request);
    return ExitCode::ok;
  }
  const UnitReport report = describe(*unit, request);
  write_files(*unit, request);
  publish(request.output, "unit",
          {[&] { return dump(unit_json(report)); }, [&] { return unit_csv(report); },
           [&](const TextStyle& style) { return unit_text(report, style); }});
  return ExitCode::ok;
}

}  // namespace

void add_unit(CLI::App& app, Action& action, const std::string& command_line) {
  auto request = std::make_shared<Request>();
  request->output.command = command_line;
  CLI::App* command = app.add_subcommand(
      "unit", "Gates, area, delay and energy of an arithmetic unit, mode by mode; its drawing");
  command->add_option("name", request->name, "Kind of unit, as 'list units' names it")
      ->type_name("UNIT")
      ->required();
  command
      ->add_option("--bits", request->bits,
                   "Operands: AxW bits, activations first; without it: 16, 8, 4, 2 and 1")
      ->type_name("AxW");
  command->add_option("--lanes", request->lanes, "Lanes of the unit")
      ->check(CLI::Range(1, 64))
      ->capture_default_str();
  command->add_option("--technology", request->technology, "Technology by name or path")
      ->type_name("TECHNOLOGY")
      ->capture_default_str();
  command
      ->add_option("--verilog", request->verilog,
                   "Write the gates as structural Verilog; '-' prints them")
      ->type_name("FILE");
  command->add_flag("--delays", request->delays, "With --verilog: unit delays on every gate");
  command->add_option("--dot", request->dot, "Write the gates for Graphviz; '-' prints them")
      ->type_name("FILE");
  command->add_option("--vcd", request->vcd, "Write waveforms of the clocked unit at work")
      ->type_name("FILE");
  command
      ->add_option("--set", request->overrides,
                   "Change one key of the unit: key=value; may be given several times")
      ->type_name("KEY=VALUE")
      ->allow_extra_args(false);
  add_output_options(*command, request->output);
  command->callback([&action, request] { action = [request] { return unit(*request); }; });
}

}  // namespace bitscale::app
