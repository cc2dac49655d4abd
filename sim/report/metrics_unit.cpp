// Definitions of what `bitscale unit` reports.
#include "sim/report/metrics_scaling.hpp"

namespace bitscale {

namespace {

constexpr std::string_view kUnit = "Units from their gates";

constexpr Metric kMetrics[] = {
    {"configuration", "", kUnit, "Kind of the unit and the keys that were set."},
    {"pin_energy_pJ", "pJ", kUnit,
     "Energy of switching one NAND input pin at the technology's supply: of a pin in the other "
     "columns."},
    {"combinational_nand2", "NAND2", kUnit, "Area of the gates, in two-input NANDs.",
     "sum over gates of count x NAND2 equivalents of the gate"},
    {"flip_flop_nand2", "NAND2", kUnit, "Area of the unit's registers, in two-input NANDs."},
    {"modes", "", kUnit, "One entry per pair of operand types."},
    {"encodings", "", kUnit, "Encodings of activations and weights."},
    {"products", "products", kUnit, "Products of a lane in one step."},
    {"segments", "", kUnit, "Accumulators that the products of a step go to."},
    {"macs_per_cycle", "MAC/cycle", kUnit, "Multiply-accumulates of the unit per cycle.",
     "lanes x products / cycles"},
    {"switched_pins_per_mac", "pins", kUnit,
     "Capacitance that the unit's nets switch between settled states per multiply-accumulate, in "
     "NAND input pins, on uniform operands.",
     "sum over nets of toggles x (driver + sum over inputs fed of pin and wire)"},
    {"glitch_pins_per_mac", "pins", kUnit,
     "What pulses switch before nets settle, with unit gate delays.",
     "switched with delays - switched_pins_per_mac"},
    {"flip_flop_pins_per_mac", "pins", kUnit,
     "Clock and inner nodes of the unit's registers. Those that hold operands before the unit are "
     "a "
     "machine's.",
     "12 per clock + 14 per toggle"},
    {"pJ_per_mac_g0", "pJ", kUnit, "Energy per multiply-accumulate when no glitch counts.",
     "(switched_pins_per_mac + flip_flop_pins_per_mac) x pin_energy_pJ"},
    {"pJ_per_mac_g1", "pJ", kUnit, "The same when every glitch counts.",
     "pJ_per_mac_g0 + glitch_pins_per_mac x pin_energy_pJ"},
};

}  // namespace

std::span<const Metric> unit_metrics() { return kMetrics; }

}  // namespace bitscale
