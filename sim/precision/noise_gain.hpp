#pragma once

#include <span>

#include "sim/precision/normal.hpp"

// Bits per tensor of a trained network from noise gains (C. Sakr, N. Shanbhag, ICML 2017 and ICASSP
// 2018). A gain E says how far the scores of classes move with the quantisation noise of one
// tensor, against what separates them: the probability that fixed point changes the class is at
// most sum over tensors of step^2 E. Gains are for steps of 2^(1-B): activations within [0, 2],
// weights within [-1, 1]; other ranges scale E by (range / nominal range)^2.
namespace bitscale::precision {

/// Bits of every tensor, in the order of the gains.
struct PrecisionOffsets {
  std::vector<int> offsets;  ///< added to the least precision; 0 for the smallest gain
  std::vector<bool> silent;  ///< gain 0: the tensor's noise does not reach a score
};

/// Noise equalisation: offset = round(log2 sqrt(E / E_min)), half to even, E_min the least gain
/// above 0. Throws std::invalid_argument where no gain is above 0 or one is negative or not finite.
[[nodiscard]] PrecisionOffsets equalise(std::span<const double> gains);

/// Bound on the probability of a changed class: sum of 4^(1 - bits) E.
[[nodiscard]] double mismatch_bound(std::span<const double> gains, std::span<const int> bits);

/// Least precision without rounding: ceil(1 + log2(T E_min / p) / 2), T the tensors with a gain.
/// May be below 1.
[[nodiscard]] int least_precision_closed_form(std::span<const double> gains, double probability);

/// The least precision whose bound, with the rounded offsets, is at most `probability`; 1 or more.
struct PrecisionAssignment {
  int least = 1;
  std::vector<int> bits;  ///< of every tensor
  double bound = 0;
};
[[nodiscard]] PrecisionAssignment assign_bits(std::span<const double> gains, double probability);

/// The same with one precision for all tensors.
[[nodiscard]] PrecisionAssignment uniform_bits(std::span<const double> gains, double probability);

}  // namespace bitscale::precision
