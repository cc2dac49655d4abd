// Cycles and counts without operands: the networks of the Bit Fusion paper, 16 images at a time,
// and what one point of a sweep costs, whole and in parts.
#include <benchmark/benchmark.h>

#include "sim/app/runner.hpp"

namespace bitscale::app {
namespace {

ExperimentRequest without_operands(const std::string& machine, const std::string& workload) {
  ExperimentRequest request;
  request.machine = machine;
  request.workload = workload;
  request.operands = "off";
  return request;
}

std::vector<Experiment> bit_fusion_experiments() {
  std::vector<Experiment> experiments;
  for (const std::string network :
       {"alexnet", "cifar10", "lenet5", "lstm", "resnet18", "rnn", "svhn", "vgg7"}) {
    ExperimentRequest request = without_operands("bit_fusion", "bitfusion_" + network);
    request.batch = 16;
    experiments.push_back(load_experiment(request));
  }
  return experiments;
}

/// All eight on mappings that are known.
void bit_fusion_networks(benchmark::State& state) {
  const std::vector<Experiment> experiments = bit_fusion_experiments();
  const Unit& unit = *experiments.front().machine.config.unit;
  std::vector<Mapping> mappings;
  for (const Experiment& experiment : experiments) {
    for (const Layer& layer : experiment.workload.layers) {
      if (is_array_layer(layer.kind))
        mappings.push_back(map_layer(layer, experiment.machine.config));
    }
  }
  std::uint64_t cycles = 0;
  for ([[maybe_unused]] auto iteration : state) {
    cycles = 0;
    for (const Mapping& mapping : mappings)
      cycles += kernel::simulate_layer(mapping, unit, nullptr, {}).cycles.total();
    benchmark::DoNotOptimize(cycles);
  }
  state.counters["layers"] = static_cast<double>(mappings.size());
  state.counters["cycles"] = static_cast<double>(cycles);
}

/// The same from layer to energy: mapped, simulated and priced.
void bit_fusion_networks_mapped(benchmark::State& state) {
  const std::vector<Experiment> experiments = bit_fusion_experiments();
  for ([[maybe_unused]] auto iteration : state) {
    for (const Experiment& experiment : experiments)
      benchmark::DoNotOptimize(run_experiment(experiment, {}).cycles().total());
  }
}

void load_point(benchmark::State& state, const ExperimentRequest& request) {
  for ([[maybe_unused]] auto iteration : state)
    benchmark::DoNotOptimize(load_experiment(request).workload.layers.size());
}

void run_point(benchmark::State& state, const ExperimentRequest& request) {
  const Experiment experiment = load_experiment(request);
  for ([[maybe_unused]] auto iteration : state)
    benchmark::DoNotOptimize(run_experiment(experiment, {}).cycles().total());
}

/// A point whose files were read before: its overrides, validation and run.
void sweep_point(benchmark::State& state, const ExperimentRequest& request) {
  const config::Node tree = resolve_experiment(request);
  for ([[maybe_unused]] auto iteration : state) {
    const Experiment experiment = read_experiment(tree, {"machine.clock=900MHz"});
    benchmark::DoNotOptimize(run_experiment(experiment, {}).cycles().total());
  }
}

ExperimentRequest alexnet_conv(const std::string& machine) {
  ExperimentRequest request = without_operands(machine, "alexnet");
  request.layers = "conv";
  return request;
}

void point_load_small_lenet(benchmark::State& state) {
  load_point(state, without_operands("stripes", "lenet"));
}
void point_run_small_lenet(benchmark::State& state) {
  run_point(state, without_operands("stripes", "lenet"));
}
void point_run_small_lenet_dram(benchmark::State& state) {
  run_point(state, without_operands("stripes_dram", "lenet"));
}
void point_small_lenet(benchmark::State& state) {
  sweep_point(state, without_operands("stripes_dram", "lenet"));
}
void point_alexnet(benchmark::State& state) { sweep_point(state, alexnet_conv("stripes_dram")); }
void point_load_alexnet(benchmark::State& state) { load_point(state, alexnet_conv("stripes")); }
void point_run_alexnet(benchmark::State& state) { run_point(state, alexnet_conv("stripes")); }
void point_run_alexnet_dram(benchmark::State& state) {
  run_point(state, alexnet_conv("stripes_dram"));
}
void point_run_alexnet_bit_fusion(benchmark::State& state) {
  run_point(state, without_operands("bit_fusion", "bitfusion_alexnet"));
}

BENCHMARK(bit_fusion_networks)->Unit(benchmark::kMillisecond);
BENCHMARK(bit_fusion_networks_mapped)->Unit(benchmark::kMillisecond);
BENCHMARK(point_load_small_lenet)->Unit(benchmark::kMicrosecond);
BENCHMARK(point_run_small_lenet)->Unit(benchmark::kMicrosecond);
BENCHMARK(point_run_small_lenet_dram)->Unit(benchmark::kMicrosecond);
BENCHMARK(point_small_lenet)->Unit(benchmark::kMicrosecond);
BENCHMARK(point_alexnet)->Unit(benchmark::kMicrosecond);
BENCHMARK(point_load_alexnet)->Unit(benchmark::kMicrosecond);
BENCHMARK(point_run_alexnet)->Unit(benchmark::kMicrosecond);
BENCHMARK(point_run_alexnet_dram)->Unit(benchmark::kMicrosecond);
BENCHMARK(point_run_alexnet_bit_fusion)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace bitscale::app
