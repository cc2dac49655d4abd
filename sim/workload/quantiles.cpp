#include "sim/workload/quantiles.hpp"

#include <bit>
#include <cmath>
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

/// 1/1, 1/2, ...: divisions would take most of the time that a table takes.
constexpr auto kReciprocals = [] {
  std::array<double, 256> values{};
  for (std::size_t n = 1; n < values.size(); ++n) values[n] = 1.0 / static_cast<double>(n);
  return values;
}();

/// P(|X| > x) of the standard normal, 0 <= x < 8: 1 - density (x + x^3/3 + x^5/(3*5) + ...), all
/// terms positive (Abramowitz and Stegun 26.2.11).
double normal_two_sided_tail(double x, double density) {
  double term = x;
  double sum = x;
  for (std::size_t odd = 3; odd < kReciprocals.size() && term > sum * 1e-17; odd += 2) {
    term *= x * x * kReciprocals[odd];
    sum += term;
  }
  return 1.0 - density * sum;
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

/// From the body to the tail: the slope of the node before leads to within 1e-3 of the next one,
/// and one step of Halley's method (third order) from there to within 1e-9.
Nodes normal_nodes() {
  Nodes nodes{};
  double x = 0.0;
  double before = 1.0;
  double density = kSqrtTwoOverPi;
  for (std::size_t i = nodes.size() - 1; i-- > 0;) {
    const double probability = node_probability(i);
    x += (before - probability) / density;
    density = kSqrtTwoOverPi * portable_exp_negative(0.5 * x * x);
    const double newton = (normal_two_sided_tail(x, density) - probability) / density;
    x += newton / (1.0 - 0.5 * x * newton);
    before = probability;
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
    fixed[i] = static_cast<std::int32_t>(std::llround(nodes[i] * unit));
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
  for (std::size_t n = 12; n-- > 0;) sum = sum * t * t + kReciprocals[2 * n + 1];
  return 2.0 * t * sum + exponent * kLn2;
}

double portable_exp_negative(double x) {
  const auto halvings = static_cast<int>(x / kLn2);
  const double rest = x - halvings * kLn2;
  double sum = 1.0;
  for (std::size_t n = 24; n >= 1; --n) sum = 1.0 + sum * rest * kReciprocals[n];
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
