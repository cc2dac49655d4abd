// The multiplier study of DVAFS (Moons et al., DATE 2017) from the gates of a subword multiplier, a
// delay law and nothing else: supplies, energy per word, and the factors k0..k5 of its equations.
#include <fmt/format.h>

#include <array>

#include "arch/dvafs/subword_multiplier.hpp"
#include "sim/activity/unit_energy.hpp"
#include "sim/config/files.hpp"
#include "sim/power/operating_point.hpp"
#include "sim/reproduce/envision_chip.hpp"
#include "sim/reproduce/reproductions.hpp"
#include "sim/study/characterise.hpp"

namespace bitscale::reproduce {
namespace {

using netlist::Netlist;
using netlist::Tie;

constexpr std::string_view kExperiment = "dvafs";
constexpr const char* kPaper = "Moons, Uytterhoeven, Dehaene, Verhelst, DVAFS, DATE 2017";
constexpr const char* kNoFigure = "prediction: no published figure was at hand";

constexpr int kWordBits = 16;
constexpr std::array<int, 4> kPrecisions = {16, 12, 8, 4};
constexpr double kSupplyToleranceVolt = 0.05;
constexpr double kEnergyTolerance = 0.25;
constexpr double kRatioTolerance = 0.15;
constexpr double kGainTolerance = 0.05;  ///< of a factor that is close to 1 itself
constexpr double kDvasActivityTolerance = 0.2, kDvafsActivityTolerance = 0.1;

// Declared, none of them published.
constexpr std::int64_t kClockHz = 500'000'000;
constexpr double kLeakageShare = 0.05;  ///< of the power at 16 bits
constexpr double kBodyBiasVolt = -0.3;

/// One way to run operands of `bits`: a mode of the gates, and what it needs.
struct Point {
  int bits = kWordBits;
  double words = 1;  ///< per cycle
  UnitEnergy activity;
  std::uint32_t path_units = 0;
  OperatingPoint operating;

  /// Pins switched per cycle, glitches counted `gain` times.
  [[nodiscard]] double units(double gain) const { return activity.total(gain); }
};

/// The study: one multiplier, one technology.
struct Study {
  Technology technology = study::load_technology("dvafs40");
  SubwordMultiplierConfig config;
  Netlist gates;
  std::uint32_t full_path_units = 0;
  std::vector<Point> gated;     ///< DAS and DVAS: low bits held at 0 in the 1x16 mode
  std::vector<Point> subwords;  ///< DVAFS: as many subwords as fit

  [[nodiscard]] double pin_pJ() const { return technology.structure.value().pin_pJ.value; }
  [[nodiscard]] double gain() const { return technology.structure.value().glitch_gain.value; }
  [[nodiscard]] double energy_pJ(const Point& point, double supply_V, double glitch_gain) const {
    const double ratio = supply_V / technology.vdd_V;
    return point.units(glitch_gain) * pin_pJ() * ratio * ratio / point.words;
  }
  /// Energy per word at the point's own supply.
  [[nodiscard]] double energy_pJ(const Point& point) const {
    return energy_pJ(point, point.operating.datapath.V, gain());
  }
};

void append(std::vector<Tie>& ties, const std::vector<Tie>& more) {
  ties.insert(ties.end(), more.begin(), more.end());
}

/// Supply and clock of a mode, with the domain of what is not accuracy-scaled following the clock.
OperatingPoint operate(const Study& study, const Point& point, VoltageScaling kind,
                       double body_bias_V = 0) {
  VoltagePolicy policy;
  policy.kind = kind;
  policy.control = DomainRule::scaled;
  policy.memory = DomainRule::scaled;
  policy.body_bias_V = body_bias_V;
  OperatingRequest request;
  request.layer = "multiplier";
  request.timing.mode = {point.path_units, static_cast<std::int64_t>(point.words), 1};
  request.timing.full = {study.full_path_units, 1, 1};
  request.clock_Hz = kClockHz;
  return solve_operating_point(request, policy, study.technology);
}

/// Operands of `bits` in subwords of `width`: in their high bits, the low ones held at 0.
Point measure(const Study& study, int bits, int width) {
  std::vector<Tie> ties = tie_subwords(study.gates, study.config, width);
  if (width == kWordBits) {
    append(ties, tie_low(study.gates, "a", kWordBits - bits));
    append(ties, tie_low(study.gates, "b", kWordBits - bits));
  }
  Point point;
  point.bits = bits;
  point.words = static_cast<double>(kWordBits) / width;
  point.activity = measure_uniform(study.gates, {}, ties);
  point.path_units = analyse_timing(study.gates, ties).path_units;
  return point;
}

Study run_study(Progress& progress) {
  Study study;
  study.config.adder = netlist::AdderKind::prefix;
  study.gates = subword_multiplier(study.config);
  std::uint64_t done = 0;
  for (const int bits : kPrecisions) {
    progress.update(done++, fmt::format("{} bit", bits));
    const bool has_mode = bits == 8 || bits == 4;
    Point gated = measure(study, bits, kWordBits);
    if (bits == kWordBits) study.full_path_units = gated.path_units;
    gated.operating = operate(study, gated, VoltageScaling::dvas);
    study.subwords.push_back(has_mode ? measure(study, bits, bits) : gated);
    Point& subword = study.subwords.back();
    subword.operating = operate(study, subword, VoltageScaling::dvafs);
    study.gated.push_back(gated);
  }
  return study;
}

std::vector<std::string> declared(const Study& study) {
  return {
      "16-bit subword multiplier, Dadda tree and prefix adder, drawn gate by gate; uniform two's "
      "complement operands, those narrower than their word in its high bits",
      fmt::format(
          "technology {}: a pin of a gate {:.4g} aJ at {:.4g} V ({}); glitches counted {:g} "
          "times ({})",
          study.technology.name, study.pin_pJ() * 1e6, study.technology.vdd_V,
          to_string(study.technology.structure->pin_pJ.source.label), study.gain(),
          to_string(study.technology.structure->glitch_gain.source.label)),
      fmt::format("delay law {}: {}", to_string(study.technology.delay->source.label),
                  study.technology.delay->source.text)};
}

class Rows {
 public:
  explicit Rows(const Study& study) : inputs_(declared(study)) {}

