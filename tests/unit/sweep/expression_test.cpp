#include "sim/sweep/expression.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace bitscale::sweep {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

bool holds(const std::string& text, const std::vector<Value>& values = {}) {
  return Condition(Expression(text, {})).holds(values);
}

std::string problem_of(const std::string& text) {
  try {
    const Expression expression(text, {"sweep.yaml", 7, 3});
  } catch (const ConfigError& error) {
    return error.what();
  }
  return "";
}

TEST(Expression, NamesDottedKeysInOrderOfAppearance) {
  EXPECT_THAT(Expression("machine.array.rows.size * batch <= batch", {}).names(),
              ElementsAre("machine.array.rows.size", "batch"));
}

TEST(Expression, TakesAnyNameInBackquotes) {
  EXPECT_THAT(Expression("`workload.layers.conv-1/x.bits` > 3", {}).names(),
              ElementsAre("workload.layers.conv-1/x.bits"));
}

TEST(Expression, BindsTighterToAndThanToOr) {
  EXPECT_TRUE(holds("1 or 0 and 0"));
  EXPECT_FALSE(holds("(1 or 0) and 0"));
}

TEST(Expression, KnowsTheOperatorsOfC) {
  EXPECT_TRUE(holds("1 == 1 && (0 || 2 != 3) && !(4 < 3)"));
}

TEST(Expression, DividesWithoutTruncation) { EXPECT_TRUE(holds("3 / 2 == 1.5")); }

TEST(Expression, ReadsQuantitiesInBaseUnits) {
  EXPECT_TRUE(holds("machine.clock == 600MHz", {6e8}));
  EXPECT_TRUE(holds("capacity == 2KiB", {16384.0}));
}

TEST(Expression, ComparesTexts) {
  EXPECT_TRUE(holds("workload in ('lenet', 'alexnet')", {std::string("alexnet")}));
  EXPECT_FALSE(holds("workload == \"vgg_19\"", {std::string("alexnet")}));
}

TEST(Expression, OfAMissingValueDoesNotHold) {
  EXPECT_FALSE(holds("accuracy > 0", {std::monostate()}));
  EXPECT_FALSE(holds("not accuracy > 0", {std::monostate()}));
}

TEST(Expression, ValuesOfSettingsAreNumbersWhereTheyCanBe) {
  EXPECT_EQ(value_of("16"), Value(16.0));
  EXPECT_EQ(value_of("600MHz"), Value(6e8));
  EXPECT_EQ(value_of("K 16"), Value(std::string("K 16")));
}

TEST(Expression, LocatesWhatItCannotRead) {
  EXPECT_EQ(problem_of("cycles < < 3"),
            "sweep.yaml:7:3: error: in the expression 'cycles < < 3': column 10: '<' is not "
            "expected here");
}

TEST(Expression, SaysThatItEndsTooEarly) {
  EXPECT_THAT(problem_of("cycles <"), HasSubstr("column 9: the expression ends too early"));
}

TEST(Expression, RefusesFunctionsOverAllRows) {
  EXPECT_THAT(problem_of("cycles = max(cycles)"), HasSubstr("max"));
  EXPECT_EQ(problem_of("cycles = max(cycles, 3)"), "");
}

TEST(Expression, SuggestsTheFunctionThatWasMeant) {
  EXPECT_THAT(problem_of("sqr(4) > 1"), HasSubstr("did you mean 'sqrt'?"));
}

// What could reach past an expression into the database is text that does not parse.
TEST(Expression, LetsNoStatementThrough) {
  for (const char* text : {"1; DROP TABLE points", "(SELECT 1)", "1) FROM points --", "1 /* x */",
                           "load_extension('x')", "1, 2", "?1 = 1", "x'00'", "1) , (2", "1) or (1",
                           "1)) or ((1", ""}) {
    EXPECT_NE(problem_of(text), "") << text;
  }
}

}  // namespace
}  // namespace bitscale::sweep
