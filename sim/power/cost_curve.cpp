#include "sim/power/cost_curve.hpp"

#include <cmath>

#include "sim/core/rounding.hpp"

namespace bitscale {

std::string_view to_string(CostLabel label) {
  switch (label) {
    case CostLabel::published:
      return "published";
    case CostLabel::fitted:
      return "fitted";
    case CostLabel::interpolated:
      return "interpolated";
    case CostLabel::extrapolated:
      return "extrapolated";
    case CostLabel::assumed:
      return "assumed";
  }
  return "?";
}

CostSource combine(const CostSource& a, const CostSource& b) {
  CostSource weaker = a.label >= b.label ? a : b;
  if (a.label == b.label && a.text != b.text) weaker.text = a.text + "; " + b.text;
  weaker.recalled = a.recalled || b.recalled;
  return weaker;
}

namespace {

/// The power law through two points, in log-log coordinates a straight line.
double power_law(const CostPoint& a, const CostPoint& b, double x) {
  const double exponent = std::log(b.value / a.value) / std::log(b.x / a.x);
  return a.value * std::pow(x / a.x, exponent);
}

/// The value at x by `range`, seen from `nearest`; `a` and `b` are the points of the segment it
/// continues.
std::optional<Cost> follow(const CurveRange& range, const CostPoint& nearest, const CostPoint* a,
                           const CostPoint* b, double x) {
  CostSource source = range.source;
  source.recalled = source.recalled || nearest.source.recalled;
  double value = 0;
  switch (range.rule) {
    case CurveRule::none:
      return std::nullopt;
    case CurveRule::log_log:
      if (a == nullptr || b == nullptr) return std::nullopt;
      source.recalled = source.recalled || a->source.recalled || b->source.recalled;
      value = power_law(*a, *b, x);
      break;
    case CurveRule::proportional:
      value = nearest.value * (x / nearest.x);
      break;
    case CurveRule::slope:
      value = nearest.value * std::pow(x / nearest.x, range.slope);
      break;
  }
  return Cost{round_significant(value), source};
}

}  // namespace

std::optional<Cost> evaluate(const CostCurve& curve, double x) {
  const std::vector<CostPoint>& points = curve.points;
  if (points.empty() || !(x > 0)) return std::nullopt;
  std::size_t above = 0;  // first point at or above x
  while (above < points.size() && points[above].x < x) ++above;
  if (above < points.size() && points[above].x == x) {
    return Cost{points[above].value, points[above].source};
  }
  const std::size_t last = points.size() - 1;
  const bool segments = points.size() > 1;
  if (above == 0) {
    return follow(curve.below, points[0], segments ? &points[0] : nullptr,
                  segments ? &points[1] : nullptr, x);
  }
  if (above > last) {
    return follow(curve.above, points[last], segments ? &points[last - 1] : nullptr,
                  segments ? &points[last] : nullptr, x);
  }
  return follow(curve.between, points[above - 1], &points[above - 1], &points[above], x);
}

CostSource parse_source(config::Reader& reader) {
  CostSource source;
  source.label = reader.doc("How well the number is founded")
                     .choice<CostLabel>("label", {{"published", CostLabel::published},
                                                  {"fitted", CostLabel::fitted},
                                                  {"interpolated", CostLabel::interpolated},
                                                  {"extrapolated", CostLabel::extrapolated},
                                                  {"assumed", CostLabel::assumed}});
  source.text = reader.doc("The citation, or the rule in words").text("cite");
  source.recalled = reader.doc("Quoted from memory, not checked").boolean("recalled", false);
  reader.finish();
  return source;
}

namespace {
CurveRange parse_range(config::Reader& reader) {
  CurveRange range;
  range.rule = reader.doc("How the curve goes on in this range")
                   .choice<CurveRule>("rule", {{"log_log", CurveRule::log_log},
                                               {"proportional", CurveRule::proportional},
                                               {"slope", CurveRule::slope}});
  const bool has_slope = reader.has("slope");
  range.slope = reader.doc("Exponent of rule `slope`").number("slope", 0, 4, 1);
  if (!reader.describing() && has_slope != (range.rule == CurveRule::slope)) {
    reader.problem("slope", has_slope ? "only rule 'slope' has an exponent"
                                      : "rule 'slope' needs its exponent");
  }
  range.source = reader.section("source", parse_source);
  reader.finish();
  return range;
}
}  // namespace

void parse_ranges(config::Reader& reader, CostCurve& curve) {
  const auto range = [&](std::string_view key, std::string_view description) {
    return reader.doc(description).optional_section(key, parse_range).value_or(CurveRange{});
  };
  curve.below = range("below", "Below the smallest point; absent: such costs are errors");
  curve.between = range("between", "Between two points; absent: such costs are errors");
  curve.above = range("above", "Above the largest point; absent: such costs are errors");
}

}  // namespace bitscale
