#include "sim/app/completion.hpp"

#include <fmt/format.h>

#include <initializer_list>
#include <vector>

#include "sim/core/errors.hpp"

namespace bitscale::app {
namespace {

/// What can stand behind an option or a command: words in a row, `@kind` for the names that
/// `bitscale list kind` prints,
/// `@@kind` for several of them with commas between, `+path` for a file or folder; empty for free
/// text.
using Values = std::string_view;

struct Option {
  std::string_view name;  ///< without its dashes
  std::string_view
      help;  ///< words only: no quotes, brackets or colons, which the shells would interpret
  Values values = "";
  bool flag = false;
};

struct Command {
  std::string_view name;
  std::string_view help;
  Values positional;
  std::vector<Option> options;
};

std::vector<Option> join(std::initializer_list<std::vector<Option>> parts) {
  std::vector<Option> all;
  for (const std::vector<Option>& part : parts) all.insert(all.end(), part.begin(), part.end());
  return all;
}

const std::vector<Command>& commands() {
  static const Option kSet{"set", "override one key, a.b.c=value"};
  static const Option kStrict{"strict", "exit with 1 when a figure deviates", "", true};
  static const Option kNames{"names", "names only, one a line", "", true};
  static const Option kMarkdown{"markdown", "all metrics as a page", "", true};
  static const std::vector<Option> kOutput = {
      {"format", "form of the output", "text json csv"},
      {"output", "folder for the results", "+path"},
      {"quiet", "no progress", "", true},
  };
  static const std::vector<Option> kExperiment = {
      {"profile", "precision profile of the network"},
      {"batch", "images at a time"},
      {"fidelity", "engine", "tile pin closed_form"},
      {"operands", "where operands come from", "per_layer chained off"},
      {"layers", "layers that run", "all array conv"},
      {"energy-model", "energy of the arithmetic", "horowitz structure both"},
      {"check", "compare outputs with the reference", "", true},
      {"widths", "accumulators that would do", "", true},
      {"show-mapping", "loop nest of every layer", "", true},
      kSet,
  };
  static const std::vector<Option> kRun = {
      {"machine", "machine by name or path", "@machines"},
      {"workload", "network by name or path", "@workloads"},
      {"vcd", "prefix of waveform files", "+path"},
      {"trace", "timeline of tiles for Perfetto", "+path"},
      {"guard-savings", "what guarding, skipping and compression save", "", true},
  };
  static const std::vector<Option> kCompare = {
      {"machines", "machines to compare", "@@machines"},
      {"workload", "networks by name or path", "@@workloads"},
      {"precision-sweep", "bits with commas between, at one throughput"},
      {"iso", "what arrays are resized to share", "macs area power throughput"},
      {"iso-bits", "precision of --iso throughput and power"},
      {"iso-task", "other networks for the same task", "", true},
      {"workload-for", "network of one machine, MACHINE=NETWORK"},
  };
  static const std::vector<Option> kUnit = {
      {"bits", "operand bits, AxW"},
      {"lanes", "lanes of the unit"},
      {"technology", "technology by name or path", "@technologies"},
      {"verilog", "write structural Verilog", "+path"},
      {"delays", "unit delays in the Verilog", "", true},
      {"dot", "write a drawing for Graphviz", "+path"},
      {"vcd", "write waveforms", "+path"},
  };
  static const std::vector<Option> kImport = {
      {"output", "workload file to write", "+path"},
      {"bits", "activation bits x weight bits"},
      {"weights", "folder for quantised weights", "+path"},
      {"leave-out", "operators to skip"},
      {"name", "name of the workload"},
      {"format", "format of the file", "auto onnx scale-sim"},
  };
  static const std::vector<Option> kExport = {
      {"output", "file to write", "+path"},
      {"format", "format to write", "scale-sim"},
  };
  static const std::vector<Option> kAccuracy = {
      {"machine", "machine by name or path", "@machines"},
      {"workload", "network by name or path", "@workloads"},
      {"profiles", "precision profiles with commas between"},
      {"batch", "images to classify"},
      {"energy-model", "energy of the arithmetic", "horowitz structure both"},
      kSet,
  };
  static const std::vector<Option> kTensors = {
      {"activations", "tensor that the layer reads, .npy", "+path"},
      {"weights", "tensor of weights, .npy", "+path"},
      {"tensor-bits", "width of their values"},
  };
  static const std::vector<Option> kExplainLayer = {
      {"machine", "machine by name or path", "@machines"},
      {"workload", "network by name or path", "@workloads"},
      {"layer", "one layer"},
  };
  static const std::vector<Option> kReport = {
      {"output", "file to write", "+path"},
      {"title", "heading of the page"},
      {"format", "the page or one figure", "html svg png"},
      {"figure", "which figure"},
      {"width", "pixels of a png"},
      {"height", "pixels of a png"},
  };
  static const std::vector<Option> kSweep = {
      {"store", "SQLite file of results", "+path"},
      {"jobs", "worker processes"},
      {"shard", "part of the sweep, as I/N"},
      {"csv", "CSV file to write in the end", "+path"},
      {"progress", "form of the progress", "text json none"},
      {"retry", "run the failed points again", "", true},
      {"dry-run", "how many points, and how long about", "", true},
      {"quiet", "no progress", "", true},
      kSet,
  };
  static const std::vector<Command> kCommands = {
      {"run", "simulate one network on one machine", "@experiments",
       join({kRun, kExperiment, kOutput})},
      {"compare", "simulate networks on several machines", "",
       join({kCompare, kExperiment, kOutput})},
      {"accuracy", "classify real images at each precision", "", join({kAccuracy, kOutput})},
      {"reproduce", "derive published results anew", "@reproductions",
       join({{kStrict}, kTensors, kOutput})},
      {"report", "make one HTML page of results", "+path", kReport},
      {"unit", "gates, area, delay and energy of an arithmetic unit", "@units",
       join({kUnit, {kSet}, kOutput})},
      {"query",
       "rows and answers from a store of sweeps",
       "+path",
       {{"sweep", "name or hash of the sweep"},
        {"where", "condition over keys and metrics"},
        {"columns", "columns with commas between"},
        {"order", "column to order by"},
        {"limit", "most rows"},
        {"objectives", "min METRIC or max METRIC, with commas between"},
        {"pareto", "results that no other beats", "", true},
        {"best", "the best result", "", true},
        {"sensitivity", "what each axis does", "", true},
        {"format", "form of the output", "text csv json"},
        {"output", "file to write instead", "+path"}}},
      {"status",
       "how far the sweeps of stores are",
       "+path",
       {{"format", "form of the output", "text json"}}},
      {"merge", "add stores of shards to one store", "+path", {}},
      {"sweep", "run the points of a sweep file that are missing", "@sweeps", kSweep},
      {"import", "make a workload of an ONNX model or a SCALE-Sim topology", "+path", kImport},
      {"export", "write a workload as another tool reads it", "@workloads", kExport},
      {"precision",
       "how many bits accumulators, layers and converters need",
       "accumulator assign imc",
       {}},
      {"check", "read files and report their problems", "+path", {kSet}},
      {"list",
       "what there is to choose from",
       "machines units workloads technologies experiments sweeps reproductions metrics profiles",
       {kNames, {"format", "form of the output", "text json"}}},
      {"explain", "definition and formula of a metric", "@metrics", {kMarkdown}},
      {"explain-layer", "what bounds each layer, and what would speed it up", "@experiments",
       join({kExplainLayer, kExperiment, kOutput})},
      {"schema",
       "JSON Schema of a kind of file",
       "machine workload technology experiment sweep",
       {}},
      {"completion", "print the completion script of a shell", "bash zsh fish", {}},
  };
  return kCommands;
}

std::string join_names(std::string_view separator) {
  std::string text;
  for (const Command& command : commands()) {
    if (!text.empty()) text += separator;
    text += command.name;
  }
  return text;
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
    case $word in {}) command=$word; break ;; esac
  done
  case "$command $previous" in
{}  esac
  case $command in
{}    *) _bitscale_values '{} --help --version' ;;
  esac
}}
complete -o bashdefault -o default -F _bitscale bitscale
)sh";

