#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/config/reader.hpp"

namespace bitscale {

/// How well a cost is founded, best first: a printed figure, a constant fitted to printed figures,
/// a value between them, a value outside them, or a guess.
enum class CostLabel { published, fitted, interpolated, extrapolated, assumed };

[[nodiscard]] std::string_view to_string(CostLabel label);

/// Where a number of the technology file comes from.
struct CostSource {
  CostLabel label = CostLabel::assumed;
  std::string text;       ///< the citation, or the rule in words
  bool recalled = false;  ///< quoted from memory: not checked against its source
  bool operator==(const CostSource&) const = default;
};

/// A derived number is only as good as the weaker of the two sources it rests on.
[[nodiscard]] CostSource combine(const CostSource& a, const CostSource& b);

/// A cost and what it rests on.
struct Cost {
  double value = 0;
  CostSource source;
  bool operator==(const Cost&) const = default;
};

/// One declared value of a curve.
struct CostPoint {
  double x = 0;  ///< product of widths, width, or capacity in bits
  double value = 0;
  CostSource source;
  bool operator==(const CostPoint&) const = default;
};

/// How a curve goes on where it has no point.
enum class CurveRule {
  none,          ///< it does not: the cost is missing there
  log_log,       ///< the power law through the two nearest points
  proportional,  ///< the straight line through the origin and the nearest point
  slope,         ///< the power law of a declared exponent through the nearest point
};

/// The rule of one range of a curve.
struct CurveRange {
  CurveRule rule = CurveRule::none;
  double slope = 0;  ///< exponent of CurveRule::slope
  CostSource source;
  bool operator==(const CurveRange&) const = default;
};

/// A cost as a function of size: declared points, and rules below, between and above them.
struct CostCurve {
  std::vector<CostPoint> points;  ///< ascending in x, positive
  CurveRange below, between, above;
  bool operator==(const CostCurve&) const = default;
};

/// The curve at x > 0, or nothing where no point and no rule gives it. Exponents follow from the
/// points, so no fitted exponent is written down anywhere. Rounded to nine significant digits.
[[nodiscard]] std::optional<Cost> evaluate(const CostCurve& curve, double x);

/// Reads `label`, `cite` and `recalled` of a `source:` section.
[[nodiscard]] CostSource parse_source(config::Reader& reader);

/// Reads the optional sections `below`, `between` and `above` into `curve`.
void parse_ranges(config::Reader& reader, CostCurve& curve);

}  // namespace bitscale
