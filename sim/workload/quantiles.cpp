#include "sim/workload/quantiles.hpp"

#include <bit>
#include <map>
#include <memory>
#include <utility>

namespace bitscale {

namespace {

constexpr double kLn2 = 0.69314718055994530942;
constexpr double kSqrt2 = 1.41421356237309504880;
constexpr double kSqrtTwoOverPi = 0.79788456080286535588;
constexpr double kFullScale = 32768.0;

using Nodes = std::array<double, QuantileTable::kSegments>;

/// 2^exponent for exponents of normal doubles.
double power_of_two(int exponent) {
  return std::bit_cast<double>(static_cast<std::uint64_t>(exponent + 1023) << 52U);
}

/// P(|X| > x) of the standard normal: 1 - sqrt(2/pi) e^(-x^2/2) (x + x^3/3 + x^5/(3*5) + ...), all
/// terms positive (Abramowitz and Stegun 26.2.11).
double normal_two_sided_tail(double x) {
  double term = x;
  double sum = x;
  for (double odd = 3.0; term > sum * 1e-17; odd += 2.0) {
    term *= x * x / odd;
    sum += term;
  }
  return 1.0 - kSqrtTwoOverPi * portable_exp_negative(0.5 * x * x) * sum;
}

/// Probability at node i: octave i / kSteps, mantissa 1 + (i % kSteps) / kSteps, in units of 2^-31.
double node_probability(std::size_t node) {
  const auto octave = static_cast<int>(node / QuantileTable::kSteps);
  const double mantissa = static_cast<double>(node % QuantileTable::kSteps) / QuantileTable::kSteps;
  return (1.0 + mantissa) * power_of_two(octave - QuantileTable::kOctaves);
}

/// Standard deviation 1: P(|X| > x) = e^(-sqrt(2) x).
Nodes laplace_nodes() {
  Nodes nodes{};
  for (std::size_t i = 0; i < nodes.size(); ++i)
    nodes[i] = -portable_log(node_probability(i)) / kSqrt2;
  return nodes;
}

/// Newton's method from the body to the tail. The tail function is convex, so that a start on the
/// left (the node before) converges from one side.
Nodes normal_nodes() {
  Nodes nodes{};
  double x = 0.0;
  for (std::size_t i = nodes.size() - 1; i-- > 0;) {
    const double probability = node_probability(i);
    for (int round = 0; round < 4; ++round) {
      const double density = kSqrtTwoOverPi * portable_exp_negative(0.5 * x * x);
      const double step = (normal_two_sided_tail(x) - probability) / density;
      x += step;
      if (step < 1e-9) break;
    }
    nodes[i] = x;
  }
  return nodes;
}

const Nodes& standard_nodes(Distribution distribution) {
  static const Nodes laplace = laplace_nodes();
  if (distribution == Distribution::laplace) return laplace;
  static const Nodes normal = normal_nodes();
  return normal;
}

std::unique_ptr<QuantileTable> make_table(Distribution distribution, double scale) {
  const Nodes& nodes = standard_nodes(distribution);
  const double unit = scale * kFullScale * (1 << QuantileTable::kFractionBits);
  std::array<std::int32_t, QuantileTable::kSegments> fixed{};
  for (std::size_t i = 0; i < nodes.size(); ++i)
    fixed[i] = static_cast<std::int32_t>(nodes[i] * unit + 0.5);
  auto table = std::make_unique<QuantileTable>();
  table->start = fixed;
  for (std::size_t i = 0; i + 1 < nodes.size(); ++i) table->rise[i] = fixed[i + 1] - fixed[i];
  return table;
}

}  // namespace

double portable_log(double x) {
  const auto bits = std::bit_cast<std::uint64_t>(x);
  auto exponent = static_cast<int>(bits >> 52U) - 1023;
  double mantissa = x * power_of_two(-exponent);
  if (mantissa > kSqrt2) {
    mantissa *= 0.5;
    ++exponent;
  }
  // ln m = 2 artanh(t), t = (m - 1) / (m + 1), |t| < 0.18.
  const double t = (mantissa - 1.0) / (mantissa + 1.0);
  double sum = 0.0;
  for (int odd = 23; odd >= 1; odd -= 2) sum = sum * t * t + 1.0 / odd;
  return 2.0 * t * sum + exponent * kLn2;
}

double portable_exp_negative(double x) {
  const auto halvings = static_cast<int>(x / kLn2);
  const double rest = x - halvings * kLn2;
  double sum = 1.0;
  for (int n = 24; n >= 1; --n) sum = 1.0 + sum * rest / n;
  return power_of_two(-halvings) / sum;
}

const QuantileTable& magnitude_table(Distribution distribution, double scale) {
  const Distribution shape =
      distribution == Distribution::laplace ? Distribution::laplace : Distribution::normal;
  static std::map<std::pair<Distribution, double>, std::unique_ptr<QuantileTable>> tables;
  auto& table = tables[{shape, scale}];
  if (!table) table = make_table(shape, scale);
  return *table;
}

}  // namespace bitscale
