#pragma once

#include "sim/precision/normal.hpp"

// Compute signal-to-noise ratio of in-memory computing: dot products of `rows` cells of a column,
// activation bits one after the other, weight bits in columns of their own, a converter per column,
// digital sum. Bits are taken as fair and independent. Every deviation is relative or
// dimensionless.
namespace bitscale::precision {

/// Charge summing (QS): cells discharge a bit line by one unit each.
struct ChargeSumming {
  std::int64_t rows = 256;
  int activation_bits = 6,
      weight_bits = 6;          ///< unsigned x in [0, 1), two's complement w in [-1, 1)
  double current_mismatch = 0;  ///< sigma_I / I_0 of a cell, fixed in space
  double pulse_jitter = 0;      ///< sigma_T / T_0 of a row and cycle
  double thermal_noise = 0;     ///< of a conversion, in unit discharges, converter input included
  double headroom = 0;          ///< unit discharges that fit the bit line; 0: all rows
};

/// Variances in squared units of the dot product (x and w in full scales).
struct ComputeNoise {
  double signal = 0;    ///< sigma_y^2
  double analogue = 0;  ///< mismatch, jitter, thermal: sigma_ne^2
  double clipped = 0;   ///< headroom: sigma_nc^2, mean error included
  /// Compute SNR [dB] before conversion; infinite without noise.
  [[nodiscard]] double snr_dB() const;
};

/// Exact in mismatch, jitter and thermal noise: the same cell error repeats over all cycles, so
/// that static mismatch adds up coherently. Exact in clipping too, with the mean error that columns
/// share and the covariance of those with bits in common, for discharges without other noise.
[[nodiscard]] ComputeNoise charge_summing_noise(const ChargeSumming& column);
/// The same mismatch and jitter as the literature sums them, each bit plane independent: 2.6..2.9
/// dB optimistic for mismatch, 3 dB pessimistic for jitter. For comparison only.
[[nodiscard]] double independent_planes_noise(const ChargeSumming& column);

/// The same clipping as the literature sums it, each column's squared excess independent: far too
/// much where columns clip often, because their common error cancels. For comparison only.
[[nodiscard]] double independent_clipping_noise(const ChargeSumming& column);

/// Headroom from which on clipping adds less than half of the noise that is there without it: below
/// it clipping decides. Unit discharges, 1..rows.
[[nodiscard]] double clipping_takes_over(const ChargeSumming& column);

/// Charge redistribution (QR): a capacitor per cell.
struct ChargeRedistribution {
  std::int64_t rows = 256;
  int activation_bits = 4, weight_bits = 4;
  double capacitor_F = 1e-15;
  double mismatch_sqrt_F =
      0.08 * 3.1622776601683794e-8;  ///< kappa: sigma_C / C sqrt(C); 0.08 sqrt(fF)
  double supply_V = 1;
  double temperature_K = 300;
};
[[nodiscard]] ComputeNoise charge_redistribution_noise(const ChargeRedistribution& column);

/// Noise of converters with 2^bits steps over `range` unit discharges, or clipped at the optimum of
/// a Gaussian sum (mid-rise, saturating, 1..20 bits) on the column's own Binomial(rows, 1/4); in
/// squared units of the dot product.
[[nodiscard]] double full_range_converter_noise(const ChargeSumming& column, int bits,
                                                double range);
[[nodiscard]] double clipped_converter_noise(const ChargeSumming& column, int bits);

/// Fewest converter bits that cost at most 0.5 dB: the smaller of those that resolve every one of
/// `levels` levels and the least with SQNR_MPC >= SNR_a + 9.136 dB. `levels` is min(headroom, rows)
/// + 1; 0 leaves that bound out.
[[nodiscard]] int converter_bits(double compute_snr_dB, double levels = 0);
/// The closed form in print, ceil((SNR_a + 16.6) / 6): right near 8 bits, one bit too many in
/// places below.
[[nodiscard]] int converter_bits_closed_form(double compute_snr_dB);

}  // namespace bitscale::precision
