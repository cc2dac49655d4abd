#include <unistd.h>

#include <cstdio>
#include <cstdlib>

#include "sim/app/commands.hpp"

namespace bitscale::app {

void add_output_options(CLI::App& command, OutputOptions& options) {
  command.add_option("--format", options.format, "Form of the output: text, json or csv")
      ->check(CLI::IsMember({"text", "json", "csv"}))
      ->capture_default_str();
  command
      .add_option("-o,--output", options.directory,
                  "Folder that receives the results too; of run, with the resolved input")
      ->type_name("FOLDER");
  command.add_flag("--quiet", options.quiet, "No progress on standard error");
}

void print(const std::string& text) {
  if (std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0)
    return;
  throw IoError("error: standard output cannot be written");
}

void publish(const OutputOptions& options, const std::string& stem, const Rendering& result,
             std::vector<OutputFile> more) {
  if (!options.directory.empty()) {
    more.push_back({stem + ".json", result.json()});
    more.push_back({stem + ".csv", result.csv()});
    more.push_back({stem + ".txt", result.text({})});
    write_files_atomically(options.directory, more);
  }
  if (options.format == "json") return print(result.json());
  if (options.format == "csv") return print(result.csv());
  // Colour is for people: a terminal, unless NO_COLOR says otherwise.
  print(result.text({isatty(STDOUT_FILENO) == 1 && std::getenv("NO_COLOR") == nullptr}));
}

}  // namespace bitscale::app
