// What the gates alone predict: Horowitz's table from one constant, and an accumulator against a
// small multiplier.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "sim/activity/unit_energy.hpp"
#include "sim/netlist/generators.hpp"
#include "sim/reproduce/reproductions.hpp"
#include "sim/study/characterise.hpp"

namespace bitscale::reproduce {
namespace {

constexpr const char* kHorowitz =
    "M. Horowitz, Computing's Energy Problem, ISSCC 2014, as reprinted in the ISCA 2019 tutorial";

/// One published operation and the gates that stand for it.
struct Operation {
  std::string name;
  double published_pJ = 0;
  netlist::Netlist gates;
  double units = 0;  ///< NAND input pins switched per operation, uniform operands, zero delay
};

netlist::Netlist multiplier(int bits) {
  netlist::MultiplierConfig config{bits, bits};
  config.adder = netlist::AdderKind::prefix;
  return netlist::multiplier(config);
}

std::vector<Operation> operations() {
  const auto add = [](int bits) { return netlist::adder(bits, netlist::AdderKind::ripple); };
  std::vector<Operation> all = {{"8-bit add", 0.03, add(8)},
                                {"16-bit add", 0.05, add(16)},
                                {"32-bit add", 0.1, add(32)},
                                {"8-bit multiply", 0.2, multiplier(8)},
                                {"32-bit multiply", 3.1, multiplier(32)}};
  for (Operation& operation : all) operation.units = measure_uniform(operation.gates).zero_delay;
  return all;
}

/// Energy of a pin that fits the operations but `left_out` best: the geometric mean of what each
/// asks for, which makes relative errors least.
double fitted_pin_pJ(const std::vector<Operation>& all, const Operation* left_out) {
  double sum = 0;
  double count = 0;
  for (const Operation& operation : all) {
    if (&operation == left_out) continue;
    sum += std::log(operation.published_pJ / operation.units);
    ++count;
  }
  return std::exp(sum / count);
}

double rms_percent(const std::vector<Operation>& all, double pin_pJ) {
  double squares = 0;
  for (const Operation& operation : all)
    squares += std::pow(operation.units * pin_pJ / operation.published_pJ - 1, 2);
  return std::sqrt(squares / static_cast<double>(all.size())) * 100;
}

ReproduceCheck row(std::string_view experiment, std::string name, std::optional<double> published,
                   double simulated, std::string unit, double tolerance, bool calibrated = false) {
  ReproduceCheck check = reproduce_check(experiment, std::move(name), published, simulated,
                                         std::move(unit), tolerance, calibrated);
  check.source = "prediction: no published figure";
  return check;
}

}  // namespace

std::vector<ReproduceCheck> reproduce_horowitz(const ProgressOutput& /*progress*/) {
  const std::string_view experiment = "horowitz";
  const std::vector<Operation> all = operations();
  const std::vector<std::string> shared = {
      "ripple adders, Dadda multipliers with a Kogge-Stone final adder; uniform two's complement "
      "operands; toggles without glitches (g = 0)",
      "assumed: capacitances of pins, wires and gates relative to a NAND input pin"};
  std::vector<ReproduceCheck> checks;
  for (const Operation& operation : all) {
    const double pin_pJ = fitted_pin_pJ(all, &operation);
    ReproduceCheck check = row(experiment, operation.name, operation.published_pJ,
                               operation.units * pin_pJ, "pJ", 0.2);
    check.inputs = shared;
    check.inputs.push_back(fmt::format(
        "fitted: energy of a pin, to the other four published entries only ({:.1f} aJ here)",
        pin_pJ * 1e6));
    check.source = kHorowitz;
    check.headline = true;
    checks.push_back(std::move(check));
  }
  const double pin_pJ = fitted_pin_pJ(all, nullptr);
  for (const Operation& operation : all) {
    const double predicted = operation.units * pin_pJ;
    ReproduceCheck check = row(experiment, operation.name + ", one constant for all",
                               operation.published_pJ, predicted, "pJ", 0.2, true);
    check.inputs = {fmt::format("fitted: energy of a pin {:.1f} aJ, to all five published entries",
                                pin_pJ * 1e6)};
    check.source = kHorowitz;
    checks.push_back(std::move(check));
  }
  ReproduceCheck rms =
      row(experiment, "rms deviation of the five, one constant for all (under 10 % expected)",
          std::nullopt, rms_percent(all, pin_pJ), "%", 0);
  rms.inputs = shared;
  checks.push_back(std::move(rms));
  // Runs take the constant of a technology, rounded when it was declared.
  const double declared_pJ = unit_energy_pJ(study::load_technology("horowitz45"),
                                            {"datapath", Action::switch_zero_delay, 0, 0, 0, 0, 1});
  checks.push_back(row(
      experiment,
      fmt::format("rms deviation of the five at horowitz45's pin of {:.4g} aJ", declared_pJ * 1e6),
      std::nullopt, rms_percent(all, declared_pJ), "%", 0));
  checks.back().inputs = shared;
  checks.push_back(row(experiment, "16-bit multiply (the table has none)", std::nullopt,
                       measure_uniform(multiplier(16)).zero_delay * pin_pJ, "pJ", 0));
  checks.back().inputs = shared;
  return checks;
}

namespace {

/// Multiplies a 3-bit word by a sign: inverted and one more where the weight is -1.
netlist::Bits sign_product(netlist::Builder& b, const netlist::Bits& a, netlist::NodeId negative) {
  const netlist::Bits word = netlist::resize(b, a, a.size() + 1, true);
  const netlist::Bits zero(word.size(), b.constant(false));
  return netlist::add(b, netlist::AdderKind::ripple, netlist::xor_all(b, word, negative), zero,
                      negative)
      .bits;
}

/// The multiplier alone, or with an accumulator behind it.
netlist::Netlist sign_mac(int accumulator_bits) {
  netlist::Builder b(fmt::format("sign_mac_{}", accumulator_bits));
  const netlist::Bits a = b.input("a", 3, true);
  const netlist::NodeId negative = b.input("negative", 1)[0];
  const netlist::Bits product = sign_product(b, a, negative);
  if (accumulator_bits == 0) {
    b.output("product", product, true);
    return b.build();
  }
  const netlist::Bits state = b.flip_flops("accumulator", accumulator_bits);
  const netlist::Bits addend = netlist::resize(b, product, state.size(), true);
  b.connect(state,
            netlist::add(b, netlist::AdderKind::ripple, state, addend, b.constant(false)).bits);
  b.output("accumulator", state, true);
  return b.build();
}

}  // namespace

std::vector<ReproduceCheck> reproduce_accumulator(const ProgressOutput& /*progress*/) {
  const std::string_view experiment = "accumulator";
  const UnitEnergy multiplier = measure_uniform(sign_mac(0));
  std::vector<ReproduceCheck> checks;
  for (const int bits : {32, 24, 16, 12, 8}) {
    const UnitEnergy both = measure_uniform(sign_mac(bits));
    for (const double gain : {0.0, 1.0}) {
      const double whole = multiplier.total(gain);
      const double accumulator = both.total(gain) - whole;
      const auto add = [&](const std::string& part, std::optional<double> published, double units) {
        checks.push_back(
            row(experiment,
                fmt::format("{}-bit {} over a 3x1-bit multiplier, g = {:.0f}", bits, part, gain),
                published, units / whole, "x", 0.2));
        checks.back().inputs = {
            "3-bit two's complement word times +-1 (inverter row and increment), ripple adder, "
            "register; uniform operands, windows of 64 steps from a reset",
            "assumed: a flip-flop costs 12 pins per clock and 14 per toggle"};
      };
      add("accumulator", bits == 32 ? std::optional<double>(10.0) : std::nullopt, accumulator);
      if (bits != 32) continue;
      ReproduceCheck& published = checks.back();
      published.source = "N. Shanbhag, 2020 talk: a 32-bit accumulator takes about 10x (28 nm)";
      published.headline = true;
      note_deviation(
          published,
          "what the measured chip counted as its accumulator, and which sums it added, is "
          "not stated: the register alone and the adder alone stand beside it. Around "
          "zero the sum's and the product's signs toggle the upper bits of both");
      add("register (clock and toggles)", std::nullopt, both.flip_flops);
      add("adder", std::nullopt, accumulator - both.flip_flops);
      add("register that does not toggle (clock)", std::nullopt,
          bits * netlist::kFlipFlopClockUnits);
    }
  }
  return checks;
}

}  // namespace bitscale::reproduce
