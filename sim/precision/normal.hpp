#pragma once

#include <cmath>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

namespace bitscale::precision {

/// A figure with what casts doubt on it: why an assumption behind its formula does not hold here.
struct Estimate {
  double value = 0;
  std::vector<std::string> warnings = {};
};

/// Density of the standard normal distribution.
[[nodiscard]] double density(double t);
/// Q(t): probability of a standard normal variable above t.
[[nodiscard]] double tail(double t);
/// t with Q(t) = p; 0 < p < 1, else std::invalid_argument.
[[nodiscard]] double tail_quantile(double p);

/// Decibels of a power ratio, and back. One bit is worth 20 log10 2 = 6.0206 dB.
inline const double kBitdB = 20 * std::log10(2.0);
[[nodiscard]] inline double to_dB(double power_ratio) { return 10 * std::log10(power_ratio); }
[[nodiscard]] inline double from_dB(double decibels) { return std::pow(10.0, decibels / 10); }

/// 4^-bits.
[[nodiscard]] inline double quarter_power(double bits) { return std::exp2(-2 * bits); }

/// Refusals that the functions of this folder share; each throws std::invalid_argument that says
/// what was expected.
inline constexpr int kMaxBits = 64;
void require_bits(const char* what, int bits);              ///< 1..64
void require_length(std::int64_t length);                   ///< 1 or more
void require_probability(double probability);               ///< inside (0, 1)
void require_positive(const char* what, double value);      ///< finite and above 0
void require_not_negative(const char* what, double value);  ///< finite and 0 or more
void require_finite(const char* what, double value);

}  // namespace bitscale::precision
