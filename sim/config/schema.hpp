#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bitscale::config {

class Reader;

/// The schema of one mapping, written by a Reader that describes itself and turned into JSON Schema
/// (draft 2020-12) once the parse function is through.
class SchemaNode {
 public:
  using Json = nlohmann::ordered_json;

  /// What a mapping is checked as: a whole one; a change, merged over an included one, where no key
  /// is required; or a change that names in `include` what it changes, or may do so.
  enum class Form { complete, change, change_of_include, change_maybe_include };

  /// How the value of a property holds the mapping that `child` describes; `reference` is a name, a
  /// path or a mapping with `include`.
  enum class Shape { value, mapping, list, entries, reference };

  struct Property {
    std::string key;
    Json schema = Json::object();  ///< the whole schema of a value, annotations of other shapes
    bool required = false;
    Shape shape = Shape::value;
    std::unique_ptr<SchemaNode> child;
  };

  /// A key whose text decides which further keys the mapping has.
  struct Variant {
    std::string key;
    std::string description;
    std::vector<std::string> spellings;
    std::optional<std::size_t> fallback;
    std::vector<std::unique_ptr<SchemaNode>> branches;
  };

  /// Adds a property, in place of an earlier one of the same key.
  Property& add(std::string_view key, Json schema, bool required);
  /// Adds a property with a mapping inside, which child() then hands out.
  void add_child(std::string_view key, Json annotations, bool required, Shape shape);
  /// Adds a variant, whose branches branch() then hands out.
  void add_variant(Variant variant);
  [[nodiscard]] SchemaNode& child(std::string_view key);
  [[nodiscard]] SchemaNode& branch(std::size_t index) { return *variants_.back().branches[index]; }

  [[nodiscard]] Json to_json(Form form) const;

  /// Runs `parse` on a Reader that describes itself.
  [[nodiscard]] static SchemaNode record(const std::function<void(Reader&)>& parse);

 private:
  struct Object;
  [[nodiscard]] std::vector<Object> objects(Form form) const;

  std::vector<Property> properties_;
  std::vector<Variant> variants_;
};

/// Types with their bounds; extreme ones are left out.
[[nodiscard]] SchemaNode::Json integer_schema(std::int64_t min, std::int64_t max);
[[nodiscard]] SchemaNode::Json number_schema(double min, double max);

}  // namespace bitscale::config
