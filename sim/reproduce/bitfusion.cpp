// Bit Fusion (Sharma et al., ISCA 2018) against Eyeriss and Stripes under the conditions that the
// paper states, with every ratio taken apart into causes.
#include <fmt/format.h>

#include <array>

#include "sim/pipeline/runner.hpp"
#include "sim/report/attribution.hpp"
#include "sim/reproduce/reproductions.hpp"
#include "sim/reproduce/temporal_design.hpp"
#include "sim/study/characterise.hpp"

namespace bitscale::reproduce {
namespace {

constexpr std::string_view kExperiment = "bitfusion";
constexpr double kTolerance = 0.15;
constexpr const char* kPaper = "Sharma et al., Bit Fusion, ISCA 2018";
constexpr std::int64_t kBatch = 16;

/// A network of the paper, and the one of regular width that its wide version stands for.
struct Network {
  std::string_view name, workload, regular = {};
};
constexpr std::array<Network, 8> kNetworks = {{{"AlexNet", "bitfusion_alexnet", "alexnet"},
                                               {"CIFAR10", "bitfusion_cifar10"},
                                               {"LSTM", "bitfusion_lstm"},
                                               {"LeNet-5", "bitfusion_lenet5"},
                                               {"ResNet-18", "bitfusion_resnet18", "resnet_18"},
                                               {"RNN", "bitfusion_rnn"},
                                               {"SVHN", "bitfusion_svhn"},
                                               {"VGG-7", "bitfusion_vgg7"}}};

/// One comparison of the paper.
struct Comparison {
  std::string over;
  std::string_view machine, baseline;
  double speedup = 1, energy = 1;  ///< published geometric means
};
const std::array<Comparison, 2> kComparisons = {
    {{"Eyeriss", "bit_fusion", "eyeriss_bit_fusion", 3.9, 5.1},
     {"Stripes", "bit_fusion_stripes", "stripes_bit_fusion", 2.6, 3.9}}};

const std::vector<std::string> kInputs = {
    "machines bit_fusion, eyeriss_bit_fusion, bit_fusion_stripes and stripes_bit_fusion "
    "(configs/machines), with what each assumes; 16 images or sequences at a time",
    "layers and widths of the eight networks (workloads/bitfusion_*.yaml); all layers run, one "
    "after another",
    "technology horowitz45 for both machines: relative costs of memories, not of the chips"};

RunResult simulate(std::string_view machine, std::string_view workload, std::string_view layers,
                   std::int64_t batch) {
  ExperimentRequest request;
  request.machine = machine;
  request.workload = workload;
  request.operands = "off";  // no machine's time depends on values
  request.layers = layers;
  request.batch = batch;
  return run_experiment(load_experiment(request), {});
}

ReproduceCheck row(std::string name, std::optional<double> published, double simulated,
                   std::string unit = "x") {
  ReproduceCheck check = reproduce_check(kExperiment, std::move(name), published, simulated,
                                         std::move(unit), kTolerance);
  check.inputs = kInputs;
  check.source = published ? kPaper : "no published figure was at hand";
  return check;
}

/// Bit Fusion and a baseline on all networks.
struct Series {
  std::vector<SpeedFactors> speed;
  std::vector<EnergyFactors> energy, by_ratios;  ///< at Horowitz's costs and at Eyeriss' ratios
  /// Baseline over machine of the time that the DRAM channel works; both have the same channel.
  std::vector<double> channel;

