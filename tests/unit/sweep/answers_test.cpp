#include "sim/sweep/answers.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace bitscale::sweep {
namespace {

using testing::ElementsAre;

std::vector<std::uint64_t> indices(const std::vector<Candidate>& candidates) {
  std::vector<std::uint64_t> result;
  result.reserve(candidates.size());
  for (const Candidate& candidate : candidates) result.push_back(candidate.index);
  return result;
}

StoredSweep two_axes() {
  StoredSweep sweep;
  sweep.keys = {"a", "b"};
  sweep.axes = {Axis{"a", {"a"}, {}, {}, {}}, Axis{"b", {"b"}, {}, {}, {}}};
  return sweep;
}

/// y = 3 a + b over a product of {0, 1} x {0, 1}.
std::vector<Candidate> additive() {
  return {{0, {0}, {"0", "0"}}, {1, {1}, {"0", "1"}}, {2, {3}, {"1", "0"}}, {3, {4}, {"1", "1"}}};
}

TEST(ParetoFront, LeavesOutWhatAnotherBeats) {
  const std::vector<Candidate> all = {
      {0, {1, 9}, {}}, {1, {5, 5}, {}}, {2, {6, 6}, {}}, {3, {9, 1}, {}}};
  EXPECT_THAT(indices(pareto_front(all, {{"cycles", false}, {"energy_pJ", false}})),
              ElementsAre(0, 1, 3));
}

TEST(ParetoFront, TurnsWhatIsToBeLarge) {
  const std::vector<Candidate> all = {{0, {1, 9}, {}}, {1, {5, 5}, {}}, {2, {9, 1}, {}}};
  EXPECT_THAT(indices(pareto_front(all, {{"cycles", false}, {"tops_per_W", true}})),
              ElementsAre(0));
}

TEST(ParetoFront, KeepsAllOfEqualResults) {
  const std::vector<Candidate> all = {{0, {1, 1}, {}}, {1, {1, 1}, {}}, {2, {1, 2}, {}}};
  EXPECT_THAT(indices(pareto_front(all, {{"cycles", false}, {"energy_pJ", false}})),
              ElementsAre(0, 1));
}

TEST(Best, BreaksTiesByTheNextObjectiveThenByIndex) {
  const std::vector<Candidate> all = {{0, {1, 3}, {}}, {1, {1, 2}, {}}, {2, {1, 2}, {}}};
  EXPECT_EQ(best(all, {{"cycles", false}, {"energy_pJ", false}})->index, 1U);
  EXPECT_FALSE(best({}, {{"cycles", false}}));
}

// Var(y) = (9 + 1) / 4 of which a gives 9 / 4.
TEST(Sensitivities, OfAnAdditiveFunctionAreItsSharesOfTheVariance) {
  const auto axes = sensitivities(two_axes(), additive(), additive().front());
  EXPECT_DOUBLE_EQ(*axes[0].first_order, 0.9);
  EXPECT_DOUBLE_EQ(*axes[1].first_order, 0.1);
}

TEST(Sensitivities, MoveOneAxisThroughAPoint) {
  const auto axes = sensitivities(two_axes(), additive(), additive().front());
  EXPECT_EQ(axes[0].lowest, 0);
  EXPECT_EQ(axes[0].highest, 3);
  EXPECT_EQ(axes[1].highest, 1);
}

TEST(Sensitivities, SayNothingOfAMetricThatDoesNotChange) {
  std::vector<Candidate> all = additive();
  for (Candidate& candidate : all) candidate.values = {7};
  EXPECT_FALSE(sensitivities(two_axes(), all, all.front())[0].first_order);
}

TEST(Sensitivities, SliceAxesOfManyNumbers) {
  std::vector<Candidate> all;
  for (std::uint64_t i = 0; i < 10'000; ++i) {
    const std::uint64_t other = i * 7919 % 10'000;
    all.push_back({i, {static_cast<double>(i)}, {std::to_string(i), std::to_string(other)}});
  }
  const auto axes = sensitivities(two_axes(), all, all.front());
  EXPECT_GT(*axes[0].first_order, 0.99);
  EXPECT_LT(*axes[1].first_order, 0.02);
  EXPECT_FALSE(axes[0].lowest);
}

// Each of 16 values of an axis twice: two results alike in it are alike by chance alone.
TEST(Sensitivities, OfFewSamplesLeaveChanceOut) {
  std::vector<Candidate> all;
  for (std::uint64_t i = 0; i < 32; ++i) {
    const std::uint64_t mixed = i * 2654435761U % 4093;
    all.push_back(
        {i, {static_cast<double>(mixed)}, {std::to_string(i % 16), std::to_string(mixed)}});
  }
  const auto axes = sensitivities(two_axes(), all, all.front());
  EXPECT_TRUE(axes[0].sampled);
  EXPECT_LT(*axes[0].first_order, 0.1);
  EXPECT_GT(*axes[1].first_order, 0.85);
}

TEST(Sensitivities, OfAxesSideBySideAreNotToldApart) {
  StoredSweep sweep = two_axes();
  sweep.definition = "combine: zip\n";
  EXPECT_FALSE(sensitivities(sweep, additive(), additive().front())[0].first_order);
}

TEST(Sensitivities, OfAFullProductAreExactHoweverManyLevels) {
  std::vector<Candidate> all;
  for (std::uint64_t i = 0; i < 200; ++i) {
    const double value = static_cast<double>(i % 100) * 3 + (i < 100 ? 0 : 50);
    all.push_back({i, {value}, {std::to_string(i % 100), std::to_string(i / 100)}});
  }
  const auto axes = sensitivities(two_axes(), all, all.front());
  EXPECT_FALSE(axes[0].sampled);
  EXPECT_EQ(axes[0].levels, 100U);
  EXPECT_NEAR(*axes[0].first_order + *axes[1].first_order, 1, 1e-12);
}

}  // namespace
}  // namespace bitscale::sweep
