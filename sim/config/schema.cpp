#include "sim/config/schema.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "sim/config/files.hpp"
#include "sim/config/reader.hpp"

namespace bitscale::config {

namespace {

using Json = SchemaNode::Json;
using Form = SchemaNode::Form;

constexpr std::string_view kDraft = "https://json-schema.org/draft/2020-12/schema";

Json include_json() {
  const Json name = {{"type", "string"}, {"minLength", 1}};
  Json json = {{"description", "Presets or files that this one changes; later ones win."}};
  json["anyOf"] = Json::array({name, {{"type", "array"}, {"items", name}, {"minItems", 1}}});
  return json;
}

/// A change stays one in the mappings inside it; only its own root includes.
Form inner(Form form) { return form == Form::complete ? Form::complete : Form::change; }

Json reference_json(const SchemaNode::Property& property, Form form) {
  const Json name = {{"type", "string"}, {"description", "Name of a preset, or path of a file."}};
  Json json = property.schema;
  if (form == Form::complete) {
    json["anyOf"] = Json::array({name, property.child->to_json(Form::change_of_include),
                                 property.child->to_json(Form::complete)});
  } else {
    json["anyOf"] = Json::array({name, property.child->to_json(Form::change_maybe_include)});
  }
  return json;
}

Json property_json(const SchemaNode::Property& property, Form form) {
  Json json = property.schema;
  switch (property.shape) {
    case SchemaNode::Shape::value:
      break;
    case SchemaNode::Shape::mapping:
      json.update(property.child->to_json(form));
      break;
    case SchemaNode::Shape::list:
      // Merging replaces lists, so their elements are complete even in a change.
      json["items"] = property.child->to_json(Form::complete);
      break;
    case SchemaNode::Shape::entries:
      json["additionalProperties"] = property.child->to_json(form);
      break;
    case SchemaNode::Shape::reference:
      return reference_json(property, form);
  }
  return json;
}

}  // namespace

/// One complete mapping, every variant decided.
struct SchemaNode::Object {
  Json properties = Json::object();
  std::vector<std::string> required;

  [[nodiscard]] Json to_json() const {
    Json json = {{"type", "object"}, {"properties", properties}};
    if (!required.empty()) json["required"] = required;
    json["additionalProperties"] = false;
    return json;
  }
};

SchemaNode::Json integer_schema(std::int64_t min, std::int64_t max) {
  using Limits = std::numeric_limits<std::int64_t>;
  Json json = {{"type", "integer"}};
  if (min != Limits::min()) json["minimum"] = min;
  if (max != Limits::max()) json["maximum"] = max;
  return json;
}

SchemaNode::Json number_schema(double min, double max) {
  constexpr double kMost = std::numeric_limits<double>::max();
  Json json = {{"type", "number"}};
  if (min > -kMost) json["minimum"] = min;
  if (max < kMost) json["maximum"] = max;
  return json;
}

SchemaNode::Property& SchemaNode::add(std::string_view key, Json schema, bool required) {
  auto place = std::find_if(properties_.begin(), properties_.end(),
                            [&](const Property& property) { return property.key == key; });
  if (place == properties_.end()) place = properties_.insert(properties_.end(), Property{});
  *place = Property{std::string(key), std::move(schema), required, Shape::value, nullptr};
  return *place;
}

void SchemaNode::add_child(std::string_view key, Json annotations, bool required, Shape shape) {
  Property& property = add(key, std::move(annotations), required);
  property.shape = shape;
  property.child = std::make_unique<SchemaNode>();
}

void SchemaNode::add_variant(Variant variant) {
  for (std::size_t i = 0; i < variant.spellings.size(); ++i) {
    variant.branches.push_back(std::make_unique<SchemaNode>());
  }
  variants_.push_back(std::move(variant));
}

SchemaNode& SchemaNode::child(std::string_view key) {
  return *std::find_if(properties_.begin(), properties_.end(), [&](const Property& property) {
            return property.key == key;
          })->child;
}

std::vector<SchemaNode::Object> SchemaNode::objects(Form form) const {
  std::vector<Object> objects(1);
  for (const Variant& variant : variants_) {
    std::vector<Object> product;
    for (std::size_t i = 0; i < variant.branches.size(); ++i) {
      Json choice = Json::object();
      if (!variant.description.empty()) choice["description"] = variant.description;
      choice["const"] = variant.spellings[i];
      for (Object object : objects) {
        object.properties[variant.key] = choice;
        if (variant.fallback != i) object.required.push_back(variant.key);
        for (const Object& branch : variant.branches[i]->objects(form)) {
          Object whole = object;
          whole.properties.update(branch.properties);
          whole.required.insert(whole.required.end(), branch.required.begin(),
                                branch.required.end());
          product.push_back(std::move(whole));
        }
      }
    }
    objects = std::move(product);
  }
  for (Object& object : objects) {
    for (const Property& property : properties_) {
      object.properties[property.key] = property_json(property, inner(form));
      if (property.required) object.required.push_back(property.key);
    }
    if (form != Form::complete) object.required.clear();
    if (form == Form::change_of_include) object.required.emplace_back("include");
    if (form == Form::change_of_include || form == Form::change_maybe_include) {
      object.properties["include"] = include_json();
    }
  }
  return objects;
}

Json SchemaNode::to_json(Form form) const {
  const std::vector<Object> choices = objects(form);
  if (choices.size() == 1) return choices.front().to_json();
  // A change may leave the deciding key to what it includes, and then fits several variants.
  Json list = Json::array();
  for (const Object& object : choices) list.push_back(object.to_json());
  return {{form == Form::complete ? "oneOf" : "anyOf", std::move(list)}};
}

SchemaNode SchemaNode::record(const std::function<void(Reader&)>& parse) {
  SchemaNode node;
  Reader reader(&node);
  parse(reader);
  return node;
}

Json Reader::describe(const std::string& title, const std::function<void(Reader&)>& parse) {
  Json json = {{"$schema", kDraft}, {"title", title}};
  json.update(SchemaNode::record(parse).to_json(Form::complete));
  return json;
}

Json file_schema(FileKind kind, const std::function<void(Reader&)>& parse) {
  const std::function<void(Reader&)> parse_file = [&](Reader& reader) { parse(reader); };
  SchemaNode node = SchemaNode::record(parse_file);
  // read_header leaves these two to the file loader, which demands them of every file.
  node.add("schema_version", {{"description", "Version of this format."}, {"const", 1}}, true);
  node.add("kind", {{"description", "What the file holds."}, {"const", to_string(kind)}}, true);
  Json json = {{"$schema", kDraft}, {"title", "bitscale " + std::string(to_string(kind))}};
  json["if"] = {{"required", {"include"}}};
  json["then"] = {{"allOf", Json::array({{{"$ref", "#/$defs/change"}},
                                         {{"required", {"schema_version", "kind"}}}})}};
  json["else"] = {{"$ref", "#/$defs/complete"}};
  json["$defs"] = {{"change", node.to_json(Form::change_of_include)},
                   {"complete", node.to_json(Form::complete)}};
  return json;
}

}  // namespace bitscale::config
