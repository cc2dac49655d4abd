#include "sim/import/quantise.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace bitscale::importing {
namespace {

constexpr int kMostFracBits = 32;

double round_half_up(double value) { return std::floor(value + 0.5); }

double largest_magnitude(const WeightAt& weight, std::size_t count) {
  double largest = 0.0;
  for (std::size_t i = 0; i < count; ++i) {
    const double magnitude = std::fabs(weight(i));
    if (!std::isfinite(magnitude)) {
      throw std::invalid_argument("weight " + std::to_string(i) + " is not a finite number");
    }
    largest = std::max(largest, magnitude);
  }
  return largest;
}

/// Powers of two scale exactly, so every machine finds the same f.
int fraction_bits(double largest, int bits) {
  if (largest == 0.0) return 0;
  int exponent = 0;
  (void)std::frexp(largest, &exponent);  // largest = m 2^exponent, 0.5 <= m < 1
  const double limit = std::ldexp(1.0, bits - 1) - 1.0;
  int f = bits - 1 - exponent;
  if (round_half_up(std::ldexp(largest, f)) > limit) --f;
  return std::clamp(f, -kMostFracBits, kMostFracBits);
}

}  // namespace

void quantise(const WeightAt& weight, Tensor& tensor) {
  const auto count = static_cast<std::size_t>(tensor.elements());
  const int f = fraction_bits(largest_magnitude(weight, count), tensor.type.bits);
  const double limit = std::ldexp(1.0, tensor.type.bits - 1) - 1.0;
  tensor.type.encoding = Encoding::twos;
  tensor.type.frac_bits = f;
  tensor.values.resize(count);
  for (std::size_t i = 0; i < count; ++i) {
    const double scaled = round_half_up(std::ldexp(weight(i), f));
    tensor.values[i] = static_cast<std::int16_t>(std::clamp(scaled, -limit, limit));
  }
  tensor.origin = Origin::real;
}

}  // namespace bitscale::importing
