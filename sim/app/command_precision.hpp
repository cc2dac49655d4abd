#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "sim/app/commands.hpp"

namespace bitscale::app {

/// Checks an option for a number above 0 and below 1.
[[nodiscard]] CLI::Validator probability();

/// Checks an option for a number from `low` to `high`; CLI::Range lets what is not a number pass.
[[nodiscard]] CLI::Validator number_within(double low, double high);

/// Parts of `precision`, each in a file of its own.
void add_precision_assign(CLI::App& app, Action& action, const std::string& command_line);
void add_precision_imc(CLI::App& app, Action& action, const std::string& command_line);

}  // namespace bitscale::app
