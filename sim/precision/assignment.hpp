#pragma once

#include "sim/precision/float_network.hpp"
#include "sim/precision/noise_gain.hpp"

namespace bitscale::precision {

/// A tensor whose bits are chosen: what an array layer reads, or its weights. Biases stay at the
/// width of the sums and are left out.
struct ChosenTensor {
  std::string layer;
  std::size_t layer_index = 0;
  bool weights = false;
  double scale = 1;  ///< step = scale 2^(1 - bits): half the range where unsigned, else the range
  int fewest_bits = 1, most_bits = 16;  ///< that the type has, and that change anything
  bool stored = false;                  ///< values are given in most_bits: that many lose nothing
};

/// Activations of all array layers, then their weights. Weights and the network's input have no
/// more bits than they are stored with; throws MappingError for encodings that are not uniform.
[[nodiscard]] std::vector<ChosenTensor> chosen_tensors(const Workload& workload);

/// Noise gains, scaled to steps of 2^(1-B): mean over images of the sum over rivals of
/// power / (24 margin^2).
[[nodiscard]] std::vector<double> noise_gains(std::span<const Sensitivity> images,
                                              std::span<const ChosenTensor> tensors);

/// The probability of another class than in real numbers, three ways. `bound` is the literature's,
/// of errors without mean. The others take the mean along that stored integers get where their
/// halves are rounded up, to first order, so that they may exceed it.
struct MismatchEstimate {
  double bound = 0;     ///< sum over tensors of step^2 gain; may exceed 1
  double capped = 0;    ///< each rival at most 1/2, each image at most 1: still a bound
  double gaussian = 0;  ///< sum of Q(margin / noise): an estimate, no bound
};
[[nodiscard]] MismatchEstimate estimate_mismatch(std::span<const Sensitivity> images,
                                                 std::span<const ChosenTensor> tensors,
                                                 std::span<const int> bits);

/// `least` bits and each tensor's offset, within what each can have.
[[nodiscard]] std::vector<int> bits_within_limits(std::span<const ChosenTensor> tensors, int least,
                                                  std::span<const int> offsets);

/// Which of the three decides: `bound` keeps the capped one as well, where the mean of errors makes
/// that the larger.
enum class MismatchRule { bound, capped, gaussian };
[[nodiscard]] std::string_view to_string(MismatchRule rule);
[[nodiscard]] double by_rule(const MismatchEstimate& estimate, MismatchRule rule);

/// The least precision whose estimate on these images, with offsets and limits, is at most
/// `probability`; PrecisionAssignment::bound is what the rule gives. Throws ConfigError where even
/// the widest types leave more.
[[nodiscard]] PrecisionAssignment assign_within_limits(std::span<const Sensitivity> images,
                                                       std::span<const ChosenTensor> tensors,
                                                       std::span<const int> offsets,
                                                       double probability, MismatchRule rule);

}  // namespace bitscale::precision
