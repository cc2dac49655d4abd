#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/core/errors.hpp"

namespace bitscale::config {

/// A YAML document as bitscale sees it: every node knows the file, line and column it came from,
/// also after includes were merged and overrides applied. Duplicate keys survive into the tree, so
/// that the reader can report them.
struct Node {
  enum class Kind { null, scalar, sequence, mapping };

  Kind kind = Kind::null;
  Mark where;
  std::string scalar;             ///< text of a scalar
  bool quoted = false;            ///< a quoted scalar is text, whatever it looks like
  std::vector<Node> items;        ///< elements of a sequence, values of a mapping
  std::vector<std::string> keys;  ///< keys of a mapping, parallel to items
  std::vector<Mark> key_marks;    ///< where each key stands, parallel to keys

  /// First value under `key`, or nullptr.
  [[nodiscard]] const Node* find(std::string_view key) const;
  [[nodiscard]] Node* find(std::string_view key);
};

/// Limits of a document, aliases expanded. Far above any real file, low enough that a hostile one
/// costs neither time nor memory.
inline constexpr std::size_t kMaxNodes = 200'000;
inline constexpr std::size_t kMaxDepth = 64;
inline constexpr std::size_t kMaxTextBytes = std::size_t{16} << 20U;
inline constexpr std::size_t kMaxKeyBytes = 200;
inline constexpr std::size_t kMaxKeys = 4096;  ///< of one mapping

/// Parses one YAML text. Refuses: syntax errors, several documents, an empty document, more than
/// kMaxNodes nodes after alias expansion, nesting over kMaxDepth levels, texts over kMaxTextBytes,
/// characters YAML does not allow, tags, merge keys and keys that are not plain text. `file` is the
/// name that marks carry; columns count bytes. A plain scalar with white space or indicators that
/// only text could hold counts as quoted. Throws ConfigError.
[[nodiscard]] Node parse_yaml(std::string_view text, const std::string& file);

/// Reads and parses a file. Throws IoError where it cannot be read, ConfigError where it is not
/// valid.
[[nodiscard]] Node load_yaml(const std::string& path);

/// Nodes of a tree, itself included.
[[nodiscard]] std::size_t count_nodes(const Node& node);

/// True when two trees hold the same content, whatever their marks.
[[nodiscard]] bool same_content(const Node& a, const Node& b);

/// The tree as YAML text that parse_yaml reads back to an equal tree (marks aside).
[[nodiscard]] std::string emit_yaml(const Node& node);

}  // namespace bitscale::config
