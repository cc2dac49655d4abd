#include "sim/report/accumulator_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "sim/core/rounding.hpp"
#include "sim/report/csv.hpp"
#include "sim/report/json.hpp"
#include "sim/report/text.hpp"

namespace bitscale {
namespace {

using Align = Table::Align;
using Json = nlohmann::ordered_json;

std::string decibels(double value) {
  return std::isfinite(value) ? fmt::format("{:.1f}", value) : "exact";
}

/// A register that overflows is not exact because no bit was dropped: such criteria promise none.
std::string predicted(const RegisterChoice& choice) {
  const bool unknown =
      !std::isfinite(choice.predicted_sqnr_dB) && choice.finished_overflow_rate > 0;
  return unknown ? "-" : decibels(choice.predicted_sqnr_dB);
}

std::string rate(double share) {
  return share == 0 ? "0" : share < 1e-3 ? fmt::format("{:.1e}", share) : format_percent(share);
}

std::string cell(const RegisterFigures& figures, const std::string& text) {
  return figures.failure.empty() ? text : "-";
}

std::string path(const RegisterFigures& figures) {
  return figures.path_ns > 0 ? fmt::format("{:.2f} ns", figures.path_ns)
                             : fmt::format("{} gates", figures.path_units);
}

std::vector<std::string> figures_cells(const RegisterChoice& choice) {
  const RegisterFigures& wrap = choice.wrap;
  const RegisterFigures& saturate = choice.saturate;
  return {rate(choice.finished_overflow_rate),
          cell(wrap, decibels(wrap.sqnr_dB)),
          cell(wrap, fmt::format("{:.4f}", wrap.pJ_per_mac)),
          cell(wrap, path(wrap)),
          cell(saturate, rate(saturate.overflow_rate)),
          cell(saturate, decibels(saturate.sqnr_dB)),
          cell(saturate, fmt::format("{:.4f}", saturate.pJ_per_mac)),
          cell(saturate, path(saturate))};
}

std::vector<Table::Column> figures_columns(std::vector<Table::Column> columns) {
  for (const char* title :
       {"overflow", "wrap: dB", "pJ/MAC", "path", "clamped", "saturate: dB", "pJ/MAC", "path"})
    columns.push_back({title});
  return columns;
}

std::string choices_text(const AccumulatorLayer& layer, const TextStyle& style) {
  Table table(figures_columns(
      {{"criterion", Align::left}, {"register"}, {"dropped"}, {"output"}, {"predicted dB"}}));
  for (const RegisterChoice& choice : layer.choices) {
    std::vector<std::string> row = {choice.criterion, std::to_string(choice.register_bits),
                                    std::to_string(choice.dropped_bits),
                                    std::to_string(choice.output_bits), predicted(choice)};
    for (std::string& text : figures_cells(choice)) row.push_back(std::move(text));
    table.add_row(std::move(row));
  }
  return table.text(style);
}

/// A bar of up to `cells` characters.
std::string bar(double value, double largest, int cells) {
  const double share = largest > 0 ? std::clamp(value / largest, 0.0, 1.0) : 0;
  return std::string(static_cast<std::size_t>(std::lround(share * cells)), '#');
}

std::string sweep_text(const AccumulatorLayer& layer, const TextStyle& style) {
  if (layer.sweep.empty()) return "";
  constexpr int kCells = 24;
  constexpr double kMostdB = 80;
  double most_pJ = 0;
  for (const RegisterChoice& choice : layer.sweep)
    most_pJ = std::max({most_pJ, choice.wrap.pJ_per_mac, choice.saturate.pJ_per_mac});
  std::vector<Table::Column> columns = figures_columns({{"register"}});
  columns.push_back({"saturate: SQNR (0..80 dB)", Align::left});
  columns.push_back({fmt::format("wrap: energy (0..{:.2g} pJ/MAC)", most_pJ), Align::left});
  Table table(std::move(columns));
  for (const RegisterChoice& choice : layer.sweep) {
    std::vector<std::string> row = {std::to_string(choice.register_bits)};
    for (std::string& text : figures_cells(choice)) row.push_back(std::move(text));
    row.push_back(bar(std::isfinite(choice.saturate.sqnr_dB) ? choice.saturate.sqnr_dB : kMostdB,
                      kMostdB, kCells));
    row.push_back(bar(choice.wrap.pJ_per_mac, most_pJ, kCells));
    table.add_row(std::move(row));
  }
  return table.text(style);
}

/// What casts doubt on choices, and why machines cannot run some: each once, behind the criteria
/// that it is about.
std::string notes_text(const AccumulatorLayer& layer) {
  std::vector<std::pair<std::string, std::string>> notes;  // text, criteria
  const auto add = [&notes](const std::string& note, const std::string& criterion) {
    const auto same = [&note](const auto& known) { return known.first == note; };
    const auto known = std::ranges::find_if(notes, same);
    if (known == notes.end()) {
      notes.emplace_back(note, criterion);
    } else if (!known->second.ends_with(criterion)) {
      known->second += ", " + criterion;
    }
  };
  const std::string prefix = fmt::format("error: layer '{}': ", layer.name);
  std::size_t refused = 0;
  for (const RegisterChoice& choice : layer.choices) {
    for (const std::string& warning : choice.warnings) add(warning, choice.criterion);
    const std::string& failure =
        choice.wrap.failure.empty() ? choice.saturate.failure : choice.wrap.failure;
    if (failure.empty()) continue;
    ++refused;
    add(failure.starts_with(prefix) ? failure.substr(prefix.size()) : failure, choice.criterion);
  }
  std::string text;
  for (const auto& [note, criteria] : notes) {
    // A refusal of all criteria is the machine's.
    const bool all = refused == layer.choices.size() &&
                     std::ranges::count(criteria, ',') + 1 == std::ssize(layer.choices);
    text +=
        fmt::format("  note: {}\n", wrap_text((all ? "not run" : criteria) + ": " + note, 100, 8));
  }
  return text;
}

std::string layer_text(const AccumulatorLayer& layer, const TextStyle& style) {
  std::string text = fmt::format(
      "\n{}: sums of {} products of {} bits, {} of them, {} operands\n"
      "  deviation {:.4g} measured, {:.4g} if products were independent; mean {:.4g} and {:.4g}; "
      "from {} to {}\n",
      bold(layer.name, style), layer.length, layer.types, format_integer(layer.sums),
      layer.operands, layer.measured_sigma, layer.predicted_sigma, layer.measured_mean,
      layer.predicted_mean, layer.low, layer.high);
  text += choices_text(layer, style);
  text += notes_text(layer);
  const std::string sweep = sweep_text(layer, style);
  if (!sweep.empty()) text += "\n" + sweep;
  return text;
}

Json figures_json(const RegisterFigures& figures) {
  if (!figures.failure.empty()) return {{"failure", figures.failure}};
  return {{"sqnr_dB", json_number(figures.sqnr_dB)},
          {"overflow_rate", json_number(figures.overflow_rate)},
          {"pJ_per_mac", json_number(figures.pJ_per_mac)},
          {"path_units", figures.path_units},
          {"path_ns", figures.path_ns > 0 ? json_number(figures.path_ns) : Json()}};
}

Json choice_json(const RegisterChoice& choice) {
  return {{"criterion", choice.criterion.empty() ? Json() : Json(choice.criterion)},
          {"register_bits", choice.register_bits},
          {"dropped_bits", choice.dropped_bits},
          {"output_bits", choice.output_bits},
          {"predicted_sqnr_dB", json_number(choice.predicted_sqnr_dB)},
          {"finished_overflow_rate", json_number(choice.finished_overflow_rate)},
          {"wrap", figures_json(choice.wrap)},
          {"saturate", figures_json(choice.saturate)},
          {"warnings", choice.warnings}};
}

void add_rows(const AccumulatorReport& report, const AccumulatorLayer& layer,
              const std::vector<RegisterChoice>& choices, std::string& text) {
  const auto figures = [](const RegisterFigures& f) {
    if (!f.failure.empty()) return std::string(",,,");
    return fmt::format("{},{},{},{}", std::isfinite(f.sqnr_dB) ? format_significant(f.sqnr_dB) : "",
                       format_significant(f.overflow_rate), format_significant(f.pJ_per_mac),
                       f.path_units);
  };
  for (const RegisterChoice& choice : choices) {
    text += fmt::format(
        "{},{},{},{},{},{},{},{},{},{},{}\n", csv_cell(report.workload), csv_cell(layer.name),
        choice.criterion, layer.length, choice.register_bits, choice.dropped_bits,
        choice.output_bits,
        std::isfinite(choice.predicted_sqnr_dB) ? format_significant(choice.predicted_sqnr_dB) : "",
        format_significant(choice.finished_overflow_rate), figures(choice.wrap),
        figures(choice.saturate));
  }
}

}  // namespace

std::string accumulator_text(const AccumulatorReport& report, const TextStyle& style) {
  std::string text =
      bold(fmt::format("accumulators of {}{} on {}, for {:g} dB or an overflow "
                       "probability of {:g}",
                       report.workload, report.profile.empty() ? "" : " (" + report.profile + ")",
                       report.machine, report.target_sqnr_dB, report.target_probability),
           style) +
      "\n";
  for (const AccumulatorLayer& layer : report.layers) text += layer_text(layer, style);
  text +=
      "\n" +
      wrap_text(
          fmt::format(
              "overflow: finished sums that the register does not hold; clamped: "
              "additions that a saturating one clamps. dB: variance of the exact sums over "
              "the mean squared error, dropped bits rounded half up; exact: no error. "
              "Energy and path: gates and registers of the units, on these operands, {} at {} V{}."
              " Predicted dB of truncated growth and minimum precision are for a step of any size; "
              "the register rounds to a power of two. Predicted '-': the criterion bounds "
              "overflow, and says nothing about dB.",
              report.technology, report.vdd_V,
              report.delay_V > 0 ? fmt::format(", paths at {} V", report.delay_V) : ""),
          100, 0) +
      "\n";
  return text + next_text(report.next, style);
}

Json accumulator_json(const AccumulatorReport& report) {
  Json json;
  json["schema_version"] = kReportSchemaVersion;
  json["version"] = report.version;
  json["command"] = report.command;
  json["machine"] = report.machine;
  json["workload"] = report.workload;
  json["profile"] = report.profile;
  json["technology"] = report.technology;
  json["vdd_V"] = json_number(report.vdd_V);
  json["delay_V"] = report.delay_V > 0 ? json_number(report.delay_V) : Json();
  json["target_sqnr_dB"] = json_number(report.target_sqnr_dB);
  json["target_probability"] = json_number(report.target_probability);
  json["layers"] = Json::array();
  for (const AccumulatorLayer& layer : report.layers) {
    Json entry = {{"name", layer.name},
                  {"operands", layer.operands},
                  {"length", layer.length},
                  {"sums", layer.sums},
                  {"predicted_mean", json_number(layer.predicted_mean)},
                  {"predicted_sigma", json_number(layer.predicted_sigma)},
                  {"measured_mean", json_number(layer.measured_mean)},
                  {"measured_sigma", json_number(layer.measured_sigma)},
                  {"excess_kurtosis", json_number(layer.excess_kurtosis)},
                  {"lowest_sum", layer.low},
                  {"highest_sum", layer.high},
                  {"choices", Json::array()},
                  {"sweep", Json::array()}};
    for (const RegisterChoice& choice : layer.choices)
      entry["choices"].push_back(choice_json(choice));
    for (const RegisterChoice& choice : layer.sweep) entry["sweep"].push_back(choice_json(choice));
    json["layers"].push_back(std::move(entry));
  }
  return json;
}

std::string accumulator_csv(const AccumulatorReport& report) {
  std::string text =
      "workload,layer,criterion,length,register_bits,dropped_bits,output_bits,predicted_sqnr_dB,"
      "finished_overflow_rate,wrap_sqnr_dB,wrap_overflow_rate,wrap_pJ_per_mac,wrap_path_units,"
      "saturate_sqnr_dB,saturate_overflow_rate,saturate_pJ_per_mac,saturate_path_units\n";
  for (const AccumulatorLayer& layer : report.layers) {
    add_rows(report, layer, layer.choices, text);
    add_rows(report, layer, layer.sweep, text);
  }
  return text;
}

}  // namespace bitscale
