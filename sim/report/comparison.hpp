#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/report/result.hpp"

namespace bitscale {

/// What the arrays of machines can be made equal in. macs: multiplier positions, whatever a
/// multiplier is; area: gates and registers of the units; power: what they switch; throughput:
/// multiply-accumulates per second of a full array.
enum class Held { macs, area, power, throughput };

[[nodiscard]] std::string_view to_string(Held held);

/// `1.5 mm2`, `200 mW`, `1.2 TMAC/s`, `4,096 positions`.
[[nodiscard]] std::string format_held(Held held, double value);

/// The array of one machine in a comparison.
struct MachineSize {
  std::string machine;
  std::int64_t rows = 1, columns = 1, lanes = 1;
  std::int64_t declared_rows = 1, declared_columns = 1;
  std::optional<double> area_um2;     ///< of the array, from gates; nothing where unknown
  std::optional<double> held, asked;  ///< of the quantity held equal, at this size
  std::vector<std::string> settings;  ///< of the machine's file, that give this size

  [[nodiscard]] std::int64_t positions() const { return rows * columns * lanes; }
  [[nodiscard]] bool resized() const {
    return rows != declared_rows || columns != declared_columns;
  }
  /// held / asked - 1: what whole rows and columns leave.
  [[nodiscard]] std::optional<double> deviation() const;
};

/// What was made equal, in words.
struct IsoCondition {
  Held held = Held::area;
  std::string definition;  ///< of the quantity, in this comparison
  double asked = 0;
  std::string given_by;  ///< the first machine's name, or `the command line`
};

/// Several machines on the same work, or on the same task. Runs of one task stand together; the
/// first of each is its baseline.
struct CompareResult {
  std::vector<RunResult> runs;
  std::vector<std::string> held_equal;     ///< what the comparison keeps the same, in words
  std::vector<std::string> free;           ///< what differs
  std::vector<std::string> next = {};      ///< as in RunResult
  std::vector<MachineSize> sizes = {};     ///< a machine each; may be empty
  std::optional<IsoCondition> iso = {};    ///< where arrays were resized
  std::vector<std::string> iso_task = {};  ///< which networks stand for one task; empty: same work
};

/// The run that `run` is measured against: the first of its task.
[[nodiscard]] const RunResult& baseline_of(const CompareResult& comparison, const RunResult& run);

/// One machine on one network, beside the baseline. Figures per area are over the array's logic
/// area from gates; 1-bit-normalised ones count a product of a x w bits as a x w operations.
struct ComparisonRow {
  std::string task, workload, machine, baseline;
  double speedup = 0;
  std::optional<double> energy_gain, edp_gain;
  double tops = 0;
  std::optional<double> tops_per_W, tops_per_mm2;
  double tops_1b = 0;
  std::optional<double> tops_per_W_1b, tops_per_mm2_1b;
};

[[nodiscard]] std::vector<ComparisonRow> comparison_rows(const CompareResult& comparison);

/// One machine over all tasks of a comparison: geometric means; nothing where a run lacks the
/// figure.
struct MachineMean {
  std::string machine, baseline;
  std::uint64_t workloads = 0;
  double speedup = 0;
  std::optional<double> energy_gain = {}, edp_gain = {};
  std::optional<double> tops = {}, tops_per_W = {}, tops_per_mm2 = {};
  std::optional<double> tops_1b = {}, tops_per_W_1b = {}, tops_per_mm2_1b = {};
};

/// In order of first appearance.
[[nodiscard]] std::vector<MachineMean> machine_means(const CompareResult& comparison);

}  // namespace bitscale
