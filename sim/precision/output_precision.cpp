#include "sim/precision/output_precision.hpp"

#include <fmt/format.h>

#include <bit>
#include <boost/math/quadrature/gauss.hpp>
#include <boost/math/tools/minima.hpp>

namespace bitscale::precision {
namespace {

const double kSignedOffsetdB = to_dB(3);
constexpr int kLargestExactBits = 20;  // 2^19 cells to integrate
constexpr double kLeastWrap = 1e-4;    // deviations: 2e5 turns of the register to sum
constexpr int kMinimumPrecision = 50;  // bits of a double that a minimum's position cannot use

/// Expected squared excess of a standard normal variable over t: (1 + t^2) Q(t) - t phi(t).
double excess_power(double t) { return (1 + t * t) * tail(t) - t * density(t); }

double granular_noise(int bits, double zeta) { return zeta * zeta * quarter_power(bits) / 3; }

void check(int bits, double zeta) {
  require_bits("sum", bits);
  require_positive("clip in deviations", zeta);
}

template <typename Noise>
double best_clip(double low, double high, Noise noise) {
  return boost::math::tools::brent_find_minima(noise, low, high, kMinimumPrecision).first;
}

}  // namespace

int bit_growth_bits(int activation_bits, int weight_bits, std::int64_t length) {
  require_bits("activations", activation_bits);
  require_bits("weights", weight_bits);
  require_length(length);
  const auto growth = std::bit_width(static_cast<std::uint64_t>(length) - 1);
  const int bits = activation_bits + weight_bits + static_cast<int>(growth);
  if (bits > kMaxBits)
    throw std::invalid_argument("the sum needs more than 64 bits, the widest register there is");
  return bits;
}

double truncated_growth_bits(double target_dB, double activation_zeta_dB, double weight_zeta_dB,
                             std::int64_t length) {
  require_finite("target in dB", target_dB);
  require_not_negative("zeta of the activations in dB", activation_zeta_dB);
  require_not_negative("zeta of the weights in dB", weight_zeta_dB);
  require_length(length);
  return (target_dB - kSignedOffsetdB + activation_zeta_dB + weight_zeta_dB +
          to_dB(static_cast<double>(length))) /
         kBitdB;
}

Clipping clipping(double zeta) {
  require_positive("clip in deviations", zeta);
  const double beyond = tail(zeta);
  // Where nothing is left to divide by, the first terms of the expansion for large zeta.
  if (beyond < 1e-300) {
    const double excess = (2 - 10 / (zeta * zeta)) / (zeta * zeta);
    return {2 * beyond, excess, 2 * beyond * excess};
  }
  return {2 * beyond, (1 + zeta * zeta) - zeta * density(zeta) / beyond, 2 * excess_power(zeta)};
}

double clipped_noise(int bits, double zeta) {
  check(bits, zeta);
  return granular_noise(bits, zeta) + 2 * excess_power(zeta);
}

double midrise_noise(int bits, double zeta) {
  check(bits, zeta);
  if (bits > kLargestExactBits)
    throw std::invalid_argument(
        fmt::format("exact quantiser: expected up to {} bits, got {}", kLargestExactBits, bits));
  const auto cells = std::int64_t{1} << (bits - 1);
  const double step = zeta / static_cast<double>(cells);
  double noise = 0;
  for (std::int64_t cell = 0; cell + 1 < cells; ++cell) {
    const double from = static_cast<double>(cell) * step;
    const double level = from + step / 2;
    noise += boost::math::quadrature::gauss<double, 7>::integrate(
        [level](double y) { return (y - level) * (y - level) * density(y); }, from, from + step);
  }
  // The outer cell has no end: integral of (y - c)^2 phi from a on.
  const double from = zeta - step;
  const double level = zeta - step / 2;
  noise += (1 + level * level) * tail(from) + (from - 2 * level) * density(from);
  return 2 * noise;
}

double wrapped_noise(int bits, double zeta) {
  check(bits, zeta);
  if (zeta < kLeastWrap)
    throw std::invalid_argument(
        fmt::format("clip in deviations: expected {:g} or more of a sum that wraps, got {:g}",
                    kLeastWrap, zeta));
  double noise = granular_noise(bits, zeta);
  // Beyond 40 deviations there is nothing.
  for (std::int64_t k = 1; static_cast<double>(2 * k - 1) * zeta < 40; ++k) {
    const auto turns = static_cast<double>(k);
    const double share = 2 * (tail((2 * turns - 1) * zeta) - tail((2 * turns + 1) * zeta));
    noise += 4 * zeta * zeta * turns * turns * share;
  }
  return noise;
}

double clipped_sqnr_dB(int bits, double zeta) { return -to_dB(clipped_noise(bits, zeta)); }

double clipping_penalty_dB(int bits, double zeta) {
  check(bits, zeta);
  return to_dB(1 + 2 * excess_power(zeta) / granular_noise(bits, zeta));
}

double optimal_clip(int bits) {
  require_bits("sum", bits);
  // The noise is stationary where z (4^-B / 3 + 2 Q(z)) = 2 phi(z); the iteration contracts.
  double zeta = 1.5;
  for (int i = 0; i < 400; ++i) {
    const double next = 2 * density(zeta) / (quarter_power(bits) / 3 + 2 * tail(zeta));
    const bool settled = std::abs(next - zeta) < 1e-12;
    zeta = next;
    if (settled) break;
  }
  return zeta;
}

double optimal_midrise_clip(int bits) {
  const double near = optimal_clip(bits);
  return best_clip(near * 0.9, near * 1.6,
                   [bits](double zeta) { return midrise_noise(bits, zeta); });
}

double optimal_wrap(int bits) {
  const double clip = optimal_clip(bits);
  return best_clip(clip, 2 * clip + 2, [bits](double zeta) { return wrapped_noise(bits, zeta); });
}

int minimum_precision_bits(double target_dB, double zeta) {
  require_finite("target in dB", target_dB);
  for (int bits = 1; bits <= kMaxBits; ++bits) {
    const double sqnr_dB =
        zeta > 0 ? clipped_sqnr_dB(bits, zeta) : minimum_precision_sqnr_dB(bits, 0).value;
    if (sqnr_dB >= target_dB) return bits;
  }
  throw std::invalid_argument(
      zeta > 0 ? fmt::format("no number of bits reaches {:g} dB with the sum clipped at {:g} "
                             "deviations: clipping alone leaves {:.2f} dB",
                             target_dB, zeta, -to_dB(clipping(zeta).noise))
               : fmt::format("more than 64 bits for {:g} dB", target_dB));
}

Estimate minimum_precision_sqnr_dB(int bits, double excess_kurtosis) {
  require_bits("sum", bits);
  const bool exact = bits <= 5;
  Estimate result{exact ? -to_dB(midrise_noise(bits, optimal_midrise_clip(bits)))
                        : clipped_sqnr_dB(bits, optimal_clip(bits))};
  if (excess_kurtosis > 0.1) {
    result.warnings.push_back(fmt::format(
        "the sum's excess kurtosis is {:.2g}: its tails are heavier than Gaussian and clip more; "
        "search the clip on measured sums",
        excess_kurtosis));
  }
  return result;
}

double clipping_mse(double mean, double sigma, double low, double high) {
  require_finite("mean", mean);
  require_positive("standard deviation", sigma);
  if (!(low < high)) throw std::invalid_argument("clip: expected low below high");
  return sigma * sigma * (excess_power((high - mean) / sigma) + excess_power((mean - low) / sigma));
}

}  // namespace bitscale::precision
