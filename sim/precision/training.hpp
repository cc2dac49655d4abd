#pragma once

#include "sim/precision/normal.hpp"

namespace bitscale::precision {

/// What fixed-point training of one layer must be told (Sakr and Shanbhag, ICLR 2019). Deviations
/// are of whole tensors, over the course of training, in tensor units; weights lie within [-1, 1].
struct TrainingStatistics {
  double weight_gradient_sigma_max = 0, weight_gradient_sigma_min = 0;
  double activation_gradient_sigma_max = 0;
  /// Largest singular value of the element-wise squared Jacobian of weight gradients with respect
  /// to the next layer's activation gradients.
  double lambda = 1;
  double weight_gradients = 1, activation_gradients = 1;  ///< elements
  int weight_bits = 8;                                    ///< of the feed-forward pass: criterion 1
  double smallest_learning_rate = 1e-3;
};

/// A fixed-point format: positive range limit and step, both powers of two; bits = log2(range /
/// step) + 1.
struct FixedPoint {
  double range = 1, step = 1;
  [[nodiscard]] int bits() const;
};

/// Formats after criteria 2 (clipping: ranges of 2 and 4 deviations), 3 (bias: step below a quarter
/// of the least deviation), 4 (back-propagated noise) and 5 (accumulated updates). Ranges are
/// rounded up to powers of two, steps down. The criteria are strict: a step that equals its limit,
/// because that is a power of two itself, is taken with a warning.
struct TrainingFormats {
  FixedPoint weight_gradients, activation_gradients, weight_accumulator;
  std::vector<std::string> warnings = {};
};
[[nodiscard]] TrainingFormats training_formats(const TrainingStatistics& statistics);

/// Criterion 5 alone: range at least half a step of the weights, step below the smallest update.
[[nodiscard]] FixedPoint accumulator_format(int weight_bits, double gradient_step,
                                            double smallest_learning_rate);

/// How many mantissa bits a floating-point accumulator needs so that small products are not swamped
/// (VRR, ICLR 2019). Recalled, not checked against the paper's text: a model of swamping that is
/// about a bit conservative against a register that rounds to nearest. Bits without the implicit 1.
struct Swamping {
  int accumulator_bits = 8, product_bits = 5;
  std::int64_t length = 1;
};
/// Variance retention ratio, 0..1, of up to 2^26 products (the sum has a term for each) with
/// mantissas of up to 32 bits.
[[nodiscard]] double variance_retention(const Swamping& swamping);
/// Fewest accumulator bits with exp(n (1 - VRR)) below 50.
[[nodiscard]] int swamping_bits(int product_bits, std::int64_t length);

}  // namespace bitscale::precision
