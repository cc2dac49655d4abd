#include "sim/report/assignment_report.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <nlohmann/json.hpp>

#include "sim/core/plural.hpp"
#include "sim/core/rounding.hpp"
#include "sim/report/csv.hpp"
#include "sim/report/json.hpp"
#include "sim/report/text.hpp"

namespace bitscale {
namespace {

using Align = Table::Align;
using Json = nlohmann::ordered_json;

std::string share(double value) {
  return value > 1 ? fmt::format("{:.0f} %", 100 * value) : fmt::format("{:.3g} %", 100 * value);
}

std::string tensors_text(const AssignmentReport& report, const TextStyle& style) {
  Table table(
      {{"layer", Align::left}, {"tensor", Align::left}, {"noise gain"}, {"offset"}, {"bits"}});
  for (const PrecisionTensor& tensor : report.tensors)
    table.add_row({tensor.layer, tensor.tensor, fmt::format("{:.4g}", tensor.gain),
                   std::to_string(tensor.offset), std::to_string(tensor.bits)});
  return table.text(style);
}

std::string settings_text(const AssignmentReport& report, const TextStyle& style) {
  Table table({{"setting", Align::left},
               {"mean bits"},
               {"bound"},
               {"capped"},
               {"Gaussian"},
               {"measured"},
               {"accuracy"}});
  for (const PrecisionSetting& s : report.settings)
    table.add_row({s.name, fmt::format("{:.2f}", s.mean_bits), share(s.bound), share(s.capped),
                   share(s.gaussian), share(s.measured),
                   s.accuracy < 0 ? "-" : format_percent(s.accuracy)});
  return table.text(style);
}

std::string costs_text(const AssignmentReport& report, const TextStyle& style) {
  Table table({{"machine", Align::left},
               {"setting", Align::left},
               {"cycles/image"},
               {"energy/image"},
               {"cycles"},
               {"energy"}});
  const PrecisionSetting& first = report.settings.front();
  for (std::size_t m = 0; m < first.costs.size(); ++m) {
    for (const PrecisionSetting& setting : report.settings) {
      if (setting.costs.empty()) continue;
      const SettingCost& cost = setting.costs[m];
      const SettingCost& base = first.costs[m];
      if (!cost.failure.empty()) {
        table.add_row({cost.machine, setting.name, cost.failure});
        continue;
      }
      const auto relative = [&](double value, double to) {
        return base.failure.empty() ? fmt::format("{:.2f}x", value / to) : std::string("-");
      };
      table.add_row({cost.machine, setting.name,
                     format_integer(static_cast<std::uint64_t>(cost.cycles)),
                     format_energy_pJ(cost.energy_pJ), relative(cost.cycles, base.cycles),
                     relative(cost.energy_pJ, base.energy_pJ)});
    }
  }
  return table.text(style);
}

}  // namespace

std::string assignment_text(const AssignmentReport& report, const TextStyle& style) {
  std::string text =
      bold(fmt::format("bits of {} for at most {:g} % of changed classes", report.workload,
                       100 * report.target),
           style) +
      fmt::format(
          "\n{} {}, {} operands; least precision {} bits by {}, {} in the closed form of the "
          "bound\n\n",
          report.images, plural(report.images, "image"), report.operands, report.least, report.rule,
          report.least_closed_form);
  text += tensors_text(report, style) + "\n" + settings_text(report, style) + "\n";
  text += costs_text(report, style) + "\n";
  text += wrap_text(
              "bound: sum of step^2 x noise gain over the tensors, for errors without mean; "
              "capped: each "
              "image counts at most once, and that halves of stored integers are rounded up counts "
              "too; "
              "Gaussian: the same as an estimate, no bound; measured: images whose class in fixed "
              "point "
              "is another than in real numbers. mean bits: of both operands, weighted by products. "
              "Cycles and energy relative to the first setting, by the table of costs.",
              100, 0) +
          "\n";
  for (const std::string& note : report.notes)
    text += fmt::format("note: {}\n", wrap_text(note, 94, 6));
  return text + next_text(report.next, style);
}

Json assignment_json(const AssignmentReport& report) {
  Json json = {{"schema_version", kReportSchemaVersion},
               {"version", report.version},
               {"command", report.command},
               {"workload", report.workload},
               {"operands", report.operands},
               {"target_mismatch", json_number(report.target)},
               {"rule", report.rule},
               {"images", report.images},
               {"least_bits_closed_form", report.least_closed_form},
               {"least_bits", report.least},
               {"tensors", Json::array()},
               {"settings", Json::array()},
               {"notes", report.notes}};
  for (const PrecisionTensor& tensor : report.tensors)
    json["tensors"].push_back({{"layer", tensor.layer},
                               {"tensor", tensor.tensor},
                               {"noise_gain", json_number(tensor.gain)},
                               {"offset_bits", tensor.offset},
                               {"bits", tensor.bits}});
  for (const PrecisionSetting& setting : report.settings) {
    Json entry = {{"setting", setting.name},
                  {"tensor_bits", setting.bits},
                  {"mean_bits", json_number(setting.mean_bits)},
                  {"mismatch_bound", json_number(setting.bound)},
                  {"mismatch_capped", json_number(setting.capped)},
                  {"mismatch_gaussian", json_number(setting.gaussian)},
                  {"mismatch_measured", json_number(setting.measured)},
                  {"accuracy", setting.accuracy < 0 ? Json() : json_number(setting.accuracy)},
                  {"machines", Json::array()}};
    for (const SettingCost& cost : setting.costs) {
      if (cost.failure.empty()) {
        entry["machines"].push_back({{"machine", cost.machine},
                                     {"cycles_per_image", json_number(cost.cycles)},
                                     {"energy_per_image_pJ", json_number(cost.energy_pJ)}});
      } else {
        entry["machines"].push_back({{"machine", cost.machine}, {"failure", cost.failure}});
      }
    }
    json["settings"].push_back(std::move(entry));
  }
  return json;
}

std::string assignment_csv(const AssignmentReport& report) {
  std::string text =
      "workload,setting,mean_bits,mismatch_bound,mismatch_capped,mismatch_gaussian,"
      "mismatch_measured,accuracy,machine,cycles_per_image,energy_per_image_pJ\n";
  for (const PrecisionSetting& s : report.settings) {
    const std::string start = fmt::format(
        "{},{},{},{},{},{},{},{}", csv_cell(report.workload), s.name,
        format_significant(s.mean_bits), format_significant(s.bound), format_significant(s.capped),
        format_significant(s.gaussian), format_significant(s.measured),
        s.accuracy < 0 ? "" : format_significant(s.accuracy));
    if (s.costs.empty()) text += start + ",,,\n";
    for (const SettingCost& cost : s.costs)
      text += fmt::format("{},{},{},{}\n", start, csv_cell(cost.machine),
                          cost.failure.empty() ? format_significant(cost.cycles) : "",
                          cost.failure.empty() ? format_significant(cost.energy_pJ) : "");
  }
  return text;
}

}  // namespace bitscale
