#include "sim/config/files.hpp"
#include "tests/unit/config/support.hpp"

namespace bitscale::config {
namespace {

using ::testing::ElementsAre;

constexpr const char* kDocument =
    "array: {rows: 4}\n"
    "layers:\n"
    "  - name: conv1\n"
    "    bits: 8\n"
    "  - name: conv.2\n"
    "    bits: 9\n"
    "list: [1, 2]\n"
    "empty: []\n";

/// The document after an override, as YAML.
std::string after(const std::string& assignment) {
  Node tree = parse_yaml(kDocument, "f.yaml");
  apply_override(tree, assignment);
  return emit_yaml(tree);
}

std::vector<std::string> problems(const std::string& assignment) {
  return testing::problems_of([&] { static_cast<void>(after(assignment)); });
}

/// The document with one line changed.
std::string with(const std::string& from, const std::string& to) {
  std::string text = emit_yaml(parse_yaml(kDocument, "f.yaml"));
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos);
  return text.replace(at, from.size(), to);
}

TEST(ApplyOverride, ReplacesAValue) {
  EXPECT_EQ(after("array.rows=8"), with("rows: 4", "rows: 8"));
  EXPECT_EQ(after("list=[3]"), with("list: [1, 2]", "list: [3]"));
}

TEST(ApplyOverride, FindsElementsByNameAndByIndex) {
  EXPECT_EQ(after("layers.conv1.bits=3"), with("bits: 8", "bits: 3"));
  EXPECT_EQ(after("layers.1.bits=3"), with("bits: 9", "bits: 3"));
  EXPECT_EQ(after("list.0=7"), with("[1, 2]", "[7, 2]"));
}

TEST(ApplyOverride, TakesNamesWithDotsInQuotes) {
  EXPECT_EQ(after("layers.\"conv.2\".bits=3"), with("bits: 9", "bits: 3"));
}

TEST(ApplyOverride, PrefersANameToAnIndex) {
  Node tree = parse_yaml("layers: [{name: x, n: 1}, {name: 0, n: 2}]", "f.yaml");
  apply_override(tree, "layers.0.n=3");
  EXPECT_EQ(tree.find("layers")->items[1].find("n")->scalar, "3");
}

TEST(ApplyOverride, MakesMissingMappings) {
  EXPECT_EQ(after("a.b.c=1"), after("array.rows=4") + "a:\n  b:\n    c: 1\n");
}

TEST(ApplyOverride, ParsesTheValueAsYaml) {
  EXPECT_EQ(after("array={rows: 2, x: [a]}"), with("rows: 4", "rows: 2\n  x: [a]"));
  EXPECT_EQ(after("array.rows='8'"), with("rows: 4", "rows: \"8\""));
  EXPECT_EQ(after("array.rows=a=b"), with("rows: 4", "rows: a=b"));
}

TEST(ApplyOverride, LeavesNothingForAnEmptyValue) {
  EXPECT_EQ(after("array.rows="), with("rows: 4", "rows: null"));
  EXPECT_EQ(after("array.rows= "), with("rows: 4", "rows: null"));
}

TEST(ApplyOverride, MarksTheValueWithItsColumn) {
  Node tree = parse_yaml(kDocument, "f.yaml");
  apply_override(tree, "array.rows={a: x}");
  const Node& rows = *tree.find("array")->find("rows");
  EXPECT_EQ(rows.where, (Mark{"--set", 1, 12}));
  EXPECT_EQ(rows.key_marks[0], (Mark{"--set", 1, 13}));
  EXPECT_EQ(rows.items[0].where, (Mark{"--set", 1, 16}));
}

TEST(ApplyOverride, LetsTheReaderSuggestForAMistypedKey) {
  Node tree = parse_yaml("array: {rows: 4}", "f.yaml");
  apply_override(tree, "array.rwos=8");
  EXPECT_THAT(testing::problems_of([&] {
                static_cast<void>(read_all(tree, [](Reader& reader) {
                  return reader.section("array", [](Reader& array) {
                    const auto rows = array.integer("rows", 1, 9);
                    array.finish();
                    return rows;
                  });
                }));
              }),
              ElementsAre("--set:1:7: error: array.rwos: unknown key, did you mean 'rows'?"));
}

TEST(ApplyOverride, RefusesMalformedAssignments) {
  EXPECT_THAT(problems("a"), ElementsAre("--set:1:1: error: expected key=value, got 'a'"));
  EXPECT_THAT(problems(""), ElementsAre("--set:1:1: error: expected key=value, got ''"));
  EXPECT_THAT(problems("=1"), ElementsAre("--set:1:1: error: expected a key, got nothing"));
  EXPECT_THAT(problems("a..b=1"), ElementsAre("--set:1:3: error: expected a key, got nothing"));
  EXPECT_THAT(problems("a.=1"), ElementsAre("--set:1:3: error: expected a key, got nothing"));
  EXPECT_THAT(problems("\"a=1"), ElementsAre("--set:1:1: error: expected key=value, got '\"a=1'"));
}

TEST(ApplyOverride, RefusesValuesThatAreNoYaml) {
  EXPECT_THAT(
      problems("list=[1"),
      ElementsAre("--set:1:6: error: expected a key made of text, got a list (or its ']' is "
                  "missing)"));
}

TEST(ApplyOverride, RefusesElementsThatAreNotThere) {
  EXPECT_THAT(problems("layers.2.bits=1"),
              ElementsAre("--set:1:8: error: layers: expected the name of an element or an index "
                          "from 0 to 1, got '2'"));
  EXPECT_THAT(problems("layers.conv3.bits=1"),
              ElementsAre("--set:1:8: error: layers: expected the name of an element or an index "
                          "from 0 to 1, got 'conv3'"));
  EXPECT_THAT(problems("empty.0=1"), ElementsAre("--set:1:7: error: empty: the list is empty"));
}

TEST(ApplyOverride, DoesNotDescendIntoAScalar) {
  EXPECT_THAT(problems("array.rows.x=1"),
              ElementsAre("--set:1:12: error: array.rows: expected a mapping or a list, got '4'"));
}

TEST(ApplyOverride, KeepsTheLimitsOfADocument) {
  std::string deep = "a";
  for (int i = 0; i < 70; ++i) deep += ".a";
  EXPECT_THAT(problems(deep + "=1"), ElementsAre("--set:1:1: error: nested deeper than 64 levels"));
  EXPECT_THAT(problems(std::string(201, 'k') + "=1"),
              ElementsAre("--set:1:1: error: a key longer than 200 bytes"));
  EXPECT_THAT(problems("a\xff=1"), ElementsAre("--set:1:2: error: not valid UTF-8"));
}

}  // namespace
}  // namespace bitscale::config
