#include "sim/config/files.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <system_error>

#include "sim/config/kind_of.hpp"
#include "sim/config/values.hpp"
#include "sim/core/suggest.hpp"

namespace bitscale::config {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view kSuffix = ".yaml";

/// Folder of a kind's presets below a root.
std::string_view folder(FileKind kind) {
  switch (kind) {
    case FileKind::machine:
      return "configs/machines";
    case FileKind::workload:
      return "workloads";
    case FileKind::technology:
      return "configs/technologies";
    case FileKind::experiment:
      return "configs/experiments";
    case FileKind::sweep:
      return "configs/sweeps";
  }
  return "";
}

bool path_exists(const fs::path& path) {
  std::error_code error;
  return fs::exists(path, error);
}

/// A name is no path: it cannot leave the folder of its kind.
bool is_name(std::string_view name) {
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '.' || c == '-';
  };
  return !name.empty() && name != "." && name != ".." &&
         std::all_of(name.begin(), name.end(), fits);
}

bool is_path(std::string_view text) {
  return text.find('/') != std::string_view::npos || text.ends_with(".yaml") ||
         text.ends_with(".yml");
}

/// Preset files of a kind by name, the first root that has one winning.
std::map<std::string, std::string> preset_paths(FileKind kind) {
  std::map<std::string, std::string> paths;
  for (const std::string& root : search_roots()) {
    std::error_code error;
    const fs::path directory = fs::path(root) / folder(kind);
    for (fs::directory_iterator entry(directory, error), end; !error && entry != end;
         entry.increment(error)) {
      const fs::path& path = entry->path();
      if (path.extension() != kSuffix || !is_name(path.stem().string())) continue;
      paths.emplace(path.stem().string(), path.string());
    }
  }
  return paths;
}

std::string find_path(std::string_view text, const Mark& where) {
  fs::path path(text);
  // What stands in a file is relative to that file; a command line has no folder.
  const bool in_file = !where.file.empty() && where.file != kOverrideFile;
  if (in_file && path.is_relative()) path = fs::path(where.file).parent_path() / path;
  path = path.lexically_normal();
  if (path_exists(path)) return path.string();
  throw IoError(to_string(
      Diagnostic{where, "", fmt::format("cannot read '{}': no such file", path.string())}));
}

/// The first root's preset of a kind and name.
std::optional<std::string> preset_path(FileKind kind, std::string_view name) {
  for (const std::string& root : search_roots()) {
    const fs::path path = fs::path(root) / folder(kind) / fmt::format("{}{}", name, kSuffix);
    if (path_exists(path)) return path.string();
  }
  return std::nullopt;
}

constexpr std::array kKinds = {FileKind::experiment, FileKind::machine, FileKind::workload,
                               FileKind::technology, FileKind::sweep};

/// A scalar under a key of a file; nothing where the file or the key is broken.
std::optional<std::string> text_of(const std::string& path, std::string_view key) {
  try {
    const Node tree = load_yaml(path);
    const Node* value = tree.find(key);
    return value != nullptr && value->kind == Node::Kind::scalar ? value->scalar : std::string();
  } catch (const Error&) {
    return std::nullopt;
  }
}

/// What to give in the place of a name that no preset of the kind has.
std::string way_out(FileKind kind, std::string_view name) {
  const std::string_view in = folder(kind);
  if (const auto other = kind_of(name)) {
    return fmt::format(", which is a {}; 'bitscale list {}' shows the names that can stand here",
                       to_string(*other), in.substr(in.rfind('/') + 1));
  }
  std::vector<std::string> names;
  for (const auto& [preset, path] : preset_paths(kind)) names.push_back(preset);
  if (names.empty()) return fmt::format("; no {} in {}", in, fmt::join(search_roots(), ", "));
  return suggestion(name, names);
}

/// `description:` of a preset; a broken preset is listed without one.
std::string description_of(const std::string& path) {
  return text_of(path, "description").value_or("(not a valid file)");
}

}  // namespace

std::string_view to_string(FileKind kind) {
  switch (kind) {
    case FileKind::machine:
      return "machine";
    case FileKind::workload:
      return "workload";
    case FileKind::technology:
      return "technology";
    case FileKind::experiment:
      return "experiment";
    case FileKind::sweep:
      return "sweep";
  }
  return "";
}

std::vector<std::string> search_roots() {
  std::vector<std::string> roots;
  const auto add = [&](const fs::path& root) {
    if (root.empty() || !path_exists(root)) return;
    const std::string text = root.lexically_normal().string();
    if (std::find(roots.begin(), roots.end(), text) == roots.end()) roots.push_back(text);
  };
  if (const char* value = std::getenv("BITSCALE_PATH")) {
    std::string_view rest(value);
    while (!rest.empty()) {
      const std::size_t colon = std::min(rest.find(':'), rest.size());
      add(fs::path(rest.substr(0, colon)));
      rest.remove_prefix(std::min(colon + 1, rest.size()));
    }
  }
  // An installation may have been moved: look beside the program first.
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  if (!error) add(program.parent_path().parent_path() / "share/bitscale");
  add(BITSCALE_INSTALL_DATADIR);
  add(BITSCALE_SOURCE_DIR);
  return roots;
}

std::vector<Preset> list_presets(FileKind kind) {
  std::vector<Preset> presets;
  for (const auto& [name, path] : preset_paths(kind)) {
    presets.push_back({name, path, description_of(path)});
  }
  return presets;
}

std::string find_file(FileKind kind, std::string_view name_or_path, const Mark& where) {
  if (is_path(name_or_path)) return find_path(name_or_path, where);
  const auto refuse = [&](std::string message) {
    throw ConfigError({{where, "", std::move(message)}});
  };
  if (!is_name(name_or_path)) {
    refuse(
        fmt::format("expected the name of a {} (letters, digits, '_', '-', '.') or the path of a "
                    "YAML file, got '{}'",
                    to_string(kind), excerpt(name_or_path)));
  }
  if (auto path = preset_path(kind, name_or_path)) return *std::move(path);
  refuse(fmt::format("no {} is named '{}'{}", to_string(kind), name_or_path,
                     way_out(kind, name_or_path)));
  return {};
}

std::optional<FileKind> kind_of(std::string_view name_or_path) {
  const bool path = is_path(name_or_path);
  if (!path && !is_name(name_or_path)) return std::nullopt;
  const std::optional<std::string> stated =
      path ? text_of(std::string(name_or_path), "kind") : std::nullopt;
  for (const FileKind kind : kKinds) {
    if (path ? stated == to_string(kind) : preset_path(kind, name_or_path).has_value()) return kind;
  }
  return std::nullopt;
}

}  // namespace bitscale::config
