#include <clocale>
#include <limits>

#include "tests/unit/config/support.hpp"

namespace bitscale::config {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::problems_in;

/// What a method of the reader returns for a document.
template <typename F>
auto value_in(const std::string& text, F&& read) {
  return read_all(parse_yaml(text, "f.yaml"), std::forward<F>(read));
}

std::vector<std::string> integer_problems(const std::string& value) {
  return problems_in("n: " + value, [](Reader& reader) { reader.integer("n", 1, 16); });
}

TEST(ReaderInteger, ReadsDecimalDigitsWithinInclusiveBounds) {
  const auto read = [](Reader& reader) { return reader.integer("n", -4, 16); };
  EXPECT_EQ(value_in("n: -4", read), -4);
  EXPECT_EQ(value_in("n: 0", read), 0);
  EXPECT_EQ(value_in("n: 16", read), 16);
}

TEST(ReaderInteger, ReadsAll64Bits) {
  using Limits = std::numeric_limits<std::int64_t>;
  const auto read = [](Reader& reader) {
    return reader.integer("n", Limits::min(), Limits::max());
  };
  EXPECT_EQ(value_in("n: 9223372036854775807", read), Limits::max());
  EXPECT_EQ(value_in("n: -9223372036854775808", read), Limits::min());
}

TEST(ReaderInteger, ReportsValuesOutOfRange) {
  EXPECT_THAT(integer_problems("17"),
              ElementsAre("f.yaml:1:4: error: n: expected an integer between 1 and 16, got '17'"));
  EXPECT_THAT(integer_problems("0"),
              ElementsAre("f.yaml:1:4: error: n: expected an integer between 1 and 16, got '0'"));
}

TEST(ReaderInteger, ReportsValuesThatLeave64Bits) {
  EXPECT_THAT(integer_problems("9223372036854775808"),
              ElementsAre("f.yaml:1:4: error: n: expected an integer between 1 and 16, got "
                          "'9223372036854775808' (it does not fit 64 bits)"));
}

TEST(ReaderInteger, RefusesOtherNotationsWithAHint) {
  for (const std::string value : {"010", "0x10", "0o10", "1e3", "1_000", "+5", "1.0", "-0x1"}) {
    EXPECT_THAT(integer_problems(value),
                ElementsAre("f.yaml:1:4: error: n: expected an integer between 1 and 16, got '" +
                            value + "' (integers are plain decimal digits, such as 16)"));
  }
}

TEST(ReaderInteger, RefusesOtherKindsOfValues) {
  const std::string expected = "f.yaml:1:4: error: n: expected an integer between 1 and 16, got ";
  EXPECT_THAT(integer_problems("abc"), ElementsAre(expected + "'abc'"));
  EXPECT_THAT(integer_problems("true"), ElementsAre(expected + "'true'"));
  EXPECT_THAT(integer_problems("\"8\""),
              ElementsAre(expected + "the text \"8\" (write it without quotes)"));
  EXPECT_THAT(integer_problems("[8]"), ElementsAre(expected + "a list"));
  EXPECT_THAT(integer_problems("{a: 8}"), ElementsAre(expected + "a mapping"));
  EXPECT_THAT(integer_problems("~"), ElementsAre(expected + "nothing"));
}

TEST(ReaderInteger, LeavesExtremeBoundsOutOfTheMessage) {
  using Limits = std::numeric_limits<std::int64_t>;
  EXPECT_THAT(problems_in("n: x\nm: x\n",
                          [](Reader& reader) {
                            reader.integer("n", 1, Limits::max());
                            reader.integer("m", Limits::min(), Limits::max());
                          }),
              ElementsAre("f.yaml:1:4: error: n: expected an integer of at least 1, got 'x'",
                          "f.yaml:2:4: error: m: expected an integer, got 'x'"));
}

TEST(ReaderInteger, CutsLongValuesInMessages) {
  EXPECT_THAT(integer_problems(std::string(100000, 'a')),
              ElementsAre("f.yaml:1:4: error: n: expected an integer between 1 and 16, got '" +
                          std::string(40, 'a') + "...'"));
}

TEST(ReaderInteger, TakesTheDefaultOnlyWhereTheKeyIsAbsent) {
  const auto read = [](Reader& reader) { return reader.integer("n", 1, 16, 0); };
  EXPECT_EQ(value_in("{}", read), 0);
  EXPECT_EQ(value_in("n: 3", read), 3);
  EXPECT_THAT(problems_in("n: 0", read), ::testing::SizeIs(1));
}

TEST(ReaderInteger, ReportsAMissingKeyAtTheMapping) {
  EXPECT_THAT(problems_in("\n  m: 1\n",
                          [](Reader& reader) {
                            reader.integer("n", 1, 16);
                            reader.integer("m", 1, 16);
                          }),
              ElementsAre("f.yaml:2:3: error: n: missing required key, expected an integer between "
                          "1 and 16"));
}

TEST(ReaderInteger, HandsBackAValueWithinBoundsAfterAProblem) {
  const Node tree = parse_yaml("n: x", "f.yaml");
  std::vector<Diagnostic> problems;
  Reader reader(tree, problems);
  EXPECT_EQ(reader.integer("n", 5, 9), 5);
  EXPECT_EQ(reader.integer("n", -9, 9), 1);
  EXPECT_EQ(reader.number("n", 2.0, 9.0), 2.0);
}

TEST(ReaderNumber, ReadsFiniteNumbers) {
  const auto read = [](Reader& reader) { return reader.number("x", -1.0, 1e9); };
  EXPECT_EQ(value_in("x: 0.2", read), 0.2);
  EXPECT_EQ(value_in("x: -1", read), -1.0);
  EXPECT_EQ(value_in("x: 1e3", read), 1000.0);
}

TEST(ReaderNumber, DoesNotDependOnTheLocale) {
  // Where the locale is not installed, the C locale stays and the test holds trivially.
  std::setlocale(LC_ALL, "de_DE.UTF-8");
  const auto read = [](Reader& reader) { return reader.number("x", 0.0, 1.0); };
  EXPECT_EQ(value_in("x: 0.25", read), 0.25);
  std::setlocale(LC_ALL, "C");
}

TEST(ReaderNumber, RefusesInfinityAndNan) {
  const double infinity = std::numeric_limits<double>::infinity();
  for (const std::string value : {".nan", ".inf", "-.inf", "1e999"}) {
    EXPECT_THAT(problems_in("x: " + value,
                            [&](Reader& reader) { reader.number("x", -infinity, infinity); }),
                ElementsAre("f.yaml:1:4: error: x: expected a number, got '" + value +
                            "' (numbers are decimal, such as 0.5 or 1e-3)"));
  }
}

TEST(ReaderNumber, ReportsValuesOutOfRange) {
  EXPECT_THAT(problems_in("x: 1.5", [](Reader& reader) { reader.number("x", 0.0, 1.0); }),
              ElementsAre("f.yaml:1:4: error: x: expected a number between 0 and 1, got '1.5'"));
}

TEST(ReaderBoolean, TakesOnlyTrueAndFalse) {
  const auto read = [](Reader& reader) { return reader.boolean("b"); };
  EXPECT_TRUE(value_in("b: true", read));
  EXPECT_FALSE(value_in("b: false", read));
  for (const std::string value : {"yes", "True", "on", "1", "FALSE"}) {
    EXPECT_THAT(problems_in("b: " + value, read),
                ElementsAre("f.yaml:1:4: error: b: expected true or false, got '" + value + "'"));
  }
  EXPECT_THAT(problems_in("b: 'true'", read),
              ElementsAre("f.yaml:1:4: error: b: expected true or false, got the text \"true\""));
}

TEST(ReaderText, TakesAnyScalar) {
  const auto read = [](Reader& reader) { return reader.text("t"); };
  EXPECT_EQ(value_in("t: abc", read), "abc");
  EXPECT_EQ(value_in("t: '8'", read), "8");
  EXPECT_EQ(value_in("t: 8", read), "8");
  EXPECT_EQ(value_in("t: ''", read), "");
}

TEST(ReaderText, RefusesListsAndNothing) {
  const auto read = [](Reader& reader) { reader.text("t"); };
  EXPECT_THAT(problems_in("t: []", read),
              ElementsAre("f.yaml:1:4: error: t: expected a text, got a list"));
  EXPECT_THAT(problems_in("t:", read),
              ElementsAre("f.yaml:1:1: error: t: expected a text, got nothing"));
}

TEST(ReaderQuantity, ReadsUnits) {
  EXPECT_EQ(value_in("f: 606MHz", [](Reader& r) { return r.quantity("f", Unit::hertz, 1, 1e12); }),
            606e6);
  EXPECT_EQ(value_in("c: 32KiB", [](Reader& r) { return r.quantity("c", Unit::bits, 1, 1e12); }),
            262144.0);
}

TEST(ReaderQuantity, ExplainsWrongUnits) {
  const auto read = [](Reader& reader) { reader.quantity("f", Unit::hertz, 1.0, 1e12); };
  const std::string expected = "f.yaml:1:4: error: f: expected a frequency such as 606MHz, got ";
  EXPECT_THAT(problems_in("f: 606MV", read), ElementsAre(expected + "'606MV'"));
  EXPECT_THAT(problems_in("f: 606", read), ElementsAre(expected + "'606' (the unit is missing)"));
  EXPECT_THAT(problems_in("f: '6MHz'", read),
              ElementsAre(expected + "the text \"6MHz\" (write it without quotes)"));
}

TEST(ReaderQuantity, StatesBoundsWithUnits) {
  EXPECT_THAT(
      problems_in("v: 3V", [](Reader& reader) { reader.quantity("v", Unit::volt, 0.3, 1.2); }),
      ElementsAre("f.yaml:1:4: error: v: expected a voltage between 0.3V and 1.2V, got '3V'"));
}

TEST(ReaderQuantity, RefusesFractionsOfBits) {
  EXPECT_THAT(
      problems_in("c: 1.5bit", [](Reader& reader) { reader.quantity("c", Unit::bits, 0, 1e9); }),
      ElementsAre("f.yaml:1:4: error: c: expected a whole number of bits, got '1.5bit'"));
}

TEST(ReaderQuantity, CountsWholeHertz) {
  const auto read = [](Reader& r) { return r.whole_quantity("f", Unit::hertz, 1, 1'000'000'000); };
  EXPECT_EQ(value_in("f: 606MHz", read), 606'000'000);
  EXPECT_THAT(problems_in("f: 1.5Hz", read),
              ElementsAre("f.yaml:1:4: error: f: expected a whole number of hertz"));
  EXPECT_THAT(problems_in("f: 2GHz", read), ::testing::SizeIs(1));
}

enum class Mode { wrap, saturate };

Mode read_mode(Reader& reader) {
  return reader.choice<Mode>("mode", {{"wrap", Mode::wrap}, {"saturate", Mode::saturate}},
                             Mode::wrap);
}

TEST(ReaderChoice, ReadsEnumeratorsBySpelling) {
  EXPECT_EQ(value_in("mode: saturate", read_mode), Mode::saturate);
  EXPECT_EQ(value_in("{}", read_mode), Mode::wrap);
}

TEST(ReaderChoice, SuggestsTheNearestSpelling) {
  EXPECT_THAT(problems_in("mode: saturat", read_mode),
              ElementsAre("f.yaml:1:7: error: mode: expected one of wrap, saturate, got 'saturat', "
                          "did you mean 'saturate'?"));
  EXPECT_THAT(problems_in("mode: foo", read_mode),
              ElementsAre("f.yaml:1:7: error: mode: expected one of wrap, saturate, got 'foo'"));
}

TEST(ReaderIntegers, ReadsListsAndWhereAllowedALoneValue) {
  const auto list = [](Reader& r) { return r.integers("n", 0, 9); };
  const auto lone = [](Reader& r) { return r.integers("n", 0, 9, std::nullopt, true); };
  EXPECT_THAT(value_in("n: [1, 2]", list), ElementsAre(1, 2));
  EXPECT_THAT(value_in("n: []", list), IsEmpty());
  EXPECT_THAT(value_in("n: 3", lone), ElementsAre(3));
  EXPECT_THAT(problems_in("n: 3", list),
              ElementsAre("f.yaml:1:4: error: n: expected a list, each an integer between 0 and 9, "
                          "got '3'"));
}

TEST(ReaderIntegers, ReportsEveryBadElement) {
  EXPECT_THAT(
      problems_in("n: [1, x, 12]", [](Reader& reader) { reader.integers("n", 0, 9); }),
      ElementsAre("f.yaml:1:8: error: n.1: expected an integer between 0 and 9, got 'x'",
                  "f.yaml:1:11: error: n.2: expected an integer between 0 and 9, got '12'"));
}

TEST(ReaderTexts, ReadsListsWithDefault) {
  const auto read = [](Reader& r) { return r.texts("t", std::vector<std::string>{"none"}); };
  EXPECT_THAT(value_in("t: [a, 'b c']", read), ElementsAre("a", "b c"));
  EXPECT_THAT(value_in("{}", read), ElementsAre("none"));
}

}  // namespace
}  // namespace bitscale::config
