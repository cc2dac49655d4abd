#include "sim/precision/layer_sums.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "sim/core/errors.hpp"
#include "sim/workload/data_errors.hpp"

namespace bitscale::precision {
namespace {

/// Mean, second and fourth moment about zero and about the mean.
struct Moments {
  double mean = 0, power = 0, fourth = 0;
  double variance = 0, excess_kurtosis = 0;
};

template <typename Value>
Moments moments_of(std::span<const Value> values) {
  Moments m;
  const auto count = static_cast<double>(values.size());
  for (const Value value : values) {
    const auto x = static_cast<double>(value);
    m.mean += x;
    m.power += x * x;
    m.fourth += x * x * x * x;
  }
  m.mean /= count;
  m.power /= count;
  m.fourth /= count;
  double fourth = 0;
  for (const Value value : values) {
    const double d = static_cast<double>(value) - m.mean;
    m.variance += d * d;
    fourth += d * d * d * d;
  }
  m.variance /= count;
  if (m.variance > 0) m.excess_kurtosis = fourth / count / (m.variance * m.variance) - 3;
  return m;
}

void require_encodings(const Layer& layer) {
  const bool activations = layer.activation.encoding == Encoding::unsigned_ ||
                           layer.activation.encoding == Encoding::twos;
  if (activations && layer.weight.encoding == Encoding::twos) return;
  throw MappingError(
      layer.name,
      fmt::format("criteria for accumulators are about unsigned or two's complement "
                  "activations and two's complement weights, not {} x {}",
                  to_string(layer.activation.encoding), to_string(layer.weight.encoding)));
}

void require_spread(const Layer& layer, const TensorSource& source, const char* tensor,
                    double power) {
  if (power > 0) return;
  refuse_tensor(
      source.path,
      fmt::format("layer '{}': expected {} that are not all the same, got nothing else; no "
                  "width follows from them",
                  layer.name, tensor));
}

std::int64_t largest_l1(const Layer& layer, const Tensor& weights) {
  const std::int64_t taps = layer.shape.C * layer.shape.R * layer.shape.S;
  std::int64_t largest = 0;
  for (auto filter = weights.values.begin(); filter != weights.values.end(); filter += taps) {
    std::int64_t l1 = 0;
    std::for_each(filter, filter + taps, [&l1](std::int16_t w) { l1 += std::abs(int{w}); });
    largest = std::max(largest, l1);
  }
  return largest;
}

}  // namespace

LayerSums measure_sums(const Layer& layer, const Operands& operands,
                       std::span<const std::int64_t> sums) {
  require_encodings(layer);
  const Moments x = moments_of(std::span<const std::int16_t>(operands.activations.values));
  const Moments w = moments_of(std::span<const std::int16_t>(operands.weights.values));
  const Moments y = moments_of(sums);
  require_spread(layer, layer.activation_source, "activations", x.power);
  require_spread(layer, layer.weight_source, "weights", w.variance);
  require_spread(layer, layer.weight_source, "sums", y.variance);
  LayerSums s;
  s.length = layer.shape.C * layer.shape.R * layer.shape.S;
  s.activation_bits = layer.activation.bits;
  s.weight_bits = layer.weight.bits;
  s.activation_signed = layer.activation.encoding == Encoding::twos;
  const double x_full = std::exp2(magnitude_bits(layer.activation));
  const double w_full = std::exp2(magnitude_bits(layer.weight));
  s.activation_power = x.power / (x_full * x_full);
  s.weight_variance = w.variance / (w_full * w_full);
  s.activation_zeta_dB = -to_dB(s.activation_power);
  s.weight_zeta_dB = -to_dB(s.weight_variance);
  const double x_low = min_value(layer.activation);
  const double x_high = max_value(layer.activation);
  const double w_low = min_value(layer.weight);
  const double w_high = max_value(layer.weight);
  s.product_low = std::min(x_low * w_high, x_high * w_low);
  s.product_high = std::max(x_low * w_low, x_high * w_high);
  s.product_mean = x.mean * w.mean;
  s.product_excess_kurtosis = x.fourth * w.fourth / std::pow(x.power * w.power, 2) - 3;
  s.activation_max = static_cast<std::int64_t>(std::max(x_high, -x_low));
  s.weight_l1 = largest_l1(layer, operands.weights);
  s.predicted = sum_of(s.length, s.product_mean,
                       std::sqrt(x.power * w.power - s.product_mean * s.product_mean));
  s.measured = {y.mean, std::sqrt(y.variance)};
  s.measured_excess_kurtosis = y.excess_kurtosis;
  const auto [low, high] = std::ranges::minmax(sums);
  s.low = low;
  s.high = high;
  return s;
}

double measured_sqnr_dB(std::span<const std::int64_t> exact, std::span<const std::int64_t> found) {
  if (exact.size() != found.size() || exact.empty())
    throw std::invalid_argument("measured SQNR: expected as many sums as exact ones");
  double noise = 0;
  for (std::size_t i = 0; i < exact.size(); ++i) {
    const auto error = static_cast<double>(found[i] - exact[i]);
    noise += error * error;
  }
  if (noise == 0) return INFINITY;
  return to_dB(moments_of(exact).variance * static_cast<double>(exact.size()) / noise);
}

}  // namespace bitscale::precision
