#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sim/report/result.hpp"
#include "sim/report/savings.hpp"

namespace bitscale {

struct CompareResult;

/// One cell after RFC 4180: quoted where it holds a comma, a quote or a line break.
[[nodiscard]] std::string csv_cell(std::string_view text);

/// One tidy table: a row per run and layer, a column per quantity with its unit in the name. Energy
/// has a column per component of any run; a cell is empty where the quantity does not exist. Lines
/// end with LF.
[[nodiscard]] std::string runs_csv(const std::vector<RunResult>& runs);

/// The table of one run with columns for what its layers save on zeros, by mechanism; empty for
/// layers without MACs.
[[nodiscard]] std::string savings_csv(const RunResult& run, const std::vector<Savings>& savings);

/// A row per task and machine, then one per machine with geometric means over the tasks.
[[nodiscard]] std::string comparison_csv(const CompareResult& comparison);

/// A row per check.
[[nodiscard]] std::string reproduce_csv(const ReproduceResult& result);

}  // namespace bitscale
