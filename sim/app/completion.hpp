#pragma once

#include <string>
#include <string_view>

namespace bitscale::app {

/// Script that completes commands, options and values in `shell` (bash, zsh or fish). Names of
/// presets are asked of `bitscale list KIND --names` while completing, so new files complete at
/// once. Throws UsageError for another shell.
[[nodiscard]] std::string completion_script(std::string_view shell);

}  // namespace bitscale::app
