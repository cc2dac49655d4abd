#pragma once

#include "sim/precision/normal.hpp"

// Bits of a finished sum. Three rules: bit growth (BGC: lossless), its truncation (tBGC: the whole
// range, low bits rounded away), and the minimum precision criterion (MPC: the rare extremes are
// clipped at zeta deviations, for a finer step). MPC is about the sum when it is complete: an
// analogue-to-digital converter, or a wide register rounded once. C. Sakr, N. Shanbhag, 2020.
namespace bitscale::precision {

/// Bits of lossless growth: bx + bw + log2 N, rounded up. Throws std::invalid_argument beyond 64
/// bits.
[[nodiscard]] int bit_growth_bits(int activation_bits, int weight_bits, std::int64_t length);

/// Bits (not rounded) that keep the whole range at an output SQNR of `target` dB; half a bit more
/// for each doubling of the length. Zetas in dB as of DotProduct.
[[nodiscard]] double truncated_growth_bits(double target_dB, double activation_zeta_dB,
                                           double weight_zeta_dB, std::int64_t length);

/// A Gaussian sum clipped at +-zeta deviations.
struct Clipping {
  double probability = 0;  ///< 2 Q(zeta)
  double excess = 0;       ///< E[(|y| - y_c)^2 | clipped], in sigma^2
  double noise = 0;        ///< probability x excess: 2 [(1 + zeta^2) Q - zeta phi]
};
[[nodiscard]] Clipping clipping(double zeta);

/// Noise of a Gaussian sum in 2^bits steps over +-zeta deviations, in sigma^2. Closed form:
/// granular noise step^2 / 12 everywhere, overload from zeta on. It is 1.35 dB optimistic at 2
/// bits, 0.41 dB at 4 and 0.03 dB at 8.
[[nodiscard]] double clipped_noise(int bits, double zeta);
/// The same exactly, for the mid-rise quantiser of 2^bits cells that saturates (outer levels half a
/// step inside zeta); bits 1..20. Use this one up to 5 bits.
[[nodiscard]] double midrise_noise(int bits, double zeta);
/// The same for two's complement wrapping of the sum: what lies beyond zeta comes back on the other
/// side, 2 zeta k away. zeta 1e-4 or more.
[[nodiscard]] double wrapped_noise(int bits, double zeta);

/// -10 log10 of clipped_noise [dB].
[[nodiscard]] double clipped_sqnr_dB(int bits, double zeta);
/// What clipping takes from 6.02 bits + 4.77 - 20 log10 zeta [dB].
[[nodiscard]] double clipping_penalty_dB(int bits, double zeta);

/// The clip that makes the noise least. For the closed form the noise is then 2 Q(zeta).
[[nodiscard]] double optimal_clip(int bits);
[[nodiscard]] double optimal_midrise_clip(int bits);
[[nodiscard]] double optimal_wrap(int bits);

/// Fewest bits with an output SQNR of `target` dB or more at the optimal clip, whatever the length;
/// with `zeta` above 0 at that clip instead. Exact up to 5 bits without `zeta`. Throws
/// std::invalid_argument beyond 64 bits.
[[nodiscard]] int minimum_precision_bits(double target_dB, double zeta = 0);

/// SQNR [dB] of the minimum precision criterion: the exact mid-rise figure up to 5 bits, the closed
/// form above. `excess_kurtosis` is that of the sum (product_kurtosis - 3) / N; above 0.1 tails are
/// heavier than the formula's and it warns.
[[nodiscard]] Estimate minimum_precision_sqnr_dB(int bits, double excess_kurtosis);

/// MSE of clipping N(mean, sigma^2) to [low, high], in squared units of the sum.
[[nodiscard]] double clipping_mse(double mean, double sigma, double low, double high);

}  // namespace bitscale::precision
