#pragma once

#include <span>

#include "sim/precision/accumulator_width.hpp"
#include "sim/workload/operands.hpp"

namespace bitscale::precision {

/// What the operands of an array layer say about its sums: the input of every criterion. Integers
/// and their last places throughout; padded taps count as products.
struct LayerSums {
  std::int64_t length = 1;  ///< products of a sum
  int activation_bits = 0, weight_bits = 0;
  bool activation_signed = false;
  double activation_zeta_dB = 0, weight_zeta_dB = 0;  ///< full scale over root mean square
  double activation_power = 0, weight_variance = 0;   ///< of full scale squared
  double product_low = 0, product_high = 0;           ///< by the operands' types
  double product_mean = 0;
  double product_excess_kurtosis = 0;
  std::int64_t activation_max = 0;  ///< largest magnitude of the type
  std::int64_t weight_l1 = 0;       ///< largest of the filters
  SumDistribution predicted;        ///< of independent products
  SumDistribution measured;         ///< over all sums of the layer
  double measured_excess_kurtosis = 0;
  std::int64_t low = 0, high = 0;  ///< of the measured sums
};

/// Reads the operands once; `sums` are exact. Throws MappingError with the layer's name for
/// operands that are neither unsigned nor two's complement (weights: two's complement), ConfigError
/// for a tensor that is all zeros or the same everywhere, about which no criterion says anything.
[[nodiscard]] LayerSums measure_sums(const Layer& layer, const Operands& operands,
                                     std::span<const std::int64_t> sums);

/// SQNR [dB] of `found` against `exact`: variance of the exact values over the mean squared
/// difference; infinite where there is none.
[[nodiscard]] double measured_sqnr_dB(std::span<const std::int64_t> exact,
                                      std::span<const std::int64_t> found);

/// The rules that choose widths.
enum class Criterion {
  bit_growth,         ///< lossless: bx + bw + log2 N
  truncated_growth,   ///< the same register, low bits rounded away to the target SQNR
  minimum_precision,  ///< MPC: clipped and rounded to the target SQNR, saturating
  minimum_wrapping,   ///< the same with the clip that a wrapping register needs
  searched,           ///< the same clip and step searched on the layer's own sums
  worst_case,         ///< extremes of the types
  known_weights,      ///< extremes of these weights
  statistical,        ///< overflow probability of independent products, Gaussian
  measured,           ///< the same with the layer's own mean and deviation
  hoeffding,          ///< guaranteed overflow probability of independent products
};
[[nodiscard]] std::string_view to_string(Criterion criterion);

struct WidthTarget {
  double sqnr_dB = 40;
  double overflow_probability = 1e-3;
};

/// A criterion's answer for a layer.
struct LayerWidth {
  Criterion criterion = Criterion::bit_growth;
  int output_bits = 0;                  ///< of the rounded sum; the formula's own answer
  int register_bits = 0;                ///< of the accumulator
  int dropped_bits = 0;                 ///< low bits rounded away from the finished sum
  double predicted_sqnr_dB = INFINITY;  ///< of the output; infinite where lossless
  std::vector<std::string> warnings = {};
};

/// The fewest output bits, and then the narrowest register, that reach the target when the finished
/// sums are clamped to it and rounded to a power of two.
[[nodiscard]] LayerWidth search_clip(std::span<const std::int64_t> sums, double target_sqnr_dB);

/// `sum` without its low bits, rounded half up and kept within what is left of the register, back
/// in last places.
[[nodiscard]] std::int64_t without_low_bits(std::int64_t sum, int dropped_bits, int register_bits);

/// Every criterion in the order above; `exact` are the sums that `sums` were measured on. Throws
/// std::invalid_argument as their functions do.
[[nodiscard]] std::vector<LayerWidth> layer_widths(const LayerSums& sums, const WidthTarget& target,
                                                   std::span<const std::int64_t> exact);

}  // namespace bitscale::precision