std::string bash_script() {
  std::string values;
  std::string options;
  for (const Command& command : commands()) {
    std::string flags = "--help";
    for (const Option& option : command.options) {
      flags += fmt::format(" --{}", option.name);
      if (option.flag) continue;
      values += fmt::format("    '{} --{}') _bitscale_values '{}'; return ;;\n", command.name,
                            option.name, option.values);
    }
    options += fmt::format(
        "    {}) if [[ $current == -* ]]; then _bitscale_values '{}'; "
        "else _bitscale_values '{}'; fi ;;\n",
        command.name, flags, command.positional);
  }
  return std::string(kBashHead) +
         fmt::format(kBashBody, join_names("|"), values, options, join_names(" "));
}

/// zsh's `:message:action` behind an option or a positional argument.
std::string zsh_action(Values values) {
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

std::string zsh_script() {
  std::string descriptions;
  std::string cases;
  for (const Command& command : commands()) {
    descriptions += fmt::format("    '{}:{}'\n", command.name, command.help);
    cases += fmt::format("    {}) _arguments '--help[what the command does]'", command.name);
    for (const Option& option : command.options) {
      const std::string_view repeat = option.name == "set" ? "*" : "";
      cases +=
          fmt::format(" \\\n      '{}--{}{}[{}]{}'", repeat, option.name, option.flag ? "" : "=",
                      option.help, option.flag ? "" : zsh_action(option.values));
    }
    if (!command.positional.empty()) {
      cases += fmt::format(" \\\n      '*{}'", zsh_action(command.positional));
    }
    cases += " ;;\n";
  }
  return fmt::format(kZshBody, descriptions, cases);
}

/// fish's `-a` argument, or its flag for free text and files.
std::string fish_arguments(Values values) {
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

std::string fish_script() {
  std::string text =
      "# Completion of bitscale in fish:  bitscale completion fish | source\n"
      "complete -c bitscale -l help -d 'what there is'\n"
      "complete -c bitscale -n __fish_use_subcommand -l version -d 'version of the program'\n";
  for (const Command& command : commands()) {
    text += fmt::format("complete -c bitscale -f -n __fish_use_subcommand -a {} -d '{}'\n",
                        command.name, command.help);
    const std::string seen =
        fmt::format("complete -c bitscale -n '__fish_seen_subcommand_from {}'", command.name);
    if (!command.positional.empty()) {
      text += fmt::format("{} {}\n", seen, fish_arguments(command.positional));
    }
    for (const Option& option : command.options) {
      text += fmt::format("{} -l {} {}{}-d '{}'\n", seen, option.name,
                          option.flag ? "" : fish_arguments(option.values), option.flag ? "" : " ",
                          option.help);
    }
  }
  return text;
}

}  // namespace

std::string completion_script(std::string_view shell) {
  if (shell == "bash") return bash_script();
  if (shell == "zsh") return zsh_script();
  if (shell == "fish") return fish_script();
  throw UsageError(fmt::format("error: no completion for '{}': expected bash, zsh or fish", shell));
}

}  // namespace bitscale::app
