#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <string_view>

namespace bitscale::app {

/// Script that completes the commands, options and values of `app` in `shell` (bash, zsh or fish).
/// What a value can be follows from its type name and its set of words. Names of presets are asked
/// of `bitscale list KIND --names` while completing, so new files complete at once. Throws
/// UsageError for another shell.
[[nodiscard]] std::string completion_script(const CLI::App& app, std::string_view shell);

}  // namespace bitscale::app
