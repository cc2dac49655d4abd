#include "sim/app/completion.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>
#include <utility>
#include <vector>

#include "sim/core/errors.hpp"

namespace bitscale::app {
namespace {

/// What can stand behind an option or a command: words in a row, `@kind` for the names that
/// `bitscale list kind` prints, `@@kind` for several of them with commas between, `+path` for a
/// file or folder; empty for free text.
using Values = std::string;

struct Option {
  std::string name;  ///< without its dashes
  std::string help;
  Values values;
  bool flag = false;
};

struct Command {
  std::string path;  ///< the words that call it, as in "precision assign"
  std::string name;  ///< the last of them
  std::string help;
  Values positional;
  std::vector<Option> options;
  std::vector<Command> commands;
};

/// What the names that `--help` gives to values stand for.
constexpr std::array<std::pair<std::string_view, std::string_view>, 12> kKinds = {{
    {"MACHINE", "@machines"},
    {"MACHINE,...", "@@machines"},
    {"NETWORK", "@workloads"},
    {"NETWORK,...", "@@workloads"},
    {"TECHNOLOGY", "@technologies"},
    {"EXPERIMENT", "@experiments"},
    {"SWEEP", "@sweeps"},
    {"UNIT", "@units"},
    {"METRIC", "@metrics"},
    {"REPRODUCTION", "@reproductions"},
    {"FILE", "+path"},
    {"FOLDER", "+path"},
}};

Values values_of(const CLI::Option& option) {
  const std::string type = option.get_type_name();
  for (const auto& [name, values] : kKinds) {
    if (type == name) return std::string(values);
  }
  const std::size_t open = type.find('{');
  const std::size_t close = type.find('}');
  if (open == std::string::npos || close == std::string::npos) return "";
  std::string words = type.substr(open + 1, close - open - 1);
  for (char& c : words) c = c == ',' ? ' ' : c;
  return words;
}

/// Without the characters that shells would interpret between quotes or brackets.
std::string plain(const std::string& help) {
  std::string text;
  for (const char c : help) {
    if (std::string_view("'`\"[]{}:\\$").find(c) == std::string_view::npos) text += c;
  }
  return text;
}

Command command_of(const CLI::App& app, const std::string& parent) {
  Command command;
  command.name = app.get_name();
  command.path = parent.empty() ? command.name : parent + " " + command.name;
  command.help = plain(app.get_description());
  for (const CLI::Option* option : app.get_options()) {
    if (option->get_positional()) {
      if (command.positional.empty()) command.positional = values_of(*option);
    } else if (option != app.get_help_ptr()) {
      command.options.push_back({option->get_lnames().front(), plain(option->get_description()),
                                 values_of(*option), option->get_items_expected_max() == 0});
    }
  }
  for (const CLI::App* inner : app.get_subcommands({})) {
    command.commands.push_back(command_of(*inner, command.path));
    command.positional += (command.positional.empty() ? "" : " ") + inner->get_name();
  }
  return command;
}

std::vector<Command> commands_of(const CLI::App& app) {
  std::vector<Command> commands;
  for (const CLI::App* command : app.get_subcommands({}))
    commands.push_back(command_of(*command, ""));
  return commands;
}

std::string names_of(const std::vector<Command>& commands) {
  std::vector<std::string> names;
  names.reserve(commands.size());
  for (const Command& command : commands) names.push_back(command.name);
  return fmt::format("{}", fmt::join(names, " "));
}

constexpr std::string_view kBashHead =
    R"sh(# Completion of bitscale in bash:  eval "$(bitscale completion bash)"
_bitscale_values() {
  local kind=$1 prefix='' part=$current
  local program=${COMP_WORDS[0]/#\~/$HOME}
  if [[ $kind == @@* && $current == *,* ]]; then prefix=${current%,*}, part=${current##*,}; fi
  case $kind in
    +path) mapfile -t COMPREPLY < <(compgen -f -- "$current") ;;
    @*) mapfile -t COMPREPLY < <(compgen -P "$prefix" -W \
          "$("$program" list "${kind##*@}" --names 2>/dev/null)" -- "$part") ;;
    *) mapfile -t COMPREPLY < <(compgen -W "$kind" -- "$current") ;;
  esac
}
)sh";

constexpr std::string_view kBashBody = R"sh(_bitscale() {{
  local current=${{COMP_WORDS[COMP_CWORD]}} previous=${{COMP_WORDS[COMP_CWORD-1]}} command='' word
  # readline splits --option=value into three words
  if [[ $current == '=' ]]; then current=''; previous='='; COMP_CWORD=$((COMP_CWORD+1)); fi
  if [[ $previous == '=' ]]; then previous=${{COMP_WORDS[COMP_CWORD-2]}}; fi
  for word in "${{COMP_WORDS[@]:1:COMP_CWORD-1}}"; do
    case "$command $word" in {}) command="${{command:+$command }}$word" ;; esac
  done
  case "$command $previous" in
{}  esac
  case $command in
{}    *) _bitscale_values '{} --help --version' ;;
  esac
}}
complete -o bashdefault -o default -F _bitscale bitscale
)sh";

