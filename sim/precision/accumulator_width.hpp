#pragma once

#include "sim/precision/normal.hpp"

// Widths of the two's complement register that collects integer products: B bits hold
// [-2^(B-1), 2^(B-1) - 1]. Operands are integers, so that everything is in units of the product's
// last place. All functions throw std::invalid_argument where more than 64 bits would be needed.
namespace bitscale::precision {

/// Fewest bits for the extremes of any operands: unsigned or two's complement activations times
/// two's complement weights. Both signed: bx + bw + floor(log2 N). Bits of an operand 1..32.
[[nodiscard]] int worst_case_bits(int activation_bits, int weight_bits, std::int64_t length,
                                  bool activation_signed);

/// Fewest bits for any activations of magnitude up to `activation_max` against weights whose
/// magnitudes sum to `weight_l1`: 1 + ceil(log2(x_max l1 + 1)). Holds for every partial sum in any
/// order.
[[nodiscard]] int known_weight_bits(std::int64_t weight_l1, std::int64_t activation_max);

/// A finished sum as a Gaussian variable: mean and standard deviation in last places.
struct SumDistribution {
  double mean = 0, sigma = 1;
};

/// Mean N mu_p and deviation sqrt(N) sigma_p of N independent products.
[[nodiscard]] SumDistribution sum_of(std::int64_t length, double product_mean,
                                     double product_sigma);

/// Probability that the sum lies outside `bits` bits, integers taken as half a unit wide.
[[nodiscard]] double overflow_probability(int bits, const SumDistribution& sum);

/// Fewest bits with at most that probability, for the finished sum (what a wrapping register needs:
/// partial sums that leave it come back). Never drops the mean. `length` and the excess kurtosis of
/// one product, where known (length 0: not), say how far a Gaussian tail may be trusted: warns
/// below 1e-4 with fewer than 64 products, and above an excess kurtosis of the sum of 0.1.
struct StatisticalWidth {
  int bits = 0;
  double probability = 0;  ///< at that width
  std::vector<std::string> warnings = {};
};
[[nodiscard]] StatisticalWidth statistical_bits(const SumDistribution& sum, double probability,
                                                std::int64_t length = 0,
                                                double product_excess_kurtosis = 0);

/// Not rounded, mean 0: 1 + log2(sigma Qinv(p / 2)).
[[nodiscard]] double statistical_bits_real(double sigma, double probability);

/// Guaranteed whatever the distribution of independent products within [low, high] (Hoeffding,
/// 1963): |y - mean| <= limit = sqrt(N (high - low)^2 ln(2 / p) / 2) but for probability p, and the
/// bits that hold mean +- limit.
struct HoeffdingWidth {
  double limit = 0;
  int bits = 0;
};
[[nodiscard]] HoeffdingWidth hoeffding_bits(std::int64_t length, double low, double high,
                                            double probability, double mean = 0);

/// Bound on the probability that a register which saturates at every step clips at some step, zero
/// mean and random order: twice that of the finished sum (Levy's inequality). Warns where the mean
/// is more than a quarter of a deviation: partial sums then drift, and it is no bound.
[[nodiscard]] Estimate running_overflow_bound(int bits, const SumDistribution& sum);

/// Probability that positive products arriving first push a saturating register over its end: the
/// peak is N(N m+, N v+), m+ and v+ mean and variance of max(product, 0).
[[nodiscard]] double sorted_overflow_probability(int bits, std::int64_t length,
                                                 double positive_mean, double positive_variance);

}  // namespace bitscale::precision
