#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/config/reader.hpp"
#include "sim/config/schema.hpp"
#include "sim/config/values.hpp"

namespace bitscale::config {

/// What a Reader knows about its mapping. Either `schema` is set (it describes itself) or `node`.
struct Reader::State {
  const Node* node = nullptr;
  Mark absent;  ///< stands for the mapping's mark where the document does not hold it
  std::vector<Diagnostic>* problems = nullptr;
  std::string path;
  SchemaNode* schema = nullptr;
  std::string description;            ///< of the next key asked for
  bool reference = false;             ///< the next section may be a name or a path
  std::vector<std::string> known;     ///< keys asked for so far
  std::vector<Diagnostic> discarded;  ///< problems that only follow from an earlier one

  [[nodiscard]] std::string dotted(std::string_view key) const {
    // A key in a document can be anything; a message stays one line of readable length.
    if (path.empty() || key.empty()) return path + excerpt(key);
    return path + "." + excerpt(key);
  }

  [[nodiscard]] Mark where() const { return node != nullptr ? node->where : absent; }

  void report(const Mark& mark, std::string key, std::string message) {
    problems->push_back({mark, std::move(key), std::move(message)});
  }

  void know(std::string_view key) {
    if (std::find(known.begin(), known.end(), key) == known.end()) known.emplace_back(key);
  }

  /// The value under `key`, or nullptr after reporting that a required one is missing.
  const Node* ask(std::string_view key, bool required, std::string_view expected) {
    know(key);
    const Node* value = node != nullptr ? node->find(key) : nullptr;
    if (value == nullptr && required) {
      report(where(), dotted(key), "missing required key, expected " + std::string(expected));
    }
    return value;
  }

  /// Value of a scalar key: read, or else its default or something harmless.
  template <typename T, typename Parse>
  T scalar(std::string_view key, std::string_view expected, const std::optional<T>& fallback,
           T harmless, Parse&& parse) {
    const Node* value = ask(key, !fallback.has_value(), expected);
    if (value == nullptr) return fallback.value_or(std::move(harmless));
    Parsed<T> parsed = parse(*value);
    if (parsed.value) return *std::move(parsed.value);
    report(value->where, dotted(key), std::move(parsed.message));
    return fallback.value_or(std::move(harmless));
  }

  /// Schema with the pending description in front.
  [[nodiscard]] SchemaNode::Json annotated(const SchemaNode::Json& value) {
    SchemaNode::Json json = SchemaNode::Json::object();
    if (!description.empty()) json["description"] = std::exchange(description, "");
    json.update(value);
    return json;
  }

  template <typename T>
  void describe(std::string_view key, const SchemaNode::Json& value,
                const std::optional<T>& fallback) {
    SchemaNode::Json json = annotated(value);
    if (fallback) json["default"] = *fallback;
    schema->add(key, std::move(json), !fallback.has_value());
  }
};

}  // namespace bitscale::config
