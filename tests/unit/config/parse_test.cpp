#include <fmt/format.h>

#include <chrono>

#include "sim/config/tree.hpp"
#include "tests/unit/config/support.hpp"

namespace bitscale::config {
namespace {

using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::StartsWith;

Node parse(const std::string& text) { return parse_yaml(text, "f.yaml"); }

std::vector<std::string> problems(const std::string& text) {
  return testing::problems_of([&] { static_cast<void>(parse(text)); });
}

TEST(ParseYaml, KeepsThePlaceOfKeysAndValues) {
  const Node tree = parse("a: 1\nb:\n  c: [x, y]\n");
  EXPECT_EQ(tree.where, (Mark{"f.yaml", 1, 1}));
  EXPECT_EQ(tree.key_marks[1], (Mark{"f.yaml", 2, 1}));
  EXPECT_EQ(tree.find("a")->where, (Mark{"f.yaml", 1, 4}));
  EXPECT_EQ(tree.find("b")->find("c")->items[1].where, (Mark{"f.yaml", 3, 10}));
}

TEST(ParseYaml, TellsQuotedFromPlainScalars) {
  const Node tree = parse("a: 1\nb: \"1\"\nc: '1'\nd: |\n  1\n");
  EXPECT_FALSE(tree.find("a")->quoted);
  EXPECT_TRUE(tree.find("b")->quoted);
  EXPECT_TRUE(tree.find("c")->quoted);
  EXPECT_TRUE(tree.find("d")->quoted);
}

TEST(ParseYaml, ReadsNullInEverySpelling) {
  const Node tree = parse("[~, null, '~', ]\n");
  EXPECT_EQ(tree.items[0].kind, Node::Kind::null);
  EXPECT_EQ(tree.items[1].kind, Node::Kind::null);
  EXPECT_EQ(tree.items[2].kind, Node::Kind::scalar);
  EXPECT_EQ(parse("a:\n").find("a")->kind, Node::Kind::null);
}

TEST(ParseYaml, KeepsDuplicateKeys) {
  const Node tree = parse("a: 1\na: 2\n");
  EXPECT_THAT(tree.keys, ElementsAre("a", "a"));
  EXPECT_EQ(tree.find("a")->scalar, "1");
}

TEST(ParseYaml, ExpandsAliases) {
  const Node tree = parse("a: &x {b: [1, 2]}\nc: *x\nd: [*x]\n");
  EXPECT_TRUE(same_content(*tree.find("a"), *tree.find("c")));
  EXPECT_TRUE(same_content(*tree.find("a"), tree.find("d")->items[0]));
}

TEST(ParseYaml, TakesTheLatestMeaningOfAnAnchor) {
  const Node tree = parse("[&x 1, *x, &x 2, *x]\n");
  EXPECT_EQ(tree.items[1].scalar, "1");
  EXPECT_EQ(tree.items[3].scalar, "2");
}

TEST(ParseYaml, RefusesAnAliasInsideItsValue) {
  EXPECT_THAT(problems("a: &x\n  b: *x\n"),
              ElementsAre("f.yaml:2:6: error: the alias stands inside the value it names"));
}

TEST(ParseYaml, RefusesUnknownAliases) {
  EXPECT_THAT(
      problems("a: *x\n"),
      ElementsAre("f.yaml:1:4: error: not valid YAML: the referenced anchor is not defined"));
}

TEST(ParseYaml, RefusesAliasBombsQuickly) {
  std::string bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 30; ++i) {
    bomb +=
        fmt::format("a{0}: &a{0} [*a{1}, *a{1}, *a{1}, *a{1}, *a{1}, *a{1}, *a{1}]\n", i, i - 1);
  }
  const auto start = std::chrono::steady_clock::now();
  EXPECT_THAT(problems(bomb),
              ElementsAre("f.yaml:7:10: error: more than 200000 values, aliases expanded"));
  // A bomb that goes off takes hours: this only tells that from a refusal.
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(30));
}

TEST(ParseYaml, RefusesAliasesThatMultiplyText) {
  std::string text = "- &x " + std::string(1U << 20U, 'a') + "\n";
  for (int i = 0; i < 16; ++i) text += "- *x\n";
  EXPECT_THAT(problems(text),
              ElementsAre("f.yaml:17:3: error: more than 16 MiB of text, aliases expanded"));
}

