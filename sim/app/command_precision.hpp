#pragma once

#include <CLI/CLI.hpp>

namespace bitscale::app {

/// Checks an option for a number above 0 and below 1.
[[nodiscard]] CLI::Validator probability();

}  // namespace bitscale::app
