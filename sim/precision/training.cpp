#include "sim/precision/training.hpp"

namespace bitscale::precision {
namespace {

double power_at_least(double value) { return std::exp2(std::ceil(std::log2(value))); }
double power_at_most(double value) { return std::exp2(std::floor(std::log2(value))); }

/// The step below `limit`, with a warning where it is the limit.
double step_below(double limit, const char* what, std::vector<std::string>* warnings) {
  const double step = power_at_most(limit);
  if (step == limit && warnings != nullptr)
    warnings->push_back(std::string(what) +
                        ": the step equals its limit, where it should be below");
  return step;
}

void require_swamping(const Swamping& swamping) {
  constexpr int kMostMantissa = 32;
  constexpr std::int64_t kMostProducts = std::int64_t{1} << 26;
  for (const int bits : {swamping.accumulator_bits, swamping.product_bits}) {
    if (bits < 1 || bits > kMostMantissa)
      throw std::invalid_argument("mantissa: expected 1 to 32 bits, got " + std::to_string(bits));
  }
  if (swamping.length < 1 || swamping.length > kMostProducts)
    throw std::invalid_argument("length: expected 1 to 2^26 products, got " +
                                std::to_string(swamping.length));
}

}  // namespace

int FixedPoint::bits() const { return static_cast<int>(std::lround(std::log2(range / step))) + 1; }

FixedPoint accumulator_format(int weight_bits, double gradient_step,
                              double smallest_learning_rate) {
  require_bits("weights", weight_bits);
  require_positive("step of the weight gradients", gradient_step);
  require_positive("learning rate", smallest_learning_rate);
  return {std::exp2(-weight_bits),
          step_below(smallest_learning_rate * gradient_step, "weight accumulator", nullptr)};
}

TrainingFormats training_formats(const TrainingStatistics& s) {
  require_positive("largest deviation of the weight gradients", s.weight_gradient_sigma_max);
  require_positive("least deviation of the weight gradients", s.weight_gradient_sigma_min);
  require_positive("largest deviation of the activation gradients",
                   s.activation_gradient_sigma_max);
  require_positive("lambda", s.lambda);
  require_positive("number of weight gradients", s.weight_gradients);
  require_positive("number of activation gradients", s.activation_gradients);
  TrainingFormats formats;
  formats.weight_gradients = {
      power_at_least(2 * s.weight_gradient_sigma_max),
      step_below(s.weight_gradient_sigma_min / 4, "weight gradients", &formats.warnings)};
  const double noise_limit = formats.weight_gradients.step / std::sqrt(s.lambda) *
                             std::pow(s.weight_gradients / s.activation_gradients, 0.25);
  formats.activation_gradients = {
      power_at_least(4 * s.activation_gradient_sigma_max),
      step_below(noise_limit, "activation gradients", &formats.warnings)};
  formats.weight_accumulator =
      accumulator_format(s.weight_bits, formats.weight_gradients.step, s.smallest_learning_rate);
  return formats;
}

double variance_retention(const Swamping& swamping) {
  require_swamping(swamping);
  const int m_acc = swamping.accumulator_bits;
  const int m_p = swamping.product_bits;
  const auto n = static_cast<double>(swamping.length);
  const auto two_sided = [](double t) { return 2 * tail(t); };
  // a_j: length from which j bits of a product are lost; alpha: from which all are.
  std::vector<double> lost(static_cast<std::size_t>(m_p) + 2, 0.0);
  for (int j = 2; j <= m_p + 1; ++j) {
    const double power = std::exp2(j - 1);
    lost[j] = lost[j - 1] + std::exp2(m_acc - 3 * m_p) / 3 * power * (power - 1) * (2 * power - 1);
  }
  const double alpha = lost[m_p + 1];
  double numerator = 0;
  double weight = 0;
  for (std::int64_t i = 2; i < swamping.length; ++i) {
    const auto at = static_cast<double>(i);
    if (at <= alpha) continue;
    const double q = two_sided(std::exp2(m_acc) / std::sqrt(at)) *
                     (1 - two_sided(std::exp2(m_acc) / std::sqrt(at - 1)));
    numerator += (at - alpha) * q;
    weight += q;
  }
  for (int j = 2; j <= m_p; ++j) {
    if (n <= lost[j]) continue;
    const double q = std::exp2(m_acc - m_p + j) *
                     two_sided(std::exp2(m_acc - m_p + j - 1) / std::sqrt(n)) *
                     (1 - two_sided(std::exp2(m_acc - m_p + j) / std::sqrt(n)));
    numerator += (n - lost[j]) * q;
    weight += q;
  }
  const double whole = 1 - two_sided(std::exp2(m_acc - m_p + 1) / std::sqrt(n));
  return (numerator + n * whole) / (n * (weight + whole));
}

int swamping_bits(int product_bits, std::int64_t length) {
  constexpr double kLargestLoss = 50;
  for (int bits = 1; bits <= 32; ++bits) {
    const double retained = variance_retention({bits, product_bits, length});
    if (std::exp(static_cast<double>(length) * (1 - retained)) < kLargestLoss) return bits;
  }
  throw std::invalid_argument("more than 32 mantissa bits for this length");
}

}  // namespace bitscale::precision
