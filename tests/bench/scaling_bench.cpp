// Work per layer grows with tensors and passes, not with multiply-accumulates: a 3x3 layer of 64
// channels, 64 filters and 32 x 32 pixels, with K, C or PQ multiplied. The MACs grow by the same
// factor each time; `tensor_elements` and `passes` are what the time follows.
#include <benchmark/benchmark.h>

#include "sim/pipeline/runner.hpp"

namespace bitscale {
namespace {

Layer layer_of(std::int64_t k, std::int64_t c, std::int64_t side) {
  Layer layer;
  layer.name = "scaled";
  layer.kind = LayerKind::conv;
  layer.shape.K = k;
  layer.shape.C = c;
  layer.shape.H = layer.shape.W = layer.shape.P = layer.shape.Q = side;
  layer.shape.R = layer.shape.S = 3;
  layer.shape.pad_top = layer.shape.pad_bottom = layer.shape.pad_left = layer.shape.pad_right = 1;
  layer.activation = layer.output = {8, Encoding::unsigned_, 0};
  layer.weight = {8, Encoding::twos, 0};
  layer.activation_source.zero_fraction = 0.45;
  return layer;
}

void simulate(benchmark::State& state, const Layer& layer) {
  ExperimentRequest request;
  request.machine = "stripes";
  request.workload = "lenet";
  const Experiment experiment = load_experiment(request);
  const Operands operands = make_operands(layer);
  for ([[maybe_unused]] auto iteration : state) {
    benchmark::DoNotOptimize(run_array_layer(experiment, layer, &operands, nullptr).cycles.total());
  }
  const LayerShape& s = layer.shape;
  state.counters["MACs"] = static_cast<double>(s.macs());
  state.counters["tensor_elements"] = static_cast<double>(s.inputs() + s.weights());
  state.counters["passes"] = static_cast<double>(ceil_div(s.K, 256) * ceil_div(s.P * s.Q, 16));
}

void scale_filters(benchmark::State& state) {
  simulate(state, layer_of(64 * state.range(0), 64, 32));
}
void scale_channels(benchmark::State& state) {
  simulate(state, layer_of(64, 64 * state.range(0), 32));
}
void scale_pixels(benchmark::State& state) {
  const std::int64_t side = state.range(0) == 1 ? 32 : state.range(0) == 4 ? 64 : 128;
  simulate(state, layer_of(64, 64, side));
}

BENCHMARK(scale_filters)->Arg(1)->Arg(4)->Arg(16)->Unit(benchmark::kMicrosecond);
BENCHMARK(scale_channels)->Arg(1)->Arg(4)->Arg(16)->Unit(benchmark::kMicrosecond);
BENCHMARK(scale_pixels)->Arg(1)->Arg(4)->Arg(16)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace bitscale
