#pragma once

#include <CLI/CLI.hpp>

#include "sim/pipeline/experiment.hpp"

namespace bitscale::app {

/// Adds what run and explain-layer work on: an experiment, or --machine and --workload.
void add_experiment_choice(CLI::App& command, ExperimentRequest& request);

/// Adds the options that run, compare and explain-layer share: profile, batch, fidelity, operands,
/// layers, energy model, set.
void add_experiment_options(CLI::App& command, ExperimentRequest& request);
/// Adds those of commands that simulate values: check, widths, show-mapping.
void add_value_options(CLI::App& command, ExperimentRequest& request);

/// Throws ConfigError where the experiment that was asked for is a machine or a network: the option
/// that takes it.
void require_experiment(const ExperimentRequest& request);

/// Those of these options that were given and change results, each with a blank before it, for the
/// command line of another command; without --set.
[[nodiscard]] std::string options_text(const ExperimentRequest& request);

}  // namespace bitscale::app
