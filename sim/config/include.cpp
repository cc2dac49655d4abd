#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "sim/config/files.hpp"
#include "sim/config/values.hpp"

namespace bitscale::config {

namespace {

constexpr std::size_t kMaxChain = 16;
constexpr std::size_t kMaxFiles = 256;

[[noreturn]] void refuse(const Mark& where, std::string key, std::string message) {
  throw ConfigError({{where, std::move(key), std::move(message)}});
}

void erase_key(Node& mapping, std::string_view key) {
  for (std::size_t i = mapping.keys.size(); i-- > 0;) {
    if (mapping.keys[i] != key) continue;
    const auto at = static_cast<std::ptrdiff_t>(i);
    mapping.keys.erase(mapping.keys.begin() + at);
    mapping.key_marks.erase(mapping.key_marks.begin() + at);
    mapping.items.erase(mapping.items.begin() + at);
  }
}

/// Changes `base` by `change`. A key that `change` gives twice stays twice, for the reader to
/// report.
/// Lists that say what a file rests on: an including file adds to them, it cannot drop what it
/// inherits.
bool is_provenance(std::string_view key) {
  return key == "sources" || key == "assumed" || key == "notes" || key == "recalled";
}

/// The included list, then what the including file adds to it.
void append(Node& base, Node change) {
  for (Node& item : change.items) {
    const auto equal = [&](const Node& known) { return same_content(known, item); };
    if (std::none_of(base.items.begin(), base.items.end(), equal))
      base.items.push_back(std::move(item));
  }
}

/// A section that chooses another `kind` (of unit, of DRAM) has other keys: nothing of the old one
/// is kept.
bool other_kind(const Node& base, const Node& change) {
  const Node* before = base.find("kind");
  const Node* after = change.find("kind");
  return before != nullptr && after != nullptr && before->scalar != after->scalar;
}

void merge(Node& base, Node change) {
  if (base.kind != Node::Kind::mapping || change.kind != Node::Kind::mapping ||
      other_kind(base, change)) {
    base = std::move(change);
    return;
  }
  base.where = change.where;
  for (std::size_t i = 0; i < change.keys.size(); ++i) {
    const auto begin = change.keys.begin();
    const auto end = begin + static_cast<std::ptrdiff_t>(i);
    const bool duplicate = std::find(begin, end, change.keys[i]) != end;
    const auto known = std::find(base.keys.begin(), base.keys.end(), change.keys[i]);
    if (known == base.keys.end() || duplicate) {
      base.keys.push_back(std::move(change.keys[i]));
      base.key_marks.push_back(std::move(change.key_marks[i]));
      base.items.push_back(std::move(change.items[i]));
      continue;
    }
    const auto index = static_cast<std::size_t>(known - base.keys.begin());
    base.key_marks[index] = change.key_marks[i];
    const bool lists = base.items[index].kind == Node::Kind::sequence &&
                       change.items[i].kind == Node::Kind::sequence;
    if (lists && is_provenance(change.keys[i])) {
      append(base.items[index], std::move(change.items[i]));
      continue;
    }
    merge(base.items[index], std::move(change.items[i]));
  }
}

/// Loads files with what they include.
class Loader {
 public:
  explicit Loader(FileKind kind) : kind_(kind) {}

  Node load(std::string_view name_or_path, const Mark& where) {
    const std::string path = find_file(kind_, name_or_path, where);
    std::error_code error;
    std::string identity = std::filesystem::weakly_canonical(path, error).string();
    if (error) identity = path;
    if (std::find(chain_.begin(), chain_.end(), identity) != chain_.end()) {
      refuse(where, "include", fmt::format("'{}' includes itself", path));
    }
    if (chain_.size() == kMaxChain) {
      refuse(where, "include", fmt::format("a chain of more than {} files", kMaxChain));
    }
    if (read_.size() == kMaxFiles)
      refuse(where, "include", fmt::format("more than {} files", kMaxFiles));
    read_.push_back(identity);
    chain_.push_back(std::move(identity));
    Node tree = load_yaml(path);
    check_header(tree);
    tree = resolve(std::move(tree));
    chain_.pop_back();
    return tree;
  }

  [[nodiscard]] std::vector<std::string> files() && { return std::move(read_); }

  /// Replaces the `include` key of a mapping by what it names.
  Node resolve(Node tree) {
    const Node* include = tree.find("include");
    if (include == nullptr) return tree;
    check_single_include(tree);
    Node base;
    for (const Node& name : names(*include)) {
      Node included = load(name.scalar, name.where);
      if (base.kind == Node::Kind::null) {
        base = std::move(included);
      } else {
        merge(base, std::move(included));
      }
    }
    erase_key(tree, "include");
    merge(base, std::move(tree));
    return base;
  }

 private:
  static std::vector<Node> names(const Node& include) {
    const bool list = include.kind == Node::Kind::sequence && !include.items.empty();
    std::vector<Node> names = list ? include.items : std::vector<Node>{include};
    for (const Node& name : names) {
      if (name.kind == Node::Kind::scalar && !name.scalar.empty()) continue;
      refuse(name.where, "include",
             fmt::format("expected a name or a path, or a list of them, got {}", found(name)));
    }
    return names;
  }

  static void check_single_include(const Node& tree) {
    if (std::count(tree.keys.begin(), tree.keys.end(), "include") == 1) return;
    const auto first = std::find(tree.keys.begin(), tree.keys.end(), "include");
    const auto second = std::find(first + 1, tree.keys.end(), "include");
    const auto mark = [&](auto at) {
      return tree.key_marks[static_cast<std::size_t>(at - tree.keys.begin())];
    };
    refuse(mark(second), "include",
           fmt::format("duplicate key, first given at line {}", mark(first).line));
  }

  void check_header(const Node& tree) const {
    if (tree.kind != Node::Kind::mapping) {
      refuse(tree.where, "", fmt::format("expected a mapping, got {}", found(tree)));
    }
    std::vector<Diagnostic> problems;
    const auto check = [&](const std::string& key, const std::string& expected,
                           std::string_view hint) {
      const Node* value = tree.find(key);
      if (value == nullptr) {
        problems.push_back(
            {tree.where, key, fmt::format("missing required key, expected {}", expected)});
      } else if (value->kind != Node::Kind::scalar || value->scalar != expected) {
        problems.push_back({value->where, key,
                            fmt::format("expected {}, got {}{}", expected, found(*value), hint)});
      }
    };
    check("schema_version", "1", " (this program reads version 1)");
    check("kind", std::string(to_string(kind_)), "");
    if (!problems.empty()) throw ConfigError(std::move(problems));
  }

  FileKind kind_;
  std::vector<std::string> chain_;  ///< files being resolved, outermost first
  std::vector<std::string> read_;   ///< every file, in order
};

}  // namespace

Node load_resolved(FileKind kind, std::string_view name_or_path, const Mark& where) {
  return Loader(kind).load(name_or_path, where);
}

std::vector<std::string> resolved_files(FileKind kind, std::string_view name_or_path) {
  Loader loader(kind);
  (void)loader.load(name_or_path, {});
  return std::move(loader).files();
}

void resolve_reference(Node& tree, std::string_view key, FileKind kind) {
  Node* value = tree.find(key);
  if (value == nullptr) return;
  if (value->kind == Node::Kind::scalar) {
    *value = load_resolved(kind, value->scalar, value->where);
  } else if (value->kind == Node::Kind::mapping) {
    *value = Loader(kind).resolve(std::move(*value));
  }
}

}  // namespace bitscale::config
