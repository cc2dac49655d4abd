#pragma once

#include "sim/precision/normal.hpp"

namespace bitscale::precision {

/// y = sum of `length` products w x of independent operands, w of mean 0 within +-weight_max, x
/// within [0, activation_max] (+-activation_max where signed). Powers and variances in the squared
/// units of the operands.
struct DotProduct {
  std::int64_t length = 1;
  int activation_bits = 8, weight_bits = 8;
  double activation_max = 1, weight_max = 1;
  double activation_power = 1.0 / 3;  ///< E[x^2]
  double weight_variance = 1.0 / 3;
  bool activation_signed = false;

  [[nodiscard]] double activation_step() const;
  [[nodiscard]] double weight_step() const;
  /// zeta of an operand [dB]: 20 log10 of its largest value over its root mean square.
  [[nodiscard]] double activation_zeta_dB() const;
  [[nodiscard]] double weight_zeta_dB() const;
};

/// SQNR [dB] that quantised operands leave in y, whatever its length:
/// 12 sw2 E[x^2] / (sw2 Dx^2 + E[x^2] Dw^2 + Dx^2 Dw^2 / 12). Without the last term as the
/// literature prints it. Warns where a deviation is below half a step.
[[nodiscard]] Estimate input_sqnr_dB(const DotProduct& dot, bool second_order = true);

/// The same for operands uniform over the full range of saturating two's complement quantisers:
/// clipping of the top half step, and the weights' mean error b_w, which adds up over pairs of
/// products to N (N - 1) (E[x] b_w)^2. Symmetric scaling (largest weight at 2^(B-1) - 1) has
/// neither.
[[nodiscard]] double biased_input_sqnr_dB(const DotProduct& dot, double activation_mean);

/// Noises of two stages: 1 / SQNR = 1 / a + 1 / b, all in dB.
[[nodiscard]] double combine_dB(double a, double b);
/// What a stage `margin` dB better than the one before it costs [dB]; 9 dB cost 0.515 dB.
[[nodiscard]] double loss_of_margin_dB(double margin);
/// The margin [dB] that costs `loss` dB; 0.5 dB takes 9.136 dB.
[[nodiscard]] double margin_for_loss_dB(double loss);

/// SQNR [dB] of y rounded to `bits` bits over its whole range +-N activation_max weight_max:
/// 6.02 bits + 4.77 - zx - zw - 10 log10 N, zetas in dB. Warns below 5 dB, where the error is no
/// longer uniform. With bits of lossless growth this figure is notional: nothing is rounded.
[[nodiscard]] Estimate full_range_output_sqnr_dB(int bits, double activation_zeta_dB,
                                                 double weight_zeta_dB, std::int64_t length);

}  // namespace bitscale::precision
