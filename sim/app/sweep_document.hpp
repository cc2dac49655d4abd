#pragma once

#include <filesystem>
#include <vector>

#include "sim/report/html.hpp"

namespace bitscale::app {

/// Whether a file begins as SQLite's do.
[[nodiscard]] bool is_store(const std::filesystem::path& path);

/// Every sweep of a store as a document of a report: its keys, its objectives, and its rows as the
/// columns of `bitscale query`. Of a large sweep evenly many rows, and all of its Pareto front.
/// Throws IoError for files that are no stores.
[[nodiscard]] std::vector<ReportInput> sweep_documents(const std::filesystem::path& path);

}  // namespace bitscale::app
