#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "sim/workload/workload.hpp"

namespace bitscale {

/// Inverse tail function of a magnitude, piecewise linear in integers. A random word u of 31 bits
/// stands for P(|X| > x) = u / 2^31; segments are spaced as floating-point numbers (kSteps per
/// octave of u), so that tails are as finely resolved as the body down to a probability of 2^-31.
struct QuantileTable {
  static constexpr int kStepBits = 6;
  static constexpr int kSteps = 1 << kStepBits;
  static constexpr int kOctaves = 31;
  static constexpr std::size_t kSegments = std::size_t{kOctaves} * kSteps + 1;
  static constexpr int kPositionBits = 12;  ///< of the position inside a segment
  static constexpr int kFractionBits = 8;   ///< of `start` and `rise` below one master code

  std::array<std::int32_t, kSegments> start{};  ///< magnitude at the segment's smallest u
  std::array<std::int32_t, kSegments> rise{};   ///< from there to its end; not positive
};

/// Natural logarithm of x > 0 and exp(-x) for 0 <= x <= 700 from + - * / alone, to about 1e-15: the
/// same bits on every machine, which libm does not promise.
[[nodiscard]] double portable_log(double x);
[[nodiscard]] double portable_exp_negative(double x);

/// Table of |X| in codes of a 16-bit master whose full scale is 2^15. X is laplace or normal
/// (half_normal alike) of standard deviation scale x full scale, 0 <= scale <= 4. Magnitudes beyond
/// full scale are left for the caller to saturate. Tables are kept: asking again costs a look-up.
[[nodiscard]] const QuantileTable& magnitude_table(Distribution distribution, double scale);

}  // namespace bitscale
