// A column of in-memory computing: rows, bits, mismatch and headroom to SNR and converter bits.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iterator>
#include <memory>
#include <nlohmann/json.hpp>

#include "sim/app/command_precision.hpp"
#include "sim/app/commands.hpp"
#include "sim/core/errors.hpp"
#include "sim/pipeline/version.hpp"
#include "sim/precision/monte_carlo.hpp"
#include "sim/report/column_report.hpp"
#include "sim/report/json.hpp"

namespace bitscale::app {
namespace {

constexpr std::int64_t kMaxRows = 65536;
/// Rows x bits x bits x trials of a Monte-Carlo run that take some ten seconds.
constexpr double kMaxDraws = 3e9;

struct Request {
  std::string kind = "charge_summing";
  precision::ChargeSumming column;
  precision::ChargeRedistribution redistribution;
  double capacitor_fF = 1;
  std::int64_t trials = 1000;
  std::uint64_t seed = 1;
  std::vector<std::string> foreign;  ///< options given that are the other kind's
  OutputOptions output;
};

/// Options given that say nothing about a column of this kind.
std::vector<std::string> foreign_options(const CLI::App& command, const std::string& kind) {
  const std::vector<std::string> others =
      kind == "charge_summing" ? std::vector<std::string>{"--capacitor", "--supply"}
                               : std::vector<std::string>{"--mismatch", "--jitter", "--noise",
                                                          "--headroom", "--trials", "--seed"};
  std::vector<std::string> given;
  std::ranges::copy_if(others, std::back_inserter(given),
                       [&command](const std::string& name) { return command.count(name) > 0; });
  return given;
}

/// The rows asked for, and quarters, halves, doubles and fourfolds of them.
std::vector<std::int64_t> sizes(std::int64_t rows) {
  std::vector<std::int64_t> all;
  for (const std::int64_t quarters : {1, 2, 4, 8, 16}) {
    const std::int64_t size = std::clamp(rows * quarters / 4, std::int64_t{1}, kMaxRows);
    if (all.empty() || size != all.back()) all.push_back(size);
  }
  return all;
}

ColumnPoint summing_point(const Request& request, std::int64_t rows) {
  precision::ChargeSumming column = request.column;
  column.rows = rows;
  const precision::ComputeNoise noise = precision::charge_summing_noise(column);
  ColumnPoint point{rows, noise.signal, noise.analogue, noise.clipped, noise.snr_dB()};
  const auto size = static_cast<double>(rows);
  const double levels = column.headroom > 0 ? std::min(column.headroom, size) + 1 : size + 1;
  const double draws =
      size * column.activation_bits * column.weight_bits * static_cast<double>(request.trials);
  point.drawn_snr_dB = NAN;
  if (request.trials > 0 && draws <= kMaxDraws)
    point.drawn_snr_dB = precision::draw_charge_summing_dB(column, request.trials, request.seed);
  if (draws > kMaxDraws)
    point.warnings.push_back(
        fmt::format("not drawn: {:.2g} cell reads; fewer --trials would do", draws));
  if (std::isfinite(point.compute_snr_dB)) {
    point.converter_bits = precision::converter_bits(point.compute_snr_dB, levels);
    point.closed_form_bits = precision::converter_bits_closed_form(point.compute_snr_dB);
  } else {  // nothing but the staircase of an ideal column
    point.converter_bits = static_cast<int>(std::ceil(std::log2(levels)));
  }
  point.clipping_from = precision::clipping_takes_over(column);
  return point;
}

ColumnPoint redistribution_point(const Request& request, std::int64_t rows) {
  precision::ChargeRedistribution column = request.redistribution;
  column.rows = rows;
  column.activation_bits = request.column.activation_bits;
  column.weight_bits = request.column.weight_bits;
  column.capacitor_F = request.capacitor_fF * 1e-15;
  const precision::ComputeNoise noise = precision::charge_redistribution_noise(column);
  ColumnPoint point{rows, noise.signal, noise.analogue, 0, noise.snr_dB(), NAN};
  point.converter_bits = precision::converter_bits(point.compute_snr_dB);
  point.closed_form_bits = precision::converter_bits_closed_form(point.compute_snr_dB);
  return point;
}

std::string describe(const Request& request) {
  const precision::ChargeSumming& c = request.column;
  const std::string bits =
      fmt::format("{} rows of {} x {} bits", c.rows, c.activation_bits, c.weight_bits);
  if (request.kind == "charge_redistribution")
    return fmt::format("charge redistribution, {}, {:g} fF a cell, {:g} V", bits,
                       request.capacitor_fF, request.redistribution.supply_V);
  return fmt::format(
      "charge summing, {}: mismatch {:g} %, jitter {:g} %, noise {:g} units, headroom {}", bits,
      100 * c.current_mismatch, 100 * c.pulse_jitter, c.thermal_noise,
      c.headroom > 0 ? fmt::format("{:g} units", c.headroom) : "of all rows");
}

ExitCode imc(const Request& request) {
  if (!request.foreign.empty())
    throw UsageError(fmt::format("error: {}: no option of a column of {}",
                                 fmt::join(request.foreign, ", "), request.kind));
  if (!request.output.directory.empty()) require_writable(request.output.directory);
  ColumnReport report;
  report.version = kVersion;
  report.command = request.output.command;
  report.description = describe(request);
  report.rows = request.column.rows;
  report.headroom = request.column.headroom;
  report.charge_summing = request.kind == "charge_summing";
  for (const std::int64_t rows : sizes(request.column.rows)) {
    report.points.push_back(report.charge_summing ? summing_point(request, rows)
                                                  : redistribution_point(request, rows));
  }
  publish(request.output, "imc",
          {[&] { return dump(column_json(report)); }, [&] { return column_csv(report); },
           [&](const TextStyle& style) { return column_text(report, style); }});
  return ExitCode::ok;
}

}  // namespace

void add_precision_imc(CLI::App& app, Action& action, const std::string& command_line) {
  auto request = std::make_shared<Request>();
  request->output.command = command_line;
  request->column = {256, 6, 6, 0.1, 0.02, 0.5, 0};
  CLI::App* command = app.add_subcommand(
      "imc", "Compute SNR and converter bits of a column of in-memory computing");
  precision::ChargeSumming& column = request->column;
  command->add_option("--kind", request->kind, "charge_summing or charge_redistribution")
      ->check(CLI::IsMember({"charge_summing", "charge_redistribution"}))
      ->capture_default_str();
  command->add_option("--rows", column.rows, "Cells of the column: length of the dot product")
      ->check(CLI::Range(std::int64_t{1}, kMaxRows))
      ->capture_default_str();
  command->add_option("--activation-bits", column.activation_bits, "Bits of the activations")
      ->check(CLI::Range(1, 16))
      ->capture_default_str();
  command->add_option("--weight-bits", column.weight_bits, "Bits of the weights")
      ->check(CLI::Range(1, 16))
      ->capture_default_str();
  const CLI::Validator share = number_within(0, 10);
  command
      ->add_option("--mismatch", column.current_mismatch,
                   "Deviation of a cell's current over the current")
      ->check(share)
      ->capture_default_str();
  command
      ->add_option("--jitter", column.pulse_jitter, "Deviation of a pulse's width over the width")
      ->check(share)
      ->capture_default_str();
  command
      ->add_option("--noise", column.thermal_noise,
                   "Noise of a conversion, root mean square, in unit discharges")
      ->check(number_within(0, 1e6))
      ->capture_default_str();
  command
      ->add_option("--headroom", column.headroom,
                   "Unit discharges that fit the bit line; 0: all rows do")
      ->check(number_within(0, 1e6))
      ->capture_default_str();
  command
      ->add_option("--capacitor", request->capacitor_fF,
                   "Charge redistribution: capacitor of a cell in fF")
      ->check(number_within(1e-3, 1e6))
      ->capture_default_str();
  command
      ->add_option("--supply", request->redistribution.supply_V,
                   "Charge redistribution: supply in V")
      ->check(number_within(0.01, 100))
      ->capture_default_str();
  command->add_option("--trials", request->trials, "Columns to draw; 0: formulas alone")
      ->check(CLI::Range(0, 1000000))
      ->capture_default_str();
  command->add_option("--seed", request->seed, "Seed of the draws")->capture_default_str();
  add_output_options(*command, request->output);
  command->callback([&action, request, command] {
    request->foreign = foreign_options(*command, request->kind);
    action = [request] { return imc(*request); };
  });
}

}  // namespace bitscale::app
