#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "arch/common/accumulator.hpp"
#include "arch/common/guard.hpp"
#include "arch/unit_netlist.hpp"
#include "sim/netlist/planes.hpp"
#include "sim/netlist/registers.hpp"
#include "sim/workload/encodings.hpp"

namespace bitscale::testing_support {

/// Integers that a tensor of this type may hold; of a codebook, some that its table may hold.
inline std::vector<std::int32_t> values_of(const TensorType& type) {
  std::vector<std::int32_t> values;
  for (std::int32_t value = INT16_MIN; value <= INT16_MAX; ++value) {
    if (is_value(type, value)) values.push_back(value);
  }
  const std::size_t entries = std::size_t{1} << type.bits;
  if (type.encoding != Encoding::codebook || values.size() <= entries) return values;
  std::vector<std::int32_t> table;
  for (std::size_t i = 0; i < entries; ++i) table.push_back(values[i * values.size() / entries]);
  return table;
}

/// One operand set of a unit, with its storage.
struct OperandSet {
  std::vector<std::int32_t> activations, weights;
  std::vector<std::uint8_t> valid;

  [[nodiscard]] StepOperands view() const { return {activations, weights, valid}; }
};

/// Draws operand sets as the engines would hand them over.
class OperandSource {
 public:
  OperandSource(const Unit& unit, const OperandTypes& types, std::int64_t lanes)
      : unit_(unit),
        mode_(unit.mode(types)),
        lanes_(lanes),
        activations_(values_of(types.activation)),
        weights_(values_of(types.weight)) {}

  [[nodiscard]] const std::vector<std::int32_t>& activations() const { return activations_; }
  [[nodiscard]] const std::vector<std::int32_t>& weights() const { return weights_; }

  /// Random operands; a quarter of the positions without a product, but never all of them: such a
  /// step does not happen where guards stop the clock.
  OperandSet random_set(std::mt19937_64& random) const {
    OperandSet set;
    do {
      set = {};
      for (std::int64_t lane = 0; lane < lanes_; ++lane) {
        const std::int32_t activation = pick(activations_, random);
        const std::int32_t weight = pick(weights_, random);
        for (std::int64_t product = 0; product < mode_.products; ++product) {
          const bool same_activation = product == 0 || mode_.dim == Dim::K;
          const bool same_weight = product == 0 || (mode_.dim != Dim::K && mode_.dim != Dim::C);
          add(set, same_activation ? activation : pick(activations_, random),
              same_weight ? weight : pick(weights_, random), random() % 4 != 0);
        }
      }
    } while (std::ranges::find(set.valid, 1) == set.valid.end());
    return set;
  }

  void add(OperandSet& set, std::int32_t activation, std::int32_t weight, bool valid) const {
    const bool works = valid && !holds_still(unit_.guard(), activation, weight);
    set.activations.push_back(works ? activation : 0);
    set.weights.push_back(works ? weight : 0);
    set.valid.push_back(works ? 1 : 0);
  }

 private:
  static std::int32_t pick(const std::vector<std::int32_t>& values, std::mt19937_64& random) {
    switch (random() % 8) {  // the extremes come up often
      case 0:
        return values.front();
      case 1:
        return values.back();
      default:
        return values[random() % values.size()];
    }
  }

  const Unit& unit_;
  UnitMode mode_;
  std::int64_t lanes_;
  std::vector<std::int32_t> activations_, weights_;
};

/// Columns of bus values for every lane of the evaluator, from a unit's drive function.
class Driver {
 public:
  Driver(const UnitNetlist& unit, std::size_t windows)
      : unit_(unit),
        buses_(unit.netlist.inputs.size()),
        values_(windows, std::vector<std::int64_t>(buses_, 0)) {}

  /// Puts a cycle of one operand set per window on the input buses of step `step`.
  void drive(const std::vector<OperandSet>& sets, std::int64_t cycle, std::size_t step,
             netlist::Stimulus& stimulus) {
    for (std::size_t window = 0; window < sets.size(); ++window) {
      unit_.drive(sets[window].view(), cycle, values_[window]);
    }
    std::vector<std::int64_t> column(sets.size());
    for (std::size_t bus = 0; bus < buses_; ++bus) {
      for (std::size_t window = 0; window < sets.size(); ++window) {
        column[window] = values_[window][bus];
      }
      stimulus.set(step, bus, column);
    }
  }

 private:
  const UnitNetlist& unit_;
  std::size_t buses_;
  std::vector<std::vector<std::int64_t>> values_;  ///< [window][bus]
};

}  // namespace bitscale::testing_support
