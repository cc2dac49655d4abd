#include "sim/report/column_report.hpp"

#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "sim/core/rounding.hpp"
#include "sim/report/json.hpp"

namespace bitscale {
namespace {

using Json = nlohmann::ordered_json;

std::string decibels(double value) {
  return std::isnan(value) ? "-" : std::isinf(value) ? "exact" : fmt::format("{:.2f}", value);
}

std::string closed_form(const ColumnPoint& point, const char* none) {
  return point.closed_form_bits > 0 ? std::to_string(point.closed_form_bits) : none;
}

}  // namespace

std::string column_text(const ColumnReport& report, const TextStyle& style) {
  std::string text = bold(report.description, style) + "\n\n";
  Table table({{"rows"},
               {"SNR dB"},
               {"drawn dB"},
               {"mismatch and noise"},
               {"clipping"},
               {"converter bits"},
               {"closed form"},
               {"clipping decides below"}});
  for (const ColumnPoint& point : report.points) {
    table.add_row({fmt::format("{}{}", point.rows == report.rows ? "* " : "", point.rows),
                   decibels(point.compute_snr_dB), decibels(point.drawn_snr_dB),
                   fmt::format("{:.4g}", point.analogue_noise),
                   fmt::format("{:.4g}", point.clipping_noise),
                   std::to_string(point.converter_bits), closed_form(point, "-"),
                   report.charge_summing ? fmt::format("{:g}", point.clipping_from) : "-"});
  }
  text += table.text(style);
  for (const ColumnPoint& point : report.points) {
    for (const std::string& warning : point.warnings)
      text += fmt::format("  note: {} rows: {}\n", point.rows, wrap_text(warning, 90, 8));
  }
  text +=
      "\n" +
      wrap_text(
          "SNR: compute SNR before conversion, by formula and drawn at random (cells, operands "
          "and noise of every trial its own). Noises are variances of the dot product, operands "
          "in full scales. Converter bits: fewest that cost at most 0.5 dB, by exact search, and "
          "the closed form in print, which is right near 8 bits. Clipping decides where the bit "
          "line holds fewer unit discharges than the last column: it then adds half of the other "
          "noise or more.",
          100, 0) +
      "\n";
  return text;
}

Json column_json(const ColumnReport& report) {
  Json json;
  json["schema_version"] = kReportSchemaVersion;
  json["version"] = report.version;
  json["command"] = report.command;
  json["description"] = report.description;
  json["memory_columns"] = Json::array();
  for (const ColumnPoint& point : report.points) {
    json["memory_columns"].push_back(
        {{"cells", point.rows},
         {"compute_snr_dB", json_number(point.compute_snr_dB)},
         {"drawn_snr_dB", json_number(point.drawn_snr_dB)},
         {"signal_power", json_number(point.signal)},
         {"analogue_noise_power", json_number(point.analogue_noise)},
         {"clipping_noise_power", json_number(point.clipping_noise)},
         {"converter_bits", point.converter_bits},
         {"closed_form_bits", point.closed_form_bits > 0 ? Json(point.closed_form_bits) : Json()},
         {"clipping_from", report.charge_summing ? json_number(point.clipping_from) : Json()},
         {"warnings", point.warnings}});
  }
  return json;
}

std::string column_csv(const ColumnReport& report) {
  const auto cell = [](double value) {
    return std::isfinite(value) ? format_significant(value) : std::string();
  };
  std::string text =
      "cells,compute_snr_dB,drawn_snr_dB,signal_power,analogue_noise_power,clipping_noise_power,"
      "converter_bits,closed_form_bits,clipping_from\n";
  for (const ColumnPoint& point : report.points) {
    text += fmt::format("{},{},{},{},{},{},{},{},{}\n", point.rows, cell(point.compute_snr_dB),
                        cell(point.drawn_snr_dB), cell(point.signal), cell(point.analogue_noise),
                        cell(point.clipping_noise), point.converter_bits, closed_form(point, ""),
                        report.charge_summing ? cell(point.clipping_from) : "");
  }
  return text;
}

}  // namespace bitscale
