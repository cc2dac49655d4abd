#include "sim/mapping/resize.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

namespace bitscale {
namespace {

__extension__ using Wide = __int128;

// As machine files declare them.
constexpr std::int64_t kMaxAxis = 65536;
constexpr std::int64_t kMaxPortBits = std::int64_t{1} << 50;
constexpr std::int64_t kMaxDrain = 1 << 24;

/// Product of the factors but that of the outermost loop, or of all where a `fit` loop takes what
/// the size leaves.
std::int64_t fixed_part(const Axis& axis) {
  std::int64_t all = 1;
  bool fit = false;
  for (const AxisLoop& loop : axis.loops) {
    fit = fit || loop.factor == 0;
    all *= std::max<std::int64_t>(loop.factor, 1);
  }
  return fit ? all : all / axis.loops.front().factor;
}

/// The positive multiple of `step` nearest to `wanted`.
std::int64_t nearest_multiple(double wanted, std::int64_t step) {
  const double steps = std::round(wanted / static_cast<double>(step));
  const auto most = static_cast<double>(std::max<std::int64_t>(kMaxAxis / step, 1));
  return step * static_cast<std::int64_t>(std::clamp(steps, 1.0, most));
}

/// Keeps the better of two sizes: nearer to `units`, then nearer to the declared shape.
class Choice {
 public:
  Choice(double units, const ArraySize& declared)
      : units_(units),
        shape_(static_cast<double>(declared.rows) / static_cast<double>(declared.columns)) {}

  void offer(const ArraySize& size) {
    const double miss = std::abs(static_cast<double>(size.units()) - units_);
    const double shape = static_cast<double>(size.rows) / static_cast<double>(size.columns);
    const double skew = std::max(shape / shape_, shape_ / shape);
    if (best_ && (miss > miss_ || (miss == miss_ && skew >= skew_))) return;
    best_ = size;
    miss_ = miss;
    skew_ = skew;
  }
  [[nodiscard]] std::optional<ArraySize> best() const { return best_; }

