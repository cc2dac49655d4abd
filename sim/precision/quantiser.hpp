#pragma once

#include "sim/precision/normal.hpp"

namespace bitscale::precision {

/// Uniform mid-tread quantiser with round half up. Signed: two's complement over
/// [-full_scale, full_scale), step full_scale 2^(1-bits). Unsigned: [0, full_scale), step
/// full_scale 2^-bits. full_scale in the signal's units.
struct Quantiser {
  int bits = 8;
  double full_scale = 1;
  bool is_signed = true;

  [[nodiscard]] double step() const;
};

/// SQNR [dB] of the additive model, noise step^2 / 12 and no clipping: 6.02 bits + 4.77 - 20 log10
/// (full_scale / sigma), 6.02 dB more where unsigned. `sigma` is the signal's standard deviation
/// for a ratio of variances, its root mean square for one of powers. Warns where sigma is below
/// half a step, where the model is off by more than 1 % (see gaussian_noise_factor), and above the
/// full scale, where some of the signal clips.
[[nodiscard]] Estimate quantisation_sqnr_dB(const Quantiser& quantiser, double sigma);

/// Noise over step^2 / 12 of data uniform over the whole range: the top half step is clipped.
/// 1 + 3 2^-bits, signed or unsigned.
[[nodiscard]] double full_range_noise_factor(int bits);
/// Mean error of the same, in steps: -2^-(bits + 1).
[[nodiscard]] double full_range_bias_steps(int bits);
/// SQNR [dB] of data uniform over the signed range, the clipped half step included.
[[nodiscard]] double full_range_sqnr_dB(int bits);

/// Noise over step^2 / 12 of zero-mean Gaussian data of standard deviation sigma_steps steps
/// without clipping: 1 + 12/pi^2 sum (-1)^k / k^2 exp(-2 pi^2 k^2 sigma_steps^2). Within 1 % of 1
/// from 0.5 on.
[[nodiscard]] double gaussian_noise_factor(double sigma_steps);

/// What dropping low bits (floor) costs, in steps: mean, power, variance of the error.
struct Truncation {
  double mean = -0.5, power = 1.0 / 3, variance = 1.0 / 12;
};

}  // namespace bitscale::precision
