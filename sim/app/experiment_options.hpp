#pragma once

#include <CLI/CLI.hpp>

#include "sim/pipeline/experiment.hpp"

namespace bitscale::app {

/// Adds the options that run and compare share: profile, batch, fidelity, operands, layers, check,
/// set.
void add_experiment_options(CLI::App& command, ExperimentRequest& request);

/// Those of these options that were given and change results, each with a blank before it, for the
/// command line of another command; without --set.
[[nodiscard]] std::string options_text(const ExperimentRequest& request);

}  // namespace bitscale::app