TEST(ParseYaml, AllowsSixtyFourLevels) {
  EXPECT_TRUE(problems(std::string(63, '[') + "x" + std::string(63, ']')).empty());
  EXPECT_THAT(problems(std::string(64, '[') + "x" + std::string(64, ']')),
              ElementsAre("f.yaml:1:65: error: nested deeper than 64 levels"));
}

TEST(ParseYaml, CountsLevelsThroughAliases) {
  const std::string deep = std::string(40, '[') + "x" + std::string(40, ']');
  EXPECT_THAT(
      problems("- &x " + deep + "\n- " + std::string(30, '[') + "*x" + std::string(30, ']')),
      ElementsAre("f.yaml:2:33: error: nested deeper than 64 levels"));
}

TEST(ParseYaml, SurvivesEndlessNesting) {
  EXPECT_THAT(
      problems(std::string(1U << 20U, '[')),
      ElementsAre(StartsWith("f.yaml:1:1: error: expected a key made of text, got a list")));
}

TEST(ParseYaml, RefusesOversizedTexts) {
  EXPECT_THAT(problems(std::string(kMaxTextBytes + 1, 'x')),
              ElementsAre("f.yaml: error: larger than 16 MiB"));
}

TEST(ParseYaml, RefusesMoreThanOneDocument) {
  EXPECT_THAT(problems("a: 1\n---\nb: 2\n"),
              ElementsAre(StartsWith("f.yaml:2:1: error: expected one document")));
}

TEST(ParseYaml, RefusesAnEmptyDocument) {
  const std::string message = "f.yaml:1:1: error: expected a document, got an empty file";
  EXPECT_THAT(problems(""), ElementsAre(message));
  EXPECT_THAT(problems("# nothing\n"), ElementsAre(message));
}

TEST(ParseYaml, ExplainsSyntaxErrorsWithTheirPlace) {
  const auto message = [](const std::string& text) {
    const auto lines = problems(text);
    return lines.empty() ? "" : lines.front();
  };
  EXPECT_EQ(message("a: [1, 2\nb: 3\n"),
            "f.yaml:2:2: error: not valid YAML: expected ',' or ']' in a list");
  EXPECT_EQ(message("a: {b: 1\nc: 2\n"),
            "f.yaml:2:2: error: not valid YAML: expected ',' or '}' in a mapping");
  EXPECT_EQ(message("a: 1\n  b: 2\n"),
            "f.yaml:2:4: error: not valid YAML: a ':' where no key can stand; check quotes and "
            "indentation");
  EXPECT_EQ(message("a: 1\n- b\n"),
            "f.yaml:2:1: error: not valid YAML: expected a key; check the indentation");
  EXPECT_EQ(message("a: @x\n"),
            "f.yaml:1:4: error: not valid YAML: a character that must stand in quotes");
}

TEST(ParseYaml, PointsOutTabsInIndentation) {
  EXPECT_THAT(problems("a:\n\tb: 1\n"),
              ElementsAre(EndsWith("(the line is indented with a tab; YAML wants spaces)")));
}

TEST(ParseYaml, RefusesQuotesThatAreNeverClosed) {
  const std::string message = "the quote is never closed";
  EXPECT_THAT(problems("a: \"x\nb: 1\n"), ElementsAre("f.yaml:1:4: error: " + message));
  EXPECT_THAT(problems("a: 1\nb: &y 'it''s\n"), ElementsAre("f.yaml:2:4: error: " + message));
  EXPECT_THAT(problems("a: \"x\\\""), ElementsAre("f.yaml:1:8: error: not valid YAML: " + message));
  EXPECT_TRUE(problems("\xef\xbb\xbf"
                       "'a': \"x\\\"\"\n")
                  .empty());
  EXPECT_TRUE(problems("a: 'it''s'").empty());
  EXPECT_TRUE(problems("a: |\n  \"x\n").empty());
}

TEST(ParseYaml, RefusesMergeKeys) {
  EXPECT_THAT(problems("a: &x {b: 1}\nc:\n  <<: *x\n"),
              ElementsAre("f.yaml:3:3: error: merge keys are not supported; use 'include', or an "
                          "alias as the value"));
  EXPECT_TRUE(problems("'<<': 1\n").empty());
}

