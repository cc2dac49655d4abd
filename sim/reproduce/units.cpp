// What the gates of whole units predict: activity of the subword multiplier, energy per
// multiply-accumulate of every unit and of the arithmetic of quantised networks.
#include <fmt/format.h>

#include <array>

#include "arch/builtin.hpp"
#include "arch/dvafs/subword_multiplier.hpp"
#include "sim/activity/unit_energy.hpp"
#include "sim/config/files.hpp"
#include "sim/core/plural.hpp"
#include "sim/reproduce/reproductions.hpp"
#include "sim/study/characterise.hpp"
#include "sim/workload/workload_file.hpp"

namespace bitscale::reproduce {
namespace {

using netlist::Tie;

constexpr const char* kDvafsPaper = "Moons, Uytterhoeven, Dehaene, Verhelst, DVAFS, DATE 2017";
constexpr const char* kTutorial =
    "Emer, Sze, Chen, Yang, ISCA 2019 tutorial: bit widths, operations and accuracy losses; "
    "energies are ours";
constexpr const char* kNoFigure = "prediction: no published figure";

ReproduceCheck row(std::string_view experiment, std::string name, std::optional<double> published,
                   double simulated, std::string unit, double tolerance = 0) {
  ReproduceCheck check = reproduce_check(experiment, std::move(name), published, simulated,
                                         std::move(unit), tolerance);
  check.source = kNoFigure;
  return check;
}

std::shared_ptr<const Unit> unit_of(const std::string& yaml) {
  return config::read_all(config::parse_yaml(yaml, "unit"), parse_unit);
}

// ---- the subword multiplier ----

/// Switching of the subword multiplier with its low bits gated, or in a subword mode.
struct Subwords {
  SubwordMultiplierConfig config;
  netlist::Netlist gates;

