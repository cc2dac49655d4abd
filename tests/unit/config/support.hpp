#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <vector>

#include "sim/config/reader.hpp"
#include "sim/config/tree.hpp"

namespace bitscale::config::testing {

/// The lines of the ConfigError that `action` throws; empty where it throws none.
template <typename F>
std::vector<std::string> problems_of(F&& action) {
  std::vector<std::string> lines;
  try {
    action();
  } catch (const ConfigError& error) {
    for (const Diagnostic& problem : error.diagnostics()) lines.push_back(to_string(problem));
  }
  return lines;
}

/// The problems that `parse` finds in a document called f.yaml.
template <typename F>
std::vector<std::string> problems_in(const std::string& text, F&& parse) {
  return problems_of([&] {
    static_cast<void>(read_all(parse_yaml(text, "f.yaml"), [&](Reader& reader) {
      parse(reader);
      reader.finish();
      return 0;
    }));
  });
}

/// A folder that is gone after the test.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "bitscale-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
    path_ = name;
  }
  ~TemporaryFolder() {
    std::error_code error;
    std::filesystem::remove_all(path_, error);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  TemporaryFolder(TemporaryFolder&&) = delete;
  TemporaryFolder& operator=(TemporaryFolder&&) = delete;

  [[nodiscard]] std::string operator/(const std::string& name) const {
    return (path_ / name).string();
  }

  void write(const std::string& name, const std::string& text) const {
    std::filesystem::create_directories((path_ / name).parent_path());
    std::ofstream(path_ / name) << text;
  }

 private:
  std::filesystem::path path_;
};

}  // namespace bitscale::config::testing
