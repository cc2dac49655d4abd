#pragma once

#include <span>
#include <string>
#include <vector>

#include "sim/workload/workload.hpp"

namespace bitscale::precision {

/// One layer in real numbers. Array layers clip what they read to [-clip or 0, clip], the full
/// scale of their activations; nothing else is quantised.
struct RealLayer {
  std::string name;
  LayerKind kind = LayerKind::conv;
  std::vector<std::int32_t> inputs;  ///< as in Layer
  LayerShape shape;                  ///< of one image
  double low = 0, high = 1;          ///< array layers: clip of the activations
  std::vector<double> weights;       ///< array layers and bias
};

/// How far the scores of one image are apart, and how they move with each tensor.
struct Sensitivity {
  /// One class that was not chosen.
  struct Rival {
    double margin = 0;  ///< score of the chosen class minus its own; above 0
    /// By layer: sum over the tensor's elements of the squared derivative of the margin. Weights of
    /// a bias layer are its biases; 0 where a layer has no such tensor.
    std::vector<double> activation_power, weight_power;
    /// By layer: sum of the derivatives themselves, over elements other than 0 (which no precision
    /// rounds): what the margin moves by where all of them have the same error.
    std::vector<double> activation_drift, weight_drift;
  };
  std::int32_t chosen = 0;
  std::vector<double> scores;
  std::vector<Rival> rivals;  ///< in class order, the chosen one left out, ties left out
};

/// A trained network in real numbers: the reference that fixed point is measured against, and its
/// derivatives by one backward pass per rival class.
class RealNetwork {
 public:
  explicit RealNetwork(std::vector<RealLayer> layers) : layers_(std::move(layers)) {}

  /// The network of a workload, its weights the stored integers in their scale. Throws MappingError
  /// for a layer kind without derivatives here (multiply) or without scales (frac_bits),
  /// ConfigError and IoError as make_tensor.
  [[nodiscard]] static RealNetwork from(const Workload& workload);

  /// Scores of one image, [channel][row][column].
  [[nodiscard]] std::vector<double> scores(std::span<const double> image) const;
  [[nodiscard]] Sensitivity sensitivity(std::span<const double> image) const;

  [[nodiscard]] const std::vector<RealLayer>& layers() const { return layers_; }

 private:
  /// What every layer wrote, and what array layers read behind their clip.
  struct Forward {
    std::vector<std::vector<double>> outputs, operands;
  };
  [[nodiscard]] Forward run(std::span<const double> image) const;
  void backward(const Forward& forward, std::vector<std::vector<double>>& gradients,
                Sensitivity::Rival& rival) const;

  std::vector<RealLayer> layers_;
};

/// Index of the largest score, the lowest of equals.
[[nodiscard]] std::int32_t largest(std::span<const double> scores);

}  // namespace bitscale::precision
