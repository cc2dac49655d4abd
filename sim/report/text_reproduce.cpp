#include <fmt/format.h>

#include <algorithm>

#include "sim/core/rounding.hpp"
#include "sim/report/text.hpp"

namespace bitscale {

namespace {

using Align = Table::Align;

std::string value_text(double value, const std::string& unit) {
  // Ratios get as many decimals each, so that a column of them lines up.
  if (unit == "x") return fmt::format("{:.3f}x", value);
  std::string digits = fmt::format("{:.4g}", value);
  return unit.empty() ? digits : digits + " " + unit;
}

/// As its publication prints it: no digit more.
std::string published_text(const ReproduceCheck& check) {
  if (!check.published) return "";
  std::string digits = format_significant(*check.published);
  if (check.unit.empty()) return digits;
  return check.unit == "x" ? digits + "x" : digits + " " + check.unit;
}

std::string deviation_text(const ReproduceCheck& check) {
  if (!check.published || *check.published == 0) return "";
  return fmt::format("{:+.1f} %", (check.simulated / *check.published - 1) * 100);
}

std::string tolerance_text(const ReproduceCheck& check) {
  return check.published ? fmt::format("{:.3g} %", check.tolerance * 100) : "";
}

std::string verdict_text(Verdict verdict, const TextStyle& style) {
  if (verdict == Verdict::reproduced) return green(to_string(verdict), style);
  if (verdict == Verdict::deviates) return red(to_string(verdict), style);
  return std::string(to_string(verdict));
}

std::string headline(const ReproduceCheck& check, const TextStyle& style) {
  std::string text =
      bold(fmt::format("{}: {}", check.name, value_text(check.simulated, check.unit)), style);
  if (check.published) {
    text += fmt::format(" simulated, {} published ({}, tolerance {})", published_text(check),
                        deviation_text(check), tolerance_text(check));
  }
  return text + ": " + verdict_text(check.verdict, style) + "\n";
}

void add_once(std::vector<std::string>& items, const std::string& item) {
  if (item.empty()) return;
  if (std::find(items.begin(), items.end(), item) == items.end()) items.push_back(item);
}

std::string experiment_text(const std::string& experiment,
                            const std::vector<const ReproduceCheck*>& checks,
                            const TextStyle& style) {
  std::string text;
  for (const ReproduceCheck* check : checks) {
    if (check->headline) text += headline(*check, style);
  }
  if (!text.empty()) text += "\n";
  Table table({{experiment, Align::left},
               {"published"},
               {"simulated"},
               {"deviation"},
               {"tolerance"},
               {"verdict", Align::left}});
  std::vector<std::string> inputs, sources, notes;
  for (const ReproduceCheck* check : checks) {
    table.add_row({check->name, published_text(*check), value_text(check->simulated, check->unit),
                   deviation_text(*check), tolerance_text(*check),
                   verdict_text(check->verdict, style)});
    for (const std::string& input : check->inputs) add_once(inputs, input);
    if (check->published) add_once(sources, check->source);
    if (!check->note.empty()) add_once(notes, check->note);
  }
  text += table.text(style) + "\n";
  text += format_items("published figures from", sources);
  text += format_items("why figures deviate", notes);
  text += format_items("declared inputs", inputs);
  return text;
}

std::string summary(const std::vector<ReproduceCheck>& checks) {
  std::string text;
  for (const Verdict verdict :
       {Verdict::reproduced, Verdict::deviates, Verdict::calibrated, Verdict::information}) {
    const auto count =
        std::count_if(checks.begin(), checks.end(),
                      [&](const ReproduceCheck& check) { return check.verdict == verdict; });
    if (count > 0)
      text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count, to_string(verdict));
  }
  return text.empty() ? "no checks" : text;
}

}  // namespace

std::string reproduce_text(const ReproduceResult& result, const TextStyle& style) {
  std::vector<std::string> experiments;
  for (const ReproduceCheck& check : result.checks) add_once(experiments, check.experiment);
  std::string text;
  for (const std::string& experiment : experiments) {
    std::vector<const ReproduceCheck*> checks;
    for (const ReproduceCheck& check : result.checks) {
      if (check.experiment == experiment) checks.push_back(&check);
    }
    text += experiment_text(experiment, checks, style) + "\n";
  }
  text += fmt::format("{} (bitscale {})\n", summary(result.checks), result.version);
  if (!result.next.empty()) text += "\n" + next_text(result.next, style);
  return text;
}

}  // namespace bitscale
