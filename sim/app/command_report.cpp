#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <nlohmann/json.hpp>

#include "sim/app/browser.hpp"
#include "sim/app/commands.hpp"
#include "sim/app/sweep_document.hpp"
#include "sim/pipeline/version.hpp"
#include "sim/report/html.hpp"

namespace bitscale::app {
namespace {

namespace fs = std::filesystem;

struct ReportRequest {
  std::vector<std::string> inputs;
  std::string output, title, figure;
  std::string format = "html";
  int width = 1200, height = 700;
};

std::string content_of(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(file), {}};
  if (!file.is_open() || file.bad())
    throw IoError(fmt::format("error: cannot read '{}'", path.string()));
  return text;
}

constexpr std::string_view kWhatToGive =
    "expected a JSON result of run, compare, accuracy, reproduce or explain-layer, the store of a "
    "sweep, or a folder that --output wrote";

/// A document of a file; nothing where it holds JSON of another kind.
std::optional<ReportInput> document(const fs::path& path) {
  std::string content = content_of(path);
  try {
    const std::optional<std::string> kind = document_kind(nlohmann::json::parse(content));
    if (!kind) return std::nullopt;
    return ReportInput{path.string(), *kind, std::move(content)};
  } catch (const nlohmann::json::exception& error) {
    // Of the library's message the place alone.
    const std::string_view text = error.what();
    const std::size_t line = text.find("line ");
    const std::string place =
        line == std::string_view::npos
            ? ""
            : fmt::format(" from {} on", text.substr(line, text.find(':', line) - line));
    throw IoError(fmt::format("error: '{}' is not JSON{}: {}", path.string(), place, kWhatToGive));
  }
}

/// Every document of a results folder, by name.
std::vector<ReportInput> documents_of(const fs::path& folder) {
  std::vector<fs::path> files;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
    if (entry.path().extension() == ".json") files.push_back(entry.path());
  }
  std::ranges::sort(files);
  std::vector<ReportInput> inputs;
  for (const fs::path& file : files) {
    if (auto input = document(file)) inputs.push_back(std::move(*input));
  }
  return inputs;
}

std::vector<ReportInput> read_inputs(const std::vector<std::string>& paths) {
  std::vector<ReportInput> inputs;
  for (const std::string& path : paths) {
    if (!fs::exists(path)) throw IoError(fmt::format("error: '{}': no such file", path));
    std::vector<ReportInput> found;
    if (fs::is_directory(path)) {
      found = documents_of(path);
    } else if (is_store(path)) {
      found = sweep_documents(path);
    } else if (auto input = document(path)) {
      found.push_back(std::move(*input));
    }
    if (found.empty())
      throw IoError(fmt::format("error: '{}' holds no results: {}", path, kWhatToGive));
    std::ranges::move(found, std::back_inserter(inputs));
  }
  return inputs;
}

ExitCode report(const ReportRequest& request) {
  if (request.format == "html" && !request.figure.empty())
    throw UsageError("error: --figure needs --format svg or png");
  if (request.format != "html" && request.figure.empty())
    throw UsageError(fmt::format("error: --format {} needs --figure NAME", request.format));
  const std::string page =
      html_report(request.title, std::string(kVersion), read_inputs(request.inputs));
  const std::string result = request.format == "svg" ? figure_svg(page, request.figure)
                             : request.format == "png"
                                 ? figure_png(page, request.figure, request.width, request.height)
                                 : page;
  write_file_atomically(request.output, result);
  print(fmt::format("{}: {} bytes\n", fs::absolute(request.output).string(), result.size()));
  return ExitCode::ok;
}

}  // namespace

void add_report(CLI::App& app, Action& action) {
  auto request = std::make_shared<ReportRequest>();
  request->title = "bitscale report";
  CLI::App* command = app.add_subcommand(
      "report", "Make one self-contained HTML page of results, or a single figure of it");
  command
      ->add_option(
          "results", request->inputs,
          "JSON results of other commands, folders that their --output wrote, stores of sweeps")
      ->type_name("FILE")
      ->required();
  command->add_option("-o,--output", request->output, "File to write")
      ->type_name("FILE")
      ->required();
  command->add_option("--title", request->title, "Heading of the page")
      ->type_name("TEXT")
      ->capture_default_str();
  command->add_option("--format", request->format, "html, or one figure as svg or png")
      ->check(CLI::IsMember({"html", "svg", "png"}))
      ->capture_default_str();
  command
      ->add_option("--figure", request->figure,
                   "Which figure: speedup, energy, cycles, roofline, pareto, ...")
      ->type_name("FIGURE");
  command->add_option("--width", request->width, "Pixels of a png")
      ->check(CLI::Range(200, 10000))
      ->capture_default_str();
  command->add_option("--height", request->height, "Pixels of a png")
      ->check(CLI::Range(200, 10000))
      ->capture_default_str();
  command->callback([&action, request] { action = [request] { return report(*request); }; });
}

}  // namespace bitscale::app
