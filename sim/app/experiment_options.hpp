#pragma once

#include <CLI/CLI.hpp>

#include "sim/pipeline/experiment.hpp"

namespace bitscale::app {

/// Adds the options that run and compare share: profile, batch, fidelity, operands, layers, check,
/// set.
void add_experiment_options(CLI::App& command, ExperimentRequest& request);

}  // namespace bitscale::app
