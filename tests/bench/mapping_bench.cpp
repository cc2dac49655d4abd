// The search for tiles, layer by layer: what a run pays before it simulates.
#include <benchmark/benchmark.h>

#include "sim/mapping/mapping.hpp"
#include "sim/pipeline/experiment.hpp"

namespace bitscale {
namespace {

void search(benchmark::State& state, const char* machine, const char* workload,
            std::int64_t batch) {
  ExperimentRequest request;
  request.machine = machine;
  request.workload = workload;
  request.batch = batch;
  const Experiment experiment = load_experiment(request);
  std::int64_t layers = 0;
  for ([[maybe_unused]] auto iteration : state) {
    layers = 0;
    for (const Layer& layer : experiment.workload.layers) {
      if (!is_array_layer(layer.kind)) continue;
      benchmark::DoNotOptimize(map_layer(layer, experiment.machine.config));
      ++layers;
    }
  }
  state.counters["layers"] = static_cast<double>(layers);
}

void mapping_search_resnet_50(benchmark::State& state) {
  search(state, "bit_fusion", "resnet_50", 1);
}
void mapping_search_resnet_50_batch_16(benchmark::State& state) {
  search(state, "bit_fusion", "resnet_50", 16);
}
void mapping_search_small(benchmark::State& state) { search(state, "bit_fusion", "lenet", 1); }

BENCHMARK(mapping_search_resnet_50)->Unit(benchmark::kMillisecond);
BENCHMARK(mapping_search_resnet_50_batch_16)->Unit(benchmark::kMillisecond);
BENCHMARK(mapping_search_small)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace bitscale