  void add(const RunResult& baseline, const RunResult& run) {
    static const Technology horowitz = study::load_technology("horowitz45");
    static const Technology ratios = study::load_technology("eyeriss_ratios");
    speed.push_back(speed_factors(baseline, run));
    energy.push_back(energy_factors(baseline, run, horowitz));
    by_ratios.push_back(energy_factors(baseline, run, ratios));
    channel.push_back(static_cast<double>(baseline.dram_bits()) /
                      static_cast<double>(run.dram_bits()));
  }
};

template <typename Factors, typename Value>
double mean(const std::vector<Factors>& series, Value value) {
  std::vector<double> values;
  values.reserve(series.size());
  for (const Factors& factors : series) values.push_back(value(factors));
  return geometric_mean(values);
}

SpeedFactors mean_of(const std::vector<SpeedFactors>& series) {
  return {mean(series, [](const SpeedFactors& f) { return f.peak; }),
          mean(series, [](const SpeedFactors& f) { return f.mapping; }),
          mean(series, [](const SpeedFactors& f) { return f.memory; })};
}

EnergyFactors mean_of(const std::vector<EnergyFactors>& series) {
  return {mean(series, [](const EnergyFactors& f) { return f.arithmetic; }),
          mean(series, [](const EnergyFactors& f) { return f.on_chip; }),
          mean(series, [](const EnergyFactors& f) { return f.dram; })};
}

void add_factors(std::vector<ReproduceCheck>& checks, const std::string& name,
                 const SpeedFactors& factors) {
  checks.push_back(row(name + ", cause: units, clock and precision", std::nullopt, factors.peak));
  checks.push_back(
      row(name + ", cause: mapping and idle positions", std::nullopt, factors.mapping));
  checks.push_back(row(name + ", cause: waits for DRAM", std::nullopt, factors.memory));
}

void add_factors(std::vector<ReproduceCheck>& checks, const std::string& name,
                 const EnergyFactors& factors) {
  checks.push_back(row(name + ", cause: units", std::nullopt, factors.arithmetic));
  checks.push_back(
      row(name + ", cause: buffers and register files", std::nullopt, factors.on_chip));
  checks.push_back(row(name + ", cause: DRAM", std::nullopt, factors.dram));
}

/// The geometric means of a series with their factors; deviations are explained by the factors.
void add_speed_mean(std::vector<ReproduceCheck>& checks, const std::string& over, double published,
                    const Series& series) {
  const SpeedFactors factors = mean_of(series.speed);
  const double channel = geometric_mean(series.channel);
  checks.push_back(
      row(over + "speed-up, geometric mean of 8 networks", published, factors.product()));
  note_deviation(
      checks.back(),
      fmt::format("{}speed-up: {:.3g}x with every position busy in every cycle, {:.3g}x with ideal "
                  "memory (idle positions, edges, spills and layers without MACs make {:.3g}x), "
                  "{:.3g}x with waits for the channel ({:.3g}x); were the channel the only limit "
                  "of both machines, it would be {:.3g}x",
                  over, factors.peak, factors.peak * factors.mapping, factors.mapping,
                  factors.product(), factors.memory, channel));
  add_factors(checks, over + "speed-up", factors);
  checks.push_back(row(over + "speed-up if the DRAM channel were the only limit of both",
                       std::nullopt, channel));
}

void add_energy_mean(std::vector<ReproduceCheck>& checks, const std::string& over, double published,
                     const Series& series) {
  const EnergyFactors factors = mean_of(series.energy);
  checks.push_back(
      row(over + "energy, geometric mean of 8 networks", published, factors.product()));
  note_deviation(
      checks.back(),
      fmt::format("{}energy: {:.3g}x in the units alone, {:.3g}x with buffers and register files "
                  "(they make {:.3g}x), {:.3g}x with DRAM ({:.3g}x); DRAM alone {:.3g}x",
                  over, factors.arithmetic, factors.arithmetic * factors.on_chip, factors.on_chip,
                  factors.product(), factors.dram, geometric_mean(series.channel)));
  add_factors(checks, over + "energy", factors);
  checks.push_back(row(over + "energy at Eyeriss' ratios, geometric mean of 8 networks",
                       std::nullopt, mean_of(series.by_ratios).product()));
}

void add_series(std::vector<ReproduceCheck>& checks, const Comparison& comparison,
                const Series& series) {
  const std::string over = "over " + comparison.over + ", ";
  const std::size_t first = checks.size();
  add_speed_mean(checks, over, comparison.speedup, series);
  add_energy_mean(checks, over, comparison.energy, series);
  for (std::size_t i = first; i < checks.size(); ++i)
    checks[i].headline = checks[i].published.has_value();
  for (std::size_t i = 0; i < kNetworks.size(); ++i) {
    const std::string network = fmt::format("{}{}", over, kNetworks[i].name);
    checks.push_back(row(network + ", speed-up", std::nullopt, series.speed[i].product()));
    add_factors(checks, network + ", speed-up", series.speed[i]);
    checks.push_back(row(network + ", energy", std::nullopt, series.energy[i].product()));
  }
}

/// The same task on networks of regular width: less work, so that ratios of times are no ratios of
/// speeds at equal work.
void add_same_task(std::vector<ReproduceCheck>& checks, const Series& series) {
  const std::string over = "over Eyeriss (same task, not the same work), ";
  const std::size_t first = checks.size();
  add_speed_mean(checks, over, 3.9, series);
  add_energy_mean(checks, over, 5.1, series);
  for (std::size_t i = 0; i < kNetworks.size(); ++i) {
    if (kNetworks[i].regular.empty()) continue;
    const std::string network = fmt::format("{}{}", over, kNetworks[i].name);
    checks.push_back(row(network + ", speed-up", std::nullopt, series.speed[i].product()));
    checks.push_back(row(network + ", energy", std::nullopt, series.energy[i].product()));
  }
  for (std::size_t i = first; i < checks.size(); ++i) {
    checks[i].inputs.emplace_back(
        "same task: Eyeriss runs AlexNet and ResNet-18 at regular width and 16 bits, Bit Fusion "
        "its wide versions of them (assumed: not verified)");
  }
}

/// The baseline on its own: the chip as measured.
void add_eyeriss_chip(std::vector<ReproduceCheck>& checks) {
  constexpr std::int64_t kImages = 4;
  const RunResult run = simulate("eyeriss", "alexnet", "conv", kImages);
  ReproduceCheck check = row("baseline: Eyeriss at 200 MHz, AlexNet convolutions, batch 4", 34.7,
                             static_cast<double>(kImages) / run.seconds(), "frame/s");
  check.source = "Chen, Krishna, Emer, Sze, Eyeriss, JSSC 2017";
  check.inputs = {"machine eyeriss (configs/machines): recalled channel, register files and sums"};
  checks.push_back(std::move(check));
}

}  // namespace

std::vector<ReproduceCheck> reproduce_bitfusion(const ProgressOutput& output) {
  std::vector<ReproduceCheck> checks;
  std::uint64_t done = 0;
  Progress progress(output, "reproduce bitfusion", "networks", 2 * kNetworks.size() + 1);
  Series same_task;
  for (const Comparison& comparison : kComparisons) {
    Series series;
    std::array<double, 2> area = {};
    for (const Network& network : kNetworks) {
      progress.update(done++, fmt::format("{} over {}", network.name, comparison.over));
      const RunResult run = simulate(comparison.machine, network.workload, "all", kBatch);
      const RunResult baseline = simulate(comparison.baseline, network.workload, "all", kBatch);
      series.add(baseline, run);
      area = {baseline.area.total_um2, run.area.total_um2};
      if (comparison.over != "Eyeriss") continue;
      if (network.regular.empty()) {
        same_task.add(baseline, run);
      } else {
        same_task.add(simulate(comparison.baseline, network.regular, "all", kBatch), run);
      }
    }
    add_series(checks, comparison, series);
    checks.push_back(
        row("over " + comparison.over + ", area with memories", std::nullopt, area[1] / area[0]));
    if (comparison.over == "Eyeriss") add_same_task(checks, same_task);
  }
  progress.update(done, "Eyeriss, Fusion Unit");
  add_eyeriss_chip(checks);
  add_temporal_design(checks);
  return checks;
}

}  // namespace bitscale::reproduce
