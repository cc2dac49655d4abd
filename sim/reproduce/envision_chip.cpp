// Runs of machine envision28 on a layer that fills it.
#include "sim/reproduce/envision_chip.hpp"

#include <fmt/format.h>

#include "sim/pipeline/runner.hpp"
#include "sim/report/power.hpp"
#include "sim/reproduce/dvas_chip.hpp"

namespace bitscale::reproduce {
namespace {

constexpr const char* kPaper =
    "Moons, Uytterhoeven, Dehaene, Verhelst, DVAFS, DATE 2017, on the chip Envision";
constexpr const char* kNoFigure = "prediction: no published figure was at hand";
constexpr double kPowerTolerance = 0.25;
constexpr double kRatioTolerance = 0.15;
constexpr double kPublishedRatio = 16.7;  // 300 over 18 mW

/// One way to run the chip.
struct Mode {
  int bits = 16;
  bool subwords = true;  ///< else the multipliers of the 1x16 mode, low bits gated
  std::string policy;
  std::string adders = "ripple";
};

struct Power {
  double chip_mW = 0;
  double scaled_mW = 0;  ///< of it, what draws from the supply that follows the precision
  OperatingPoint point;
};

/// 3x3 convolution of 256 channels to 384 over 4 rows of 64, without padding: every position and
/// subword works, and none on zeros.
Power run_mode(const Mode& mode) {
  ExperimentRequest request;
  request.machine = "envision28";
  request.workload = "alexnet";
  request.layers = "conv";
  request.energy_model = "structure";
  request.overrides = {
      "machine.voltage.policy=" + mode.policy, "machine.unit.guard=none",
      "machine.memory.activations.skip_zeros=false", "machine.memory.weights.skip_zeros=false",
      fmt::format("machine.unit.netlist={{adder: {0}, accumulator_adder: {0}}}", mode.adders)};
  if (!mode.subwords) request.overrides.emplace_back("machine.unit.modes=[16]");
  if (mode.adders == "prefix")
    request.overrides.emplace_back("machine.technology.delay.tau=89.285ps");
  Experiment experiment = load_experiment(request);
  std::erase_if(experiment.workload.layers,
                [](const Layer& layer) { return layer.name != "conv3"; });
  Layer& layer = experiment.workload.layers.front();
  layer.shape.P = 4;
  layer.shape.Q = 64;
  take_padding_off(layer.shape);
  layer.activation = {mode.bits, Encoding::twos, 0};
  layer.weight = layer.output = layer.activation;
  for (TensorSource* source : {&layer.activation_source, &layer.weight_source}) {
    source->distribution = Distribution::uniform;
    source->zero_fraction = 0;
  }
  const RunResult run = run_experiment(experiment, {});
  const PowerReport power = run_power(run);
  return {power.chip_mW(), power.datapath_mW + power.clock_mW,
          run.layers.front().operating.value()};
}

const std::vector<std::string>& inputs() {
  static const std::vector<std::string> kInputs = {
      "Envision: machine and technology envision28 (configs): array and memories as assumed for "
      "the 40 nm chip, capacitances of 45 nm times 28/45, 1 V, Vt 0.4 V, exponent 1.3, control 44 "
      "pJ per cycle, leakage 5 mW, memories at 1 V (all assumed)",
      "Envision: uniform two's complement operands without zeros put in, nothing guarded, all 256 "
      "multipliers at work; at 4x4 sums wrap in segments of 12 bits",
      "Envision, fitted: the time scale, to 200 MHz of the drawn 16-bit subword MAC at 1 V"};
  return kInputs;
}

/// The rules by which this preset came from 45 nm, on the published power of the chip before it.
double scaled_predecessor_mW() {
  constexpr double kPredecessorMilliwatts = 287, kFeatureRatio = 28.0 / 45;
  constexpr double kSupplyRatio = 1 / 1.1, kClockRatio = 200.0 / 204;
  return kPredecessorMilliwatts * kFeatureRatio * kSupplyRatio * kSupplyRatio * kClockRatio;
}

}  // namespace

std::vector<ReproduceCheck> envision_checks(std::string_view experiment) {
  const Power full = run_mode({16, true, "fixed"});
  const Power das = run_mode({4, false, "fixed"});
  const Power dvas = run_mode({4, false, "dvas"});
  const Power dvafs = run_mode({4, true, "dvafs"});
  const std::string powers = fmt::format(
      "Envision, powers: what the chip ran, its supplies and what its power is made of were not at "
      "hand. The 287 mW published of the 40 nm chip before it, scaled as this preset is (28/45, 1 "
      "V "
      "for 1.1 V, 200 for 204 MHz), would be {:.0f} mW: half of the 300 mW is in no such scaling",
      scaled_predecessor_mW());
  const double still_mW = dvafs.chip_mW - dvafs.scaled_mW;
  const std::string ratios = fmt::format(
      "Envision, ratios: of {:.1f} mW at 4x4, {:.1f} mW are memories, control and leakage, all "
      "assumed; {:.1f} mW more there would make 16 bit over 4x4 what is published",
      dvafs.chip_mW, still_mW, full.chip_mW / kPublishedRatio - dvafs.chip_mW);
  std::vector<ReproduceCheck> rows;
  const auto add = [&](std::string name, std::optional<double> published, double simulated,
                       const char* unit, double tolerance) {
    ReproduceCheck check = reproduce_check(experiment, "Envision: " + std::move(name), published,
                                           simulated, unit, tolerance);
    check.inputs = inputs();
    check.source = published ? kPaper : kNoFigure;
    note_deviation(check, std::string_view(unit) == "mW" ? powers : ratios);
    rows.push_back(std::move(check));
  };
  add("16 bit at 200 MHz", 300, full.chip_mW, "mW", kPowerTolerance);
  add("4x4 bit at 50 MHz", 18, dvafs.chip_mW, "mW", kPowerTolerance);
  add("16 bit over 4x4, constant throughput", kPublishedRatio, full.chip_mW / dvafs.chip_mW, "x",
      kRatioTolerance);
  add("4 bit by DAS over 4x4 by DVAFS", 6.9, das.chip_mW / dvafs.chip_mW, "x", kRatioTolerance);
  add("4 bit by DVAS over 4x4 by DVAFS", 4.1, dvas.chip_mW / dvafs.chip_mW, "x", kRatioTolerance);
  add("supply of the datapath, 4 bit by DVAS", std::nullopt, dvas.point.datapath.V, "V", 0);
  add("supply of the datapath, 4x4 by DVAFS", std::nullopt, dvafs.point.datapath.V, "V", 0);
  if (dvafs.point.datapath.at_floor)
    rows.back().inputs.emplace_back(
        "Envision: at 4x4 the datapath is at the end of the delay model, 0.1 V above the "
        "threshold; its path would allow less, a chip may not");
  // The drawing is not published: with fast adders paths shrink less with the precision.
  const Power fast_full = run_mode({16, true, "fixed", "prefix"});
  const Power fast_dvafs = run_mode({4, true, "dvafs", "prefix"});
  add("16 bit over 4x4, prefix adders", std::nullopt, fast_full.chip_mW / fast_dvafs.chip_mW, "x",
      0);
  return rows;
}

}  // namespace bitscale::reproduce
