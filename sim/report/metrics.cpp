#include "sim/report/metrics.hpp"

#include <fmt/format.h>

#include <cctype>
#include <vector>

#include "sim/core/errors.hpp"
#include "sim/core/suggest.hpp"
#include "sim/report/table.hpp"

namespace bitscale {

namespace {

constexpr std::size_t kWidth = 96;

/// Lower case, everything but letters and digits as '_': `TOPS/W` finds `tops_w`.
std::string normalised(std::string_view name) {
  std::string result;
  for (const char character : name) {
    const auto byte = static_cast<unsigned char>(character);
    result += std::isalnum(byte) != 0 ? static_cast<char>(std::tolower(byte)) : '_';
  }
  return result;
}

}  // namespace

const Metric* find_metric(std::string_view name) {
  const std::string wanted = normalised(name);
  for (const Metric& metric : all_metrics()) {
    if (normalised(metric.name) == wanted) return &metric;
    if (!metric.alias.empty() && normalised(metric.alias) == wanted) return &metric;
  }
  return nullptr;
}

std::string explain_metric(std::string_view name) {
  const Metric* metric = find_metric(name);
  if (metric == nullptr) {
    std::vector<std::string> names;
    for (const Metric& candidate : all_metrics()) {
      names.emplace_back(candidate.name);
      if (!candidate.alias.empty()) names.emplace_back(candidate.alias);
    }
    const std::optional<std::string> near = nearest(name, names);
    throw UsageError(fmt::format("error: unknown metric '{}'{}; `bitscale explain` lists all", name,
                                 near ? fmt::format(", did you mean '{}'?", *near) : ""));
  }
  std::string text = std::string(metric->name);
  if (!metric->unit.empty()) text += fmt::format(" [{}]", metric->unit);
  text += "\n  " + wrap_text(metric->definition, kWidth, 2) + "\n";
  if (!metric->formula.empty()) {
    text += fmt::format("  Formula: {}\n", wrap_text(metric->formula, kWidth, 4));
  }
  return text;
}

std::string list_metrics() {
  std::string text;
  std::string_view group;
  for (const Metric& metric : all_metrics()) {
    if (metric.group != group) {
      group = metric.group;
      text += fmt::format("{}{}\n", text.empty() ? "" : "\n", group);
    }
    const std::string unit = metric.unit.empty() ? "" : fmt::format(" [{}]", metric.unit);
    text += fmt::format("  {}{}: {}\n", metric.name, unit, wrap_text(metric.definition, kWidth, 6));
  }
  return text;
}

std::string metrics_markdown() {
  std::string text;
  std::string_view group;
  for (const Metric& metric : all_metrics()) {
    if (metric.group != group) {
      group = metric.group;
      text += fmt::format("{}## {}\n\n| name | unit | definition | formula |\n|---|---|---|---|\n",
                          text.empty() ? "" : "\n", group);
    }
    text += fmt::format("| `{}` | {} | {} | {} |\n", metric.name, metric.unit, metric.definition,
                        metric.formula);
  }
  return text;
}

}  // namespace bitscale