struct BashCases {
  std::vector<std::string> paths;  ///< patterns of "COMMANDS-SO-FAR WORD"
  std::string values, options;
};

void add_bash_cases(const Command& command, const std::string& parent, BashCases& cases) {
  cases.paths.push_back(fmt::format("'{} {}'", parent, command.name));
  std::string flags = "--help";
  for (const Option& option : command.options) {
    flags += " --" + option.name;
    if (option.flag) continue;
    cases.values += fmt::format("    '{} --{}') _bitscale_values '{}'; return ;;\n", command.path,
                                option.name, option.values);
  }
  cases.options += fmt::format(
      "    '{}') if [[ $current == -* ]]; then _bitscale_values '{}'; "
      "else _bitscale_values '{}'; fi ;;\n",
      command.path, flags, command.positional);
  for (const Command& inner : command.commands) add_bash_cases(inner, command.path, cases);
}

std::string bash_script(const std::vector<Command>& commands) {
  BashCases cases;
  for (const Command& command : commands) add_bash_cases(command, "", cases);
  return std::string(kBashHead) + fmt::format(kBashBody, fmt::join(cases.paths, "|"), cases.values,
                                              cases.options, names_of(commands));
}

/// zsh's `:message:action` behind an option or a positional argument.
std::string zsh_action(const Values& values) {
  if (values.empty()) return ":value: ";
  if (values.starts_with('+')) return ":file:_files";
  if (values.starts_with("@@")) return fmt::format(":names:_bitscale_list {}", values.substr(2));
  if (values.starts_with('@')) return fmt::format(":name:_bitscale_names {}", values.substr(1));
  return fmt::format(":value:({})", values);
}

constexpr std::string_view kZshBody = R"sh(#compdef bitscale
# Completion of bitscale in zsh:  eval "$(bitscale completion zsh)"  after compinit
_bitscale_names() {{
  local kind=$argv[-1]
  local -a names
  names=(${{(f)"$(bitscale list $kind --names 2>/dev/null)"}})
  compadd "${{(@)argv[1,-2]}}" -a names || _files
}}
_bitscale_list() {{
  compset -P '*,'
  _bitscale_names -S ',' -q "$@"
}}
_bitscale() {{
  local -a commands
  commands=(
{}  )
  local context state state_descr line
  typeset -A opt_args
  _arguments -C '--help[what there is]' '--version[version of the program]' \
    '1: :->command' '*:: :->arguments'
  if [[ $state == command ]]; then _describe command commands; return; fi
  case $words[1] in
{}  esac
}}
if [[ $funcstack[1] == _bitscale ]]; then _bitscale "$@"; else compdef _bitscale bitscale; fi
)sh";

