#include "sim/power/cost_curve.hpp"

#include <gtest/gtest.h>

namespace bitscale {
namespace {

const CostSource kPublished{CostLabel::published, "a paper", false};
const CostSource kBetween{CostLabel::interpolated, "between", false};
const CostSource kBeyond{CostLabel::extrapolated, "beyond", false};

CostCurve square_law() {
  CostCurve curve;
  curve.points = {{2, 4, kPublished}, {8, 64, kPublished}};
  curve.between = {CurveRule::log_log, 0, kBetween};
  return curve;
}

TEST(CostCurve, GivesADeclaredPointAsDeclared) {
  const Cost cost = evaluate(square_law(), 8).value();
  EXPECT_EQ(cost.value, 64);
  EXPECT_EQ(cost.source, kPublished);
}

TEST(CostCurve, DerivesTheExponentFromThePoints) {
  const Cost cost = evaluate(square_law(), 4).value();
  EXPECT_EQ(cost.value, 16);
  EXPECT_EQ(cost.source, kBetween);
}

TEST(CostCurve, HasNoValueWhereNoRuleReaches) {
  EXPECT_FALSE(evaluate(square_law(), 1));
  EXPECT_FALSE(evaluate(square_law(), 9));
  EXPECT_FALSE(evaluate(square_law(), 0));
  EXPECT_FALSE(evaluate(CostCurve{}, 1));
}

TEST(CostCurve, HasNoValueBetweenPointsWithoutARuleForIt) {
  CostCurve curve = square_law();
  curve.between = {};
  EXPECT_FALSE(evaluate(curve, 4));
}

TEST(CostCurve, ContinuesThePowerLawOfTheEndSegment) {
  CostCurve curve = square_law();
  curve.points.insert(curve.points.begin(), {1, 3.9, kPublished});
  curve.above = {CurveRule::log_log, 0, kBeyond};
  const Cost cost = evaluate(curve, 16).value();
  EXPECT_EQ(cost.value, 256);
  EXPECT_EQ(cost.source, kBeyond);
}

TEST(CostCurve, FollowsADeclaredExponentFromTheNearestPoint) {
  CostCurve curve = square_law();
  curve.above = {CurveRule::slope, 0.5, kBeyond};
  EXPECT_EQ(evaluate(curve, 32).value().value, 128);
}

TEST(CostCurve, IsProportionalThroughTheOrigin) {
  CostCurve curve = square_law();
  curve.below = {CurveRule::proportional, 0, kBetween};
  EXPECT_EQ(evaluate(curve, 0.5).value().value, 1);
}

TEST(CostCurve, NeedsTwoPointsForAPowerLaw) {
  CostCurve curve;
  curve.points = {{2, 4, kPublished}};
  curve.above = {CurveRule::log_log, 0, kBeyond};
  EXPECT_FALSE(evaluate(curve, 3));
}

TEST(CostCurve, IsRecalledWhereAPointUnderItIs) {
  CostCurve curve = square_law();
  curve.points[1].source.recalled = true;
  EXPECT_TRUE(evaluate(curve, 4).value().source.recalled);
  EXPECT_FALSE(evaluate(curve, 2).value().source.recalled);
}

TEST(CostCurve, RoundsToNineSignificantDigits) {
  CostCurve curve;
  curve.points = {{3, 1, kPublished}};
  curve.below = {CurveRule::proportional, 0, kBetween};
  EXPECT_EQ(evaluate(curve, 1).value().value, 0.333333333);
}

TEST(CostSource, OfADerivedCostIsTheWeakerOne) {
  EXPECT_EQ(combine(kPublished, kBeyond), kBeyond);
  EXPECT_EQ(combine(kBeyond, kPublished), kBeyond);
}

TEST(CostSource, KeepsBothTextsOfEquallyWeakSources) {
  const CostSource other{CostLabel::extrapolated, "further", true};
  const CostSource both = combine(kBeyond, other);
  EXPECT_EQ(both.text, "beyond; further");
  EXPECT_TRUE(both.recalled);
}

}  // namespace
}  // namespace bitscale
