#pragma once

#include <cstdint>
#include <vector>

#include "sim/activity/activity.hpp"
#include "sim/mapping/schedule.hpp"
#include "sim/pipeline/experiment.hpp"
#include "sim/report/result.hpp"

namespace bitscale {

class RunReuse;

/// The part of a run that follows gates: keeps what was drawn from layer to layer, and knows how
/// exactly each layer must be followed for the network's total.
class StructureModel {
 public:
  /// `reuse` has what earlier runs found; null: nothing does.
  explicit StructureModel(const Experiment& experiment, RunReuse* reuse = nullptr);

  /// Appends what the layer's gates, registers and operand wires switch, and says how it was found
  /// out. Throws MappingError where the model lacks what the mapping needs.
  SwitchingSample measure(const Mapping& mapping, const Operands& operands,
                          const UnitActivity& work, const Traffic& traffic,
                          std::vector<ActionCount>& actions);

  /// What layers' shares of the network are measured against: beside a layer, all that decides how
  /// exactly it is followed.
  [[nodiscard]] double whole_work() const { return whole_work_; }

 private:
  [[nodiscard]] ActivityPlan plan_for(const Mapping& mapping) const;

  [[nodiscard]] LayerActivity followed(const Mapping& mapping, const Operands& operands);

  const Experiment& experiment_;
  RunReuse* reuse_ = nullptr;
  GateCache gates_;
  double whole_work_ = 0;  ///< cycles of units over all layers that run
};

/// Types that a layer hands to a unit, with the accumulator in force.
[[nodiscard]] OperandTypes types_of(const Layer& layer, const Unit& unit);

/// Gates and registers of the machine's units in NAND2 equivalents. Nothing where no layer runs on
/// the array.
[[nodiscard]] std::vector<AreaItem> gate_area(const Experiment& experiment);

}  // namespace bitscale
