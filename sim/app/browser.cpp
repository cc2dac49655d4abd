#include "sim/app/browser.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

#include "sim/core/errors.hpp"

namespace bitscale::app {
namespace {

namespace fs = std::filesystem;

const std::string kSvgSize = "--window-size=1200,700";

/// A folder of our own for the page, the browser's profile and what it writes.
class Workplace {
 public:
  Workplace() {
    std::string pattern = (fs::temp_directory_path() / "bitscale-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr)
      throw IoError(
          fmt::format("error: cannot make a folder in '{}'", fs::temp_directory_path().string()));
    folder_ = pattern;
  }
  Workplace(const Workplace&) = delete;
  Workplace& operator=(const Workplace&) = delete;
  ~Workplace() {
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
  }
  [[nodiscard]] std::string path(const std::string& name) const { return folder_ / name; }

 private:
  fs::path folder_;
};

std::string read(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string find_browser() {
  const char* path = std::getenv("PATH");
  std::string folders = path == nullptr ? "" : path;
  for (const char* name : {"chromium", "chromium-browser", "google-chrome"}) {
    for (std::size_t begin = 0; begin <= folders.size();) {
      const std::size_t end = std::min(folders.find(':', begin), folders.size());
      const fs::path candidate = fs::path(folders.substr(begin, end - begin)) / name;
      if (::access(candidate.c_str(), X_OK) == 0) return candidate;
      begin = end + 1;
    }
  }
  throw IoError(
      "error: single figures are drawn by the browser 'chromium', which is not installed; "
      "the page itself (--format html) needs none");
}

/// Runs a program with its standard output in a file; its exit status, or -1.
int run(std::vector<std::string> arguments, const std::string& output, const std::string& errors) {
  std::vector<char*> argv;
  argv.reserve(arguments.size() + 1);
  for (std::string& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  constexpr int kNew = O_WRONLY | O_CREAT | O_TRUNC;
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, output.c_str(), kNew, 0600);
  posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, errors.c_str(), kNew, 0600);
  pid_t child = -1;
  const int failed = ::posix_spawnp(&child, argv[0], &actions, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (failed != 0) return -1;
  int status = 0;
  if (::waitpid(child, &status, 0) != child || !WIFEXITED(status)) return -1;
  return WEXITSTATUS(status);
}

/// Shows one figure of the page in the browser with `options`; what it printed.
std::string browse(const Workplace& place, const std::string& page, const std::string& figure,
                   const std::vector<std::string>& options) {
  std::ofstream(place.path("page.html"), std::ios::binary) << page;
  std::vector<std::string> arguments = {"timeout", "60", find_browser(), "--headless"};
  // The browser's own sandbox does not run for root.
  if (::geteuid() == 0) arguments.emplace_back("--no-sandbox");
  for (const char* option : {"--disable-gpu", "--hide-scrollbars", "--virtual-time-budget=10000",
                             "--disable-dev-shm-usage"})
    arguments.emplace_back(option);
  arguments.push_back("--user-data-dir=" + place.path("profile"));
  arguments.insert(arguments.end(), options.begin(), options.end());
  arguments.push_back("file://" + place.path("page.html") + "#figure=" + figure);
  if (const int status = run(arguments, place.path("printed"), place.path("errors")); status != 0) {
    const std::string errors = read(place.path("errors"));
    throw IoError(fmt::format("error: the browser could not draw the figure (status {}): {}",
                              status, errors.substr(0, errors.find('\n'))));
  }
  return read(place.path("printed"));
}

std::string between(const std::string& text, const std::string& begin, const std::string& end) {
  const std::size_t from = text.find(begin);
  if (from == std::string::npos) return {};
  const std::size_t to = text.find(end, from + begin.size());
  if (to == std::string::npos) return {};
  return text.substr(from + begin.size(), to - from - begin.size());
}

/// The document once its scripts ran, in a browser with more `options`.
std::string figure_document(const Workplace& place, const std::string& page,
                            const std::string& figure, std::vector<std::string> options) {
  const auto letter = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  };
  const bool plain = !figure.empty() && std::ranges::all_of(figure, letter);
  options.emplace_back("--dump-dom");
  std::string document = browse(place, page, plain ? figure : "_", options);
  const std::string body = between(document, "<body", ">");
  if (body.find("class=\"single\"") != std::string::npos) return document;
  throw UsageError(fmt::format("error: no figure is named '{}'; there are: {}", figure,
                               between(body, "data-figures=\"", "\"")));
}

}  // namespace

std::string figure_svg(const std::string& page, const std::string& figure) {
  const Workplace place;
  const std::string document = figure_document(place, page, figure, {kSvgSize});
  const std::string svg = between(document, "<svg", "</svg>");
  if (svg.empty()) throw IoError("error: the browser drew nothing");
  return "<svg" + svg + "</svg>\n";
}

std::string figure_png(const std::string& page, const std::string& figure, int width, int height) {
  const Workplace place;
  (void)figure_document(place, page, figure,
                        {"--screenshot=" + place.path("figure.png"),
                         fmt::format("--window-size={},{}", width, height)});
  std::string picture = read(place.path("figure.png"));
  if (picture.empty()) throw IoError("error: the browser drew nothing");
  return picture;
}

}  // namespace bitscale::app
