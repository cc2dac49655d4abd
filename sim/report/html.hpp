#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bitscale {

/// One input of a report: a document that a command wrote, with what it holds.
struct ReportInput {
  std::string name;  ///< as the reader of the report knows it
  std::string kind;  ///< run | compare | accuracy | reproduce | accumulator | explain_layer |
                     ///< precision_sweep | sweep
  std::string json;
};

/// Which kind of document this is, by the keys that only that kind has; nothing for others.
[[nodiscard]] std::optional<std::string> document_kind(const nlohmann::json& document);

/// The report as one page: styles, scripts, charting library and data inside, nothing fetched.
[[nodiscard]] std::string html_report(const std::string& title, const std::string& version,
                                      const std::vector<ReportInput>& inputs);

}  // namespace bitscale