std::string zsh_case(const Command& command) {
  std::string text = fmt::format("    {}) _arguments{} '--help[what the command does]'",
                                 command.name, command.commands.empty() ? "" : " -C");
  for (const Option& option : command.options) {
    const std::string_view repeat = option.name == "set" ? "*" : "";
    text += fmt::format(" \\\n      '{}--{}{}[{}]{}'", repeat, option.name, option.flag ? "" : "=",
                        option.help, option.flag ? "" : zsh_action(option.values));
  }
  if (!command.commands.empty()) {
    text += fmt::format(" \\\n      '1{}' '*:: :->inner'\n    case $words[1] in\n",
                        zsh_action(command.positional));
    for (const Command& inner : command.commands) text += zsh_case(inner);
    return text + "    esac ;;\n";
  }
  if (!command.positional.empty())
    text += fmt::format(" \\\n      '*{}'", zsh_action(command.positional));
  return text + " ;;\n";
}

std::string zsh_script(const std::vector<Command>& commands) {
  std::string descriptions;
  std::string cases;
  for (const Command& command : commands) {
    descriptions += fmt::format("    '{}:{}'\n", command.name, command.help);
    cases += zsh_case(command);
  }
  return fmt::format(kZshBody, descriptions, cases);
}

/// fish's `-a` argument, or its flag for free text and files.
std::string fish_arguments(const Values& values) {
  if (values.empty()) return "-x";
  if (values.starts_with('+')) return "-r -F";
  if (values.starts_with("@@")) {
    return fmt::format("-x -a '(__fish_append , (bitscale list {} --names 2>/dev/null))'",
                       values.substr(2));
  }
  if (values.starts_with('@')) {
    return fmt::format("-r -a '(bitscale list {} --names 2>/dev/null)'", values.substr(1));
  }
  return fmt::format("-x -a '{}'", values);
}

/// `seen` is fish's condition for the commands before this one.
void add_fish_lines(const Command& command, const std::string& seen, std::string& text) {
  const std::string here = fmt::format("{}{}__fish_seen_subcommand_from {}", seen,
                                       seen.empty() ? "" : "; and ", command.name);
  const std::string complete = fmt::format("complete -c bitscale -n '{}'", here);
  if (!command.positional.empty() && command.commands.empty())
    text += fmt::format("{} {}\n", complete, fish_arguments(command.positional));
  for (const Option& option : command.options) {
    text += fmt::format("{} -l {} {}{}-d '{}'\n", complete, option.name,
                        option.flag ? "" : fish_arguments(option.values), option.flag ? "" : " ",
                        option.help);
  }
  for (const Command& inner : command.commands) {
    text += fmt::format(
        "complete -c bitscale -f -n '{}; and not __fish_seen_subcommand_from {}' -a {} -d '{}'\n",
        here, names_of(command.commands), inner.name, inner.help);
    add_fish_lines(inner, here, text);
  }
}

std::string fish_script(const std::vector<Command>& commands) {
  std::string text =
      "# Completion of bitscale in fish:  bitscale completion fish | source\n"
      "complete -c bitscale -l help -d 'what there is'\n"
      "complete -c bitscale -n __fish_use_subcommand -l version -d 'version of the program'\n";
  for (const Command& command : commands) {
    text += fmt::format("complete -c bitscale -f -n __fish_use_subcommand -a {} -d '{}'\n",
                        command.name, command.help);
    add_fish_lines(command, "", text);
  }
  return text;
}

}  // namespace

std::string completion_script(const CLI::App& app, std::string_view shell) {
  const std::vector<Command> commands = commands_of(app);
  if (shell == "bash") return bash_script(commands);
  if (shell == "zsh") return zsh_script(commands);
  if (shell == "fish") return fish_script(commands);
  throw UsageError(fmt::format("error: no completion for '{}': expected bash, zsh or fish", shell));
}

}  // namespace bitscale::app
