#include "sim/config/tree.hpp"
#include "tests/unit/config/support.hpp"

namespace bitscale::config {
namespace {

/// Parses, writes, parses again and compares; returns what was written.
std::string round_trip(const std::string& text) {
  const Node tree = parse_yaml(text, "f.yaml");
  std::string written = emit_yaml(tree);
  EXPECT_TRUE(same_content(tree, parse_yaml(written, "written.yaml"))) << written;
  return written;
}

TEST(EmitYaml, WritesBlocksWithShortListsOnOneLine) {
  EXPECT_EQ(round_trip("{a: {b: 1, c: [1, two, 3.5]}, d: [{e: x, f: y}, {e: z}]}"),
            "a:\n  b: 1\n  c: [1, two, 3.5]\nd:\n  - e: x\n    f: y\n  - e: z\n");
}

TEST(EmitYaml, WritesEmptyCollectionsAndNull) {
  EXPECT_EQ(round_trip("a: []\nb: {}\nc:\n"), "a: []\nb: {}\nc: null\n");
}

TEST(EmitYaml, KeepsQuotedTextQuoted) {
  EXPECT_EQ(round_trip("a: '1'\nb: 1\n"), "a: \"1\"\nb: 1\n");
}

TEST(EmitYaml, EscapesWhatAPlainLineCannotHold) {
  EXPECT_EQ(round_trip("a: \"q\\\" b\\\\ t\\t n\\n \\x1f \\u2028\"\n"),
            "a: \"q\\\" b\\\\ t\\t n\\n \\x1f \\u2028\"\n");
}

TEST(EmitYaml, KeepsCharactersBeyondAscii) {
  EXPECT_EQ(round_trip("a: \"\u00b5 \U0001f600\"\n"), "a: \"\u00b5 \U0001f600\"\n");
}

TEST(EmitYaml, QuotesKeysThatAreNoWords) {
  EXPECT_EQ(round_trip("'a b': 1\n'<<': 2\n'null': 3\n'': 4\n'1': 5\n"),
            "\"a b\": 1\n\"<<\": 2\n\"null\": 3\n\"\": 4\n\"1\": 5\n");
}

TEST(EmitYaml, KeepsMultiLineText) {
  round_trip("a: |\n  one\n   two\n\nb: plain\n  - over\n  two lines\n");
}

TEST(EmitYaml, KeepsDuplicateKeys) { EXPECT_EQ(round_trip("a: 1\na: 2\n"), "a: 1\na: 2\n"); }

TEST(EmitYaml, WritesNestedLists) {
  EXPECT_EQ(round_trip("[[a, [b]], []]"), "- - a\n  - [b]\n- []\n");
}

TEST(SameContent, SeesEveryDifferenceButPlaces) {
  const auto same = [](const std::string& a, const std::string& b) {
    return same_content(parse_yaml(a, "a"), parse_yaml(b, "b"));
  };
  EXPECT_TRUE(same("a: [1]\n", "\n\n{a: [1]}"));
  EXPECT_FALSE(same("a: 1", "a: 2"));
  EXPECT_FALSE(same("a: 1", "a: '1'"));
  EXPECT_FALSE(same("a: 1", "b: 1"));
  EXPECT_FALSE(same("a: []", "a: {}"));
  EXPECT_FALSE(same("[1]", "[1, 2]"));
  EXPECT_FALSE(same("a: ~", "a: ''"));
}

}  // namespace
}  // namespace bitscale::config
