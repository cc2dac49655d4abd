#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <system_error>

#include "sim/config/files.hpp"
#include "sim/config/utf8.hpp"
#include "sim/config/values.hpp"

namespace bitscale::config {

namespace {

/// One name of `a.b.c=value`, and where it starts in the text.
struct Step {
  std::string name;
  Mark where;
};

struct Assignment {
  std::vector<Step> steps;
  std::string_view value;
  int value_column = 0;
};

Mark mark_at(int column) { return Mark{std::string(kOverrideFile), 1, column}; }

[[noreturn]] void refuse(const Mark& where, std::string key, std::string message) {
  throw ConfigError({{where, std::move(key), std::move(message)}});
}

[[noreturn]] void refuse(int column, std::string key, std::string message) {
  refuse(mark_at(column), std::move(key), std::move(message));
}

void check_name(const Step& step) {
  if (step.name.empty()) refuse(step.where, "", "expected a key, got nothing");
  if (step.name.size() > kMaxKeyBytes) {
    refuse(step.where, "", fmt::format("a key longer than {} bytes", kMaxKeyBytes));
  }
}

/// Splits `a."b.c".d=value`: quotes keep the dots and equal signs of a name.
Assignment split(std::string_view text) {
  Assignment assignment;
  Step step{"", mark_at(1)};
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '"') {
      quoted = !quoted;
    } else if (quoted || (c != '.' && c != '=')) {
      step.name += c;
    } else {
      const auto next_column = static_cast<int>(i) + 2;
      check_name(step);
      assignment.steps.push_back(std::exchange(step, Step{"", mark_at(next_column)}));
      if (c == '=') {
        assignment.value = text.substr(i + 1);
        assignment.value_column = next_column;
        return assignment;
      }
    }
  }
  refuse(1, "", fmt::format("expected key=value, got '{}'", excerpt(text)));
}

/// Shifts marks of a value that was parsed alone to where it stands in the assignment.
void shift_marks(Node& node, int columns) {
  const auto shift = [&](Mark& mark) {
    if (mark.line == 1) mark.column += columns;
  };
  shift(node.where);
  std::for_each(node.key_marks.begin(), node.key_marks.end(), shift);
  for (Node& item : node.items) shift_marks(item, columns);
}

Node parse_value(const Assignment& assignment) {
  Node node;
  node.where = mark_at(assignment.value_column);
  const bool blank = assignment.value.find_first_not_of(" \t") == std::string_view::npos;
  if (blank) return node;
  const int columns = assignment.value_column - 1;
  try {
    node = parse_yaml(assignment.value, std::string(kOverrideFile));
  } catch (const ConfigError& error) {
    std::vector<Diagnostic> diagnostics = error.diagnostics();
    for (Diagnostic& diagnostic : diagnostics) {
      if (diagnostic.where.line == 1) diagnostic.where.column += columns;
    }
    throw ConfigError(std::move(diagnostics));
  }
  shift_marks(node, columns);
  return node;
}

std::size_t height(const Node& node) {
  std::size_t highest = 0;
  for (const Node& item : node.items) highest = std::max(highest, height(item));
  return highest + 1;
}

Node& element(Node& sequence, const Step& step, const std::string& path) {
  for (Node& item : sequence.items) {
    const Node* name = item.find("name");
    if (name != nullptr && name->kind == Node::Kind::scalar && name->scalar == step.name) {
      return item;
    }
  }
  std::size_t index = 0;
  const char* end = step.name.data() + step.name.size();
  const auto [stop, error] = std::from_chars(step.name.data(), end, index);
  if (error == std::errc() && stop == end && index < sequence.items.size()) {
    return sequence.items[index];
  }
  refuse(step.where, path,
         sequence.items.empty()
             ? std::string("the list is empty")
             : fmt::format("expected the name of an element or an index from 0 to {}, got '{}'",
                           sequence.items.size() - 1, excerpt(step.name)));
}

/// The value that a step leads to from `node`; mappings are made where nothing is.
Node& descend(Node& node, const Step& step, const std::string& path) {
  if (node.kind == Node::Kind::sequence) return element(node, step, path);
  if (node.kind == Node::Kind::scalar) {
    refuse(step.where, path, fmt::format("expected a mapping or a list, got {}", found(node)));
  }
  if (node.kind == Node::Kind::null) node.kind = Node::Kind::mapping;
  if (Node* value = node.find(step.name)) return *value;
  Node& added = node.items.emplace_back();
  added.where = step.where;
  node.keys.push_back(step.name);
  node.key_marks.push_back(added.where);
  return added;
}

/// `a."b.c".d` without a value; every step stands at `where`.
std::vector<Step> split_key(std::string_view key, const Mark& where) {
  std::vector<Step> steps;
  Step step{"", where};
  bool quoted = false;
  for (const char c : key) {
    if (c == '"') {
      quoted = !quoted;
    } else if (quoted || c != '.') {
      step.name += c;
    } else {
      check_name(step);
      steps.push_back(std::exchange(step, Step{"", where}));
    }
  }
  check_name(step);
  steps.push_back(std::move(step));
  return steps;
}

void put(Node& tree, const std::vector<Step>& steps, Node value) {
  if (steps.size() + height(value) > kMaxDepth) {
    refuse(steps.front().where, "", fmt::format("nested deeper than {} levels", kMaxDepth));
  }
  Node* node = &tree;
  std::string path;
  for (const Step& step : steps) {
    node = &descend(*node, step, path);
    path += (path.empty() ? "" : ".") + step.name;
  }
  *node = std::move(value);
}

}  // namespace

void apply_override(Node& tree, std::string_view assignment) {
  check_characters(assignment, std::string(kOverrideFile));
  const Assignment parts = split(assignment);
  put(tree, parts.steps, parse_value(parts));
}

void set_value(Node& tree, std::string_view key, const Node& value, const Mark& where) {
  put(tree, split_key(key, where), value);
}

const Node* find_value(const Node& tree, std::string_view key) {
  const Node* node = &tree;
  for (const Step& step : split_key(key, tree.where)) {
    if (node->kind == Node::Kind::sequence) {
      const Node* found = nullptr;
      for (const Node& item : node->items) {
        const Node* name = item.find("name");
        if (name != nullptr && name->scalar == step.name) found = &item;
      }
      std::size_t index = 0;
      const char* end = step.name.data() + step.name.size();
      const auto [stop, error] = std::from_chars(step.name.data(), end, index);
      const bool whole = error == std::errc() && stop == end;
      if (found == nullptr && whole && index < node->items.size()) found = &node->items[index];
      node = found;
    } else {
      node = node->find(step.name);
    }
    if (node == nullptr) return nullptr;
  }
  return node;
}

}  // namespace bitscale::config
