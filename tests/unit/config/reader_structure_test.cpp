#include "tests/unit/config/support.hpp"

namespace bitscale::config {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;
using testing::problems_in;
using ::testing::SizeIs;

int read_axis(Reader& reader) {
  const auto rows = reader.integer("rows", 1, 1024);
  reader.integer("columns", 1, 1024, 16);
  reader.finish();
  return static_cast<int>(rows);
}

void read_array(Reader& reader) { reader.section("array", read_axis); }

TEST(ReaderFinish, SuggestsTheKeyThatAnUnknownOneResembles) {
  EXPECT_THAT(problems_in("array:\n  rwos: 3\n  rows: 4\n", read_array),
              ElementsAre("f.yaml:2:3: error: array.rwos: unknown key, did you mean 'rows'?"));
}

TEST(ReaderFinish, ListsTheKeysWhereNothingIsNear) {
  EXPECT_THAT(
      problems_in("array:\n  rows: 4\n  zz: 1\n", read_array),
      ElementsAre("f.yaml:3:3: error: array.zz: unknown key, expected one of rows, columns"));
}

TEST(ReaderFinish, PointsAtBothPlacesOfADuplicate) {
  EXPECT_THAT(problems_in("array:\n  rows: 3\n  columns: 4\n  rows: 5\n", read_array),
              ElementsAre("f.yaml:4:3: error: array.rows: duplicate key, first given at line 2"));
}

TEST(ReadAll, ReportsEveryProblemInFileOrder) {
  EXPECT_THAT(
      problems_in("foo: 1\narray:\n  columns: x\nclock: 3V\n",
                  [](Reader& reader) {
                    reader.quantity("clock", Unit::hertz, 1, 1e12);
                    read_array(reader);
                  }),
      ElementsAre("f.yaml:1:1: error: foo: unknown key, expected one of clock, array",
                  "f.yaml:3:3: error: array.rows: missing required key, expected an integer "
                  "between 1 and 1024",
                  "f.yaml:3:12: error: array.columns: expected an integer between 1 and "
                  "1024, got 'x'",
                  "f.yaml:4:8: error: clock: expected a frequency such as 606MHz, got '3V'"));
}

TEST(ReadAll, KeepsAProblemOnOneReadableLine) {
  const std::string name = "conv" + std::string(100, 'x');
  EXPECT_THAT(
      problems_in("\"a\\nb\\e\": 1\n", [](Reader& reader) { reader.boolean("flag", true); }),
      ElementsAre("f.yaml:1:1: error: a?b?: unknown key, expected one of flag"));
  EXPECT_THAT(
      problems_in("layers: [{name: " + name + ", rows: 0}]",
                  [](Reader& reader) {
                    reader.list("layers", [](Reader& layer) {
                      layer.text("name");
                      return read_axis(layer);
                    });
                  }),
      ElementsAre(::testing::HasSubstr("layers.conv" + std::string(36, 'x') + "....rows:")));
}

TEST(ReadAll, CutsEndlessReports) {
  std::string text = "n: [";
  for (int i = 0; i < 250; ++i) text += "x, ";
  const auto problems = problems_in(text + "]", [](Reader& reader) { reader.integers("n", 0, 1); });
  ASSERT_THAT(problems, SizeIs(101));
  EXPECT_EQ(problems.back(), "error: and 150 more problems");
}

TEST(ReadAll, ReturnsWhatTheParseFunctionReturns) {
  EXPECT_EQ(read_all(parse_yaml("rows: 7", "f.yaml"), read_axis), 7);
}

TEST(ReadAll, ReportsARootThatIsNoMappingOnce) {
  EXPECT_THAT(problems_in("[1]", read_array),
              ElementsAre("f.yaml:1:1: error: expected a mapping, got a list"));
}

TEST(ReaderSection, MustBeThereAndBeAMapping) {
  EXPECT_THAT(problems_in("{}", read_array),
              ElementsAre("f.yaml:1:1: error: array: missing required key, expected a mapping"));
  EXPECT_THAT(problems_in("array: 4", read_array),
              ElementsAre("f.yaml:1:8: error: array: expected a mapping, got '4'"));
}

TEST(ReaderSection, MayBeAbsentWhereItHasDefaults) {
  const auto read = [](Reader& reader) {
    return reader.section_or_default("tiling", [](Reader& r) { return r.integer("k", 0, 9, 4); });
  };
  EXPECT_EQ(read_all(parse_yaml("{}", "f.yaml"), read), 4);
  EXPECT_EQ(read_all(parse_yaml("tiling: {k: 5}", "f.yaml"), read), 5);
}

TEST(ReaderSection, ReportsRequiredKeysOfAnAbsentSectionWithDefaults) {
  EXPECT_THAT(
      problems_in("{}", [](Reader& reader) { reader.section_or_default("array", read_axis); }),
      ElementsAre(
          "f.yaml:1:1: error: array.rows: missing required key, expected an integer between "
          "1 and 1024"));
}

TEST(ReaderSection, IsNothingWhereOptionalAndAbsent) {
  const auto read = [](Reader& reader) { return reader.optional_section("array", read_axis); };
  EXPECT_EQ(read_all(parse_yaml("{}", "f.yaml"), read), std::nullopt);
  EXPECT_EQ(read_all(parse_yaml("array: {rows: 2}", "f.yaml"), read), 2);
  EXPECT_THAT(problems_in("arrya: {rows: 2}", read),
              ElementsAre("f.yaml:1:1: error: arrya: unknown key, did you mean 'array'?"));
}

std::vector<int> read_layers(Reader& reader) {
  return reader.list(
      "layers",
      [](Reader& layer) {
        layer.text("name", "");
        return read_axis(layer);
      },
      true, 3);
}

TEST(ReaderList, ReadsEveryElement) {
  EXPECT_THAT(read_all(parse_yaml("layers: [{rows: 1}, {rows: 2}]", "f.yaml"), read_layers),
              ElementsAre(1, 2));
}

TEST(ReaderList, NamesElementsInProblemsByNameOrIndex) {
  EXPECT_THAT(
      problems_in("layers:\n  - {name: conv1, rows: 0}\n  - {rows: 0}\n  - 5\n", read_layers),
      ElementsAre("f.yaml:2:25: error: layers.conv1.rows: expected an integer between 1 and 1024, "
                  "got '0'",
                  "f.yaml:3:12: error: layers.1.rows: expected an integer between 1 and 1024, got "
                  "'0'",
                  "f.yaml:4:5: error: layers.2: expected a mapping, got '5'"));
}

TEST(ReaderList, LimitsItsLength) {
  EXPECT_THAT(problems_in("layers: [{}, {}, {}, {}]", read_layers),
              ElementsAre("f.yaml:1:9: error: layers: expected at most 3 elements, got 4"));
}

TEST(ReaderList, MustBeAList) {
  EXPECT_THAT(problems_in("layers: {}", read_layers),
              ElementsAre("f.yaml:1:9: error: layers: expected a list of mappings, got a mapping"));
  EXPECT_THAT(problems_in("{}", read_layers),
              ElementsAre("f.yaml:1:1: error: layers: missing required key, expected a list of "
                          "mappings"));
}

TEST(ReaderEntries, ReadsMappingsUnderChosenKeys) {
  std::vector<std::string> seen;
  const auto read = [&](Reader& reader) {
    reader.entries("by_name", [&](Reader& entry, const std::string& name) {
      seen.push_back(name + "=" + std::to_string(read_axis(entry)));
    });
  };
  EXPECT_THAT(problems_in("by_name: {b: {rows: 2}, a: {rows: 3}}", read), IsEmpty());
  EXPECT_THAT(seen, ElementsAre("b=2", "a=3"));
}

TEST(ReaderEntries, ReportsDuplicates) {
  EXPECT_THAT(problems_in("costs:\n  add: 1\n  add: 2\n",
                          [](Reader& reader) { reader.number_map("costs", 0.0, 9.0); }),
              ElementsAre("f.yaml:3:3: error: costs.add: duplicate key, first given at line 2"));
}

TEST(ReaderEntries, ReadsMapsOfScalarsInFileOrder) {
  const auto integers = [](Reader& r) { return r.integer_map("bits", 1, 16); };
  const auto numbers = [](Reader& r) { return r.number_map("pJ", 0.0, 9.0); };
  EXPECT_THAT(read_all(parse_yaml("bits: {z: 8, a: 9}", "f.yaml"), integers),
              ElementsAre(Pair("z", 8), Pair("a", 9)));
  EXPECT_THAT(read_all(parse_yaml("pJ: {mul: 0.2}", "f.yaml"), numbers),
              ElementsAre(Pair("mul", 0.2)));
  EXPECT_THAT(problems_in("bits: {z: 17, a: 9}", integers),
              ElementsAre("f.yaml:1:11: error: bits.z: expected an integer between 1 and 16, got "
                          "'17'"));
}

int read_unit(Reader& reader) {
  const int value = reader.variant<int>(
      "unit",
      {{"serial", [](Reader& r) { return static_cast<int>(r.integer("lanes", 1, 8)); }},
       {"parallel", [](Reader& r) { return static_cast<int>(r.integer("bits", 1, 16)); }}},
      "serial");
  reader.finish();
  return value;
}

TEST(ReaderVariant, ReadsTheKeysOfTheChosenAlternative) {
  EXPECT_EQ(read_all(parse_yaml("{unit: parallel, bits: 9}", "f.yaml"), read_unit), 9);
  EXPECT_EQ(read_all(parse_yaml("{lanes: 3}", "f.yaml"), read_unit), 3);
}

TEST(ReaderVariant, KnowsOnlyTheKeysOfTheChosenAlternative) {
  EXPECT_THAT(testing::problems_of([] {
                static_cast<void>(read_all(
                    parse_yaml("{unit: parallel, bits: 9, lanes: 3}", "f.yaml"), read_unit));
              }),
              ElementsAre("f.yaml:1:27: error: lanes: unknown key, expected one of unit, bits"));
}

TEST(ReaderVariant, JudgesOnlyForeignKeysWhereTheChoiceIsWrong) {
  EXPECT_THAT(
      testing::problems_of([] {
        static_cast<void>(
            read_all(parse_yaml("{unit: serail, bits: 99, foo: 3}", "f.yaml"), read_unit));
      }),
      ElementsAre(
          "f.yaml:1:8: error: unit: expected one of serial, parallel, got 'serail', did you "
          "mean 'serial'?",
          "f.yaml:1:26: error: foo: unknown key, expected one of unit, lanes, bits"));
}

TEST(ReaderProblem, IsLocatedAtTheValueOrTheMapping) {
  EXPECT_THAT(
      problems_in("a:\n  b: 1\n",
                  [](Reader& reader) {
                    reader.section("a", [](Reader& inner) {
                      EXPECT_NE(inner.raw("b"), nullptr);
                      EXPECT_EQ(inner.where("b").column, 6);
                      EXPECT_EQ(inner.path(), "a");
                      inner.problem("b", "is odd");
                      inner.problem("c", "is not there");
                      return 0;
                    });
                  }),
      ElementsAre("f.yaml:2:3: error: a.c: is not there", "f.yaml:2:6: error: a.b: is odd"));
}

TEST(ReadHeader, KnowsTheKeysOfEveryFile) {
  EXPECT_THAT(problems_in("schema_version: 1\nkind: machine\n",
                          [](Reader& reader) { read_header(reader); }),
              IsEmpty());
}

}  // namespace
}  // namespace bitscale::config
