// Definitions of what savings on zeros and sweeps of precision report.
#include "sim/report/metrics_scaling.hpp"

namespace bitscale {

namespace {

constexpr std::string_view kSavings = "Savings on zeros";

constexpr std::string_view kSweep = "Sweeps of precision";

constexpr std::string_view kRoof = "Roofs of layers";

constexpr Metric kMetrics[] = {
    {"intensity_macs_per_byte", "MAC/B", kRoof,
     "Operational intensity: multiply-accumulates per byte of DRAM traffic, both ways.",
     "8 x macs / dram_bits", "operational intensity"},
    {"peak_macs_per_cycle", "MAC/cycle", kRoof,
     "What the array does at the layer's precision when no position is ever idle. A step of a unit "
     "has one product per position, or several in narrow modes: `bitscale unit` shows them.",
     "positions x products of a step / cycles of a step"},
    {"bandwidth_roof_macs_per_cycle", "MAC/cycle", kRoof,
     "What the DRAM channel feeds at the layer's intensity; latency left out. Does not exist with "
     "ideal memory.",
     "intensity_macs_per_byte x DRAM bits per array cycle / 8"},
    {"bound", "", kRoof, "Which roof is the lower one: compute (the peak) or memory."},
    {"attained_macs_per_cycle", "MAC/cycle", kRoof, "What the layer came to.", "macs / cycles"},
    {"share_of_roof", "fraction", kRoof, "Attained over the lower roof."},
    {"idle_cycles", "cycles", kRoof, "Compute cycles that idle positions cost.",
     "compute - macs / peak_macs_per_cycle"},
    {"advice", "", kRoof,
     "What would speed the layer up: changes that act on the largest loss are simulated, the best "
     "is "
     "named; of the next loss where none of them helps."},
    {"change", "", kRoof, "The change that the advice rests on, as --set takes it."},
    {"cycles_after_change", "cycles", kRoof, "Cycles of the layer with that change, simulated."},

    {"dram_raw_bits_by_operand", "bits", kSavings,
     "What the fetched operands would be without memory.dram.compression: as the buffers hold "
     "them. Coded bits are counted over whole tensors; each tile moves its tensor's share, rounded "
     "up.",
     "", "dram_raw_bits"},
    {"guard_savings", "", kSavings,
     "What a machine saves on zeros, layer by layer and in total, with run --guard-savings: the "
     "same layers and operands run again without guard, skipped reads and compression."},
    {"operations", "products", kSavings, "Products of the layer, those on zeros included."},
    {"held_operations", "products", kSavings,
     "Products that a guard holds because an operand is zero; exact.",
     "operations x guarded / (active + guarded)"},
    {"held_at_active_cost_pJ", "pJ", kSavings,
     "What the held products would cost if each switched as many gates as the active ones do. "
     "Holding saves less: zeros switch few gates in a unit without guard.",
     "with_pJ of logic x held / active operations"},
    {"same_supply", "", kSavings,
     "False where the unit without guard has other paths, so that the supplies differ too."},
    {"mechanisms", "", kSavings,
     "Energies with and without savings on zeros, by mechanism; the mechanisms sum to the energies "
     "of the layer."},
    {"logic", "", kSavings, "Gates of units that hold."},
    {"clocks", "", kSavings,
     "Registers of units that hold, accumulators above all; counts are flip-flop clocks."},
    {"movement", "", kSavings, "Operand registers and wires to the array."},
    {"sram", "", kSavings, "Buffers; counts are bits read."},
    {"dram", "", kSavings, "The off-chip channel; counts are bits."},
    {"rest", "", kSavings, "What follows from time: control and leakage."},
    {"with_pJ", "pJ", kSavings, "Energy of the machine as it is."},
    {"without_pJ", "pJ", kSavings, "Energy without guard, skipped reads and compression."},
    {"saved_pJ", "pJ", kSavings,
     "What the mechanism saves; negative where it costs (tables for programs: "
     "saved_<mechanism>_pJ, "
     "and saved_pJ for all of them). Of gates, differences within the interval "
     "of the sample mean nothing.",
     "without_pJ - with_pJ"},
    {"with_count", "", kSavings, "Events of the machine as it is."},
    {"without_count", "", kSavings, "Events without guard, skipped reads and compression."},

    {"points", "", kSweep,
     "Machines over precisions, all at one throughput (compare --precision-sweep): that of the "
     "first machine at its own clock with the widest operands. Clocks fall to it, then supplies."},
    {"bits", "bits", kSweep, "Width of activations and weights in every array layer of the point."},
    {"failure", "", kSweep,
     "Why a point has no figures: a mode that the unit lacks, a clock that no supply reaches."},
    {"required_frames_per_s", "1/s", kSweep, "Images per second asked of every point."},
    {"required_macs_per_s", "1/s", kSweep, "The same in multiply-accumulates per second.",
     "required_frames_per_s x MACs per image"},
    {"lowest_V", "V", kSweep, "Lowest supply of the datapath over the layers with MACs."},
    {"highest_V", "V", kSweep,
     "Highest supply of the datapath over the layers with MACs: the lowest at which the active "
     "path fits the clock, or where the policy is fixed, that of the widest operands."},
    {"array_pJ", "pJ", kSweep,
     "Energy per image of arithmetic, registers and operands on their way to the units."},
    {"memories_pJ", "pJ", kSweep, "Energy per image of the memories on the chip."},
    {"dram_pJ", "pJ", kSweep, "Energy per image of the off-chip channel."},
    {"declared_pJ", "pJ", kSweep, "Energy per image of control and leakage, where declared."},
    {"relative_energy", "", kSweep,
     "Energy per image over that of the first point: the first machine with the widest operands."},
};

}  // namespace

std::span<const Metric> scaling_metrics() { return kMetrics; }

}  // namespace bitscale
