#include "sim/precision/monte_carlo.hpp"

#include <algorithm>
#include <boost/random/mersenne_twister.hpp>
#include <boost/random/normal_distribution.hpp>
#include <boost/random/uniform_int_distribution.hpp>

#include "sim/precision/output_precision.hpp"

namespace bitscale::precision {
namespace {

using Generator = boost::random::mt19937_64;

/// One column with its cells, for one input: errors of currents per cell and weight bit, of pulses
/// per row and cycle.
class DrawnColumn {
 public:
  DrawnColumn(const ChargeSumming& column, int converter_bits, std::uint64_t seed)
      : column_(column), generator_(seed) {
    if (converter_bits > 0) {
      const auto rows = static_cast<double>(column.rows);
      cells_ = std::exp2(converter_bits - 1);
      step_ = optimal_clip(converter_bits) * std::sqrt(3 * rows / 16) / cells_;
    }
  }

  struct Outcome {
    double exact = 0, found = 0;
  };

  Outcome draw() {
    draw_bits(x_, column_.activation_bits, pulse_, column_.pulse_jitter);
    draw_bits(w_, column_.weight_bits, cell_, column_.current_mismatch);
    Outcome outcome;
    for (int b = 0; b < column_.weight_bits; ++b) {
      const double w_weight = b == 0 ? -1 : std::exp2(-b);
      for (int l = 0; l < column_.activation_bits; ++l) {
        double count = 0;
        double charge = 0;
        const std::size_t x0 = plane(l);
        const std::size_t w0 = plane(b);
        for (std::size_t j = 0; j < static_cast<std::size_t>(column_.rows); ++j) {
          count += x_[x0 + j] * w_[w0 + j];
          charge += x_[x0 + j] * pulse_[x0 + j] * w_[w0 + j] * cell_[w0 + j];
        }
        const double weight = w_weight * std::exp2(-l - 1);
        outcome.exact += weight * count;
        outcome.found += weight * read_out(charge);
      }
    }
    return outcome;
  }

 private:
  [[nodiscard]] std::size_t plane(int bit) const {
    return static_cast<std::size_t>(bit) * static_cast<std::size_t>(column_.rows);
  }

  /// Fair bits, and the factor of each: 1 + error.
  void draw_bits(std::vector<double>& bits, int count, std::vector<double>& factors, double sigma) {
    bits.resize(plane(count));
    factors.assign(bits.size(), 1.0);
    for (std::size_t i = 0; i < bits.size(); i += 64) {
      std::uint64_t word = generator_();
      for (std::size_t k = i; k < std::min(i + 64, bits.size()); ++k, word >>= 1U)
        bits[k] = static_cast<double>(word & 1U);
    }
    if (sigma > 0) {
      for (double& factor : factors) factor += sigma * normal_(generator_);
    }
  }

  double read_out(double charge) {
    charge += column_.thermal_noise > 0 ? column_.thermal_noise * normal_(generator_) : 0;
    if (column_.headroom > 0) charge = std::min(charge, column_.headroom);
    if (cells_ == 0) return charge;
    const double offset = charge - static_cast<double>(column_.rows) / 4;
    const double cell = std::clamp(std::floor(offset / step_), -cells_, cells_ - 1);
    return static_cast<double>(column_.rows) / 4 + (cell + 0.5) * step_;
  }

  ChargeSumming column_;
  double cells_ = 0, step_ = 1;
  Generator generator_;
  boost::random::normal_distribution<double> normal_;
  std::vector<double> x_, w_, pulse_, cell_;
};

}  // namespace

std::vector<std::int64_t> draw_sums(std::int64_t length, int activation_bits, int weight_bits,
                                    std::int64_t count, std::uint64_t seed) {
  require_length(length);
  require_length(count);
  if (bit_growth_bits(activation_bits, weight_bits, length) > 63)
    throw std::invalid_argument("drawn sums: expected sums of up to 63 bits");
  Generator generator(seed);
  boost::random::uniform_int_distribution<std::int64_t> x(0,
                                                          (std::int64_t{1} << activation_bits) - 1);
  boost::random::uniform_int_distribution<std::int64_t> w(
      -(std::int64_t{1} << (weight_bits - 1)), (std::int64_t{1} << (weight_bits - 1)) - 1);
  std::vector<std::int64_t> sums(static_cast<std::size_t>(count));
  for (std::int64_t& sum : sums) {
    sum = 0;
    for (std::int64_t i = 0; i < length; ++i) {
      const std::int64_t activation = x(generator);
      sum += activation * w(generator);
    }
  }
  return sums;
}

double clipped_sqnr_of(std::span<const std::int64_t> sums, int bits, double zeta) {
  require_bits("sum", bits);
  require_positive("clip in deviations", zeta);
  require_length(std::ssize(sums));
  double mean = 0;
  for (const std::int64_t sum : sums) mean += static_cast<double>(sum);
  mean /= static_cast<double>(sums.size());
  double signal = 0;
  for (const std::int64_t sum : sums) {
    const double offset = static_cast<double>(sum) - mean;
    signal += offset * offset;
  }
  const double sigma = std::sqrt(signal / static_cast<double>(sums.size()));
  const double cells = std::exp2(bits - 1);
  const double step = zeta * sigma / cells;
  double noise = 0;
  for (const std::int64_t sum : sums) {
    const double offset = static_cast<double>(sum) - mean;
    const double cell = std::clamp(std::floor(offset / step), -cells, cells - 1);
    const double error = offset - (cell + 0.5) * step;
    noise += error * error;
  }
  return to_dB(signal / noise);
}

double draw_charge_summing_dB(const ChargeSumming& column, std::int64_t trials, std::uint64_t seed,
                              int converter_bits) {
  require_length(trials);
  (void)charge_summing_noise(column);  // refuses what cannot be built
  DrawnColumn drawn(column, converter_bits, seed);
  double mean = 0;
  double power = 0;
  double noise = 0;
  for (std::int64_t i = 0; i < trials; ++i) {
    const DrawnColumn::Outcome outcome = drawn.draw();
    mean += outcome.exact;
    power += outcome.exact * outcome.exact;
    noise += (outcome.found - outcome.exact) * (outcome.found - outcome.exact);
  }
  const auto count = static_cast<double>(trials);
  mean /= count;
  return to_dB((power / count - mean * mean) / (noise / count));
}

}  // namespace bitscale::precision
