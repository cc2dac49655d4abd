#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#include "sim/workload/operands.hpp"

namespace bitscale {

/// Computes the sums of array layer `layer_index` (an index into Workload::layers) from its
/// operands, [n][filter, all groups][P][Q]: the oracle, or a simulated machine.
using ArrayLayerFn =
    std::function<std::vector<std::int64_t>(std::size_t layer_index, const Operands& operands)>;

/// The tensor that the network reads: the batch of its first reader, from Workload::input_source.
/// Throws as make_tensor.
[[nodiscard]] Tensor make_network_input(const Workload& workload);

/// Runs the whole network from its input to its last layer, bit-true, and returns every layer's
/// output in layer order. Weights come from each layer's weight source. Array layers get their sums
/// from `array_layer`, which are then shifted, rounded half up and saturated to the layer's output
/// type; other layers run through run_vector_layer(). A producer's output is converted to the type
/// that its reader declares (convert()), and read as the reader's extents where the number of
/// elements per image is the same (flattening). A layer without inputs reads its own activation
/// source. Throws std::invalid_argument where extents do not fit.
[[nodiscard]] std::vector<Tensor> run_network(const Workload& workload,
                                              const ArrayLayerFn& array_layer);

/// run_network with reference_convolution: the golden path.
[[nodiscard]] std::vector<Tensor> run_reference(const Workload& workload);

}  // namespace bitscale
