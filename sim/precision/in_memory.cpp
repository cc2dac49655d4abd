#include "sim/precision/in_memory.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/math/distributions/binomial.hpp>

#include "sim/precision/dot_product.hpp"
#include "sim/precision/output_precision.hpp"

namespace bitscale::precision {
namespace {

constexpr double kBoltzmann = 1.380649e-23;  // J / K
constexpr double kLargestLossdB = 0.5;
constexpr std::int64_t kMaxRows = std::int64_t{1} << 20;

/// Moments of operands of fair bits, and the sums of squared bit weights.
struct Moments {
  double x, x2, w, w2;                ///< means and mean squares
  double planes_w, planes_x, planes;  ///< sums of squares of the weights of bit planes
};

Moments moments(int activation_bits, int weight_bits) {
  const double a = 1 - quarter_power(activation_bits);
  const double b = 1 - quarter_power(weight_bits);
  Moments m{};
  m.x = (1 - std::exp2(-activation_bits)) / 2;
  m.x2 = a / 12 + m.x * m.x;
  m.w = -std::exp2(-weight_bits);
  m.w2 = b / 3 + m.w * m.w;
  m.planes_w = 2.0 / 3 * b;
  m.planes_x = a / 6;
  m.planes = 4.0 / 9 * b * a;
  return m;
}

double signal_power(std::int64_t rows, const Moments& m) {
  return static_cast<double>(rows) * (m.w2 * m.x2 - m.w * m.w * m.x * m.x);
}

void check(std::int64_t rows, int activation_bits, int weight_bits) {
  if (rows < 1 || rows > kMaxRows)
    throw std::invalid_argument(fmt::format("rows: expected 1 to {}, got {}", kMaxRows, rows));
  require_bits("activations", activation_bits);
  require_bits("weights", weight_bits);
}

void check(const ChargeSumming& column) {
  check(column.rows, column.activation_bits, column.weight_bits);
  require_not_negative("current mismatch", column.current_mismatch);
  require_not_negative("pulse jitter", column.pulse_jitter);
  require_not_negative("thermal noise", column.thermal_noise);
  require_not_negative("headroom", column.headroom);
}

/// Expected squared excess of a column's discharges, Binomial(rows, 1/4), over the headroom.
double clipped_power(std::int64_t rows, double headroom) {
  const boost::math::binomial discharges(static_cast<double>(rows), 0.25);
  double power = 0;
  for (auto k = static_cast<std::int64_t>(std::floor(headroom)) + 1; k <= rows; ++k) {
    const double over = static_cast<double>(k) - headroom;
    const double term = boost::math::pdf(discharges, static_cast<double>(k)) * over * over;
    power += term;
    // Beyond the mean terms fall faster and faster.
    if (static_cast<double>(k) > static_cast<double>(rows) / 4 && term < power * 1e-18) break;
  }
  return power;
}

/// What the discharges of one conversion exceed the headroom by: its mean, and its covariance with
/// another conversion of the same activation bits or of the same weight bits.
struct Excess {
  double mean = 0, covariance = 0;
};

/// The shared bits hold X ~ Binomial(rows, 1/2) ones, and given X both conversions are independent
/// and Binomial(X, 1/2). One more row adds a discharge half of the time, from which the expected
/// excess given X follows by recursion.
Excess shared_excess(std::int64_t rows, double headroom) {
  constexpr double kDeviations = 9;  // below, X has a probability of 1e-19
  const auto n = static_cast<double>(rows);
  const double floor = std::floor(headroom);
  double ones = std::max({floor, 1.0, std::floor(n / 2 - kDeviations * std::sqrt(n) / 2)});
  const boost::math::binomial shared(n, 0.5);
  const boost::math::binomial start(ones, 0.5);
  double share = boost::math::pdf(shared, ones);
  double at = boost::math::pdf(start, floor);
  double above = boost::math::cdf(boost::math::complement(start, floor));
  double excess = 0;
  for (double k = floor + 1; k <= ones; ++k) excess += boost::math::pdf(start, k) * (k - headroom);
  Excess result;
  double power = 0;
  for (; ones <= n; ++ones) {
    result.mean += share * excess;
    power += share * excess * excess;
    share *= (n - ones) / (ones + 1);
    excess += (above + at * (floor + 1 - headroom)) / 2;
    above += at / 2;
    at *= (ones + 1) / (2 * (ones + 1 - floor));
  }
  result.covariance = std::max(0.0, power - result.mean * result.mean);
  return result;
}

/// Noise of clipping. Conversions that share neither bits are independent; with s_b and t_l the
/// weights of the planes, sum over all pairs of s_b t_l s_b' t_l' E[e e'].
double clipping_noise(std::int64_t rows, int activation_bits, int weight_bits, double headroom) {
  const Moments m = moments(activation_bits, weight_bits);
  const double s2 = 2 * m.planes_w;  // sums of squares, and squares of sums below
  const double t2 = 2 * m.planes_x;
  const double s = -std::exp2(1 - weight_bits);
  const double t = 1 - std::exp2(-activation_bits);
  const Excess excess = shared_excess(rows, headroom);
  const double variance = clipped_power(rows, headroom) - excess.mean * excess.mean;
  const double common = s * t * excess.mean;
  return std::max(0.0, s2 * t2 * variance +
                           excess.covariance * (t2 * (s * s - s2) + s2 * (t * t - t2)) +
                           common * common);
}

}  // namespace

double ComputeNoise::snr_dB() const { return to_dB(signal / (analogue + clipped)); }

ComputeNoise charge_summing_noise(const ChargeSumming& column) {
  check(column);
  const Moments m = moments(column.activation_bits, column.weight_bits);
  const double current = column.current_mismatch * column.current_mismatch;
  const double jitter = column.pulse_jitter * column.pulse_jitter;
  const auto rows = static_cast<double>(column.rows);
  ComputeNoise noise;
  noise.signal = signal_power(column.rows, m);
  noise.analogue = rows * (m.planes_w * m.x2 * current + m.planes_x * m.w2 * jitter +
                           m.planes_w * m.planes_x * current * jitter) +
                   m.planes * column.thermal_noise * column.thermal_noise;
  if (column.headroom > 0 && column.headroom < rows)
    noise.clipped =
        clipping_noise(column.rows, column.activation_bits, column.weight_bits, column.headroom);
  return noise;
}

double independent_planes_noise(const ChargeSumming& column) {
  check(column);
  const Moments m = moments(column.activation_bits, column.weight_bits);
  return m.planes * (static_cast<double>(column.rows) / 4 *
                         (column.current_mismatch * column.current_mismatch +
                          column.pulse_jitter * column.pulse_jitter) +
                     column.thermal_noise * column.thermal_noise);
}

double independent_clipping_noise(const ChargeSumming& column) {
  check(column);
  if (column.headroom == 0 || column.headroom >= static_cast<double>(column.rows)) return 0;
  return moments(column.activation_bits, column.weight_bits).planes *
         clipped_power(column.rows, column.headroom);
}

double clipping_takes_over(const ChargeSumming& column) {
  ChargeSumming open = column;
  open.headroom = 0;
  const double limit = charge_summing_noise(open).analogue / 2;
  std::int64_t low = 0;
  std::int64_t high = column.rows;
  // The noise of clipping falls with the headroom.
  while (low + 1 < high) {
    const std::int64_t middle = low + (high - low) / 2;
    const double noise = clipping_noise(column.rows, column.activation_bits, column.weight_bits,
                                        static_cast<double>(middle));
    (noise < limit ? high : low) = middle;
  }
  return static_cast<double>(high);
}

ComputeNoise charge_redistribution_noise(const ChargeRedistribution& column) {
  check(column.rows, column.activation_bits, column.weight_bits);
  require_positive("capacitor", column.capacitor_F);
  require_positive("supply", column.supply_V);
  require_not_negative("mismatch", column.mismatch_sqrt_F);
  require_positive("temperature", column.temperature_K);
  const Moments m = moments(column.activation_bits, column.weight_bits);
  const auto rows = static_cast<double>(column.rows);
  const double mismatch = column.mismatch_sqrt_F * column.mismatch_sqrt_F / column.capacitor_F;
  const double thermal =
      kBoltzmann * column.temperature_K / (column.capacitor_F * column.supply_V * column.supply_V);
  ComputeNoise noise;
  noise.signal = signal_power(column.rows, m);
  // Capacitors are shared by the cycles: their errors add up as the mean of x does.
  noise.analogue =
      2 * m.planes_w * rows * mismatch * (m.x2 / 2 - m.x * m.x / 4) + m.planes * rows * thermal;
  return noise;
}

double full_range_converter_noise(const ChargeSumming& column, int bits, double range) {
  check(column);
  require_bits("converter", bits);
  require_positive("range", range);
  const double step = range * std::exp2(-bits);
  return moments(column.activation_bits, column.weight_bits).planes * step * step / 12;
}

double clipped_converter_noise(const ChargeSumming& column, int bits) {
  check(column);
  if (bits > 20) throw std::invalid_argument("converter: expected 1 to 20 bits");
  const auto rows = static_cast<double>(column.rows);
  const boost::math::binomial discharges(rows, 0.25);
  const double zeta = optimal_clip(bits);
  const double cells = std::exp2(bits - 1);
  const double step = zeta * std::sqrt(3 * rows / 16) / cells;
  double power = 0;
  for (std::int64_t k = 0; k <= column.rows; ++k) {
    const double offset = static_cast<double>(k) - rows / 4;
    const double cell = std::clamp(std::floor(offset / step), -cells, cells - 1);
    const double error = offset - (cell + 0.5) * step;
    power += boost::math::pdf(discharges, static_cast<double>(k)) * error * error;
  }
  return moments(column.activation_bits, column.weight_bits).planes * power;
}

int converter_bits(double compute_snr_dB, double levels) {
  require_finite("compute SNR in dB", compute_snr_dB);
  require_not_negative("levels", levels);
  const int needed = minimum_precision_bits(compute_snr_dB + margin_for_loss_dB(kLargestLossdB));
  if (levels == 0) return needed;
  return std::min(needed, static_cast<int>(std::ceil(std::log2(std::max(levels, 2.0)))));
}

int converter_bits_closed_form(double compute_snr_dB) {
  require_finite("compute SNR in dB", compute_snr_dB);
  return std::max(1, static_cast<int>(std::ceil((compute_snr_dB + 16.6) / 6)));
}

}  // namespace bitscale::precision
