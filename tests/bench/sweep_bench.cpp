// Cycles and counts without operands: the networks of the Bit Fusion paper, 16 images at a time,
// and what one point of a sweep costs, whole and in parts.
#include <benchmark/benchmark.h>

#include "sim/app/sweep_worker.hpp"
#include "sim/pipeline/runner.hpp"
#include "sim/sweep/outcome.hpp"

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

/// Points of a sweep as a worker process does them: a new index each time, what points share kept.
void worker_points(benchmark::State& state, const std::string& experiment,
                   const std::string& axis) {
  const config::Node tree =
      config::parse_yaml("schema_version: 1\nkind: sweep\nname: bench\nexperiment: " + experiment +
                             "\naxes: [{" + axis + ", steps: 1000000}]",
                         "bench");
  const sweep::SweepConfig config = config::read_all(tree, sweep::parse_sweep);
  const sweep::Space space(config);
  const sweep::WorkerPool::Work work = make_sweep_work(config, space, "", false);
  std::uint64_t index = 0;
  for ([[maybe_unused]] auto iteration : state) {
    const sweep::Outcome outcome = sweep::outcome_of(work(index++));
    if (outcome.status != sweep::Status::ok) state.SkipWithError(outcome.message.c_str());
  }
  state.counters["points_per_minute"] =
      benchmark::Counter(60 * static_cast<double>(state.iterations()), benchmark::Counter::kIsRate);
}

constexpr const char* kLeNet = "{machine: stripes_dram, workload: lenet}";
constexpr const char* kAlexNet =
    "{machine: moons40, workload: alexnet, profile: int8, simulation: {layers: conv, "
    "energy_model: structure}}";
constexpr const char* kNewTiming = "key: machine.array.vector_lanes, from: 1, to: 1000000";
constexpr const char* kNewShape =
    "key: machine.array.rows.size, from: 16, to: 1000015, integer: true";
constexpr const char* kNewPrice = "key: machine.clock, from: 100MHz, to: 101MHz";

void worker_lenet(benchmark::State& state) { worker_points(state, kLeNet, kNewTiming); }
void worker_alexnet_sampled(benchmark::State& state) { worker_points(state, kAlexNet, kNewTiming); }
/// Another array, so that what its units switch is sampled anew.
void worker_alexnet_shape(benchmark::State& state) { worker_points(state, kAlexNet, kNewShape); }
/// Only clock, and with it supply and energy, change: memory is ideal.
void worker_alexnet_price(benchmark::State& state) { worker_points(state, kAlexNet, kNewPrice); }

BENCHMARK(worker_lenet)->Unit(benchmark::kMicrosecond);
BENCHMARK(worker_alexnet_sampled)->Unit(benchmark::kMicrosecond);
BENCHMARK(worker_alexnet_shape)->Unit(benchmark::kMicrosecond);
BENCHMARK(worker_alexnet_price)->Unit(benchmark::kMicrosecond);
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
