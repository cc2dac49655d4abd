#include "sim/precision/accumulator_width.hpp"

#include <fmt/format.h>

namespace bitscale::precision {
namespace {

__extension__ using Wide = __int128;

constexpr int kMaxOperandBits = 32;

[[noreturn]] void refuse_width() {
  throw std::invalid_argument("the sum needs more than 64 bits, the widest register there is");
}

/// Fewest two's complement bits for [low, high]; refuses more than 64.
int bits_for(Wide low, Wide high) {
  for (int bits = 1; bits <= kMaxBits; ++bits) {
    const Wide end = Wide{1} << (bits - 1);
    if (low >= -end && high <= end - 1) return bits;
  }
  refuse_width();
}

void require_operand_bits(const char* what, int bits) {
  if (bits < 1 || bits > kMaxOperandBits)
    throw std::invalid_argument(
        fmt::format("{}: expected 1 to {} bits, got {}", what, kMaxOperandBits, bits));
}

void check(const SumDistribution& sum) {
  require_finite("mean of the sum", sum.mean);
  require_positive("standard deviation of the sum", sum.sigma);
}

}  // namespace

int worst_case_bits(int activation_bits, int weight_bits, std::int64_t length,
                    bool activation_signed) {
  require_operand_bits("activations", activation_bits);
  require_operand_bits("weights", weight_bits);
  require_length(length);
  const Wide weight_low = -(Wide{1} << (weight_bits - 1));
  const Wide weight_high = -weight_low - 1;
  if (activation_signed) {
    const Wide low = -(Wide{1} << (activation_bits - 1));
    return bits_for(length * weight_low * (-low - 1), length * weight_low * low);
  }
  const Wide high = (Wide{1} << activation_bits) - 1;
  return bits_for(length * high * weight_low, length * high * weight_high);
}

int known_weight_bits(std::int64_t weight_l1, std::int64_t activation_max) {
  if (weight_l1 < 0 || activation_max < 0)
    throw std::invalid_argument("known weights: expected magnitudes of 0 or more");
  const Wide limit = Wide{weight_l1} * activation_max;
  return bits_for(-limit, limit);
}

SumDistribution sum_of(std::int64_t length, double product_mean, double product_sigma) {
  require_length(length);
  const auto n = static_cast<double>(length);
  return {n * product_mean, std::sqrt(n) * product_sigma};
}

double overflow_probability(int bits, const SumDistribution& sum) {
  require_bits("accumulator", bits);
  check(sum);
  const double end = std::exp2(bits - 1);
  return tail((end - 0.5 - sum.mean) / sum.sigma) + tail((end + 0.5 + sum.mean) / sum.sigma);
}

StatisticalWidth statistical_bits(const SumDistribution& sum, double probability,
                                  std::int64_t length, double product_excess_kurtosis) {
  require_probability(probability);
  StatisticalWidth width;
  for (int bits = 1; bits <= kMaxBits && width.bits == 0; ++bits) {
    const double p = overflow_probability(bits, sum);
    if (p <= probability) width = {bits, p};
  }
  if (width.bits == 0) refuse_width();
  if (length > 0 && length < 64 && probability < 1e-4) {
    width.warnings.push_back(fmt::format(
        "a Gaussian tail is not reliable at {:g} with {} products: verify it on the operands, or "
        "take the known-weight or Hoeffding width",
        probability, length));
  }
  const double kurtosis = length > 0 ? product_excess_kurtosis / static_cast<double>(length) : 0.0;
  if (kurtosis > 0.1) {
    width.warnings.push_back(fmt::format(
        "the sum's excess kurtosis is {:.2g}: its tails are heavier than Gaussian", kurtosis));
  }
  return width;
}

double statistical_bits_real(double sigma, double probability) {
  require_positive("standard deviation of the sum", sigma);
  require_probability(probability);
  return 1 + std::log2(sigma * tail_quantile(probability / 2));
}

HoeffdingWidth hoeffding_bits(std::int64_t length, double low, double high, double probability,
                              double mean) {
  require_length(length);
  require_probability(probability);
  require_finite("mean of the sum", mean);
  if (!std::isfinite(low) || !std::isfinite(high) || low >= high)
    throw std::invalid_argument("products: expected finite ends, low below high");
  HoeffdingWidth width;
  width.limit =
      (high - low) * std::sqrt(static_cast<double>(length) * std::log(2 / probability) / 2);
  width.bits = 1;
  while (std::exp2(width.bits - 1) < std::abs(mean) + width.limit) {
    if (++width.bits > kMaxBits) refuse_width();
  }
  return width;
}

Estimate running_overflow_bound(int bits, const SumDistribution& sum) {
  Estimate result{std::min(1.0, 2 * overflow_probability(bits, sum))};
  const double drift = std::abs(sum.mean) / sum.sigma;
  if (drift > 0.25)
    result.warnings.push_back(fmt::format(
        "the sum's mean is {:.2g} deviations: partial sums drift, and this is no bound", drift));
  return result;
}

double sorted_overflow_probability(int bits, std::int64_t length, double positive_mean,
                                   double positive_variance) {
  require_bits("accumulator", bits);
  require_length(length);
  require_positive("variance of the positive products", positive_variance);
  const auto n = static_cast<double>(length);
  return tail((std::exp2(bits - 1) - 0.5 - n * positive_mean) / std::sqrt(n * positive_variance));
}

}  // namespace bitscale::precision
