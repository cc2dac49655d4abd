#pragma once

#include "sim/mapping/mapping.hpp"
#include "sim/workload/statistics.hpp"

namespace bitscale {

/// Unit steps that a guard of scope lane_group leaves working: those in which any activation of
/// the unit is nonzero, over all its lanes and subwords, and the products in them. Exact for
/// subwords along any dimension, for edges, tiles and packed groups; visits each tap of each window
/// once per word of channels, not each product.
[[nodiscard]] ActiveGroups count_active_unit_steps(const Mapping& mapping,
                                                   const Tensor& activations);

}  // namespace bitscale
