#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sim/core/account.hpp"
#include "sim/core/timeline.hpp"
#include "sim/mapping/loop_nest.hpp"
#include "sim/power/energy.hpp"
#include "sim/power/operating_point.hpp"
#include "sim/workload/classification.hpp"

namespace bitscale {

/// Outcome of comparing a layer's outputs with the reference convolution.
struct CheckResult {
  bool matched = false;
  std::uint64_t mismatches = 0;
  std::string first_mismatch;  ///< which output, expected and found; '' where matched
  bool comparable = true;  ///< false: an accumulator saturated, so that other sums are no mistake
  bool operator==(const CheckResult&) const = default;
};

/// Origin and content of the operands a layer ran on.
struct OperandReport {
  std::string activations = "none";  ///< real | synthetic | none
  std::string weights = "none";
  std::string result = "none";  ///< real | synthetic | mixed | none
  double activation_zero_fraction = 0;
  double weight_zero_fraction = 0;
  std::uint64_t effectual_macs = 0;  ///< products with both operands non-zero
  bool operator==(const OperandReport&) const = default;
};

/// Accumulators that would do for a layer, per segment, bits that gating leaves empty included.
struct AccumulatorWidths {
  int needed = 0;      ///< holds every partial sum of these operands in schedule order
  int guaranteed = 0;  ///< holds any sum of these weights with activations of this magnitude
  bool operator==(const AccumulatorWidths&) const = default;
};

/// How the switching of a layer, or of a run, was found out. A transition is one unit going from
/// one cycle to the next.
struct SwitchingSample {
  bool full = false;                      ///< every one was followed
  std::uint64_t transitions = 0;          ///< of all units
  std::uint64_t sampled = 0;              ///< followed
  std::uint64_t timed = 0;                ///< of these, with gate delays
  double units_per_transition = 0;        ///< pins between settled states
  double relative_half_width = 0;         ///< of its 95 % interval
  double glitch_factor = 1;               ///< with glitches / without
  double glitch_relative_half_width = 0;  ///< of its 95 % interval
  bool operator==(const SwitchingSample&) const = default;
};

/// Operands as the buffers got them, where the DRAM holds them compressed.
struct DramRawBits {
  std::uint64_t activations = 0, weights = 0;
  bool operator==(const DramRawBits&) const = default;
};

/// A layer's energy by what its gates switch, where that is not its only energy.
struct StructureEnergy {
  std::vector<ActionCount> actions;  ///< arithmetic and memories
  EnergyReport energy;
  bool operator==(const StructureEnergy&) const = default;
};

/// Raw counters of one layer with its energy. What follows from them is a function below, computed
/// nowhere else.
struct LayerResult {
  std::string name;
  std::string kind;
  std::uint64_t macs = 0;
  CycleAccount cycles;
  SlotAccount slots;
  double peak_macs_per_cycle = 0;  ///< positions / cycles of a step; 0 without array
  std::optional<double> channel_bits_per_cycle = {};  ///< of the array; nothing: ideal memory
  int activation_bits = 0, weight_bits = 0, accumulator_bits = 0;
  OperandReport operands;
  std::vector<ActionCount> actions;
  bool values_computed = true;  ///< false: cycles and counts alone, so that overflows are unknown
  std::uint64_t overflow_events = 0;
  std::optional<AccumulatorWidths> widths = {};  ///< where asked for
  std::uint64_t dram_bits_activations = 0, dram_bits_weights = 0, dram_bits_outputs = 0;
  std::optional<DramRawBits> dram_raw_bits = {};  ///< where the channel moves compressed operands
  std::optional<CheckResult> check;
  std::string mapping;                            ///< one line for people
  std::optional<LoopNest> nest = {};              ///< where asked for
  EnergyReport energy;                            ///< of `actions`
  std::optional<SwitchingSample> switching = {};  ///< where gates were followed
  std::optional<StructureEnergy> structure = {};  ///< beside `energy`, with both models
  std::optional<OperatingPoint> operating = {};   ///< where supplies are modelled
  std::optional<Timeline> timeline = {};          ///< where asked for

