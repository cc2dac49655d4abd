#include "sim/precision/noise_gain.hpp"

#include <algorithm>

namespace bitscale::precision {
namespace {

double least_gain(std::span<const double> gains) {
  double least = INFINITY;
  for (const double gain : gains) {
    require_not_negative("noise gain", gain);
    if (gain > 0) least = std::min(least, gain);
  }
  if (!std::isfinite(least))
    throw std::invalid_argument("noise gains: expected one above 0, all are 0");
  return least;
}

/// The first precision from 1 on whose bound is small enough.
PrecisionAssignment search(std::span<const double> gains, const std::vector<int>& offsets,
                           double probability) {
  require_probability(probability);
  PrecisionAssignment result;
  for (result.least = 1;; ++result.least) {
    result.bits.clear();
    for (const int offset : offsets) result.bits.push_back(result.least + offset);
    result.bound = mismatch_bound(gains, result.bits);
    if (result.bound <= probability) return result;
    if (result.least == kMaxBits)
      throw std::invalid_argument("more than 64 bits for this mismatch probability");
  }
}

}  // namespace

PrecisionOffsets equalise(std::span<const double> gains) {
  const double least = least_gain(gains);
  PrecisionOffsets result;
  for (const double gain : gains) {
    result.silent.push_back(gain == 0);
    // nearbyint: half to even.
    result.offsets.push_back(
        gain == 0 ? 0 : static_cast<int>(std::nearbyint(std::log2(std::sqrt(gain / least)))));
  }
  return result;
}

double mismatch_bound(std::span<const double> gains, std::span<const int> bits) {
  if (gains.size() != bits.size())
    throw std::invalid_argument("noise gains: expected one number of bits for each");
  double bound = 0;
  for (std::size_t i = 0; i < gains.size(); ++i) bound += quarter_power(bits[i] - 1) * gains[i];
  return bound;
}

int least_precision_closed_form(std::span<const double> gains, double probability) {
  require_probability(probability);
  const double least = least_gain(gains);
  const auto tensors =
      static_cast<double>(std::ranges::count_if(gains, [](double gain) { return gain > 0; }));
  return static_cast<int>(std::ceil(1 + 0.5 * std::log2(tensors * least / probability)));
}

PrecisionAssignment assign_bits(std::span<const double> gains, double probability) {
  return search(gains, equalise(gains).offsets, probability);
}

PrecisionAssignment uniform_bits(std::span<const double> gains, double probability) {
  (void)least_gain(gains);
  return search(gains, std::vector<int>(gains.size(), 0), probability);
}

}  // namespace bitscale::precision
