#include "sim/study/precision_sweep.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "sim/core/errors.hpp"
#include "sim/pipeline/runner.hpp"
#include "sim/pipeline/version.hpp"
#include "sim/report/power.hpp"

namespace bitscale::study {
namespace {

/// Clocks are whole hertz: a throughput that a clock just meets must not ask for one hertz more.
constexpr double kThroughputMargin = 1e-9;

/// Sorted, widest first, each once.
std::vector<int> ordered(std::vector<int> bits) {
  std::ranges::sort(bits, std::greater<>());
  bits.erase(std::unique(bits.begin(), bits.end()), bits.end());
  return bits;
}

/// The experiment with `bits` in every array layer.
Experiment at_precision(const SweepRequest& request, const std::string& machine, int bits) {
  ExperimentRequest one = request.common;
  one.machine = machine;
  one.profile = fmt::format("{0}x{0}", bits);
  if (!one.energy_model) one.energy_model = "structure";
  return load_experiment(one);
}

/// Its clock falls to the throughput, its supply to what the path needs, but not below `floor_V`.
void require_throughput(Experiment& experiment, double frames_per_s,
                        std::optional<double> floor_V) {
  VoltagePolicy& policy = experiment.machine.voltage;
  policy.kind = VoltageScaling::dvfs;
  policy.frames_per_s = frames_per_s;
  policy.macs_per_s = 0;
  if (floor_V) policy.floor_V = floor_V;
}

void require_comparable(const Experiment& first, const Experiment& other) {
  const Technology& technology = other.machine.technology;
  if (!technology.delay) {
    throw UsageError(
        fmt::format("error: technology '{}' of machine '{}' has no delay model ('delay:'), from "
                    "which supplies could follow; for example --set machine.technology=moons40",
                    technology.name, other.machine.config.name));
  }
  if (first.technology_yaml == other.technology_yaml) return;
  throw UsageError(fmt::format(
      "error: machines '{}' and '{}' use different technologies ({} and {}); a comparison needs "
      "one, for example --set machine.technology=moons40",
      first.machine.config.name, other.machine.config.name, first.machine.technology.name,
      technology.name));
}

void merge(std::vector<std::string>& all, const std::vector<std::string>& more) {
  for (const std::string& text : more) {
    if (std::ranges::find(all, text) == all.end()) all.push_back(text);
  }
}

void merge(Basis& all, const Basis& more) {
  all.operands =
      all.operands.empty() ? more.operands : combine_origins(all.operands, more.operands);
  merge(all.recalled, more.recalled);
  merge(all.assumed, more.assumed);
  merge(all.costs, more.costs);
  merge(all.left_out, more.left_out);
  merge(all.technology_notes, more.technology_notes);
}

/// One machine over the precisions.
class MachineSweep {
 public:
  MachineSweep(const SweepRequest& request, const ProgressOutput& output, ScalingResult& result)
      : request_(request), output_(output), result_(result) {}

  void run(std::vector<Experiment> experiments) {
    const bool fixed = experiments.front().machine.voltage.kind == VoltageScaling::fixed;
    std::optional<double> floor_V;
    for (std::size_t i = 0; i < experiments.size(); ++i) {
      ScalingPoint point;
      point.machine = experiments[i].machine.config.name;
      point.bits = result_.bits[i];
      require_throughput(experiments[i], result_.frames_per_s, floor_V);
      if (fixed && i > 0 && !floor_V) {
        point.failure = "no supply, because the widest operands have none";
      } else {
        solve(experiments[i], point);
      }
      if (fixed && i == 0 && point.figures) floor_V = point.figures->highest_V;
      result_.points.push_back(std::move(point));
    }
  }

 private:
  /// Runs the point, or notes what refuses it: a unit without the mode, a clock that no supply
  /// reaches.
  void solve(const Experiment& experiment, ScalingPoint& point) {
    try {
      const RunResult run = run_experiment(experiment, output_, request_.command);
      point.figures = scaling_figures(run);
      result_.matched = result_.matched && run.check_matched().value_or(true);
      Basis basis = basis_of(run);
      // That the precisions are this sweep's is no assumption about a network.
      std::erase_if(basis.assumed,
                    [](const std::string& text) { return text.ends_with(kUniformSource); });
      merge(result_.basis, basis);
    } catch (const MappingError& error) {
      if (result_.points.empty()) throw;  // what everything is measured against
      point.failure = error.what();
    }
  }

  const SweepRequest& request_;
  const ProgressOutput& output_;
  ScalingResult& result_;
};

/// Images per second of a machine at its own clock.
double own_throughput(const Experiment& experiment) {
  Experiment plain = experiment;
  plain.machine.voltage.kind = VoltageScaling::fixed;
  plain.simulation.energy_model = EnergyModel::horowitz;
  const RunResult run = run_experiment(plain, {}, "");
  return frames_per_second(run).value_or(0) * (1 - kThroughputMargin);
}

}  // namespace

std::vector<std::string> scaling_machines() {
  return {"scaling_fixed", "scaling_dvas", "scaling_dvafs", "scaling_serial", "scaling_fusion"};
}

ScalingResult sweep_precisions(const SweepRequest& request, const ProgressOutput& output) {
  ScalingResult result;
  result.bits = ordered(request.bits);
  std::vector<std::vector<Experiment>> experiments;
  for (const std::string& machine : request.machines) {
    std::vector<Experiment>& row = experiments.emplace_back();
    for (const int bits : result.bits) row.push_back(at_precision(request, machine, bits));
    require_comparable(experiments.front().front(), row.front());
    result.machines.push_back(row.front().machine.config.name);
  }
  const Experiment& first = experiments.front().front();
  result.version = kVersion;
  result.command = request.command;
  result.workload = first.workload.name;
  result.technology = first.machine.technology.name;
  result.energy_model = to_string(first.simulation.energy_model);
  result.frames_per_s = own_throughput(first);
  double macs = 0;
  for (const Layer& layer : first.workload.layers) {
    if (is_array_layer(layer.kind) && selected(first.simulation.layers, layer))
      macs += static_cast<double>(layer.shape.macs());
  }
  result.macs_per_s = result.frames_per_s * macs / static_cast<double>(first.workload.batch);
  MachineSweep sweep(request, output, result);
  for (std::vector<Experiment>& row : experiments) sweep.run(std::move(row));
  return result;
}

}  // namespace bitscale::study