  explicit Subwords(netlist::AdderKind adder) {
    config.adder = adder;
    gates = subword_multiplier(config);
  }
  [[nodiscard]] double units(int bits, int width) const {
    std::vector<Tie> ties = tie_subwords(gates, config, width);
    for (const char* bus : {"a", "b"}) {
      if (width != config.word_bits) break;
      const std::vector<Tie> gated = netlist::tie_low(gates, bus, config.word_bits - bits);
      ties.insert(ties.end(), gated.begin(), gated.end());
    }
    return measure_uniform(gates, {}, ties).total(1);
  }
};

void add_activity(std::vector<ReproduceCheck>& checks, netlist::AdderKind adder,
                  const std::string& structure) {
  constexpr std::string_view kExperiment = "dvafs_activity";
  const Subwords multiplier(adder);
  const std::vector<std::string> inputs = {
      "16-bit subword multiplier, Dadda tree with a ripple or a prefix final adder, drawn gate by "
      "gate; uniform two's complement operands, glitches counted (g = 1)"};
  const double full = multiplier.units(16, 16);
  const auto add = [&](const std::string& name, std::optional<double> published, double simulated,
                       const char* unit, double tolerance) {
    checks.push_back(
        row(kExperiment, structure + ": " + name, published, simulated, unit, tolerance));
    checks.back().inputs = inputs;
    if (published) checks.back().source = kDvafsPaper;
    checks.back().headline = published.has_value() && adder == netlist::AdderKind::ripple;
  };
  add("activity at 16 bit over 4 bit, low bits gated (DVAS)", 12.5, full / multiplier.units(4, 16),
      "x", 0.2);
  add("activity per cycle at 1x16 over 4x4 (DVAFS)", 3.2, full / multiplier.units(4, 4), "x", 0.1);
  add("activity per cycle at 1x16 over 2x8 (DVAFS)", std::nullopt, full / multiplier.units(8, 8),
      "x", 0);
  const auto active = [&](int width) {
    return static_cast<double>(active_partial_products(multiplier.config, width));
  };
  add("partial products that rest at 4x4", 192, active(16) - active(4), "cells", 0);
  netlist::MultiplierConfig plain;
  plain.adder = adder;
  // Beside the same figure of `reproduce dvafs`: what is added, not the whole.
  add("energy that subwords add to a 16-bit multiplication", 21,
      (full / measure_uniform(netlist::multiplier(plain)).total(1) - 1) * 100, "%", 0.15);
  note_deviation(checks.back(),
                 "energy that subwords add: the gates of the modes alone are drawn; what the "
                 "synthesis of a reconfigurable netlist loses (sizing, wires) is not");
}

// ---- quantised networks ----

/// One row of the tutorial's table. Widths of convolutions and fully connected layers; first and
/// last layers stay at 32 bits where `exempt`.
struct Method {
  const char* name;
  const char* operation;
  int conv_weight_bits, fc_weight_bits;
  const char* activations;
  double quoted_loss_percent;
  bool exempt;
  const char* unit;  ///< '' where the operation is a 32-bit floating-point addition
  study::OperandBits bits;
  std::int64_t lanes;
};

constexpr std::array<Method, 10> kMethods = {{
    {"dynamic fixed point",
     "integer MAC",
     8,
     8,
     "10",
     0.4,
     false,
     "{kind: parallel, activation_bits: 10, weight_bits: 8, accumulator: {bits: 32}}",
     {10, 8},
     1},
    {"dynamic fixed point, fine-tuned",
     "integer MAC",
     8,
     8,
     "8",
     0.6,
     false,
     "{kind: parallel, activation_bits: 8, weight_bits: 8, accumulator: {bits: 32}}",
     {8, 8},
     1},
    {"BinaryConnect", "32-bit float add", 1, 1, "32 float", 19.2, false, "", {}, 1},
    {"BNN", "XNOR and count", 1, 1, "1", 29.8, false, "{kind: xnor}", {1, 1}, 64},
    {"BWN", "32-bit float add, a scale per filter", 1, 1, "32 float", 0.8, true, "", {}, 1},
    {"XNOR-Net",
     "XNOR and count, scales per filter and position",
     1,
     1,
     "1",
     11,
     true,
     "{kind: xnor, scales: filter_and_position}",
     {1, 1},
     64},
    {"TWN", "32-bit float add or skip, one scale", 2, 2, "32 float", 3.7, true, "", {}, 1},
    {"TTQ", "32-bit float add or skip, two scales", 2, 2, "32 float", 0.6, true, "", {}, 1},
    {"LogNet",
     "shift and add",
     5,
     4,
     "4",
     3.2,
     false,
     "{kind: shift_add, accumulator: {bits: 32}}",
     {4, 5},
     1},
    {"weight sharing",
     "table look-up and integer MAC",
     8,
     4,
     "16",
     0,
     false,
     "{kind: codebook, accumulator: {bits: 48}}",
     {16, 8},
     1},
}};

constexpr double kFloatAddPicojoules =
    0.9;  // 32-bit FP add, Horowitz, ISSCC 2014, as in the tutorial

Workload alexnet() {
  return config::read_all(config::load_resolved(config::FileKind::workload, "alexnet"),
                          [](config::Reader& reader) { return parse_workload(reader); });
}

/// Weights of AlexNet in MB under a method.
double storage_megabytes(const Workload& network, const Method& method) {
  std::vector<const Layer*> layers;
  for (const Layer& layer : network.layers) {
    if (is_array_layer(layer.kind)) layers.push_back(&layer);
  }
  double bits = 0;
  for (const Layer* layer : layers) {
    int width = layer->kind == LayerKind::conv ? method.conv_weight_bits : method.fc_weight_bits;
    if (method.exempt && (layer == layers.front() || layer == layers.back())) width = 32;
    bits += static_cast<double>(layer->shape.weights()) * width;
  }
  return bits / 8e6;
}

}  // namespace

std::vector<ReproduceCheck> reproduce_dvafs_activity(const ProgressOutput& /*progress*/) {
  std::vector<ReproduceCheck> checks;
  add_activity(checks, netlist::AdderKind::ripple, "ripple");
  add_activity(checks, netlist::AdderKind::prefix, "prefix");
  return checks;
}

std::vector<ReproduceCheck> reproduce_quantised(const ProgressOutput& /*progress*/) {
  constexpr std::string_view kExperiment = "quantised";
  const Technology technology = study::load_technology("horowitz45");
  const Workload network = alexnet();
  std::vector<ReproduceCheck> checks;
  const auto add = [&](std::string name, double value, const char* unit) {
    checks.push_back(row(kExperiment, std::move(name), std::nullopt, value, unit));
    checks.back().inputs = {
        "uniform operands, unit drawn gate by gate, horowitz45 (45 nm, 0.9 V)",
        "published: a 32-bit floating-point addition 0.9 pJ (Horowitz, ISSCC 2014), without "
        "registers; scales per filter or position are left out: they happen once per output"};
    checks.back().source = kTutorial;
  };
  for (const Method& method : kMethods) {
    const std::string name =
        fmt::format("{} ({}): W {} A {}, quoted loss {:g} %", method.name, method.operation,
                    method.conv_weight_bits == method.fc_weight_bits
                        ? std::to_string(method.conv_weight_bits)
                        : fmt::format("{}/{}", method.conv_weight_bits, method.fc_weight_bits),
                    method.activations, method.quoted_loss_percent);
    if (*method.unit == '\0') {
      add(name + ", energy per MAC", kFloatAddPicojoules, "pJ");
    } else {
      const UnitReport unit =
          study::characterise(*unit_of(method.unit), method.lanes, {method.bits}, technology);
      add(name + ", energy per MAC, g = 0", unit.modes.front().pJ_per_mac_without_glitches, "pJ");
      add(name + ", energy per MAC, g = 1", unit.modes.front().pJ_per_mac_with_glitches, "pJ");
    }
    add(fmt::format("{}: weights of AlexNet", method.name), storage_megabytes(network, method),
        "MB");
  }
  return checks;
}

namespace {

/// A unit of the table: a kind as it is by default, or with keys that change how precision scales.
struct TableUnit {
  std::string kind, keys;
  std::int64_t lanes = 1;
};

std::vector<TableUnit> table_units() {
  std::vector<TableUnit> units;
  for (const UnitKind& kind : builtin_units()) {
    // Serial and binary units are inner-product units of many lanes, the others of one.
    const std::int64_t lanes = kind.name == "xnor" ? 64 : kind.name == "bit_serial" ? 16 : 1;
    units.push_back({kind.name, "", lanes});
    if (kind.name == "parallel") units.push_back({kind.name, "gating: lsb", lanes});
    if (kind.name == "dvafs")
      units.push_back({kind.name, "subword_dim: channel, combine: together", lanes});
  }
  return units;
}

}  // namespace

std::vector<ReproduceCheck> reproduce_energy_per_mac(const ProgressOutput& output) {
  constexpr std::string_view kExperiment = "energy_per_mac";
  const Technology technology = study::load_technology("horowitz45");
  std::vector<ReproduceCheck> checks;
  const std::vector<TableUnit> units = table_units();
  Progress progress(output, "reproduce energy_per_mac", "units", units.size());
  std::uint64_t done = 0;
  for (const TableUnit& each : units) {
    progress.update(done++, each.kind);
    const std::shared_ptr<const Unit> unit = unit_of(
        fmt::format("{{kind: {}{}{}}}", each.kind, each.keys.empty() ? "" : ", ", each.keys));
    for (const UnitModeReport& mode :
         study::characterise(*unit, each.lanes, {}, technology).modes) {
      const std::string name = fmt::format("{}{}, {} {}, {} bit", each.kind,
                                           each.keys.empty() ? "" : fmt::format(" ({})", each.keys),
                                           each.lanes, plural(each.lanes, "lane"), mode.operands);
      for (const bool glitches : {false, true}) {
        checks.push_back(
            row(kExperiment, fmt::format("{}, g = {}", name, glitches ? 1 : 0), std::nullopt,
                glitches ? mode.pJ_per_mac_with_glitches : mode.pJ_per_mac_without_glitches, "pJ"));
        checks.back().inputs = {
            "every unit as its kind's defaults, or with the keys named, drawn gate by gate; "
            "uniform "
            "operands, windows of 64 steps from an accumulator reset; operand registers and wires "
            "to the unit left out; horowitz45 (45 nm, 0.9 V)"};
      }
    }
  }
  return checks;
}

}  // namespace bitscale::reproduce
