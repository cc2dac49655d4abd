#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "sim/pipeline/runner.hpp"
#include "sim/reproduce/reproductions.hpp"

namespace bitscale::reproduce {
namespace {

constexpr double kTolerance = 0.015;
constexpr std::string_view kExperiment = "stripes";

/// The eight networks of the Stripes papers; the last six classify ImageNet.
constexpr std::array<std::string_view, 8> kNetworks = {"lenet",     "convnet", "alexnet", "nin",
                                                       "googlenet", "vgg_m",   "vgg_s",   "vgg_19"};
constexpr std::size_t kFirstImageNet = 2;

const std::vector<std::string> kDeclared = {
    "machines dadiannao and stripes (configs/machines)",
    "layer shapes of the eight networks (workloads)",
    "recalled: activation bits per convolution, profile stripes_100",
};

/// How one series of speed-ups is taken.
struct Setting {
  std::string name;
  std::string baseline = "dadiannao", machine = "stripes";
  std::string layers = "conv";
  std::vector<std::string> overrides;
};

RunResult simulate(const Setting& setting, const std::string& machine, std::string_view network) {
  ExperimentRequest request;
  request.machine = machine;
  request.workload = network;
  request.profile = "stripes_100";
  request.operands = "off";  // neither machine's time depends on values
  request.layers = setting.layers;
  request.overrides = setting.overrides;
  return run_experiment(load_experiment(request), {});
}

/// What the networks gave under one setting, baseline over machine.
struct Series {
  std::vector<double> speedup;
  std::vector<double> energy;  ///< on the chip: without DRAM
  std::vector<double> power;   ///< machine over baseline
  double area = 0;             ///< machine over baseline
};

double on_chip_pJ(const RunResult& run) {
  double sum = 0;
  for (const ComponentShare& part : run.energy().components_pJ) {
    if (!part.component.starts_with("dram_")) sum += part.value;
  }
  return sum;
}

Series compare(const Setting& setting, Progress& progress, std::uint64_t& done) {
  Series series;
  for (const std::string_view network : kNetworks) {
    progress.update(done++, fmt::format("{}, {}", network, setting.name));
    const RunResult before = simulate(setting, setting.baseline, network);
    const RunResult after = simulate(setting, setting.machine, network);
    const double faster =
        static_cast<double>(before.cycles().total()) / static_cast<double>(after.cycles().total());
    series.speedup.push_back(faster);
    series.energy.push_back(on_chip_pJ(before) / on_chip_pJ(after));
    series.power.push_back(faster / series.energy.back());
    series.area = after.area.total_um2 / before.area.total_um2;
  }
  return series;
}

std::vector<double> image_net(const std::vector<double>& all) {
  return {all.begin() + kFirstImageNet, all.end()};
}

ReproduceCheck check(const std::string& name, std::optional<double> published, double simulated,
                     const std::string& source, std::vector<std::string> inputs = kDeclared) {
  ReproduceCheck result = reproduce_check(kExperiment, name, published, simulated, "x", kTolerance);
  result.inputs = std::move(inputs);
  result.source = source;
  return result;
}

void add_networks(std::vector<ReproduceCheck>& checks, const Setting& setting,
                  const std::vector<double>& ratios, const std::vector<std::string>& inputs) {
  for (std::size_t i = 0; i < kNetworks.size(); ++i) {
    checks.push_back(check(fmt::format("{}: {}", setting.name, kNetworks[i]), std::nullopt,
                           ratios[i], "no figure per network was at hand", inputs));
  }
}

/// The series that the published figures are about: convolutions, ideal memory.
void add_published(std::vector<ReproduceCheck>& checks, const Setting& setting,
                   const std::vector<double>& ratios) {
  std::vector<std::string> inputs = kDeclared;
  inputs.emplace_back(
      setting.overrides.empty()
          ? "a pallet that is not full takes a whole one's time"
          : "a pallet that is not full takes its share of the time (ideal windows)");
  ReproduceCheck mean =
      check(setting.name + ": geometric mean of 8 networks", 2.24, geometric_mean(ratios),
            "Judd et al., Stripes, IEEE CAL 2015; quoted by the ISCA 2019 tutorial", inputs);
  mean.headline = true;
  checks.push_back(mean);
  checks.push_back(check(setting.name + ": geometric mean of 6 ImageNet networks", 1.85,
                         geometric_mean(image_net(ratios)),
                         "Albericio et al., Bit-Pragmatic, MICRO 2017: Stripes re-measured",
                         inputs));
  const auto [lowest, highest] = std::ranges::minmax(ratios);
  checks.push_back(check(setting.name + ": smallest of the networks", 1.35, lowest,
                         "Judd et al., Stripes, IEEE CAL 2015", inputs));
  inputs.emplace_back("recalled: the published maximum 5.33 itself");
  checks.push_back(check(setting.name + ": largest of the networks", 5.33, highest,
                         "Judd et al., Stripes, IEEE CAL 2015", inputs));
  inputs.pop_back();
  add_networks(checks, setting, ratios, inputs);
}

void add_information(std::vector<ReproduceCheck>& checks, const Setting& setting,
                     const std::vector<double>& ratios, const std::string& input) {
  std::vector<std::string> inputs = kDeclared;
  inputs.push_back(input);
  checks.push_back(check(setting.name + ": geometric mean of 8 networks", std::nullopt,
                         geometric_mean(ratios), "no published figure for this setting", inputs));
  add_networks(checks, setting, ratios, inputs);
}

/// Energy, power and area beside the published ones. Costs are Horowitz's, not the chip's: nothing
/// is fitted, and it shows.
void add_costs(std::vector<ReproduceCheck>& checks, const Series& series) {
  std::vector<std::string> inputs = kDeclared;
  inputs.emplace_back(
      "declared: technology horowitz45, eDRAM priced as SRAM; registers, clock, control and wires "
      "cost nothing");
  const std::string source = "Judd et al., Stripes, IEEE CAL 2015";
  const std::string prefix = "whole pallets, Horowitz's costs: ";
  checks.push_back(check(prefix + "on-chip energy efficiency, geometric mean", 2.0,
                         geometric_mean(series.energy), source, inputs));
  checks.back().note =
      "on-chip energy and power: with eDRAM priced as SRAM, fetching weights is most of "
      "DaDianNao's energy; Stripes fetches "
      "them once for 16 windows, and no cost of registers, clock, control or wires dilutes that "
      "saving";
  checks.push_back(check(prefix + "on-chip power, geometric mean", 1.12,
                         geometric_mean(series.power), source, inputs));
  checks.back().note = checks[checks.size() - 2].note;
  checks.push_back(check(prefix + "area", 1.05, series.area, source, inputs));
  checks.back().note =
      "area: 36 MiB priced as SRAM are nine tenths of both machines, which hides the difference of "
      "their logic; serial units "
      "have no registers here";
  for (std::size_t i = checks.size() - 3; i < checks.size(); ++i) {
    if (checks[i].verdict != Verdict::deviates) checks[i].note.clear();
  }
}

}  // namespace

std::vector<ReproduceCheck> reproduce_stripes(const ProgressOutput& output) {
  const Setting ideal{
      "ideal windows", "dadiannao", "stripes", "conv", {"machine.dataflow.windows=ideal"}};
  const Setting pallets{"whole pallets", "dadiannao", "stripes", "conv", {}};
  const Setting with_fc{"with fully connected layers", "dadiannao", "stripes", "array", {}};
  const Setting limited{"memory-limited", "dadiannao_dram", "stripes_dram", "conv", {}};
  std::vector<ReproduceCheck> checks;
  std::uint64_t done = 0;
  Progress progress(output, "reproduce stripes", "networks", 4 * kNetworks.size());
  add_published(checks, ideal, compare(ideal, progress, done).speedup);
  const Series whole = compare(pallets, progress, done);
  add_published(checks, pallets, whole.speedup);
  add_costs(checks, whole);
  add_information(
      checks, with_fc, compare(with_fc, progress, done).speedup,
      "derived: fully connected layers multiplex filter groups over the window columns");
  add_information(checks, limited, compare(limited, progress, done).speedup,
                  "assumed: one 64-bit LPDDR4-3200 channel, every layer's operands and results "
                  "through it, activations of Stripes "
                  "at the precision of their layer");
  return checks;
}

}  // namespace bitscale::reproduce
