#include "sim/report/comparison.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include "sim/core/quantity.hpp"
#include "sim/report/table.hpp"

namespace bitscale {
namespace {

const std::string& task_of(const RunResult& run) {
  return run.task.empty() ? run.provenance.workload : run.task;
}

/// Two operations per multiply-accumulate of 1 x 1 bit; one of a x w bits counts as a x w of them.
double one_bit_operations(const RunResult& run) {
  double operations = 0;
  for (const LayerResult& layer : run.layers) {
    operations += 2.0 * static_cast<double>(layer.macs) * layer.activation_bits * layer.weight_bits;
  }
  return operations;
}

std::optional<double> area_mm2(const CompareResult& comparison, const std::string& machine) {
  for (const MachineSize& size : comparison.sizes) {
    if (size.machine == machine && size.area_um2 && *size.area_um2 > 0)
      return *size.area_um2 * 1e-6;
  }
  return std::nullopt;
}

ComparisonRow row_of(const CompareResult& comparison, const RunResult& run) {
  const RunResult& baseline = baseline_of(comparison, run);
  ComparisonRow row;
  row.task = task_of(run);
  row.workload = run.provenance.workload;
  row.machine = run.provenance.machine;
  row.baseline = baseline.provenance.machine;
  row.speedup = speedup(baseline, run);
  row.energy_gain = energy_gain(baseline, run);
  if (row.energy_gain) row.edp_gain = baseline.edp_pJ_s() / run.edp_pJ_s();
  const double one_bit = one_bit_operations(run);
  const double seconds = run.seconds();
  if (seconds > 0) {
    row.tops = 2.0 * static_cast<double>(run.macs()) / seconds * 1e-12;
    row.tops_1b = one_bit / seconds * 1e-12;
  }
  row.tops_per_W = run.tops_per_watt();
  // Operations per pJ are TOPS/W.
  if (row.tops_per_W) row.tops_per_W_1b = one_bit / run.energy().total_pJ;
  if (const std::optional<double> area = area_mm2(comparison, row.machine)) {
    row.tops_per_mm2 = row.tops / *area;
    row.tops_per_mm2_1b = row.tops_1b / *area;
  }
  return row;
}

/// Geometric mean of a figure over rows; nothing where one lacks it, or where it is 0.
std::optional<double> mean_of(const std::vector<const ComparisonRow*>& rows,
                              const std::function<std::optional<double>(const ComparisonRow&)>& f) {
  std::vector<double> values;
  for (const ComparisonRow* row : rows) {
    const std::optional<double> value = f(*row);
    if (!value || !(*value > 0)) return std::nullopt;
    values.push_back(*value);
  }
  return geometric_mean(values);
}

MachineMean mean_of(const std::vector<const ComparisonRow*>& rows) {
  using Row = ComparisonRow;
  MachineMean mean;
  mean.machine = rows.front()->machine;
  mean.baseline = rows.front()->baseline;
  mean.workloads = rows.size();
  mean.speedup =
      mean_of(rows, [](const Row& row) { return std::optional(row.speedup); }).value_or(0);
  mean.energy_gain = mean_of(rows, [](const Row& row) { return row.energy_gain; });
  mean.edp_gain = mean_of(rows, [](const Row& row) { return row.edp_gain; });
  mean.tops = mean_of(rows, [](const Row& row) { return std::optional(row.tops); });
  mean.tops_per_W = mean_of(rows, [](const Row& row) { return row.tops_per_W; });
  mean.tops_per_mm2 = mean_of(rows, [](const Row& row) { return row.tops_per_mm2; });
  mean.tops_1b = mean_of(rows, [](const Row& row) { return std::optional(row.tops_1b); });
  mean.tops_per_W_1b = mean_of(rows, [](const Row& row) { return row.tops_per_W_1b; });
  mean.tops_per_mm2_1b = mean_of(rows, [](const Row& row) { return row.tops_per_mm2_1b; });
  return mean;
}

}  // namespace

std::string_view to_string(Held held) {
  switch (held) {
    case Held::macs:
      return "macs";
    case Held::area:
      return "area";
    case Held::power:
      return "power";
    case Held::throughput:
      return "throughput";
  }
  return "?";
}

std::string format_held(Held held, double value) {
  switch (held) {
    case Held::macs:
      return format_plain(value) + " multiplier positions";
    case Held::area:
      return format_area_um2(value);
    case Held::power:
      return format_quantity(value * 1e-3, QuantityUnit::watt);
    case Held::throughput:
      break;
  }
  std::string text = format_quantity(value, QuantityUnit::hertz);
  return text.substr(0, text.size() - 2) + "MAC/s";
}

std::optional<double> MachineSize::deviation() const {
  if (!held || !asked || !(*asked > 0)) return std::nullopt;
  return *held / *asked - 1;
}

const RunResult& baseline_of(const CompareResult& comparison, const RunResult& run) {
  for (const RunResult& candidate : comparison.runs) {
    if (task_of(candidate) == task_of(run)) return candidate;
  }
  return run;
}

std::vector<ComparisonRow> comparison_rows(const CompareResult& comparison) {
  std::vector<ComparisonRow> rows;
  rows.reserve(comparison.runs.size());
  for (const RunResult& run : comparison.runs) rows.push_back(row_of(comparison, run));
  return rows;
}

std::vector<MachineMean> machine_means(const CompareResult& comparison) {
  const std::vector<ComparisonRow> rows = comparison_rows(comparison);
  std::vector<MachineMean> means;
  for (const ComparisonRow& first : rows) {
    const bool seen = std::ranges::any_of(
        means, [&](const MachineMean& mean) { return mean.machine == first.machine; });
    if (seen) continue;
    std::vector<const ComparisonRow*> own;
    for (const ComparisonRow& row : rows) {
      if (row.machine == first.machine) own.push_back(&row);
    }
    means.push_back(mean_of(own));
  }
  return means;
}

}  // namespace bitscale
