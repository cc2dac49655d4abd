// What `check` does with a sweep file.
#include <fmt/format.h>

#include <map>

#include "sim/app/sweep_command.hpp"
#include "sim/core/plural.hpp"
#include "sim/pipeline/runner.hpp"

namespace bitscale::app {
namespace {

constexpr std::size_t kShownProblems = 20;

/// A problem, the first point that has it, and how many have it.
struct Problem {
  std::string settings;
  std::uint64_t index = 0, points = 0;
  ExitCode code = ExitCode::configuration;
};

std::string settings_text(const sweep::Point& point) {
  std::string text;
  for (const auto& [key, value] : sweep::settings_of(sweep::settings_json(point.settings)))
    text += fmt::format("{}{}={}", text.empty() ? "" : ", ", key, value);
  return text;
}

}  // namespace

void check_sweep(const std::string& path, const std::vector<std::string>& overrides) {
  LoadedSweep loaded(path, overrides);
  std::map<std::string, Problem> problems;
  const auto note = [&](const sweep::Point& point, const Error& error) {
    Problem& problem = problems[error.what()];
    if (problem.points++ > 0) return;
    problem.settings = settings_text(point);
    problem.index = point.index;
    problem.code = error.exit_code();
  };
  for (std::uint64_t i = 0; i < loaded.space.size(); ++i) {
    const sweep::Point point = loaded.space.at(i);
    if (!loaded.constraints.admits(point)) continue;
    try {
      map_all_layers(loaded.experiments.make(point).experiment);
    } catch (const Error& error) {
      note(point, error);
    }
    if (problems.size() > kShownProblems) break;
  }
  if (problems.empty()) return;
  std::map<std::uint64_t, std::string> texts;  // in the order of the points
  ExitCode code = ExitCode::mapping;
  for (const auto& [message, problem] : problems) {
    texts[problem.index] +=
        fmt::format("{}point {} ({}): {}", texts[problem.index].empty() ? "" : "\n", problem.index,
                    problem.settings, message);
    if (problem.points > 1)
      texts[problem.index] += fmt::format("\n  and {} more {} alike", problem.points - 1,
                                          plural(problem.points - 1, "point"));
    if (problem.code != ExitCode::mapping) code = problem.code;
  }
  std::string text;
  for (const auto& [index, part] : texts) text += (text.empty() ? "" : "\n") + part;
  if (problems.size() > kShownProblems) text += "\nand more; the rest is not checked";
  throw Error(code, text);
}

}  // namespace bitscale::app
