#include "sim/study/accumulator_study.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "arch/common/accumulator.hpp"
#include "arch/unit_netlist.hpp"
#include "sim/core/suggest.hpp"
#include "sim/netlist/timing.hpp"
#include "sim/pipeline/runner.hpp"
#include "sim/pipeline/version.hpp"
#include "sim/workload/network.hpp"
#include "sim/workload/reference.hpp"

namespace bitscale::study {
namespace {

using precision::Criterion;
using precision::LayerSums;
using precision::LayerWidth;

/// Images of a data set where the command line names no number: sums of one image are few.
constexpr std::int64_t kDatasetImages = 16;
/// Widths below a layer's narrowest choice that a sweep shows.
constexpr int kBelow = 4;

std::vector<std::int64_t> without_low_bits(std::vector<std::int64_t> sums, int dropped,
                                           int register_bits) {
  for (std::int64_t& sum : sums) sum = precision::without_low_bits(sum, dropped, register_bits);
  return sums;
}

double share_outside(const std::vector<std::int64_t>& sums, int bits) {
  const auto outside = std::ranges::count_if(sums, [bits](std::int64_t sum) {
    return sum < accumulator_min(bits) || sum > accumulator_max(bits);
  });
  return static_cast<double>(outside) / static_cast<double>(sums.size());
}

/// A layer on registers of any width.
class RegisterBench {
 public:
  RegisterBench(const Experiment& wrapping, const Experiment& saturating, const Layer& layer,
                const Operands& operands, const std::vector<std::int64_t>& exact)
      : wrapping_(wrapping),
        saturating_(saturating),
        layer_(layer),
        operands_(operands),
        exact_(exact) {}

  [[nodiscard]] RegisterChoice measure(const LayerWidth& width) {
    RegisterChoice choice;
    choice.criterion = precision::to_string(width.criterion);
    choice.output_bits = width.output_bits;
    choice.register_bits = std::max(width.register_bits, kMinAccumulatorBits);
    choice.dropped_bits = width.dropped_bits;
    choice.predicted_sqnr_dB = width.predicted_sqnr_dB;
    choice.warnings = width.warnings;
    choice.finished_overflow_rate = share_outside(exact_, choice.register_bits);
    choice.wrap = figures(wrapping_, choice);
    choice.saturate = figures(saturating_, choice);
    // The search looks at finished sums; registers saturate at every addition.
    const double lost_dB = choice.predicted_sqnr_dB - choice.saturate.sqnr_dB;
    if (width.criterion == Criterion::searched && choice.saturate.failure.empty() && lost_dB > 1)
      choice.warnings.push_back(fmt::format(
          "searched on finished sums: clamped partial sums take {:.1f} dB from a register that "
          "saturates",
          lost_dB));
    return choice;
  }

 private:
  struct Run {
    std::vector<std::int64_t> sums;
    RegisterFigures figures;  ///< but for the SQNR
  };

  RegisterFigures figures(const Experiment& experiment, const RegisterChoice& choice) {
    auto& known = runs_[{&experiment, choice.register_bits}];
    if (!known) known = run(experiment, choice.register_bits);
    RegisterFigures figures = known->figures;
    if (figures.failure.empty()) {
      figures.sqnr_dB = precision::measured_sqnr_dB(
          exact_, without_low_bits(known->sums, choice.dropped_bits, choice.register_bits));
    }
    return figures;
  }

  Run run(const Experiment& experiment, int bits) {
    Run result;
    try {
      const auto [layer, mapping] = with_register(experiment.machine.config, bits);
      const LayerResult done = run_array_layer(experiment, layer, &operands_, &result.sums);
      result.figures = gates(experiment, mapping, done);
      const auto additions = static_cast<double>(done.macs) /
                             static_cast<double>(mapping.lanes.size * mapping.subwords.size) *
                             static_cast<double>(mapping.segments);
      result.figures.overflow_rate = static_cast<double>(done.overflow_events) / additions;
    } catch (const MappingError& error) {
      result.figures.failure = error.what();
    }
    return result;
  }

  /// The layer asking for a register that gives its integers `bits` bits, and its mapping. Bits
  /// below the operands that gating leaves empty count in some units and not in others.
  [[nodiscard]] std::pair<Layer, Mapping> with_register(const MachineConfig& machine,
                                                        int bits) const {
    const Mapping own = map_layer(layer_, machine);
    const auto segments = static_cast<int>(own.segments);
    const int empty = own.types.accumulator.bits / segments - own.segment.bits;
    std::string refusal = fmt::format("the unit has no register of {} bits", bits);
    for (const int asked : {segments * bits, segments * (bits + empty)}) {
      Layer layer = layer_;
      layer.accumulator_bits = asked;
      try {
        Mapping mapping = map_layer(layer, machine);
        if (mapping.segment.bits == bits) return {layer, std::move(mapping)};
      } catch (const MappingError& error) {
        refusal = error.what();
      }
    }
    throw MappingError(layer_.name, refusal);
  }

  static RegisterFigures gates(const Experiment& experiment, const Mapping& mapping,
                               const LayerResult& done) {
    const Technology& technology = experiment.machine.technology;
    RegisterFigures figures;
    double energy_pJ = 0;
    for (const ActionEnergy& entry : energy(done.actions, technology).actions) {
      const std::string& component = entry.action.component;
      if (component == "datapath" || component == "registers") energy_pJ += entry.energy_pJ;
    }
    figures.pJ_per_mac = energy_pJ / static_cast<double>(done.macs);
    const UnitNetlist drawn =
        experiment.machine.config.unit->make_netlist(mapping.lanes.size, mapping.types);
    figures.path_units = netlist::analyse_timing(drawn.netlist, drawn.ties).path_units;
    if (technology.delay) {
      figures.path_ns =
          1e9 * path_delay_s(*technology.delay, figures.path_units, technology.delay->vnom_V);
    }
    return figures;
  }

