#pragma once

#include <span>
#include <string>
#include <string_view>

namespace bitscale {

/// What a number of a report means. `name` is its key in JSON; the table is the only place that
/// defines it.
struct Metric {
  std::string_view name;
  std::string_view unit;  ///< '' for texts and structure
  std::string_view group;
  std::string_view definition;
  std::string_view formula = {};  ///< '' where it is counted, not computed
  std::string_view alias = {};    ///< another spelling people type
};

/// Every metric, grouped.
[[nodiscard]] std::span<const Metric> all_metrics();

/// The metric of that name or alias, case and punctuation ignored; nullptr where there is none.
[[nodiscard]] const Metric* find_metric(std::string_view name);

/// Name, unit, definition and formula as text. Throws UsageError with the nearest names for an
/// unknown one.
[[nodiscard]] std::string explain_metric(std::string_view name);

/// One line per metric, by group.
[[nodiscard]] std::string list_metrics();

/// The whole table as Markdown, for the documentation.
[[nodiscard]] std::string metrics_markdown();

}  // namespace bitscale
