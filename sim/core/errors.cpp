#include "sim/core/errors.hpp"

#include <fmt/format.h>

namespace bitscale {

std::string to_string(const Diagnostic& diagnostic) {
  std::string text;
  const Mark& where = diagnostic.where;
  if (!where.file.empty()) text += where.file + ":";
  if (where.line > 0) text += fmt::format("{}:{}:", where.line, where.column);
  if (!text.empty()) text += " ";
  text += "error: ";
  if (!diagnostic.key.empty()) text += diagnostic.key + ": ";
  return text + diagnostic.message;
}

namespace {
std::string join(const std::vector<Diagnostic>& diagnostics) {
  std::string text;
  for (const Diagnostic& diagnostic : diagnostics) {
    if (!text.empty()) text += "\n";
    text += to_string(diagnostic);
  }
  return text;
}
}  // namespace

ConfigError::ConfigError(std::vector<Diagnostic> diagnostics)
    : Error(ExitCode::configuration, join(diagnostics)), diagnostics_(std::move(diagnostics)) {}

MappingError::MappingError(std::string_view layer, std::string_view limit)
    : Error(ExitCode::mapping, fmt::format("error: layer '{}': {}", layer, limit)) {}

}  // namespace bitscale
