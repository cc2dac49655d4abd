// The definitions of every number that a report holds.
#include <vector>

#include "sim/report/metrics_comparison.hpp"
#include "sim/report/metrics_scaling.hpp"

namespace bitscale {

namespace {

constexpr std::string_view kTime = "Time";
constexpr std::string_view kCause = "Causes of cycles";
constexpr std::string_view kWork = "Work and use of the array";
constexpr std::string_view kEnergy = "Energy, power and area";
constexpr std::string_view kSupply = "Clocks, supplies and power of layers";
constexpr std::string_view kComponent = "Components";
constexpr std::string_view kComparison = "Comparisons and reproductions";
constexpr std::string_view kOrigin = "Operands and checks";
constexpr std::string_view kProvenance = "Provenance";
constexpr std::string_view kStructure = "Structure of the documents";

constexpr Metric kMetrics[] = {
    {"cycles", "cycles", kTime,
     "Array clock cycles from the first request to the last result. Each cycle has exactly one "
     "cause.",
     "sum of cycles_by_cause"},
    {"cycles_by_cause", "cycles", kTime,
     "The cycles, each under the one reason why it passed. They sum to cycles, always."},
    {"seconds", "s", kTime, "Time the machine takes.", "cycles / clock_Hz", "time"},
    {"clock_Hz", "Hz", kTime, "Clock of the array.", "", "clock"},

    {"compute", "cycles", kCause, "The units worked on an operand set.", "sum of step cycles"},
    {"fill", "cycles", kCause,
     "Operands and partial sums were on their way through the array: skew of forwarding axes and "
     "pipeline depth.",
     "rows + columns - 2 for an array that forwards both ways, plus pipeline depth"},
    {"stationary_load", "cycles", kCause,
     "The stationary operand (the weights, mostly) was shifted in and the array had no other to "
     "work with."},
    {"operand_fetch", "cycles", kCause,
     "A step took longer than the units needed because a buffer's read port had not delivered its "
     "operands.",
     "steps x (step cycles - unit cycles)"},
    {"spill", "cycles", kCause,
     "Partial sums were written out and read back because the accumulators could not keep them."},
    {"drain", "cycles", kCause,
     "Results left the accumulators while the next pass could not start.",
     "outputs of a pass / outputs per cycle, where not overlapped"},
    {"wait_activations", "cycles", kCause,
     "The array stood still while the next tile's activations were under way."},
    {"wait_weights", "cycles", kCause,
     "The array stood still while the next tile's weights were under way."},
    {"wait_outputs", "cycles", kCause,
     "The array stood still; the output buffer had no free place."},
    {"write_back", "cycles", kCause,
     "The array was done; the last results were on their way to DRAM."},
    {"vector", "cycles", kCause,
     "The vector unit worked on a layer without multiplications, such as a pool."},

    {"macs", "operations", kWork, "Multiply-accumulates of the layer. Padded taps count.",
     "N G K C P Q R S"},
    {"effectual_macs", "operations", kWork,
     "Multiply-accumulates whose two operands are both non-zero."},
    {"utilization", "fraction", kWork,
     "Share of the product slots that had a product to work on, guarded ones included. A product "
     "takes as many slots as a step has cycles; layers of a run weigh by their slots.",
     "(active + guarded) / (active + guarded + idle + stalled)"},
    {"slots", "slots", kWork,
     "Places for a product in the array, cycle by cycle, by what they did. In a mode of several "
     "products per step a position has as many places, in a layer without MACs one.",
     "active + guarded + idle + stalled = positions x products of a step x cycles"},
    {"active", "slots", kWork, "Worked on a product."},
    {"guarded", "slots", kWork,
     "Held still because an operand was zero; takes the time, not the energy."},
    {"idle", "slots", kWork, "Had no product: the layer did not fill the array."},
    {"stalled", "slots", kWork, "The whole array waited, for any cause other than compute."},
    {"positions", "multipliers", kWork, "Multiplier positions of the array.",
     "rows x columns x lanes"},
    {"activation_bits", "bits", kWork, "Width of the layer's activations."},
    {"weight_bits", "bits", kWork, "Width of the layer's weights."},
    {"accumulator_bits", "bits", kWork, "Width of the accumulator in force for the layer."},
    {"dram_bits", "bits", kWork, "Bits moved over the DRAM channel, both ways."},
    {"dram_bits_by_operand", "bits", kWork, "The DRAM traffic by operand."},
    {"activations", "", kWork,
     "Of the activations: their origin, or their share of the DRAM bits."},
    {"weights", "", kWork, "Of the weights: their origin, or their share of the DRAM bits."},
    {"outputs", "bits", kWork, "Share of the outputs and partial sums in the DRAM bits."},
    {"overflow_events", "events", kWork,
     "Accumulator additions whose true sum left the accumulator's range; 0 where the values were "
     "not run."},
    {"needed_accumulator_bits", "bits", kWork,
     "Narrowest two's complement accumulator that holds every partial sum of these operands in "
     "schedule order, per segment; with --widths. Another image may need more.",
     "", "needed accumulator"},
    {"guaranteed_accumulator_bits", "bits", kWork,
     "Accumulator that holds any sum, in any order, of these weights with activations up to the "
     "largest magnitude here; with --widths.",
     "largest activation x largest sum of weight magnitudes of a filter, negative operands at full "
     "scale",
     "guaranteed accumulator"},
    {"mapping", "", kWork, "The loop nest that ran: tiles, passes, steps and spatial loops."},
    {"loop_nest", "", kWork, "The same with sizes and traffic, with --show-mapping."},
    {"ideal_memory", "", kWork, "True where the DRAM channel was declared to cost no time."},

    {"energy_pJ", "pJ", kEnergy,
     "Energy of what was counted: operations and memory accesses. Control and leakage are in it "
     "where the machine declares them.",
     "sum over actions of count x unit_pJ, plus control and leakage", "energy"},
    {"pJ_per_mac", "pJ", kEnergy, "Energy per multiply-accumulate.", "energy_pJ / macs", "pJ/MAC"},
    {"energy_by_component_pJ", "pJ", kEnergy,
     "Energy of each component; memories are split by operand. Sums to energy_pJ.",
     "sum over the component's actions of count x unit_pJ", "energy_by_component"},
    {"actions", "", kEnergy,
     "Every kind of action a component did, with count, unit cost and energy."},
    {"action", "", kEnergy,
     "What was done: multiply, add, or one bit read from or written to a memory (sram_read, "
     "sram_write, dram_read, "
     "dram_write) or moved over the array's network (array_transfer); where gates were followed, a "
     "pin switched between settled states "
     "(switch_zero_delay) or by a pulse before (switch_glitch), a flip-flop clocked or changed "
     "(flip_flop_clock, flip_flop_toggle), a bit of an operand wire changed (wire_toggle)."},
    {"count", "actions", kEnergy, "How often: operations, or bits of memory traffic."},
    {"unit_pJ", "pJ", kEnergy, "Energy of one action, rounded to nine significant digits."},
    {"cost_label", "", kEnergy,
     "How well the unit cost is founded: published, fitted, interpolated, extrapolated or assumed; "
     "`recalled` where a "
     "figure was quoted from memory."},
    {"width_a", "bits", kEnergy, "Width of the operation, or of a multiplier's first factor."},
    {"width_b", "bits", kEnergy, "Width of a multiplier's second factor."},
    {"capacity_bits", "bits", kEnergy, "Capacity of the memory, which its cost follows from."},
    {"access_bits", "bits", kEnergy, "Bits of one access to the memory."},
    {"average_power_mW", "mW", kEnergy,
     "Mean power while the workload runs, of what energy_pJ covers.", "energy_pJ / seconds x 1e-9",
     "power"},
    {"edp_pJ_s", "pJ s", kEnergy, "Energy-delay product.", "energy_pJ x seconds", "EDP"},
    {"tops_per_W", "TOPS/W", kEnergy,
     "Operations per energy; a multiply-accumulate is two operations, at the precision that ran.",
     "2 x macs / energy_pJ", "TOPS/W"},
    {"energy_model", "", kEnergy,
     "What stands for the energy of arithmetic: horowitz, a table of operations; structure, what "
     "netlists switch under the layers' operands; both, side by side. Memories are from the table "
     "either way.",
     "", "energy model"},
    {"structure", "", kEnergy,
     "Energies from what gates switch, with the sample they rest on; absent with energy_model "
     "horowitz."},
    {"energy_gain_0_pJ", "pJ", kEnergy,
     "energy_pJ from gates if glitches cost nothing (glitch gain 0).",
     "energy_pJ - glitch_gain x glitches", "structure_energy_gain_0_pJ"},
    {"energy_gain_1_pJ", "pJ", kEnergy,
     "energy_pJ from gates if every glitch that unit delays predict costs its charge (glitch gain "
     "1).",
     "energy_gain_0_pJ + switch_glitch count x pin_pJ", "structure_energy_gain_1_pJ"},
    {"structure_energy_pJ", "pJ", kEnergy,
     "In CSV: energy of the layer from what its gates switch, at the technology's glitch gain."},
    {"pin_pJ", "pJ", kEnergy,
     "Energy of charging one NAND input pin, the unit in which capacitances of gates are counted."},
    {"glitch_gain", "fraction", kEnergy,
     "Share of the pulses before gates settle that costs energy; belongs to the technology, with "
     "pin_pJ."},
    {"switching", "", kEnergy, "How what gates switch was found out."},
    {"full", "", kEnergy, "True where every cycle of every unit was followed, false for a sample."},
    {"transitions", "transitions", kEnergy,
     "Cycles in which units worked: each takes one unit's gates from one state to the next.",
     "unit steps that no guard holds x cycles of a step"},
    {"sampled", "transitions", kEnergy, "Transitions that were followed."},
    {"timed", "transitions", kEnergy, "Of the sampled ones, those followed with gate delays."},
    {"units_per_transition", "pins", kEnergy,
     "Capacitance that one unit's gates switch per cycle between settled states, in NAND input "
     "pins."},
    {"relative_half_width", "fraction", kEnergy,
     "Half width of the 95 % interval around units_per_transition (of a unit: "
     "switched_pins_per_mac), "
     "relative; 0 where all was followed.",
     "Student's t over groups of 64 windows; of a run, layers by their share",
     "switching_relative_half_width"},
    {"glitch_factor", "x", kEnergy,
     "Capacitance switched with glitches over that without, on the timed transitions.",
     "timed with unit gate delays / zero delay"},
    {"glitch_relative_half_width", "fraction", kEnergy,
     "Half width of the 95 % interval around glitch_factor, relative."},
    {"sampling_interval", "fraction", kEnergy,
     "The relative half width that was asked for around a run's zero-delay total."},
    {"interval_reached", "", kEnergy,
     "False where the limit of transitions came first: the interval is then wider."},
    {"area_um2", "um2", kEnergy,
     "Area of the arithmetic units and, where their size and cost are known, the memories.",
     "sum over blocks of count x unit area", "area"},
    {"area_kind", "", kEnergy, "`logic area` where no memory is in area_um2, else `area`.", "",
     "logic area"},
    {"area_by_component_um2", "um2", kEnergy, "Area of each component. Sums to area_um2."},
    {"area_left_out", "", kEnergy,
     "Components whose area is not in area_um2: memories of no declared size or cost."},
    {"vdd_V", "V", kEnergy, "Nominal supply voltage: of whatever does not scale.", "", "vdd"},

    {"operating", "", kSupply,
     "Clock, supplies and mean power of a layer, where the technology says how delay follows the "
     "supply or the machine declares what it draws beside its actions."},
    {"layer_clock_Hz", "Hz", kSupply,
     "Clock that the layer ran at: the machine's under the policies fixed and dvas, that of equal "
     "throughput with the widest mode under dvafs, the lowest that meets a required throughput "
     "under dvfs.",
     "dvafs: clock x (products / cycles of the widest mode) / (products / cycles of the mode)"},
    {"throughput_ratio", "x", kSupply,
     "Products per cycle of the layer's mode over those of the unit's widest mode: N of DVAFS.",
     "(products / cycles of the mode) / (products / cycles of the widest mode)", "N"},
    {"path_units", "unit delays", kSupply,
     "Critical path of the unit in the layer's mode, in delays of a simple gate. What the mode "
     "holds still is on no path.",
     "", "critical path"},
    {"full_path_units", "unit delays", kSupply, "The same in the unit's widest mode."},
    {"path_ratio", "", kSupply, "How much shorter the path is than in the widest mode.",
     "path_units / full_path_units"},
    {"max_clock_Hz", "Hz", kSupply,
     "Highest clock of the path at the datapath's supply; null where no delay is modelled.",
     "1 / (path_units x tau(V) + set-up), tau(V) = tau x [V / (V - Vt)^alpha] / [Vnom / (Vnom - "
     "Vt)^alpha]",
     "fmax"},
    {"domains", "", kSupply, "Supplies of datapath, control and on-chip memories."},
    {"datapath", "", kSupply,
     "The units with their registers and wires: a supply, or what their gates switch."},
    {"memory", "", kSupply, "The on-chip memories as a supply."},
    {"control", "", kSupply,
     "The control of the array: a supply, or the energy that the machine declares per cycle.",
     "declared energy x cycles x (V / V of the declaration)^2"},
    {"supply_V", "V", kSupply,
     "Voltage of a domain: the lowest multiple of 0.1 mV (or step) at which the path fits the "
     "period, or as the domain's rule says.",
     "smallest V with path_units x tau(V) + set-up <= 1 / clock", "Vmin"},
    {"datapath_V", "V", kSupply, "Supply of the units."},
    {"control_V", "V", kSupply, "Supply of the control."},
    {"memory_V", "V", kSupply, "Supply of the on-chip memories."},
    {"at_floor", "", kSupply,
     "True where the lowest supply there is decided: the path would do with less."},
    {"body_bias_V", "V", kSupply,
     "Bias of the transistors' bodies in the datapath. Negative raises their threshold: less "
     "leakage, slower gates.",
     "threshold - body effect x bias", "body bias"},
    {"mean_power", "", kSupply,
     "Power by what draws it, over the layer's or the run's time. The parts sum to chip_mW and, "
     "with the DRAM, to total_mW."},
    {"datapath_mW", "mW", kSupply, "Dynamic power of gates, operators and wires.",
     "energy of their actions / seconds; each unit cost x (datapath V / V of the costs)^2"},
    {"clock_mW", "mW", kSupply,
     "Clock of the registers, with the root of its tree where the machine declares one; 0 where "
     "registers are not drawn.",
     "flip_flop_clock energy / seconds"},
    {"memory_mW", "mW", kSupply, "Dynamic power of the on-chip memories.",
     "energy of their actions / seconds; each unit cost x (memory V / V of the costs)^2"},
    {"control_mW", "mW", kSupply, "Power of the control as the machine declares it.",
     "control energy / seconds"},
    {"leakage_mW", "mW", kSupply, "Leakage of the chip at its supplies.",
     "declared power x (V / Vnom) x exp((eta (V - Vnom) + gamma bias) / (n kT/q)), by shares of "
     "the domains"},
    {"off_chip_mW", "mW", kSupply, "Power of the DRAM, which has a supply of its own.",
     "energy of the DRAM's actions / seconds"},
    {"chip_mW", "mW", kSupply, "All but the DRAM.",
     "datapath_mW + clock_mW + memory_mW + control_mW + leakage_mW"},
    {"total_mW", "mW", kSupply, "Chip and DRAM.", "chip_mW + off_chip_mW"},
    {"tops_per_W_chip", "TOPS/W", kSupply, "Operations per energy of the chip, DRAM left out.",
     "2 x macs / (chip_mW x seconds x 1e9)"},
    {"tops_per_W_effective", "TOPS/W", kSupply,
     "Operations per energy where products with a zero operand count for nothing.",
     "2 x effectual_macs / energy_pJ"},
    {"energy_per_frame_pJ", "pJ", kSupply, "Energy of one image of the batch.",
     "energy_pJ / images"},
    {"frames_per_s", "1/s", kSupply, "Images per second through the layers that ran.",
     "images / seconds", "frame rate"},

    {"multiplier", "", kComponent, "Parallel multipliers of the array."},
    {"bit_brick", "", kComponent, "2 x 2 bit multipliers that fuse to wider ones."},
    {"shift_add", "", kComponent, "Adders that fuse the products of bit_brick."},
    {"adder_tree", "", kComponent, "Adders that sum the products of a unit's lanes."},
    {"accumulator", "", kComponent, "Adders that add a step's sum to the running output."},
    {"registers", "", kComponent, "Flip-flops of the units: accumulators and what a step needs."},
    {"operand_registers", "", kComponent,
     "Flip-flops that hold operands on their way into the units."},
    {"broadcast", "", kComponent, "Wires that carry operands from the buffers to the units."},
    {"activation_buffer", "", kComponent, "On-chip memory of the activations."},
    {"weight_buffer", "", kComponent, "On-chip memory of the weights."},
    {"output_buffer", "", kComponent, "On-chip memory of outputs and spilled partial sums."},
    {"dram_activations", "", kComponent, "DRAM traffic of activations."},
    {"dram_weights", "", kComponent, "DRAM traffic of weights."},
    {"dram_outputs", "", kComponent, "DRAM traffic of outputs."},
    {"clock_root", "", kComponent,
     "Root of the clock tree, which runs on where the clock of registers is gated.",
     "declared share x clock edges that gating saved the registers"},
    {"leakage", "", kComponent, "Leakage of the chip over the layer's time.",
     "leakage_mW x seconds"},

    {"speedup", "x", kComparison,
     "How many times faster than the comparison's first machine on the same workload.",
     "seconds of the first machine / seconds of this one"},
    {"energy_gain", "x", kComparison,
     "How many times less energy than the comparison's first machine on the same workload.",
     "energy_pJ of the first machine / energy_pJ of this one"},
    {"baseline", "", kComparison, "The machine that ratios refer to: the first of the comparison."},
    {"workloads", "", kComparison, "Number of workloads under a mean."},
    {"held_equal", "", kComparison, "What the comparison keeps the same for all machines."},
    {"free", "", kComparison, "What differs between the machines."},
    {"experiment", "", kComparison, "The reproduction that the check belongs to."},
    {"published", "", kComparison,
     "The figure as its publication prints it; null where there is none."},
    {"simulated", "", kComparison, "The figure as it comes out of the simulation."},
    {"tolerance", "fraction", kComparison,
     "Largest relative deviation that still counts as reproduced.",
     "abs(simulated - published) / abs(published)"},
    {"verdict", "", kComparison,
     "reproduced, deviates, calibrated or information; a deviation is printed, not hidden."},
    {"note", "", kComparison, "Why a figure deviates, where it does."},
    {"reproduced", "", kComparison,
     "Verdict: within the tolerance of the published figure, which entered nothing."},
    {"deviates", "", kComparison, "Verdict: outside the tolerance of the published figure."},
    {"calibrated", "", kComparison,
     "Verdict: the published figure entered a fit, so agreement proves nothing."},
    {"information", "", kComparison, "Verdict: there is no published figure to compare with."},
    {"inputs", "", kComparison, "What was declared, fitted or recalled for the figure."},
    {"source", "", kComparison, "Where the published figure stands."},
    {"unit", "", kComparison, "Unit of published and simulated, x for ratios; or a kind of unit."},
    {"checks", "", kComparison, "One entry per figure of a reproduction."},

    {"operands", "", kOrigin,
     "Where the operand values came from: real data, synthetic (a declared distribution and seed), "
     "or mixed. Of a unit: widths, activations first."},
    {"result", "", kOrigin,
     "Origin of both operands together, real, synthetic, mixed or none; in a comparison, the run "
     "as `bitscale run` "
     "prints it."},
    {"activation_zero_fraction", "fraction", kOrigin,
     "Share of zeros in the activation tensor, padding not counted."},
    {"weight_zero_fraction", "fraction", kOrigin, "Share of zeros in the weight tensor."},
    {"images", "images", kOrigin, "Images of the batch, all of which the figures are sums over."},
    {"correct_images", "images", kOrigin,
     "Images of the batch whose largest score, the first of equals, is that of their label; null "
     "where scores or labels are not real."},
    {"accuracy", "fraction", kOrigin,
     "Share of the batch's images that the bit-true network classified right; null where operands "
     "are not chained from a labelled data set through real weights.",
     "correct_images / images"},
    {"check", "", kOrigin,
     "The layer's outputs against an independent integer convolution; null where not asked for."},
    {"check_matched", "", kOrigin,
     "True where every checked layer matched; null where none was checked."},
    {"matched", "", kOrigin,
     "True where every output equals the reference; nothing where the layer is not comparable."},
    {"comparable", "", kOrigin,
     "False where a saturating accumulator overflowed: the layer's outputs then differ from the "
     "reference as they must, and are not checked."},
    {"mismatches", "outputs", kOrigin, "Outputs that differ from the reference."},
    {"first_mismatch", "", kOrigin, "The first such output, with both values."},

    {"provenance", "", kProvenance,
     "All that is needed to get the same numbers again, and what they rest on."},
    {"version", "", kProvenance, "Version of bitscale."},
    {"command", "", kProvenance, "The command that ran."},
    {"machine", "", kProvenance,
     "The machine's name; at the top of a document, its clock, supply and size."},
    {"workload", "", kProvenance, "The network."},
    {"profile", "", kProvenance, "The precision profile in force."},
    {"technology", "", kProvenance, "The table of costs."},
    {"fidelity", "", kProvenance, "How finely time was simulated: tile, pin or closed_form."},
    {"config_sha256", "", kProvenance, "Hash of the resolved configuration."},
    {"workload_sha256", "", kProvenance, "Hash of the resolved workload."},
    {"technology_sha256", "", kProvenance, "Hash of the resolved technology file."},
    {"seeds", "", kProvenance, "Seeds of the synthetic tensors."},
    {"result_digest", "", kProvenance,
     "SHA-256 over the integers of the result: cycles, slots, counts. Equal on every machine for "
     "equal inputs."},
    {"assumed", "", kProvenance, "What the run rests on and no source states."},
    {"recalled", "", kProvenance,
     "Inputs that were quoted from memory and not checked against their source."},
    {"costs", "", kProvenance,
     "Unit costs that are not checked publications, with the rule behind each."},

    {"schema_version", "", kStructure, "Changes when a key changes its meaning or goes away."},
    {"totals", "", kStructure, "Sums over the layers."},
    {"layers", "", kStructure, "One entry per layer, in the order they ran."},
    {"runs", "", kStructure, "One entry per machine and workload."},
    {"name", "", kStructure, "Name of the layer or of the check."},
    {"kind", "", kStructure,
     "Kind of the layer: conv, depthwise, fully_connected, matmul, or one without MACs."},
    {"component", "", kStructure, "Part of the machine that did the action."},
};

}  // namespace

std::span<const Metric> all_metrics() {
  static const std::vector<Metric> kAll = [] {
    std::vector<Metric> all(std::begin(kMetrics), std::end(kMetrics));
    for (const std::span<const Metric>& more :
         {comparison_metrics(), scaling_metrics(), precision_metrics(), unit_metrics()})
      all.insert(all.end(), more.begin(), more.end());
    return all;
  }();
  return kAll;
}

}  // namespace bitscale