  ReproduceCheck& add(std::string name, std::optional<double> published, double simulated,
                      std::string unit, double tolerance = 0, bool calibrated = false) {
    ReproduceCheck check = reproduce_check(kExperiment, std::move(name), published, simulated,
                                           std::move(unit), tolerance, calibrated);
    check.inputs = inputs_;
    check.source = published ? kPaper : kNoFigure;
    rows_.push_back(std::move(check));
    return rows_.back();
  }

  std::vector<ReproduceCheck> take() { return std::move(rows_); }

 private:
  std::vector<std::string> inputs_;
  std::vector<ReproduceCheck> rows_;
};

const Point& at(const std::vector<Point>& points, int bits) {
  for (const Point& point : points) {
    if (point.bits == bits) return point;
  }
  return points.front();
}

/// Why absolute energies are too high.
std::string glitch_note(const Point& point) {
  return fmt::format(
      "absolute energies at 16 bit: with unit gate delays every path races, which a sized and "
      "synthesised netlist balances; glitches are {:.0f} % of the energy here",
      100 * point.activity.glitches / point.units(1));
}

void add_supplies(Rows& rows, const Study& study) {
  const auto supply = [&](const char* name, std::optional<double> published, const Point& point,
                          bool calibrated) {
    rows.add(name, published, point.operating.datapath.V, "V",
             published ? kSupplyToleranceVolt / *published : 0, calibrated);
  };
  supply("supply, 4 bit by DVAS at 500 MHz", 0.9, at(study.gated, 4), true);
  supply("supply, 4x4 by DVAFS at 125 MHz", 0.75, at(study.subwords, 4), true);
  supply("supply, 2x8 by DVAFS at 250 MHz", std::nullopt, at(study.subwords, 8), false);
}

void add_energies(Rows& rows, const Study& study) {
  const Point& full = at(study.subwords, 16);
  const double full_pJ = study.energy_pJ(full);
  for (const int bits : {16, 8, 4}) {
    const Point& point = at(study.subwords, bits);
    const double saving = 100 * (1 - study.energy_pJ(point) / full_pJ);
    if (bits == 4) {
      // Published as a bound, `more than 95 %`: what lies above it agrees.
      ReproduceCheck& check = rows.add("energy per word saved at 4x4, constant throughput", 95,
                                       saving, "%", saving >= 95 ? 5.0 / 95 : 0);
      check.headline = true;
      check.inputs.emplace_back("published: more than 95 %");
    }
    ReproduceCheck& energy = rows.add(fmt::format("energy per word, {:.0f}x{}", point.words, bits),
                                      bits == 16 ? std::optional(2.63) : std::nullopt,
                                      study.energy_pJ(point), "pJ", kEnergyTolerance);
    note_deviation(energy, glitch_note(full));
  }
  rows.add("energy per word, 1x16, glitches left out", std::nullopt,
           study.energy_pJ(full, full.operating.datapath.V, 0), "pJ");
}

/// What the subwords cost a 16-bit multiplication, against the same multiplier without modes.
void add_overhead(Rows& rows, const Study& study) {
  netlist::MultiplierConfig plain_config;
  plain_config.adder = study.config.adder;
  Point plain;
  plain.activity = measure_uniform(netlist::multiplier(plain_config));
  const Point& full = at(study.subwords, 16);
  const double supply_V = full.operating.datapath.V;
  const double plain_pJ = study.energy_pJ(plain, supply_V, study.gain());
  ReproduceCheck& energy =
      rows.add("energy of the plain 16-bit multiplier", 2.16, plain_pJ, "pJ", kEnergyTolerance);
  note_deviation(energy, glitch_note(plain));
  const double overhead = 100 * (full.units(study.gain()) / plain.units(study.gain()) - 1);
  ReproduceCheck& more = rows.add("energy that subwords add to a 16-bit multiplication", 21,
                                  overhead, "%", kRatioTolerance);
  note_deviation(more,
                 "energy that subwords add: the mode gates alone are drawn; what the synthesis of "
                 "a reconfigurable netlist loses (sizing, wires, shared sign logic) is not");
}

/// Leakage is a declared share of the power at 16 bits, and a bias a declared voltage.
void add_body_bias(Rows& rows, const Study& study) {
  const Point& full = at(study.subwords, 16);
  const Point& narrow = at(study.subwords, 4);
  // Energy per word of what leaks, at the constant rate of words.
  const double leaked_pJ = study.energy_pJ(full) * kLeakageShare / (1 - kLeakageShare);
  const auto per_word_pJ = [&](const OperatingPoint& point, double bias_V) {
    return study.energy_pJ(narrow, point.datapath.V, study.gain()) +
           leaked_pJ * leakage_factor(study.technology.leakage.value(), point.datapath.V,
                                      study.technology.delay->vnom_V, bias_V);
  };
  const double plain_pJ = per_word_pJ(narrow.operating, 0);
  const OperatingPoint biased = operate(study, narrow, VoltageScaling::dvafs, kBodyBiasVolt);
  const std::string bias =
      fmt::format("declared: leakage {:g} % of the power at 16 bit, body bias {:g} V",
                  100 * kLeakageShare, kBodyBiasVolt);
  const auto add = [&](const char* name, std::optional<double> published, double energy_pJ) {
    ReproduceCheck& check = rows.add(name, published, plain_pJ / energy_pJ, "x", kGainTolerance);
    check.inputs.push_back(bias);
    check.inputs.push_back(fmt::format("assumed: {}", study.technology.leakage->source.text));
    return &check;
  };
  note_deviation(*add("energy at 4x4 by body bias", 1.2, per_word_pJ(biased, kBodyBiasVolt)),
                 "body bias: a higher threshold needs a higher supply for the same clock, and the "
                 "square of that takes back part of what less leakage saves");
  add("energy at 4x4 by body bias, supply left where it was", std::nullopt,
      per_word_pJ(narrow.operating, kBodyBiasVolt));
}

/// k0..k5 of the paper's equations: how activity and supplies fall with the precision.
void add_factors(Rows& rows, const Study& study) {
  const Point& full = at(study.gated, 16);
  const double gain = study.gain();
  for (const int bits : {4, 8, 12, 16}) {
    const Point& gated = at(study.gated, bits);
    const Point& subword = at(study.subwords, bits);
    const auto factor = [&](const char* name, double value,
                            std::optional<double> published = std::nullopt, double tolerance = 0) {
      rows.add(fmt::format("{} at {} bit", name, bits), published, value, "x", tolerance);
    };
    // Two of the table's figures are quoted in the paper's text.
    const bool quoted = bits == 4;
    const auto when_quoted = [&](double value) {
      return quoted ? std::optional(value) : std::nullopt;
    };
    factor("N, words per cycle (DVAFS)", subword.words);
    factor("k0, activity (DAS)", full.units(gain) / gated.units(gain));
    factor("k1, activity (DVAS)", full.units(gain) / gated.units(gain), when_quoted(12.5),
           kDvasActivityTolerance);
    factor("k2, supply (DVAS)", full.operating.datapath.V / gated.operating.datapath.V);
    factor("k3, activity (DVAFS)", full.units(gain) / subword.units(gain), when_quoted(3.2),
           kDvafsActivityTolerance);
    factor("k4, supply (DVAFS)", full.operating.datapath.V / subword.operating.datapath.V);
    factor("k5, supply of what is not accuracy-scaled (DVAFS)",
           full.operating.control.V / subword.operating.control.V);
  }
}

}  // namespace

std::vector<ReproduceCheck> reproduce_dvafs(const ProgressOutput& output) {
  Progress progress(output, "reproduce dvafs", "precisions", kPrecisions.size());
  const Study study = run_study(progress);
  Rows rows(study);
  add_energies(rows, study);
  add_overhead(rows, study);
  add_supplies(rows, study);
  add_body_bias(rows, study);
  add_factors(rows, study);
  std::vector<ReproduceCheck> checks = rows.take();
  const std::vector<ReproduceCheck> chip = envision_checks(kExperiment);
  checks.insert(checks.end(), chip.begin(), chip.end());
  return checks;
}

}  // namespace bitscale::reproduce
