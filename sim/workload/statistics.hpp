#pragma once

#include <cstdint>

#include "sim/workload/tensor.hpp"

namespace bitscale {

/// Exact zero statistics of one array layer's operands: what guards and reports need, without
/// visiting its products. A product is a multiply-accumulate of the layer; the activation of a
/// padded tap is the layer's pad_value.
struct OperandStatistics {
  std::uint64_t products = 0;                              ///< N G K C P Q R S
  std::uint64_t active_products = 0;                       ///< both operands nonzero
  std::uint64_t nonzero_activation_products = 0;           ///< activation nonzero
  std::uint64_t nonzero_weight_products = 0;               ///< weight nonzero, padded taps included
  std::uint64_t activations = 0, nonzero_activations = 0;  ///< elements of the tensor
  std::uint64_t weights = 0, nonzero_weights = 0;
  bool operator==(const OperandStatistics&) const = default;

  /// Share of zero elements of a tensor, 0..1.
  [[nodiscard]] double activation_zero_fraction() const;
  [[nodiscard]] double weight_zero_fraction() const;
};

/// Counts by tap: nonzero activations under a tap of the window times nonzero weights of that tap,
/// summed over channels and taps. Exact for padding, stride, dilation and groups; the work grows
/// with the tensors, not with the products. Throws std::invalid_argument where a tensor does not
/// have the shape's extents.
[[nodiscard]] OperandStatistics count_operands(const LayerShape& shape, const Tensor& activations,
                                               const Tensor& weights, std::int16_t pad_value = 0);

/// Lane groups with at least one nonzero activation, and the products in them.
struct ActiveGroups {
  std::uint64_t groups = 0, products = 0;
  bool operator==(const ActiveGroups&) const = default;
};

/// Lane groups that hold work: over (N, G, K, P, Q, R, S) and groups of `lanes` consecutive
/// channels (the last one may be shorter), those that have any nonzero activation. lanes >= 1.
[[nodiscard]] ActiveGroups count_active_groups(const LayerShape& shape, const Tensor& activations,
                                               std::int64_t lanes, std::int16_t pad_value = 0);

}  // namespace bitscale
