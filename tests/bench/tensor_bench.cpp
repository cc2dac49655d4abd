// Making and reading tensors: synthetic values, zero statistics, the reference convolution.
#include <benchmark/benchmark.h>

#include "sim/pipeline/experiment.hpp"
#include "sim/workload/operands.hpp"
#include "sim/workload/reference.hpp"
#include "sim/workload/statistics.hpp"

namespace bitscale {
namespace {

std::vector<Layer> convolutions(const std::string& workload) {
  std::vector<Layer> layers;
  for (const Layer& layer : load_workload(workload, {"stripes_100", std::nullopt}).layers) {
    if (layer.kind == LayerKind::conv) layers.push_back(layer);
  }
  return layers;
}

void make_alexnet_operands(benchmark::State& state) {
  const std::vector<Layer> layers = convolutions("alexnet");
  double elements = 0;
  for (const Layer& layer : layers)
    elements += static_cast<double>(layer.shape.inputs() + layer.shape.weights());
  for ([[maybe_unused]] auto iteration : state) {
    for (const Layer& layer : layers) benchmark::DoNotOptimize(make_operands(layer));
  }
  state.counters["elements_per_s"] =
      benchmark::Counter(elements, benchmark::Counter::kIsIterationInvariantRate);
}

void count_zeros(benchmark::State& state, const std::string& workload) {
  const std::vector<Layer> layers = convolutions(workload);
  std::vector<Operands> operands;
  operands.reserve(layers.size());
  for (const Layer& layer : layers) operands.push_back(make_operands(layer));
  for ([[maybe_unused]] auto iteration : state) {
    for (std::size_t i = 0; i < layers.size(); ++i) {
      benchmark::DoNotOptimize(
          count_operands(layers[i].shape, operands[i].activations, operands[i].weights));
    }
  }
}

void count_alexnet_zeros(benchmark::State& state) { count_zeros(state, "alexnet"); }
void count_vgg_19_zeros(benchmark::State& state) { count_zeros(state, "vgg_19"); }

void reference_alexnet(benchmark::State& state) {
  const std::vector<Layer> layers = convolutions("alexnet");
  std::vector<Operands> operands;
  operands.reserve(layers.size());
  for (const Layer& layer : layers) operands.push_back(make_operands(layer));
  for ([[maybe_unused]] auto iteration : state) {
    for (std::size_t i = 0; i < layers.size(); ++i) {
      benchmark::DoNotOptimize(
          reference_convolution(layers[i].shape, operands[i].activations, operands[i].weights));
    }
  }
}

BENCHMARK(make_alexnet_operands)->Unit(benchmark::kMillisecond);
BENCHMARK(count_alexnet_zeros)->Unit(benchmark::kMillisecond);
BENCHMARK(count_vgg_19_zeros)->Unit(benchmark::kMillisecond);
BENCHMARK(reference_alexnet)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace bitscale
