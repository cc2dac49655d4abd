#pragma once

#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace bitscale {

/// What the process returns. One value per kind of failure, documented in docs/errors.md.
enum class ExitCode : int {
  ok = 0,             ///< also when a reproduction deviates
  check_failed = 1,   ///< a check mismatched, or `reproduce --strict` saw a deviation
  configuration = 2,  ///< a YAML file, an override or a tensor's declaration is wrong
  mapping = 3,        ///< the machine cannot run the layer
  simulation = 4,     ///< the simulation stopped making progress
  input_output = 5,   ///< a file could not be read or written
  usage = 64,         ///< the command line is wrong
  internal = 70,      ///< a defect of bitscale itself
};

/// A place in a configuration file; line and column count from 1, 0 when unknown.
struct Mark {
  std::string file;
  int line = 0;
  int column = 0;
  bool operator==(const Mark&) const = default;
};

/// One problem of a configuration: where, which dotted key, and what was expected against what was
/// found.
struct Diagnostic {
  Mark where;
  std::string key;
  std::string message;
  bool operator==(const Diagnostic&) const = default;
};

/// `file:line:col: error: dotted.key: message`; parts that are unknown are left out.
[[nodiscard]] std::string to_string(const Diagnostic& diagnostic);

/// Base of every failure that a user can cause and mend.
class Error : public std::runtime_error {
 public:
  Error(ExitCode code, const std::string& what) : std::runtime_error(what), code_(code) {}
  [[nodiscard]] ExitCode exit_code() const { return code_; }

 private:
  ExitCode code_;
};

/// Every problem of a configuration, in file order.
class ConfigError : public Error {
 public:
  explicit ConfigError(std::vector<Diagnostic> diagnostics);
  [[nodiscard]] const std::vector<Diagnostic>& diagnostics() const { return diagnostics_; }

 private:
  std::vector<Diagnostic> diagnostics_;
};

/// The machine cannot run a layer; names the layer and the limit it meets.
class MappingError : public Error {
 public:
  MappingError(std::string_view layer, std::string_view limit);
};

/// The simulation stopped making progress; the message holds the watchdog's state dump.
class SimulationError : public Error {
 public:
  explicit SimulationError(const std::string& what) : Error(ExitCode::simulation, what) {}
};

/// A file could not be read or written, or a data file's content is not what its format says.
class IoError : public Error {
 public:
  explicit IoError(const std::string& what) : Error(ExitCode::input_output, what) {}
};

/// The command line is wrong.
class UsageError : public Error {
 public:
  explicit UsageError(const std::string& what) : Error(ExitCode::usage, what) {}
};

}  // namespace bitscale