  [[nodiscard]] std::uint64_t dram_bits() const {
    return dram_bits_activations + dram_bits_weights + dram_bits_outputs;
  }
  /// (active + guarded) / all slots; nothing for a layer without slots.
  [[nodiscard]] std::optional<double> utilization() const;
  [[nodiscard]] std::optional<double> energy_per_mac_pJ() const;
};

/// Everything needed to get the same numbers again, and what they rest on.
struct Provenance {
  std::string version;
  std::string command;
  std::string machine, workload, profile, technology, fidelity;
  std::string energy_model = "horowitz";
  std::string config_sha256, workload_sha256, technology_sha256;
  std::vector<std::uint64_t> seeds;
  std::string result_digest;          ///< SHA-256 over integers only: cycles, slots and counts
  std::vector<std::string> assumed;   ///< what no source states
  std::vector<std::string> recalled;  ///< inputs quoted from memory
  std::vector<std::string> costs;     ///< costs that are not checked publications, with their rule
  std::vector<std::string> technology_notes;  ///< what the cost table says of itself
};

/// One machine on one workload.
struct RunResult {
  Provenance provenance;
  double clock_Hz = 0;
  double vdd_V = 0;
  std::uint64_t positions = 0;  ///< multipliers of the array
  bool ideal_memory = false;    ///< the DRAM channel never made the array wait
  std::vector<LayerResult> layers;
  AreaReport area;
  std::optional<AreaReport> structure_area = {};  ///< from gates, beside `area`, with both models
  std::optional<StructureCosts> structure_costs = {};  ///< where gates were followed
  double sampling_interval = 0;                        ///< asked for; 0 where nothing was sampled
  std::vector<std::string> next = {};  ///< commands worth typing next; they run as they stand
  std::string task = {};  ///< in a comparison of networks for one task; '' is the workload itself
  std::uint64_t images = 0;                           ///< of the batch; 0 where unknown
  std::optional<Classification> classification = {};  ///< where real images went all the way

  [[nodiscard]] std::uint64_t macs() const;
  [[nodiscard]] CycleAccount cycles() const;
  [[nodiscard]] SlotAccount slots() const;
  [[nodiscard]] EnergyReport energy() const;  ///< component sums over layers
  [[nodiscard]] std::uint64_t effectual_macs() const;
  [[nodiscard]] std::uint64_t overflow_events() const;
  [[nodiscard]] std::uint64_t dram_bits() const;
  [[nodiscard]] std::string operands() const;  ///< real | synthetic | mixed | none
  [[nodiscard]] double seconds() const;
  [[nodiscard]] double average_power_mW() const;
  [[nodiscard]] double edp_pJ_s() const;  ///< energy x delay
  [[nodiscard]] std::optional<double> utilization() const;
  [[nodiscard]] std::optional<double> energy_per_mac_pJ() const;
  [[nodiscard]] std::optional<double> tops_per_watt() const;  ///< two operations per MAC
  /// True when no comparable layer's check found a mismatch; nothing where no layer could be
  /// compared.
  [[nodiscard]] std::optional<bool> check_matched() const;
};

/// `real`, `synthetic`, `mixed` or `none` of a result that rests on both.
[[nodiscard]] std::string combine_origins(const std::string& a, const std::string& b);

/// SHA-256 over the integers of a run: names, MACs, cycles by cause, slots, counts, overflow
/// events.
[[nodiscard]] std::string result_digest(const RunResult& run);

/// Time of `baseline` over time of `run`; exact cycles ratio where the clocks are equal.
[[nodiscard]] double speedup(const RunResult& baseline, const RunResult& run);

/// n-th root of the product of n positive values; 0 for none.
[[nodiscard]] double geometric_mean(const std::vector<double>& values);

/// Energy of `baseline` over energy of `run`; nothing where either has none.
[[nodiscard]] std::optional<double> energy_gain(const RunResult& baseline, const RunResult& run);

/// What a reproduction may call itself. `calibrated`: the published figure entered a fit.
enum class Verdict { reproduced, deviates, calibrated, information };

[[nodiscard]] std::string_view to_string(Verdict verdict);

/// One published figure beside ours.
struct ReproduceCheck {
  std::string experiment;
  std::string name;
  std::optional<double> published;
  double simulated = 0;
  std::string unit;      ///< 'x' for ratios
  double tolerance = 0;  ///< relative
  Verdict verdict = Verdict::information;
  std::vector<std::string> inputs;  ///< what was declared, fitted or recalled
  std::string source;
  bool headline = false;  ///< printed on top
  std::string note = {};  ///< why a figure deviates, where it does
};

/// Verdict of a figure: no published value is information, a fitted one is calibrated, the rest
/// within the relative tolerance (inclusive) is reproduced.
[[nodiscard]] Verdict judge(std::optional<double> published, double simulated, double tolerance,
                            bool calibrated = false);

/// A figure beside the published one, judged. `source` and `inputs` are the caller's to say.
[[nodiscard]] ReproduceCheck reproduce_check(std::string_view experiment, std::string name,
                                             std::optional<double> published, double simulated,
                                             std::string unit, double tolerance,
                                             bool calibrated = false);

/// Gives a figure that deviates its reason.
void note_deviation(ReproduceCheck& check, std::string note);

struct ReproduceResult {
  std::string version;
  std::vector<ReproduceCheck> checks;
  std::vector<std::string> next = {};  ///< as in RunResult
};

}  // namespace bitscale
