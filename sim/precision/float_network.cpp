#include "sim/precision/float_network.hpp"

#include <algorithm>
#include <cmath>

#include "sim/core/errors.hpp"
#include "sim/precision/real_layers.hpp"
#include "sim/workload/operands.hpp"

namespace bitscale::precision {
namespace {

bool has_scale(const Layer& layer) {
  return layer.requantise_shift < 0 &&
         (layer.weight.frac_bits != 0 || layer.activation.frac_bits != 0);
}

std::vector<double> real_values(const Tensor& tensor) {
  const double step = std::exp2(-tensor.type.frac_bits);
  std::vector<double> values;
  values.reserve(tensor.values.size());
  for (const std::int16_t value : tensor.values) values.push_back(value * step);
  return values;
}

RealLayer real_layer(const Layer& layer) {
  RealLayer real;
  real.name = layer.name;
  real.kind = layer.kind;
  real.inputs = layer.inputs;
  real.shape = layer.shape;
  real.shape.N = 1;
  if (layer.kind == LayerKind::multiply)
    throw MappingError(layer.name, "noise gains need derivatives, and multiply has none here");
  if (layer.inputs.empty())
    throw MappingError(layer.name, "noise gains need a network that runs from its input");
  if (is_array_layer(layer.kind)) {
    if (!has_scale(layer))
      throw MappingError(layer.name,
                         "noise gains need a trained network in real scales: frac_bits for its "
                         "activations and weights");
    real.weights = real_values(make_weights(layer));
    real.high = std::exp2(magnitude_bits(layer.activation) - layer.activation.frac_bits);
    real.low = layer.activation.encoding == Encoding::unsigned_ ? 0 : -real.high;
  }
  if (layer.kind == LayerKind::bias)
    real.weights = real_values(make_tensor(layer.weight_source, layer.weight, layer.shape.C, 1, 1,
                                           1, tensor_stream(layer.name, "weights")));
  return real;
}

double power(std::span<const double> values) {
  double sum = 0;
  for (const double value : values) sum += value * value;
  return sum;
}

/// Sum of the derivatives by elements that are not 0.
double drift(std::span<const double> derivatives, std::span<const double> elements) {
  double sum = 0;
  for (std::size_t i = 0; i < elements.size(); ++i) sum += elements[i] != 0 ? derivatives[i] : 0;
  return sum;
}

}  // namespace

std::int32_t largest(std::span<const double> scores) {
  return static_cast<std::int32_t>(std::ranges::max_element(scores) - scores.begin());
}

RealNetwork RealNetwork::from(const Workload& workload) {
  std::vector<RealLayer> layers;
  for (const Layer& layer : workload.layers) layers.push_back(real_layer(layer));
  return RealNetwork(std::move(layers));
}

RealNetwork::Forward RealNetwork::run(std::span<const double> image) const {
  Forward forward;
  for (const RealLayer& layer : layers_) {
    std::vector<std::span<const double>> inputs;
    for (const std::int32_t producer : layer.inputs)
      inputs.push_back(producer < 0 ? image
                                    : std::span<const double>(
                                          forward.outputs.at(static_cast<std::size_t>(producer))));
    std::vector<double> operand;
    if (is_array_layer(layer.kind)) {
      operand.assign(inputs.front().begin(), inputs.front().end());
      for (double& value : operand) value = std::clamp(value, layer.low, layer.high);
      forward.outputs.push_back(real::convolve(layer, operand));
    } else {
      forward.outputs.push_back(real::run_vector_layer(layer, inputs));
    }
    forward.operands.push_back(std::move(operand));
  }
  return forward;
}

std::vector<double> RealNetwork::scores(std::span<const double> image) const {
  return std::move(run(image).outputs.back());
}

void RealNetwork::backward(const Forward& forward, std::vector<std::vector<double>>& gradients,
                           Sensitivity::Rival& rival) const {
  for (std::size_t l = layers_.size(); l-- > 0;) {
    const RealLayer& layer = layers_[l];
    const std::vector<double>& gradient = gradients[l];
    std::vector<std::vector<double>> to_inputs;
    if (is_array_layer(layer.kind)) {
      real::ConvolutionGradients own =
          real::convolution_gradients(layer, forward.operands[l], gradient);
      rival.activation_power[l] = power(own.operand);
      rival.weight_power[l] = power(own.weights);
      rival.activation_drift[l] = drift(own.operand, forward.operands[l]);
      rival.weight_drift[l] = drift(own.weights, layer.weights);
      // The clip passes derivatives inside its range only.
      for (std::size_t i = 0; i < own.operand.size(); ++i) {
        const double x = forward.operands[l][i];
        if (x <= layer.low || x >= layer.high) own.operand[i] = 0;
      }
      to_inputs.push_back(std::move(own.operand));
    } else {
      if (layer.kind == LayerKind::bias)
        rival.weight_power[l] = power(real::bias_gradient(layer, gradient));
      std::vector<std::span<const double>> inputs;
      for (const std::int32_t producer : layer.inputs) {
        if (producer >= 0) inputs.emplace_back(forward.outputs[static_cast<std::size_t>(producer)]);
      }
      if (inputs.size() != layer.inputs.size()) continue;  // reads the network's input
      to_inputs = real::vector_layer_gradients(layer, inputs, gradient);
    }
    for (std::size_t i = 0; i < layer.inputs.size(); ++i) {
      if (layer.inputs[i] < 0) continue;
      std::vector<double>& sum = gradients[static_cast<std::size_t>(layer.inputs[i])];
      for (std::size_t e = 0; e < sum.size(); ++e) sum[e] += to_inputs[i][e];
    }
  }
}

Sensitivity RealNetwork::sensitivity(std::span<const double> image) const {
  const Forward forward = run(image);
  Sensitivity result;
  result.scores = forward.outputs.back();
  result.chosen = largest(result.scores);
  const auto chosen = static_cast<std::size_t>(result.chosen);
  for (std::size_t i = 0; i < result.scores.size(); ++i) {
    Sensitivity::Rival rival;
    rival.margin = result.scores[chosen] - result.scores[i];
    if (i == chosen || rival.margin <= 0) continue;
    for (std::vector<double>* figures : {&rival.activation_power, &rival.weight_power,
                                         &rival.activation_drift, &rival.weight_drift})
      figures->assign(layers_.size(), 0.0);
    std::vector<std::vector<double>> gradients;
    for (const std::vector<double>& output : forward.outputs)
      gradients.emplace_back(output.size(), 0.0);
    gradients.back()[chosen] = 1;
    gradients.back()[i] = -1;
    backward(forward, gradients, rival);
    result.rivals.push_back(std::move(rival));
  }
  return result;
}

}  // namespace bitscale::precision
