// Definitions of what fair comparisons report: gains, densities, and arrays made equal.
#include "sim/report/metrics_comparison.hpp"

namespace bitscale {

namespace {

constexpr std::string_view kFair = "Fair comparisons";

constexpr Metric kMetrics[] = {
    {"edp_gain", "x", kFair,
     "How many times less energy-delay product than the comparison's first machine on the same "
     "workload.",
     "edp_pJ_s of the first machine / edp_pJ_s of this one", "EDP gain"},
    {"tops", "TOPS", kFair,
     "Operations per second over the whole run, waiting included; a multiply-accumulate is two "
     "operations, at the precision that ran.",
     "2 x macs / seconds x 1e-12"},
    {"tops_per_mm2", "TOPS/mm2", kFair,
     "Operations per second and area of the array's logic, from gates; memories are left out, "
     "null where the technology has no area of a gate.",
     "tops / (array_area_um2 x 1e-6)", "TOPS/mm2"},
    {"tops_1b", "TOPS", kFair,
     "1-bit-normalised: a multiply-accumulate of a x w bits counts as a x w of 1 x 1 bit, so that "
     "machines at different precisions compare by the bits that they multiply.",
     "sum over layers of 2 x macs x activation_bits x weight_bits / seconds x 1e-12", "1b TOPS"},
    {"tops_per_W_1b", "TOPS/W", kFair, "1-bit-normalised operations per energy.",
     "sum over layers of 2 x macs x activation_bits x weight_bits / energy_pJ", "1b TOPS/W"},
    {"tops_per_mm2_1b", "TOPS/mm2", kFair,
     "1-bit-normalised operations per second and area of the array's logic.",
     "tops_1b / (array_area_um2 x 1e-6)", "1b TOPS/mm2"},
    {"geometric_means", "", kFair,
     "Ratios and densities of each machine over all workloads of the comparison.",
     "n-th root of the product of n figures", "geometric mean"},
    {"iso", "", kFair,
     "What the arrays were resized to be equal in (compare --iso); null where they were not."},
    {"held", "", kFair, "The quantity held equal: macs, area, power or throughput."},
    {"held_definition", "", kFair, "What the quantity means in this comparison."},
    {"asked_value", "", kFair,
     "The quantity asked of every machine: positions, um2, mW or multiply-accumulates per second."},
    {"asked_by", "", kFair, "The machine whose quantity it is, or `the command line`."},
    {"held_value", "", kFair,
     "The quantity that the array has at its size, in the unit of asked_value."},
    {"held_deviation", "fraction", kFair,
     "What whole rows and columns leave of the equality; at most a tenth, or the size is refused.",
     "held_value / asked_value - 1"},
    {"iso_task", "", kFair,
     "Which machines ran different networks for one task (compare --iso-task), with the first "
     "difference; empty where all did the same work."},
    {"task", "", kFair, "What a run stands for: the network of the first machine."},
    {"arrays", "", kFair, "The array of each machine, at the size that ran."},
    {"rows", "units", kFair, "Units along the rows of the array."},
    {"columns", "units", kFair, "Units along its columns."},
    {"lanes", "multipliers", kFair, "Multiplier positions of a unit."},
    {"declared_rows", "units", kFair, "Rows in the machine's file."},
    {"declared_columns", "units", kFair, "Columns in the machine's file."},
    {"array_area_um2", "um2", kFair,
     "Area of the array's logic: gates and registers of the units as they are drawn, whatever "
     "model the energies are from. Operand registers, wires, control and memories are not in it.",
     "units x NAND2 equivalents x area of a NAND2", "logic area of the array"},
    {"resize_settings", "", kFair,
     "Settings of the machine's file that give this size, as --set machine.KEY=VALUE takes them."},
};

}  // namespace

std::span<const Metric> comparison_metrics() { return kMetrics; }

}  // namespace bitscale
