#include "sim/workload/network.hpp"

#include <algorithm>
#include <stdexcept>

#include "sim/workload/reference.hpp"

namespace bitscale {

namespace {

/// The operand of an array layer: its type, and its extents where they only regroup the producer's
/// elements.
Tensor as_activations(const Tensor& produced, const Layer& layer) {
  const LayerShape& s = layer.shape;
  Tensor tensor = convert(produced, layer.activation);
  if (tensor.n != s.N || tensor.elements() != s.inputs())
    throw std::invalid_argument("run_network: the input of layer '" + layer.name +
                                "' does not have its extents");
  tensor.c = s.G * s.C;
  tensor.h = s.H;
  tensor.w = s.W;
  return tensor;
}

Tensor requantise_sums(const Layer& layer, const Operands& operands,
                       const std::vector<std::int64_t>& sums) {
  const LayerShape& s = layer.shape;
  Tensor output{layer.output, s.N, s.G * s.K, s.P, s.Q, {}, Origin::none};
  output.origin = combine(operands.activations.origin, operands.weights.origin);
  if (std::ssize(sums) != s.outputs())
    throw std::invalid_argument("run_network: layer '" + layer.name +
                                "' has a wrong number of sums");
  const int shift = requantisation_shift(layer);
  output.values.reserve(sums.size());
  for (const std::int64_t sum : sums) output.values.push_back(round_to(sum, shift, layer.output));
  return output;
}

}  // namespace

Tensor make_network_input(const Workload& workload) {
  std::int64_t batch = 1;
  for (const Layer& layer : workload.layers) {
    if (std::find(layer.inputs.begin(), layer.inputs.end(), -1) == layer.inputs.end()) continue;
    batch = layer.shape.N;
    break;
  }
  return make_tensor(workload.input_source, workload.input_type, batch, workload.input_channels,
                     workload.input_height, workload.input_width,
                     tensor_stream("input", "activations"));
}

std::vector<Tensor> run_network(const Workload& workload, const ArrayLayerFn& array_layer) {
  const Tensor input = make_network_input(workload);
  std::vector<Tensor> outputs;
  outputs.reserve(workload.layers.size());
  const auto produced = [&](std::int32_t producer) -> const Tensor& {
    if (producer < 0) return input;
    if (static_cast<std::size_t>(producer) >= outputs.size())
      throw std::invalid_argument("run_network: a layer reads a later one");
    return outputs[static_cast<std::size_t>(producer)];
  };
  for (std::size_t i = 0; i < workload.layers.size(); ++i) {
    const Layer& layer = workload.layers[i];
    if (is_array_layer(layer.kind)) {
      const Operands operands =
          layer.inputs.empty() ? make_operands(layer)
                               : Operands{as_activations(produced(layer.inputs.front()), layer),
                                          make_weights(layer)};
      outputs.push_back(requantise_sums(layer, operands, array_layer(i, operands)));
    } else {
      std::vector<const Tensor*> inputs;
      for (const std::int32_t producer : layer.inputs) inputs.push_back(&produced(producer));
      outputs.push_back(run_vector_layer(layer, inputs));
    }
  }
  return outputs;
}

std::vector<Tensor> run_reference(const Workload& workload) {
  return run_network(workload, [&](std::size_t index, const Operands& operands) {
    const Layer& layer = workload.layers[index];
    return reference_convolution(layer.shape, operands.activations, operands.weights,
                                 layer.pad_value);
  });
}

}  // namespace bitscale
