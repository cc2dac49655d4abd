#include "sim/app/usage.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <optional>
#include <vector>

#include "sim/config/values.hpp"
#include "sim/core/suggest.hpp"

namespace bitscale::app {
namespace {

using config::excerpt;

/// `--speed` or `--speed=3`: `speed`; nothing for what is no option.
std::optional<std::string> option_name(const std::string& word) {
  const std::size_t name = word.find_first_not_of('-');
  if (name == 0 || name == std::string::npos) return std::nullopt;
  return word.substr(name, word.find('=') - name);
}

/// A word in the place of a command; CLI11 calls that a missing command.
std::optional<std::string> unknown_command(const CLI::App& command) {
  const std::vector<std::string> words = command.remaining();
  const auto inner = command.get_subcommands({});
  if (inner.empty() || !command.get_subcommands().empty() || words.empty() ||
      words.front().starts_with('-')) {
    return std::nullopt;
  }
  std::vector<std::string> names;
  names.reserve(inner.size());
  for (const CLI::App* each : inner) names.push_back(each->get_name());
  return fmt::format("error: unknown command '{}'{}\n", excerpt(words.front()),
                     suggestion(words.front(), names));
}

/// A line for every option that the command does not have. There are too many to list them all.
std::string unknown_options(const CLI::App& command) {
  std::vector<std::string> names;
  for (const CLI::Option* option : command.get_options()) {
    for (const std::string& name : option->get_lnames()) names.push_back(name);
  }
  std::string text;
  for (const std::string& word : command.remaining()) {
    const std::optional<std::string> name = option_name(word);
    if (!name) continue;
    const std::optional<std::string> near = nearest(*name, names);
    text += fmt::format("error: unknown option '{}'{}\n", excerpt(word),
                        near ? fmt::format(", did you mean '--{}'?", *near) : "");
  }
  return text;
}

/// Words behind the last argument that the command takes, in their order.
std::string unexpected_arguments(const CLI::App& command) {
  std::vector<std::string> words;
  for (const std::string& word : command.remaining()) {
    if (word != "--") words.push_back("'" + excerpt(word) + "'");
  }
  if (words.empty()) return "";
  return fmt::format("error: unexpected {} {}\n", words.size() == 1 ? "argument" : "arguments",
                     fmt::join(words, ", "));
}

}  // namespace

std::string usage_error(const CLI::App& app, const CLI::ParseError& error) {
  // The words of each command are kept apart: options may stand before an inner command.
  const CLI::App* command = &app;
  std::string path = app.get_name();
  std::string options = unknown_options(app);
  std::string arguments = unexpected_arguments(app);
  while (!command->get_subcommands().empty()) {
    command = command->get_subcommands().back();
    path += " " + command->get_name();
    options += unknown_options(*command);
    arguments += unexpected_arguments(*command);
  }
  std::string text = fmt::format("error: {}\n", error.what());
  if (const std::optional<std::string> unknown = unknown_command(*command)) {
    text = *unknown;
  } else if (!options.empty()) {
    text = options;
  } else if (!arguments.empty()) {
    text = arguments;
  }
  const bool outer = !command->get_subcommands({}).empty();
  return text + fmt::format("Run '{} --help' for its {}.", path, outer ? "commands" : "options");
}

}  // namespace bitscale::app