TEST(ParseYaml, RefusesKeysThatAreNoText) {
  EXPECT_THAT(
      problems("{[1]: 2}\n"),
      ElementsAre(
          "f.yaml:1:2: error: expected a key made of text, got a list (or its ']' is missing)"));
  EXPECT_THAT(
      problems("? {a: b}\n: 2\n"),
      ElementsAre(
          "f.yaml:1:3: error: expected a key made of text, got a mapping (or its '}' is missing)"));
  EXPECT_THAT(problems("~: 2\n"),
              ElementsAre("f.yaml:1:1: error: expected a key made of text, got nothing"));
  EXPECT_THAT(problems("- &x a\n- {*x : 2}\n"),
              ElementsAre("f.yaml:2:4: error: expected a key made of text, got an alias"));
}

TEST(ParseYaml, RefusesTags) {
  const std::string message = "tags are not supported; write the value without one";
  EXPECT_THAT(problems("a: !!int 1\n"), ElementsAre("f.yaml:1:4: error: " + message));
  EXPECT_THAT(problems("a: !x [1]\n"), ElementsAre("f.yaml:1:4: error: " + message));
  EXPECT_THAT(problems("!y b: 1\n"), ElementsAre("f.yaml:1:1: error: " + message));
}

TEST(ParseYaml, RefusesBytesThatAreNoUtf8) {
  EXPECT_THAT(problems("a: \"\xc3\xa9\xff\"\n"), ElementsAre("f.yaml:1:7: error: not valid UTF-8"));
  for (const char* text : {"\xc0\x80", "\xe0\x80\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80",
                           "\xf0\x80\x80\x80", "\xc3", "\x80", "\xc3("}) {
    EXPECT_THAT(problems(text), ElementsAre("f.yaml:1:1: error: not valid UTF-8"));
  }
}

TEST(ParseYaml, RefusesNulAndControlCharacters) {
  EXPECT_THAT(problems(std::string("a: 1\nb: \0", 9)),
              ElementsAre("f.yaml:2:4: error: a NUL byte; this is no text file"));
  EXPECT_THAT(problems("a: 1\x04\n"),
              ElementsAre("f.yaml:1:5: error: a control character (code 0x04)"));
  EXPECT_THAT(problems("a: \"\\0\"\n"),
              ElementsAre("f.yaml:1:4: error: text with a NUL character"));
}

TEST(ParseYaml, RefusesEndlessKeys) {
  EXPECT_THAT(problems(std::string(201, 'k') + ": 1\n"),
              ElementsAre("f.yaml:1:1: error: a key longer than 200 bytes"));
}

TEST(ParseYaml, RefusesEndlessMappings) {
  std::string text;
  for (int i = 0; i < 4097; ++i) text += fmt::format("k{}: 1\n", i);
  EXPECT_THAT(problems(text),
              ElementsAre("f.yaml:4097:1: error: more than 4096 keys in one mapping"));
}

TEST(ParseYaml, ReadsFilesWithByteOrderMarkAndCarriageReturns) {
  const Node tree = parse(
      "\xef\xbb\xbf"
      "a: 1\r\nb: x\r\n");
  EXPECT_THAT(tree.keys, ElementsAre("a", "b"));
  EXPECT_EQ(tree.find("b")->scalar, "x");
  EXPECT_EQ(tree.find("b")->where.line, 2);
}

TEST(LoadYaml, ReadsAFile) {
  const testing::TemporaryFolder folder;
  folder.write("a.yaml", "a: 1\n");
  const Node tree = load_yaml(folder / "a.yaml");
  EXPECT_EQ(tree.find("a")->where, (Mark{folder / "a.yaml", 1, 4}));
}

TEST(LoadYaml, NamesAFileItCannotRead) {
  const testing::TemporaryFolder folder;
  const auto message = [](const std::string& path) -> std::string {
    try {
      static_cast<void>(load_yaml(path));
    } catch (const IoError& error) {
      return error.what();
    }
    return "";
  };
  EXPECT_EQ(message(folder / "none.yaml"), (folder / "none.yaml") +
                                               ": error: cannot read the file: No such file or "
                                               "directory");
  EXPECT_EQ(message(folder / "."),
            (folder / ".") + ": error: cannot read the file: Is a directory");
}

TEST(LoadYaml, RefusesOversizedFiles) {
  const testing::TemporaryFolder folder;
  folder.write("a.yaml", std::string(kMaxTextBytes + 100, '#'));
  EXPECT_THAT(testing::problems_of([&] { static_cast<void>(load_yaml(folder / "a.yaml")); }),
              ElementsAre((folder / "a.yaml") + ": error: larger than 16 MiB"));
}

}  // namespace
}  // namespace bitscale::config
