#include "sim/sweep/space.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "tests/unit/sweep/sweep_text.hpp"

namespace bitscale::sweep {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

/// Values of a point in the order of its keys.
std::vector<std::string> values(const SweepConfig& sweep, std::uint64_t index) {
  std::vector<std::string> texts;
  for (const Setting& setting : Space(sweep).at(index).settings)
    texts.push_back(setting.value.scalar);
  return texts;
}

constexpr const char* kTwoAxes = R"(
axes:
  - {key: batch, values: [1, 2]}
  - {key: machine.clock, values: [1GHz, 2GHz, 3GHz]})";

TEST(Space, OfAProductHasEveryCombinationOnce) {
  const SweepConfig sweep = parse_text(kTwoAxes);
  std::set<std::vector<std::string>> seen;
  for (std::uint64_t i = 0; i < Space(sweep).size(); ++i) seen.insert(values(sweep, i));
  EXPECT_EQ(seen.size(), 6U);
}

TEST(Space, OfAProductRunsTheLastAxisFastest) {
  const SweepConfig sweep = parse_text(kTwoAxes);
  EXPECT_THAT(values(sweep, 1), ElementsAre("1", "2GHz"));
  EXPECT_THAT(values(sweep, 3), ElementsAre("2", "1GHz"));
}

TEST(Space, OfAZipTakesAxesSideBySide) {
  const SweepConfig sweep = parse_text(R"(
combine: zip
axes:
  - {key: batch, values: [1, 2]}
  - {key: machine.clock, values: [1GHz, 2GHz]})");
  EXPECT_EQ(Space(sweep).size(), 2U);
  EXPECT_THAT(values(sweep, 1), ElementsAre("2", "2GHz"));
}

TEST(Space, OfAListHasItsPointsAsWritten) {
  const SweepConfig sweep = parse_text(R"(
combine: list
points: [{batch: 1}, {batch: 4, profile: int8}])");
  EXPECT_THAT(values(sweep, 0), ElementsAre("1"));
  EXPECT_THAT(values(sweep, 1), ElementsAre("4", "int8"));
}

TEST(Space, SetsSeveralKeysOfAnAxisToOneValue) {
  const SweepConfig sweep = parse_text("axes: [{keys: [batch, workload.batch], values: [3]}]");
  EXPECT_THAT(values(sweep, 0), ElementsAre("3", "3"));
}

TEST(Space, StepsOfARangeIncludeBothEnds) {
  const SweepConfig sweep =
      parse_text("axes: [{key: machine.clock, from: 100MHz, to: 1GHz, steps: 3}]");
  EXPECT_THAT(values(sweep, 0), ElementsAre("100000000Hz"));
  EXPECT_THAT(values(sweep, 1), ElementsAre("550000000Hz"));
  EXPECT_THAT(values(sweep, 2), ElementsAre("1000000000Hz"));
}

TEST(Space, StepsOfALogarithmicRangeHaveEqualRatios) {
  const SweepConfig sweep =
      parse_text("axes: [{key: batch, from: 1, to: 16, steps: 3, scale: log, integer: true}]");
  EXPECT_THAT(values(sweep, 1), ElementsAre("4"));
}

TEST(Space, OfALatinHypercubeHasOnePointInEverySliceOfAnAxis) {
  const SweepConfig sweep = parse_text(R"(
combine: latin_hypercube
samples: 100
axes: [{key: a, from: 0, to: 100}, {key: b, from: 0, to: 100}])");
  for (std::size_t axis = 0; axis < 2; ++axis) {
    std::set<int> slices;
    for (std::uint64_t i = 0; i < 100; ++i)
      slices.insert(static_cast<int>(100 * Space(sweep).coordinate(axis, i)));
    EXPECT_EQ(slices.size(), 100U);
  }
}

TEST(Space, DrawsTheAxesOfALatinHypercubeApart) {
  const SweepConfig sweep = parse_text(R"(
combine: latin_hypercube
samples: 50
axes: [{key: a, from: 0, to: 1}, {key: b, from: 0, to: 1}])");
  int same = 0;
  for (std::uint64_t i = 0; i < 50; ++i)
    same += static_cast<int>(50 * Space(sweep).coordinate(0, i)) ==
                    static_cast<int>(50 * Space(sweep).coordinate(1, i))
                ? 1
                : 0;
  EXPECT_LT(same, 10);
}

TEST(Space, DrawsOtherRandomPointsFromAnotherSeed) {
  const std::string text = "combine: random\nsamples: 3\naxes: [{key: a, from: 0, to: 1}]\n";
  EXPECT_EQ(values(parse_text(text + "seed: 5"), 2), values(parse_text(text + "seed: 5"), 2));
  EXPECT_NE(values(parse_text(text + "seed: 5"), 2), values(parse_text(text + "seed: 6"), 2));
}

TEST(Space, PermutesEverySizeOntoItself) {
  for (const std::uint64_t size : {1, 2, 3, 7, 64, 65, 1000}) {
    std::set<std::uint64_t> seen;
    for (std::uint64_t i = 0; i < size; ++i) seen.insert(permuted(i, size, 42));
    EXPECT_EQ(seen.size(), size);
    EXPECT_LT(*seen.rbegin(), size);
  }
}

TEST(Space, RefusesAMillionMillionPointsBeforeItMakesAny) {
  const SweepConfig sweep = parse_text(R"(
axes:
  - {key: a, from: 0, to: 1, steps: 1000000}
  - {key: b, from: 0, to: 1, steps: 1000000})");
  try {
    const Space space(sweep);
    FAIL() << space.size();
  } catch (const ConfigError& error) {
    EXPECT_THAT(error.what(), HasSubstr("at most 10000000 points, got 1000000 x 1000000"));
  }
}

TEST(SweepFile, RefusesAnAxisWithoutValues) {
  EXPECT_THAT(problems_of("axes: [{key: batch, values: []}]"),
              HasSubstr("sweep.yaml:5:29: error: axes.0.values: expected a list of 1 to 1000000 "
                        "values, got an empty one"));
}

TEST(SweepFile, RefusesAnAxisWithValuesAndARange) {
  EXPECT_THAT(problems_of("axes: [{key: batch, values: [1], from: 1, to: 2}]"),
              HasSubstr("expected one of values, points, or from and to"));
}

TEST(SweepFile, RefusesEndsOfDifferentUnits) {
  EXPECT_THAT(problems_of("axes: [{key: machine.clock, from: 1MHz, to: 2V, steps: 2}]"),
              HasSubstr("of the same unit as the other end"));
}

TEST(SweepFile, RefusesAZipOfUnequalLengths) {
  EXPECT_THAT(problems_of("combine: zip\naxes: [{key: a, values: [1]}, {key: b, values: [1, 2]}]"),
              HasSubstr("'a' has 1 values and 'b' has 2"));
}

TEST(SweepFile, RefusesAnObjectiveThatIsNoMetric) {
  EXPECT_THAT(problems_of("axes: [{key: a, values: [1]}]\nobjectives: [min cycels]"),
              HasSubstr("did you mean 'cycles'?"));
}

TEST(SweepFile, RefusesAKeyOfTwoAxes) {
  EXPECT_THAT(problems_of("axes: [{key: a, values: [1]}, {name: other, key: a, values: [1]}]"),
              HasSubstr("two axes change 'a'"));
}

}  // namespace
}  // namespace bitscale::sweep
