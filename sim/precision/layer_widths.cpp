// Widths of one layer by every criterion.
#include <fmt/format.h>

#include <algorithm>

#include "sim/precision/dot_product.hpp"
#include "sim/precision/layer_sums.hpp"
#include "sim/precision/output_precision.hpp"

namespace bitscale::precision {
namespace {

/// Fewest register bits that hold mean +- reach.
int bits_around(double mean, double reach) {
  int bits = 1;
  while (bits < kMaxBits && std::exp2(bits - 1) < std::abs(mean) + reach) ++bits;
  return bits;
}

/// Most low bits that rounding half up takes from integers without more noise than a step of
/// `step` last places has, step^2 / 12. The 2^d errors of d bits have a mean square of (4^d + 2) /
/// 12: their half goes up, which matters for one bit or two.
int droppable_bits(double step) {
  int bits = 0;
  while (std::exp2(2 * (bits + 1)) + 2 <= step * step) ++bits;
  return bits;
}

LayerWidth lossless(Criterion criterion, int bits) {
  LayerWidth width;
  width.criterion = criterion;
  width.output_bits = width.register_bits = bits;
  return width;
}

/// Formulas that take products as independent.
void warn_of_dependence(const LayerSums& s, LayerWidth& width) {
  const double ratio = s.measured.sigma / s.predicted.sigma;
  if (ratio > 1.25 || ratio < 0.8)
    width.warnings.push_back(fmt::format(
        "measured sums deviate {:.2f} times as much as independent products would", ratio));
}

LayerWidth truncated(const LayerSums& s, const WidthTarget& target) {
  LayerWidth width = lossless(Criterion::truncated_growth,
                              bit_growth_bits(s.activation_bits, s.weight_bits, s.length));
  const double bits =
      truncated_growth_bits(target.sqnr_dB, s.activation_zeta_dB, s.weight_zeta_dB, s.length);
  width.output_bits = std::clamp(static_cast<int>(std::ceil(bits)), 1, width.register_bits);
  // The range is +-N x_max w_max, x_max a bit less where activations have a sign. The register is
  // the next power of two above it or more, the step a power of two with no more noise than range
  // 2^-bits.
  const double range_bits = s.activation_bits - (s.activation_signed ? 1 : 0) + s.weight_bits +
                            std::log2(static_cast<double>(s.length));
  width.dropped_bits = droppable_bits(std::exp2(range_bits - width.output_bits));
  const Estimate sqnr = full_range_output_sqnr_dB(width.output_bits, s.activation_zeta_dB,
                                                  s.weight_zeta_dB, s.length);
  if (width.dropped_bits > 0) width.predicted_sqnr_dB = sqnr.value;
  width.warnings = sqnr.warnings;
  if (width.dropped_bits > 0) warn_of_dependence(s, width);
  return width;
}

/// Clipped at zeta measured deviations; the step is the next power of two below the optimal one, so
/// that rounding is a shift.
LayerWidth clipped(const LayerSums& s, const WidthTarget& target, bool wraps) {
  LayerWidth width;
  width.criterion = wraps ? Criterion::minimum_wrapping : Criterion::minimum_precision;
  double zeta = 0;
  if (wraps) {
    for (width.output_bits = 2; width.output_bits < kMaxBits; ++width.output_bits) {
      zeta = optimal_wrap(width.output_bits);
      width.predicted_sqnr_dB = -to_dB(wrapped_noise(width.output_bits, zeta));
      if (width.predicted_sqnr_dB >= target.sqnr_dB) break;
    }
  } else {
    width.output_bits = minimum_precision_bits(target.sqnr_dB);
    zeta = width.output_bits <= 5 ? optimal_midrise_clip(width.output_bits)
                                  : optimal_clip(width.output_bits);
    width.predicted_sqnr_dB = minimum_precision_sqnr_dB(width.output_bits, 0).value;
  }
  const double reach = zeta * s.measured.sigma;
  width.register_bits = bits_around(s.measured.mean, reach);
  const double step = 2 * reach * std::exp2(-width.output_bits);
  width.dropped_bits = droppable_bits(step);
  width.warnings =
      minimum_precision_sqnr_dB(width.output_bits, s.measured_excess_kurtosis).warnings;
  return width;
}

LayerWidth statistical(const LayerSums& s, const WidthTarget& target, Criterion criterion) {
  const bool measured = criterion == Criterion::measured;
  // The excess kurtosis of measured sums needs no division by the length.
  const double kurtosis = measured ? s.measured_excess_kurtosis * static_cast<double>(s.length)
                                   : s.product_excess_kurtosis;
  const StatisticalWidth found = statistical_bits(measured ? s.measured : s.predicted,
                                                  target.overflow_probability, s.length, kurtosis);
  LayerWidth width = lossless(criterion, found.bits);
  width.warnings = found.warnings;
  if (!measured) warn_of_dependence(s, width);
  return width;
}

}  // namespace

std::int64_t without_low_bits(std::int64_t sum, int dropped_bits, int register_bits) {
  if (dropped_bits == 0) return sum;
  const std::int64_t highest = INT64_MAX >> (64 - std::max(register_bits - dropped_bits, 1));
  const std::int64_t half = std::int64_t{1} << (dropped_bits - 1);
  return std::min((sum + half) >> dropped_bits, highest) * (std::int64_t{1} << dropped_bits);
}

LayerWidth search_clip(std::span<const std::int64_t> sums, double target_sqnr_dB) {
  const auto [low, high] = std::ranges::minmax(sums);
  const double reach = std::max(static_cast<double>(high) + 1, -static_cast<double>(low));
  LayerWidth best = lossless(Criterion::searched, bits_around(0, reach));
  std::vector<std::int64_t> found(sums.size());
  // A wider register never has more noise at the same step, so that each step wants one register.
  for (int bits = best.register_bits; bits > 1; --bits) {
    const std::int64_t highest = INT64_MAX >> (64 - bits);
    // Fewer output bits than found so far, as long as that reaches the target.
    for (int dropped = std::max(0, bits - best.output_bits); dropped < bits; ++dropped) {
      std::ranges::transform(sums, found.begin(), [&](std::int64_t sum) {
        return without_low_bits(std::clamp(sum, -highest - 1, highest), dropped, bits);
      });
      const double sqnr_dB = measured_sqnr_dB(sums, found);
      if (sqnr_dB < target_sqnr_dB) break;
      best.output_bits = bits - dropped;
      best.register_bits = bits;
      best.dropped_bits = dropped;
      best.predicted_sqnr_dB = sqnr_dB;
    }
  }
  return best;
}

std::string_view to_string(Criterion criterion) {
  switch (criterion) {
    case Criterion::bit_growth:
      return "bit_growth";
    case Criterion::truncated_growth:
      return "truncated_growth";
    case Criterion::minimum_precision:
      return "minimum_precision";
    case Criterion::minimum_wrapping:
      return "minimum_precision_wrap";
    case Criterion::searched:
      return "searched_clip";
    case Criterion::worst_case:
      return "worst_case";
    case Criterion::known_weights:
      return "known_weights";
    case Criterion::statistical:
      return "statistical";
    case Criterion::measured:
      return "measured";
    case Criterion::hoeffding:
      return "hoeffding";
  }
  return "";
}

std::vector<LayerWidth> layer_widths(const LayerSums& s, const WidthTarget& target,
                                     std::span<const std::int64_t> exact) {
  const int worst =
      worst_case_bits(s.activation_bits, s.weight_bits, s.length, s.activation_signed);
  LayerWidth guaranteed =
      lossless(Criterion::hoeffding, hoeffding_bits(s.length, s.product_low, s.product_high,
                                                    target.overflow_probability, s.predicted.mean)
                                         .bits);
  if (guaranteed.register_bits > worst)
    guaranteed.warnings.push_back(fmt::format("wider than the worst case of {} bits", worst));
  return {
      lossless(Criterion::bit_growth, bit_growth_bits(s.activation_bits, s.weight_bits, s.length)),
      truncated(s, target),
      clipped(s, target, false),
      clipped(s, target, true),
      search_clip(exact, target.sqnr_dB),
      lossless(Criterion::worst_case, worst),
      lossless(Criterion::known_weights, known_weight_bits(s.weight_l1, s.activation_max)),
      statistical(s, target, Criterion::statistical),
      statistical(s, target, Criterion::measured),
      guaranteed};
}

}  // namespace bitscale::precision
