// What following gates adds to a run: networks to +-1 % of their total, tensors in memory, netlists
// drawn anew each time.
#include <benchmark/benchmark.h>

#include <cmath>

#include "sim/pipeline/runner.hpp"
#include "sim/pipeline/structure_model.hpp"

namespace bitscale {
namespace {

struct Prepared {
  Experiment experiment;
  std::vector<Operands> operands;
  std::vector<Mapping> mappings;
};

Prepared prepare(const std::string& machine, const std::string& workload,
                 const std::string& profile) {
  ExperimentRequest request;
  request.machine = machine;
  request.workload = workload;
  request.profile = profile;
  request.layers = "conv";
  request.energy_model = "structure";
  Prepared prepared{load_experiment(request), {}, {}};
  for (const Layer& layer : prepared.experiment.workload.layers) {
    if (!is_array_layer(layer.kind) || !selected(LayerSelection::conv, layer)) continue;
    prepared.operands.push_back(make_operands(layer));
    prepared.mappings.push_back(map_layer(layer, prepared.experiment.machine.config));
  }
  return prepared;
}

void follow(benchmark::State& state, const Prepared& prepared) {
  double units = 0;
  double error = 0;
  for ([[maybe_unused]] auto iteration : state) {
    StructureModel model(prepared.experiment);
    units = error = 0;
    for (std::size_t i = 0; i < prepared.mappings.size(); ++i) {
      UnitActivity work;  // unguarded machines: every step
      work.active_unit_steps = UnitSteps(prepared.mappings[i]).count();
      std::vector<ActionCount> actions;
      const SwitchingSample sample =
          model.measure(prepared.mappings[i], prepared.operands[i], work, {}, actions);
      const double layer = sample.units_per_transition * static_cast<double>(sample.transitions);
      units += layer;
      error += std::pow(layer * sample.relative_half_width, 2);
    }
  }
  state.counters["half_width_%"] = units > 0 ? 100 * std::sqrt(error) / units : 0;
}

void structure_alexnet_stripes(benchmark::State& state) {
  follow(state, prepare("stripes", "alexnet", "stripes_100"));
}
void structure_alexnet_dadiannao(benchmark::State& state) {
  follow(state, prepare("dadiannao", "alexnet", "stripes_100"));
}
void structure_alexnet_tpu(benchmark::State& state) {
  follow(state, prepare("tpu_like", "alexnet", "int8"));
}
void structure_vgg_19_stripes(benchmark::State& state) {
  follow(state, prepare("stripes", "vgg_19", "stripes_100"));
}
void structure_small(benchmark::State& state) {
  follow(state, prepare("stripes", "lenet", "stripes_100"));
}

BENCHMARK(structure_alexnet_stripes)->Unit(benchmark::kMillisecond);
BENCHMARK(structure_alexnet_dadiannao)->Unit(benchmark::kMillisecond);
BENCHMARK(structure_alexnet_tpu)->Unit(benchmark::kMillisecond);
BENCHMARK(structure_vgg_19_stripes)->Unit(benchmark::kMillisecond);
BENCHMARK(structure_small)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace bitscale
