// Cycles and counts of whole networks on tensors that are in memory already, and the fixed cost of
// a small simulation.
#include <benchmark/benchmark.h>

#include "sim/pipeline/runner.hpp"

namespace bitscale {
namespace {

struct Prepared {
  Experiment experiment;
  std::vector<Layer> layers;
  std::vector<Operands> operands;
};

Prepared prepare(const std::string& machine, const std::string& workload,
                 const std::string& profile, std::vector<std::string> overrides = {}) {
  ExperimentRequest request;
  request.machine = machine;
  request.workload = workload;
  request.profile = profile;
  request.layers = "conv";
  request.overrides = std::move(overrides);
  Prepared prepared{load_experiment(request), {}, {}};
  for (const Layer& layer : prepared.experiment.workload.layers) {
    if (layer.kind != LayerKind::conv && layer.kind != LayerKind::depthwise) continue;
    prepared.layers.push_back(layer);
    prepared.operands.push_back(make_operands(layer));
  }
  return prepared;
}

void simulate(benchmark::State& state, const Prepared& prepared) {
  std::uint64_t macs = 0;
  for ([[maybe_unused]] auto iteration : state) {
    macs = 0;
    for (std::size_t i = 0; i < prepared.layers.size(); ++i) {
      macs +=
          run_array_layer(prepared.experiment, prepared.layers[i], &prepared.operands[i], nullptr)
              .macs;
    }
    benchmark::DoNotOptimize(macs);
  }
  state.counters["MACs"] = static_cast<double>(macs);
}

void alexnet_stripes(benchmark::State& state) {
  simulate(state, prepare("stripes", "alexnet", "stripes_100"));
}
void alexnet_dadiannao(benchmark::State& state) {
  simulate(state, prepare("dadiannao", "alexnet", "stripes_100"));
}
void alexnet_tpu(benchmark::State& state) {
  simulate(state, prepare("tpu_like", "alexnet", "int8"));
}
void vgg_19_stripes(benchmark::State& state) {
  simulate(state, prepare("stripes", "vgg_19", "stripes_100"));
}
void alexnet_stripes_checked(benchmark::State& state) {
  simulate(state, prepare("stripes", "alexnet", "stripes_100", {"simulation.check=true"}));
}
void alexnet_dadiannao_checked(benchmark::State& state) {
  simulate(state, prepare("dadiannao", "alexnet", "stripes_100", {"simulation.check=true"}));
}
void alexnet_dadiannao_saturating_24_bits(benchmark::State& state) {
  simulate(state, prepare("dadiannao", "alexnet", "stripes_100",
                          {"simulation.check=true",
                           "machine.unit.accumulator={bits: 24, overflow: saturate}"}));
}
void alexnet_stripes_saturating_24_bits(benchmark::State& state) {
  simulate(state, prepare("stripes", "alexnet", "stripes_100",
                          {"simulation.check=true",
                           "machine.unit.accumulator={bits: 24, overflow: saturate}"}));
}

/// One small layer: what a sweep pays per simulation besides the work.
void small_simulation(benchmark::State& state) {
  const Prepared prepared = prepare("stripes", "lenet", "stripes_100");
  for ([[maybe_unused]] auto iteration : state) {
    benchmark::DoNotOptimize(
        run_array_layer(prepared.experiment, prepared.layers[0], &prepared.operands[0], nullptr)
            .cycles.total());
  }
}

/// The same with its files read and validated, and its tensors made.
void small_experiment(benchmark::State& state) {
  ExperimentRequest request;
  request.machine = "stripes";
  request.workload = "lenet";
  request.profile = "stripes_100";
  for ([[maybe_unused]] auto iteration : state) {
    benchmark::DoNotOptimize(run_experiment(load_experiment(request), {}).cycles().total());
  }
}

BENCHMARK(alexnet_stripes)->Unit(benchmark::kMillisecond);
BENCHMARK(alexnet_dadiannao)->Unit(benchmark::kMillisecond);
BENCHMARK(alexnet_tpu)->Unit(benchmark::kMillisecond);
BENCHMARK(vgg_19_stripes)->Unit(benchmark::kMillisecond);
BENCHMARK(alexnet_stripes_checked)->Unit(benchmark::kMillisecond);
BENCHMARK(alexnet_dadiannao_checked)->Unit(benchmark::kMillisecond);
BENCHMARK(alexnet_dadiannao_saturating_24_bits)->Unit(benchmark::kMillisecond);
BENCHMARK(alexnet_stripes_saturating_24_bits)->Unit(benchmark::kMillisecond);
BENCHMARK(small_simulation)->Unit(benchmark::kMicrosecond);
BENCHMARK(small_experiment)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace bitscale
