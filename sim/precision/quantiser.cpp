#include "sim/precision/quantiser.hpp"

#include <fmt/format.h>

#include <numbers>

namespace bitscale::precision {

double Quantiser::step() const { return full_scale * std::exp2((is_signed ? 1 : 0) - bits); }

Estimate quantisation_sqnr_dB(const Quantiser& quantiser, double sigma) {
  require_bits("quantiser", quantiser.bits);
  require_positive("full scale", quantiser.full_scale);
  require_positive("standard deviation", sigma);
  const double step = quantiser.step();
  Estimate result{to_dB(12 * sigma * sigma / (step * step))};
  if (sigma < step / 2) {
    result.warnings.push_back(fmt::format(
        "the signal's deviation is {:.2g} steps: below 0.5 noise is no longer step^2 / 12",
        sigma / step));
  }
  if (sigma > quantiser.full_scale)
    result.warnings.push_back(fmt::format(
        "the signal's deviation is {:.2g} times the full scale: what is clipped is left out",
        sigma / quantiser.full_scale));
  return result;
}

double full_range_noise_factor(int bits) {
  require_bits("quantiser", bits);
  return 1 + 3 * std::exp2(-bits);
}

double full_range_bias_steps(int bits) {
  require_bits("quantiser", bits);
  return -std::exp2(-bits - 1);
}

double full_range_sqnr_dB(int bits) { return kBitdB * bits - to_dB(full_range_noise_factor(bits)); }

double gaussian_noise_factor(double sigma_steps) {
  require_positive("standard deviation in steps", sigma_steps);
  // Below a sixteenth of a step everything is rounded to 0, and the noise is the signal. The series
  // alternates there without getting small.
  if (sigma_steps < 1.0 / 16) return 12 * sigma_steps * sigma_steps;
  constexpr double kPi = std::numbers::pi;
  double sum = 0;
  double sign = -1;
  for (int k = 1; k <= 1000; ++k, sign = -sign) {
    const double term =
        std::exp(-2 * kPi * kPi * k * k * sigma_steps * sigma_steps) / (double(k) * k);
    sum += sign * term;
    if (term < 1e-17) break;
  }
  return 1 + 12 / (kPi * kPi) * sum;
}

}  // namespace bitscale::precision
