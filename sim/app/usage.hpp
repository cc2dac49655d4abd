#pragma once

#include <CLI/CLI.hpp>
#include <string>

namespace bitscale::app {

/// What is wrong with a command line that was refused, a line each, and which help to ask for. Of
/// the words that no command takes it says more than CLI11: what they resemble.
[[nodiscard]] std::string usage_error(const CLI::App& app, const CLI::ParseError& error);

}  // namespace bitscale::app
