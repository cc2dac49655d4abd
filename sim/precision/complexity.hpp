#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace bitscale::precision {

/// A layer as the complexity metrics see it: a fully connected layer has kernel, rows_out and
/// rows_in of 1. Square kernels and images.
struct CostedLayer {
  std::int64_t inputs = 1, outputs = 1;  ///< channels or neurons
  std::int64_t kernel = 1;
  std::int64_t rows_out = 1, rows_in = 1;
  int activation_bits = 1, weight_bits = 1;

  [[nodiscard]] std::int64_t macs() const;
  [[nodiscard]] std::int64_t weights() const;  ///< without biases
};

/// One-bit full adders of a layer: per dot product of D terms, the bias counted as one,
/// D ba bw + (D - 1)(ba + bw + ceil(log2 D) - 1). Sakr and Shanbhag, ICML 2017.
[[nodiscard]] std::int64_t full_adders(const CostedLayer& layer);
/// Bits that hold the layer's input and its weights with biases.
[[nodiscard]] std::int64_t representation_bits(const CostedLayer& layer);

struct Complexity {
  std::int64_t full_adders = 0, representation_bits = 0;
};
[[nodiscard]] Complexity complexity(std::span<const CostedLayer> layers);

/// A network as the costs of training see it (Sakr and Shanbhag, ICLR 2019): elements of weights
/// and of activations, the network's input included, and multiply-accumulates.
struct TrainedNetwork {
  std::string name;
  std::int64_t weights = 0, activations = 0, macs = 0;
};

/// Bits of the tensors of training. A tensor in 32-bit floating point counts 32 bits where it is
/// stored and sent, and the 23 bits of its mantissa where it is multiplied.
struct TrainingBits {
  int weights = 32, activations = 32, weight_gradients = 32, activation_gradients = 32;
  int weight_accumulator = 32;
};

struct TrainingCosts {
  double weight_bits = 0;         ///< C_W: weights, their gradients and accumulators
  double activation_bits = 0;     ///< C_A: activations and their gradients
  double full_adders = 0;         ///< C_M: multiplications of the three passes, no adders
  double communication_bits = 0;  ///< C_C: weight gradients, per worker and exchange
};
[[nodiscard]] TrainingCosts training_costs(const TrainedNetwork& network, const TrainingBits& bits);

}  // namespace bitscale::precision