  const Experiment& wrapping_;
  const Experiment& saturating_;
  const Layer& layer_;
  const Operands& operands_;
  const std::vector<std::int64_t>& exact_;
  std::map<std::pair<const Experiment*, int>, std::optional<Run>> runs_;
};

AccumulatorLayer describe(const Layer& layer, const Operands& operands, const LayerSums& sums,
                          std::uint64_t count) {
  AccumulatorLayer result;
  result.name = layer.name;
  result.operands = to_string(combine(operands.activations.origin, operands.weights.origin));
  result.types = fmt::format("{}x{}", layer.activation.bits, layer.weight.bits);
  result.length = sums.length;
  result.sums = count;
  result.predicted_mean = sums.predicted.mean;
  result.predicted_sigma = sums.predicted.sigma;
  result.measured_mean = sums.measured.mean;
  result.measured_sigma = sums.measured.sigma;
  result.excess_kurtosis = sums.measured_excess_kurtosis;
  result.low = sums.low;
  result.high = sums.high;
  return result;
}

/// The layer's widths, and every width up to the widest of them where `sweep`.
AccumulatorLayer study_layer(const AccumulatorRequest& request, RegisterBench& bench,
                             const Layer& layer, const Operands& operands,
                             const std::vector<std::int64_t>& exact) {
  const LayerSums sums = precision::measure_sums(layer, operands, exact);
  AccumulatorLayer result = describe(layer, operands, sums, exact.size());
  int narrowest = kMaxAccumulatorBits;
  int widest = kMinAccumulatorBits;
  for (const LayerWidth& width : precision::layer_widths(sums, request.target, exact)) {
    result.choices.push_back(bench.measure(width));
    narrowest = std::min(narrowest, result.choices.back().register_bits);
    widest = std::max(widest, result.choices.back().register_bits);
  }
  if (!request.sweep) return result;
  for (int bits = std::max(kMinAccumulatorBits, narrowest - kBelow); bits <= widest; ++bits) {
    LayerWidth width;
    width.output_bits = width.register_bits = bits;
    result.sweep.push_back(bench.measure(width));
    result.sweep.back().criterion.clear();
  }
  return result;
}

void require_layer(const Workload& workload, const std::string& name) {
  if (name.empty()) return;
  std::vector<std::string> names;
  for (const Layer& layer : workload.layers) {
    if (is_array_layer(layer.kind)) names.push_back(layer.name);
  }
  if (std::ranges::find(names, name) != names.end()) return;
  throw UsageError(fmt::format("error: --layer: {} has no layer with products named '{}'{}",
                               workload.name, name, suggestion(name, names)));
}

/// The experiment with registers that wrap or saturate, whatever the machine's own do.
Experiment load_with(ExperimentRequest request, const char* overflow) {
  request.overrides.push_back(fmt::format("machine.unit.accumulator.overflow={}", overflow));
  return load_experiment(request);
}

}  // namespace

AccumulatorReport study_accumulators(const AccumulatorRequest& request,
                                     const ProgressOutput& output) {
  ExperimentRequest loading = request.experiment;
  loading.energy_model = "structure";
  const bool images =
      load_experiment(loading).workload.input_source.kind == TensorSource::Kind::dataset;
  if (images && !loading.batch) loading.batch = kDatasetImages;
  if (!loading.operands) loading.operands = images ? "chained" : "per_layer";
  const Experiment wrapping = load_with(loading, "wrap");
  const Experiment saturating = load_with(loading, "saturate");
  const Workload& workload = wrapping.workload;
  require_layer(workload, request.layer);
  AccumulatorReport report;
  report.version = kVersion;
  report.command = request.command;
  report.machine = wrapping.machine.config.name;
  report.workload = workload.name;
  report.profile = workload.profile;
  report.technology = wrapping.machine.technology.name;
  report.vdd_V = wrapping.machine.technology.vdd_V;
  if (wrapping.machine.technology.delay) report.delay_V = wrapping.machine.technology.delay->vnom_V;
  report.target_sqnr_dB = request.target.sqnr_dB;
  report.target_probability = request.target.overflow_probability;
  Progress progress(output, "accumulators of " + workload.name, "layers", workload.layers.size());
  const auto study = [&](std::size_t index, const Operands& operands) {
    const Layer& layer = workload.layers[index];
    std::vector<std::int64_t> exact =
        reference_convolution(layer.shape, operands.activations, operands.weights, layer.pad_value);
    if (request.layer.empty() || layer.name == request.layer) {
      progress.update(index, layer.name);
      RegisterBench bench(wrapping, saturating, layer, operands, exact);
      report.layers.push_back(study_layer(request, bench, layer, operands, exact));
    }
    return exact;
  };
  if (wrapping.simulation.operands == OperandMode::chained) {
    (void)run_network(workload, study);
    return report;
  }
  for (std::size_t i = 0; i < workload.layers.size(); ++i) {
    if (!is_array_layer(workload.layers[i].kind)) continue;
    if (!request.layer.empty() && workload.layers[i].name != request.layer) continue;
    (void)study(i, make_operands(workload.layers[i]));
  }
  return report;
}

}  // namespace bitscale::study