 private:
  double units_ = 0, shape_ = 1;
  std::optional<ArraySize> best_;
  double miss_ = 0, skew_ = 0;
};

ArraySize nearest_in_two_axes(const ArraySize& declared, double units, std::int64_t row_step,
                              std::int64_t column_step) {
  // rows / columns = rows^2 / units: a factor of two in shape is its root in rows.
  const double rows =
      std::sqrt(units * static_cast<double>(declared.rows) / static_cast<double>(declared.columns));
  const double bound = std::sqrt(2.0) * (1 + 1e-9);
  const auto step = static_cast<double>(row_step);
  const auto last = std::min(rows * bound, static_cast<double>(kMaxAxis));
  Choice choice(units, declared);
  for (double each = std::ceil(rows / bound / step) * step; each <= last; each += step) {
    const auto whole = static_cast<std::int64_t>(each);
    choice.offer({whole, nearest_multiple(units / each, column_step)});
  }
  const std::int64_t middle = nearest_multiple(rows, row_step);
  if (!choice.best())
    choice.offer({middle, nearest_multiple(units / static_cast<double>(middle), column_step)});
  return *choice.best();
}

/// The operand that stays in the units while the innermost temporal loop runs.
Operand stationary(const Dataflow& dataflow) {
  switch (dataflow.order.back()) {
    case Dim::C:
    case Dim::R:
    case Dim::S:
      return Operand::outputs;
    case Dim::K:
      return Operand::activations;
    default:
      return Operand::weights;
  }
}

/// A growth, exactly: `up` in place of `down`.
struct Ratio {
  Wide up = 1, down = 1;
  void scale(std::int64_t to, std::int64_t from) {
    up *= to;
    down *= from;
  }
};

/// Growth of an operand's port: along axes whose positions take values of their own. A stationary
/// operand enters row by row.
Ratio port_growth(const MachineConfig& machine, Operand operand, const ArraySize& size) {
  const ArrayConfig& array = machine.array;
  const bool weights = operand == Operand::weights;
  const auto own_values = [&](const Axis& axis) {
    const Movement movement = weights ? axis.weights : axis.activations;
    return movement == Movement::unicast || movement == Movement::slide;
  };
  Ratio growth;
  if (own_values(array.columns)) growth.scale(size.columns, array.columns.size);
  if (own_values(array.rows) && stationary(machine.dataflow) != operand)
    growth.scale(size.rows, array.rows.size);
  return growth;
}

/// Growth of the number of outputs that the array holds: along axes that add nothing up.
Ratio output_growth(const ArrayConfig& array, const ArraySize& size) {
  Ratio growth;
  if (array.rows.partial_sums == Combination::local) growth.scale(size.rows, array.rows.size);
  if (array.columns.partial_sums == Combination::local)
    growth.scale(size.columns, array.columns.size);
  return growth;
}

void set_axis(const char* name, const Axis& axis, std::int64_t size,
              std::vector<std::string>& settings) {
  if (size == axis.size) return;
  settings.push_back(fmt::format("array.{}.size={}", name, size));
  std::vector<std::string> loops;
  bool fit = false;
  for (const AxisLoop& loop : axis.loops) {
    fit = fit || loop.factor == 0;
    const bool outermost = loops.empty();
    loops.push_back(fmt::format("{} {}", to_string(loop.dim),
                                outermost ? size / fixed_part(axis) : loop.factor));
  }
  if (!fit) settings.push_back(fmt::format("array.{}.loops=[{}]", name, fmt::join(loops, ", ")));
}

void set_wires(const std::string& key, std::int64_t wires, const Ratio& growth, std::int64_t most,
               std::vector<std::string>& settings) {
  if (wires == 0) return;  // never limits
  const Wide grown = (wires * growth.up + growth.down - 1) / growth.down;
  const auto whole = static_cast<std::int64_t>(std::min<Wide>(grown, most));
  if (whole != wires) settings.push_back(fmt::format("{}={}", key, whole));
}

}  // namespace

ArraySize declared_size(const ArrayConfig& array) { return {array.rows.size, array.columns.size}; }

std::optional<std::int64_t> resize_step(const Axis& axis) {
  if (axis.loops.empty() || axis.resize_step == 0) return std::nullopt;
  return std::lcm(axis.resize_step, fixed_part(axis));
}

std::optional<ArraySize> nearest_size(const ArrayConfig& array, double units) {
  const ArraySize declared = declared_size(array);
  const std::optional<std::int64_t> row_step = resize_step(array.rows);
  const std::optional<std::int64_t> column_step = resize_step(array.columns);
  if (row_step && column_step) return nearest_in_two_axes(declared, units, *row_step, *column_step);
  if (row_step)
    return ArraySize{nearest_multiple(units / static_cast<double>(declared.columns), *row_step),
                     declared.columns};
  if (column_step)
    return ArraySize{declared.rows,
                     nearest_multiple(units / static_cast<double>(declared.rows), *column_step)};
  return std::nullopt;
}

std::vector<std::string> resize_settings(const MachineConfig& machine, const ArraySize& size) {
  const ArrayConfig& array = machine.array;
  std::vector<std::string> settings;
  set_axis("rows", array.rows, size.rows, settings);
  set_axis("columns", array.columns, size.columns, settings);
  const Ratio outputs = output_growth(array, size);
  set_wires("memory.activations.port_bits", machine.memory.activations.port_bits,
            port_growth(machine, Operand::activations, size), kMaxPortBits, settings);
  set_wires("memory.weights.port_bits", machine.memory.weights.port_bits,
            port_growth(machine, Operand::weights, size), kMaxPortBits, settings);
  set_wires("memory.outputs.port_bits", machine.memory.outputs.port_bits, outputs, kMaxPortBits,
            settings);
  set_wires("array.drain_outputs_per_cycle", array.drain_outputs_per_cycle, outputs, kMaxDrain,
            settings);
  return settings;
}

}  // namespace bitscale
