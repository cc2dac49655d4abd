#include "sim/config/schema.hpp"

#include "sim/config/files.hpp"
#include "tests/unit/config/support.hpp"

namespace bitscale::config {
namespace {

using Json = nlohmann::ordered_json;

Json schema_of(const std::function<void(Reader&)>& parse) {
  return Reader::describe("Test", parse);
}

TEST(Describe, NamesTheDraftAndTheTitle) {
  const Json schema = schema_of([](Reader& reader) { reader.finish(); });
  EXPECT_EQ(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
  EXPECT_EQ(schema["title"], "Test");
  EXPECT_EQ(schema["type"], "object");
  EXPECT_EQ(schema["additionalProperties"], false);
}

TEST(Describe, WritesTypesBoundsAndDefaults) {
  const Json properties = schema_of([](Reader& r) {
    r.doc("How many.").integer("n", 1, 16);
    r.integer("free", std::numeric_limits<std::int64_t>::min(),
              std::numeric_limits<std::int64_t>::max(), 3);
    r.number("x", 0.5, std::numeric_limits<double>::infinity(), 1.5);
    r.boolean("flag", true);
    r.text("name");
    r.choice<int>("mode", {{"a", 1}, {"b", 2}}, 2);
  })["properties"];
  EXPECT_EQ(properties["n"], Json::parse(R"({"description": "How many.", "type": "integer",
                                             "minimum": 1, "maximum": 16})"));
  EXPECT_EQ(properties["free"], Json::parse(R"({"type": "integer", "default": 3})"));
  EXPECT_EQ(properties["x"], Json::parse(R"({"type": "number", "minimum": 0.5, "default": 1.5})"));
  EXPECT_EQ(properties["flag"], Json::parse(R"({"type": "boolean", "default": true})"));
  EXPECT_EQ(properties["name"], Json::parse(R"({"type": "string"})"));
  EXPECT_EQ(properties["mode"], Json::parse(R"({"enum": ["a", "b"], "default": "b"})"));
}

TEST(Describe, RequiresKeysWithoutDefault) {
  const Json schema = schema_of([](Reader& r) {
    r.integer("a", 0, 1);
    r.integer("b", 0, 1, 0);
    r.section("c", [](Reader&) { return 0; });
    r.section_or_default("d", [](Reader&) { return 0; });
    r.optional_section("e", [](Reader&) { return 0; });
    r.list("f", [](Reader&) { return 0; });
  });
  EXPECT_EQ(schema["required"], Json::parse(R"(["a", "c", "f"])"));
}

TEST(Describe, WritesQuantitiesAsPatterns) {
  const Json properties = schema_of([](Reader& r) {
    r.quantity("clock", Unit::hertz, 1, 1e12, 606e6);
    r.quantity("size", Unit::bits, 0, 1e12);
  })["properties"];
  EXPECT_EQ(properties["clock"]["type"], "string");
  EXPECT_EQ(properties["clock"]["default"], "606MHz");
  EXPECT_EQ(properties["clock"]["description"], "a frequency such as 606MHz");
  EXPECT_EQ(properties["size"]["anyOf"][0]["type"], "string");
  EXPECT_EQ(properties["size"]["anyOf"][1]["type"], "integer");
}

TEST(Describe, NestsSectionsListsAndMaps) {
  const auto inner = [](Reader& r) { return r.integer("n", 0, 1); };
  const Json properties = schema_of([&](Reader& r) {
    r.section("section", inner);
    r.list("list", inner, true, 7);
    r.entries("entries", [&](Reader& entry, const std::string&) { inner(entry); });
    r.integer_map("bits", 1, 16);
    r.integers("loose", 0, 9, std::nullopt, true);
  })["properties"];
  const Json n = Json::parse(R"({"type": "integer", "minimum": 0, "maximum": 1})");
  EXPECT_EQ(properties["section"]["properties"]["n"], n);
  EXPECT_EQ(properties["list"]["maxItems"], 7);
  EXPECT_EQ(properties["list"]["items"]["properties"]["n"], n);
  EXPECT_EQ(properties["entries"]["additionalProperties"]["properties"]["n"], n);
  EXPECT_EQ(properties["bits"]["additionalProperties"]["maximum"], 16);
  EXPECT_EQ(properties["loose"]["anyOf"][0]["type"], "integer");
  EXPECT_EQ(properties["loose"]["anyOf"][1]["items"]["type"], "integer");
}

void parse_unit(Reader& reader) {
  reader.text("name");
  reader.variant<int>(
      "unit",
      {{"serial", [](Reader& r) { return static_cast<int>(r.integer("lanes", 1, 8)); }},
       {"parallel", [](Reader& r) { return static_cast<int>(r.integer("bits", 1, 16)); }}},
      "serial");
  reader.boolean("flag", false);
  reader.finish();
}

TEST(Describe, WritesOneCompleteObjectPerVariant) {
  const Json schema = schema_of(parse_unit);
  ASSERT_EQ(schema["oneOf"].size(), 2U);
  for (const Json& branch : schema["oneOf"]) {
    EXPECT_TRUE(branch["properties"].contains("name"));
    EXPECT_TRUE(branch["properties"].contains("flag"));
    EXPECT_EQ(branch["additionalProperties"], false);
  }
  const Json& serial = schema["oneOf"][0];
  const Json& parallel = schema["oneOf"][1];
  EXPECT_EQ(serial["properties"]["unit"]["const"], "serial");
  EXPECT_TRUE(serial["properties"].contains("lanes"));
  EXPECT_FALSE(serial["properties"].contains("bits"));
  EXPECT_TRUE(parallel["properties"].contains("bits"));
}

TEST(Describe, RequiresTheDecidingKeyOnlyOutsideTheDefaultVariant) {
  const Json schema = schema_of(parse_unit);
  EXPECT_EQ(schema["oneOf"][0]["required"], Json::parse(R"(["lanes", "name"])"));
  EXPECT_EQ(schema["oneOf"][1]["required"], Json::parse(R"(["unit", "bits", "name"])"));
}

TEST(Describe, AllowsANameOrAChangeWhereASectionIsAReference) {
  const Json machine = schema_of([](Reader& r) {
    r.doc("The machine.").reference().section("machine", [](Reader& m) {
      return m.integer("n", 0, 1);
    });
    r.section("plain", [](Reader&) { return 0; });
  })["properties"];
  const Json& choices = machine["machine"]["anyOf"];
  EXPECT_EQ(machine["machine"]["description"], "The machine.");
  ASSERT_EQ(choices.size(), 3U);
  EXPECT_EQ(choices[0]["type"], "string");
  EXPECT_EQ(choices[1]["required"], Json::parse(R"(["include"])"));
  EXPECT_EQ(choices[2]["required"], Json::parse(R"(["n"])"));
  EXPECT_FALSE(machine["plain"].contains("anyOf"));
}

TEST(FileSchema, DemandsTheHeaderOfEveryFile) {
  const Json schema = file_schema(FileKind::machine, [](Reader& reader) {
    read_header(reader);
    reader.integer("n", 0, 1);
    reader.finish();
  });
  const Json& complete = schema["$defs"]["complete"];
  EXPECT_EQ(complete["properties"]["kind"]["const"], "machine");
  EXPECT_EQ(complete["properties"]["schema_version"]["const"], 1);
  EXPECT_EQ(complete["required"], Json::parse(R"(["schema_version", "kind", "n"])"));
  EXPECT_FALSE(complete["properties"].contains("include"));
}

TEST(FileSchema, RequiresNoOtherKeyOfAFileThatIncludes) {
  const Json schema = file_schema(FileKind::machine, [](Reader& reader) {
    reader.section("array", [](Reader& array) { return array.integer("rows", 1, 9); });
  });
  const Json& change = schema["$defs"]["change"];
  EXPECT_EQ(change["required"], Json::parse(R"(["include"])"));
  EXPECT_FALSE(change["properties"]["array"].contains("required"));
  EXPECT_EQ(schema["if"]["required"], Json::parse(R"(["include"])"));
}

TEST(FileSchema, KeepsElementsOfListsCompleteInAChange) {
  const Json schema = file_schema(FileKind::workload, [](Reader& reader) {
    reader.list("layers", [](Reader& layer) { return layer.text("name"); });
  });
  const Json& layers = schema["$defs"]["change"]["properties"]["layers"];
  EXPECT_EQ(layers["items"]["required"], Json::parse(R"(["name"])"));
}

TEST(Describe, ReachesEveryKeyWhateverTheValues) {
  const Json schema = schema_of([](Reader& reader) {
    EXPECT_TRUE(reader.describing());
    EXPECT_FALSE(reader.has("n"));
    EXPECT_EQ(reader.integer("n", 3, 9), 3);
    EXPECT_EQ(reader.integer("m", 3, 9, 7), 7);
    reader.problem("n", "is ignored");
    reader.raw("anything");
    reader.finish();
  });
  EXPECT_EQ(schema["properties"]["anything"], Json::object());
}

}  // namespace
}  // namespace bitscale::config
