#include "sim/precision/complexity.hpp"

#include <bit>
#include <stdexcept>

#include "sim/precision/normal.hpp"

namespace bitscale::precision {
namespace {

constexpr int kFloatBits = 32, kMantissaBits = 23;

double multiplied(int bits) { return bits == kFloatBits ? kMantissaBits : bits; }

void check(const CostedLayer& layer) {
  for (const std::int64_t extent :
       {layer.inputs, layer.outputs, layer.kernel, layer.rows_out, layer.rows_in}) {
    // Extents of real layers: products of all of them stay within 64 bits.
    if (extent < 1 || extent > (std::int64_t{1} << 20))
      throw std::invalid_argument("layer: expected extents of 1 to 2^20");
  }
  require_bits("activations", layer.activation_bits);
  require_bits("weights", layer.weight_bits);
}

}  // namespace

std::int64_t CostedLayer::macs() const { return weights() * rows_out * rows_out; }
std::int64_t CostedLayer::weights() const { return inputs * outputs * kernel * kernel; }

std::int64_t full_adders(const CostedLayer& layer) {
  check(layer);
  const std::int64_t terms = layer.inputs * layer.kernel * layer.kernel + 1;
  const auto growth = std::bit_width(static_cast<std::uint64_t>(terms) - 1);
  const std::int64_t both = layer.activation_bits + layer.weight_bits;
  const std::int64_t multipliers = terms * layer.activation_bits * layer.weight_bits;
  const std::int64_t adders = (terms - 1) * (both + static_cast<std::int64_t>(growth) - 1);
  return layer.outputs * layer.rows_out * layer.rows_out * (multipliers + adders);
}

std::int64_t representation_bits(const CostedLayer& layer) {
  check(layer);
  return layer.weight_bits * (layer.weights() + layer.outputs) +
         layer.activation_bits * layer.inputs * layer.rows_in * layer.rows_in;
}

Complexity complexity(std::span<const CostedLayer> layers) {
  Complexity sum;
  for (const CostedLayer& layer : layers) {
    sum.full_adders += full_adders(layer);
    sum.representation_bits += representation_bits(layer);
  }
  return sum;
}

TrainingCosts training_costs(const TrainedNetwork& network, const TrainingBits& bits) {
  for (const std::int64_t count : {network.weights, network.activations, network.macs}) {
    if (count < 0) throw std::invalid_argument("network: expected counts of 0 or more");
  }
  for (const int each : {bits.weights, bits.activations, bits.weight_gradients,
                         bits.activation_gradients, bits.weight_accumulator})
    require_bits("tensor of training", each);
  const auto weights = static_cast<double>(network.weights);
  const auto activations = static_cast<double>(network.activations);
  const double w = multiplied(bits.weights);
  const double a = multiplied(bits.activations);
  const double ga = multiplied(bits.activation_gradients);
  return {weights * (bits.weights + bits.weight_gradients + bits.weight_accumulator),
          activations * (bits.activations + bits.activation_gradients),
          static_cast<double>(network.macs) * (a * w + w * ga + a * ga),
          weights * bits.weight_gradients};
}

}  // namespace bitscale::precision
