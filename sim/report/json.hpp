#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>

#include "sim/report/result.hpp"

namespace bitscale {

struct CompareResult;

/// Version of every JSON document bitscale writes; changes when a key changes its meaning or goes
/// away.
inline constexpr int kReportSchemaVersion = 1;

/// The documents for programs: keys carry units, counts are exact integers, derived doubles have
/// nine significant digits, what does not exist is null.
[[nodiscard]] nlohmann::ordered_json run_json(const RunResult& run);
[[nodiscard]] nlohmann::ordered_json compare_json(const CompareResult& comparison);
[[nodiscard]] nlohmann::ordered_json accuracy_json(const std::vector<RunResult>& runs);
[[nodiscard]] nlohmann::ordered_json reproduce_json(const ReproduceResult& result);

/// Nine significant digits of a figure; null where it does not exist or is not finite.
[[nodiscard]] nlohmann::ordered_json json_number(std::optional<double> value);

/// The document as text, two spaces of indentation, a newline at the end.
[[nodiscard]] std::string dump(const nlohmann::ordered_json& document);

}  // namespace bitscale
