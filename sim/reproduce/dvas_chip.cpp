// Runs of machine moons40 on AlexNet, with operands declared or read.
#include "sim/reproduce/dvas_chip.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <utility>

#include "sim/pipeline/runner.hpp"
#include "sim/workload/data_errors.hpp"
#include "sim/workload/operands.hpp"

namespace bitscale::reproduce {
namespace {

constexpr std::string_view kLayer2 = "conv2";

/// Delay of a gate at which the drawn path takes one period of 204 MHz, in whole femtoseconds,
/// down.
double fitted_tau_fs(double path_units) { return std::floor(1e15 / 204e6 / path_units); }

std::vector<std::string> overrides_of(const DvasSetting& setting) {
  std::vector<std::string> list = {
      fmt::format("machine.voltage={{policy: {}, domains: {{control: {}, memory: fixed}}}}",
                  setting.policy, setting.control),
      fmt::format("machine.unit.guard={}", setting.guarded ? "product" : "none"),
      fmt::format("machine.memory.activations.skip_zeros={}", setting.guarded),
      fmt::format("machine.memory.weights.skip_zeros={}", setting.guarded),
      fmt::format("machine.technology.delay.tau={:.0f}fs", fitted_tau_fs(setting.path_units))};
  for (std::size_t begin = 0; begin < setting.structure.size();) {
    const std::size_t end = std::min(setting.structure.find(' ', begin), setting.structure.size());
    list.push_back(setting.structure.substr(begin, end - begin));
    begin = end + 1;
  }
  return list;
}

double zero_share(const Tensor& tensor) {
  const auto zeros = std::count(tensor.values.begin(), tensor.values.end(), 0);
  return static_cast<double>(zeros) / static_cast<double>(tensor.values.size());
}

/// Zeros to put in so that the tensor has `wanted` of them: rounding makes some already.
double zeros_on_top(const Layer& layer, bool weights, double wanted) {
  Layer plain = layer;
  plain.activation_source.zero_fraction = plain.weight_source.zero_fraction = 0;
  const Operands operands = make_operands(plain);
  const double own = zero_share(weights ? operands.weights : operands.activations);
  return own >= wanted ? 0 : 1 - (1 - wanted) / (1 - own);
}

TensorSource file_source(const std::string& path, int bits) {
  TensorSource source;
  source.kind = TensorSource::Kind::npy;
  source.path = path;
  source.source_bits = bits;
  return source;
}

/// Words of two's complement, synthetic activations without a sign, as behind a ReLU.
void set_operands(Layer& layer, const DvasSetting& setting) {
  layer.activation = {setting.bits, Encoding::twos, 0};
  layer.weight = layer.output = layer.activation;
  const TensorFiles& files = setting.tensors;
  if (files.activations.empty()) {
    layer.activation_source.distribution = Distribution::half_normal;
    layer.activation_source.zero_fraction = zeros_on_top(layer, false, setting.activation_zeros);
  } else {
    layer.activation_source = file_source(files.activations, files.bits);
  }
  if (files.weights.empty()) {
    layer.weight_source.zero_fraction = zeros_on_top(layer, true, setting.weight_zeros);
  } else {
    layer.weight_source = file_source(files.weights, files.bits);
  }
}

ExperimentRequest convolutions_request() {
  ExperimentRequest request;
  request.machine = "moons40";
  request.workload = "alexnet";
  request.layers = "conv";
  request.energy_model = "structure";
  return request;
}

/// Runs the convolutions of AlexNet that `chosen` says, each changed by `change`.
template <typename Chosen, typename Change>
DvasOutcome simulate(const DvasSetting& setting, Chosen&& chosen, Change&& change) {
  ExperimentRequest request = convolutions_request();
  request.overrides = overrides_of(setting);
  Experiment experiment = load_experiment(request);
  std::erase_if(experiment.workload.layers, [&](const Layer& layer) { return !chosen(layer); });
  for (Layer& layer : experiment.workload.layers) change(layer);
  const RunResult run = run_experiment(experiment, {});
  return {run_power(run), run.layers.front().operating.value(), frames_per_second(run).value_or(0)};
}

/// Counts layer 2's zeros at `bits`; a file that has nothing else there is refused.
std::pair<double, double> zeros_at(const DvasSetting& setting, Layer layer) {
  set_operands(layer, setting);
  const Operands operands = make_operands(layer);
  const TensorFiles& files = setting.tensors;
  const auto count = [&](const std::string& path, const Tensor& tensor) {
    const double zeros = zero_share(tensor);
    if (zeros == 1 && !path.empty())
      refuse_tensor(path, fmt::format("all values are 0 when rounded from {} to {} bits; with "
                                      "--tensor-bits say how wide the file's values are",
                                      files.bits, setting.bits));
    return zeros;
  };
  return {count(files.activations, operands.activations), count(files.weights, operands.weights)};
}

Layer plain_layer_2() {
  for (Layer& layer : load_experiment(convolutions_request()).workload.layers) {
    if (layer.name == kLayer2) return layer;
  }
  throw std::logic_error("workload alexnet has no conv2");
}

}  // namespace

void take_padding_off(LayerShape& shape) {
  shape.pad_top = shape.pad_bottom = shape.pad_left = shape.pad_right = 0;
  shape.H = (shape.P - 1) * shape.stride_h + (shape.R - 1) * shape.dilation_h + 1;
  shape.W = (shape.Q - 1) * shape.stride_w + (shape.S - 1) * shape.dilation_w + 1;
}

DvasOutcome dvas_layer_2(const DvasSetting& setting) {
  return simulate(
      setting, [](const Layer& layer) { return layer.name == kLayer2; },
      [&](Layer& layer) { set_operands(layer, setting); });
}

DvasOutcome dvas_convolutions(const DvasSetting& setting) {
  return simulate(
      setting, [](const Layer& layer) { return layer.kind == LayerKind::conv; },
      [&](Layer& layer) { set_operands(layer, setting); });
}

DvasOutcome dvas_dense(const DvasSetting& setting) {
  return simulate(
      setting, [](const Layer& layer) { return layer.name == "conv3"; },
      [](Layer& layer) {
        layer.shape.P = layer.shape.Q = 16;
        take_padding_off(layer.shape);
        for (TensorSource* source : {&layer.activation_source, &layer.weight_source}) {
          source->distribution = Distribution::uniform;
          source->zero_fraction = 0;
        }
      });
}

DvasSteps dvas_steps(DvasSetting setting) {
  DvasSteps steps;
  steps.a = dvas_layer_2(setting);
  setting.bits = 7;
  setting.activation_zeros = kZeros7;
  setting.weight_zeros = kWeightZeros7;
  steps.b = dvas_layer_2(setting);
  setting.policy = "dvas";
  steps.c = dvas_layer_2(setting);
  setting.guarded = true;
  steps.d = dvas_layer_2(setting);
  return steps;
}

DvasZeros measure_zeros(const TensorFiles& files) {
  DvasZeros zeros;
  if (!files.given()) return zeros;
  const Layer layer = plain_layer_2();
  DvasSetting setting;
  setting.tensors = files;
  const auto [activations_16, weights_16] = zeros_at(setting, layer);
  setting.bits = 7;
  const auto [activations_7, weights_7] = zeros_at(setting, layer);
  if (!files.activations.empty()) {
    zeros.activations_16 = activations_16;
    zeros.activations_7 = activations_7;
  }
  if (!files.weights.empty()) {
    zeros.weights_16 = weights_16;
    zeros.weights_7 = weights_7;
  }
  return zeros;
}

}  // namespace bitscale::reproduce
