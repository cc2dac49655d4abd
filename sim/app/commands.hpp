#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <string>
#include <vector>

#include "sim/core/errors.hpp"
#include "sim/report/files.hpp"
#include "sim/report/table.hpp"

namespace bitscale::app {

/// What a chosen command does; returns the exit code.
using Action = std::function<ExitCode()>;

/// Options of commands that print results.
struct OutputOptions {
  std::string format = "text";  ///< text | json | csv
  std::string directory;        ///< where to write the results too; empty: nowhere
  bool quiet = false;           ///< no progress
  std::string command;          ///< the command line, for provenance
};

/// One add_* per command, each in a file of its own: declares the command, and stores what to do in
/// `action` when it is chosen.
void add_run(CLI::App& app, Action& action, const std::string& command_line);
void add_compare(CLI::App& app, Action& action, const std::string& command_line);
void add_accuracy(CLI::App& app, Action& action, const std::string& command_line);
void add_reproduce(CLI::App& app, Action& action, const std::string& command_line);
void add_report(CLI::App& app, Action& action);
void add_unit(CLI::App& app, Action& action, const std::string& command_line);
void add_precision(CLI::App& app, Action& action, const std::string& command_line);
void add_sweep(CLI::App& app, Action& action);
void add_query(CLI::App& app, Action& action);
void add_status(CLI::App& app, Action& action);
void add_merge(CLI::App& app, Action& action);
void add_import(CLI::App& app, Action& action);
void add_export(CLI::App& app, Action& action);
void add_check(CLI::App& app, Action& action);
void add_list(CLI::App& app, Action& action);
void add_explain(CLI::App& app, Action& action);
void add_explain_layer(CLI::App& app, Action& action, const std::string& command_line);
void add_schema(CLI::App& app, Action& action);
void add_completion(CLI::App& app, Action& action);

/// Adds --format, --output and --quiet.
void add_output_options(CLI::App& command, OutputOptions& options);

/// One result in each of its forms, made on demand.
struct Rendering {
  std::function<std::string()> json, csv;
  std::function<std::string(const TextStyle&)> text;
};

/// Writes `stem`.json, .csv and .txt with `more` files into the output folder, where one is asked
/// for, and prints the chosen form.
void publish(const OutputOptions& options, const std::string& stem, const Rendering& result,
             std::vector<OutputFile> more = {});

/// Prints to standard output; throws IoError where it cannot be written (a full disk, not a closed
/// pipe).
void print(const std::string& text);

/// JSON Schema of a kind of file, two spaces of indentation.
[[nodiscard]] std::string schema_text(std::string_view kind);

}  // namespace bitscale::app
