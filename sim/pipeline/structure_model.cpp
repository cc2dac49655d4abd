#include "sim/pipeline/structure_model.hpp"

#include <algorithm>
#include <cmath>

#include "arch/unit_netlist.hpp"
#include "sim/activity/switching.hpp"
#include "sim/pipeline/run_reuse.hpp"
#include "sim/pipeline/runner.hpp"

namespace bitscale {
namespace {

/// However little a layer contributes.
constexpr double kLoosestInterval = 0.2;

/// Cycles in which one lane works on a layer of so many products: what its share of the energy is
/// guessed from.
double lane_cycles(const Unit& unit, std::int64_t macs, const OperandTypes& types) {
  const UnitMode mode = unit.mode(types);
  return static_cast<double>(macs) * static_cast<double>(mode.cycles) /
         static_cast<double>(mode.products);
}

}  // namespace

OperandTypes types_of(const Layer& layer, const Unit& unit) {
  OperandTypes types = {layer.activation, layer.weight, unit.accumulator()};
  if (layer.accumulator_bits > 0) types.accumulator.bits = layer.accumulator_bits;
  return types;
}

StructureModel::StructureModel(const Experiment& experiment, RunReuse* reuse)
    : experiment_(experiment), reuse_(reuse) {
  const Unit& unit = *experiment.machine.config.unit;
  // A technology without these costs is told so before anything is followed.
  ActionCount pin;
  pin.component = "datapath";
  pin.action = Action::switch_zero_delay;
  (void)unit_cost_pJ(experiment.machine.technology, pin);
  for (const Layer& layer : experiment.workload.layers) {
    if (!is_array_layer(layer.kind) || !selected(experiment.simulation.layers, layer)) continue;
    const OperandTypes types = types_of(layer, unit);
    if (unit.refusal(types).empty()) whole_work_ += lane_cycles(unit, layer.shape.macs(), types);
  }
}

/// A network's relative half width is reached with least work where the square of each layer's
/// falls with the layer's share s of the energy: sum of s^2 (h^2 / s) = h^2.
ActivityPlan StructureModel::plan_for(const Mapping& m) const {
  const SamplingConfig& config = experiment_.simulation.sampling;
  ActivityPlan plan;
  const double work = lane_cycles(*experiment_.machine.config.unit, m.shape.macs(), m.types);
  const double share = whole_work_ > work && work > 0 ? work / whole_work_ : 1;
  const double goal = config.interval / std::sqrt(share);
  plan.relative_half_width = std::min(goal, kLoosestInterval);
  plan.glitch_half_width = std::min(goal, kLoosestInterval);
  plan.max_transitions = config.max_transitions;
  plan.full = config.full;
  plan.seed = config.seed;
  return plan;
}

LayerActivity StructureModel::followed(const Mapping& mapping, const Operands& operands) {
  const ActivityPlan plan = plan_for(mapping);
  if (reuse_ != nullptr) {
    if (const LayerActivity* known = reuse_->activity(mapping, plan)) return *known;
  }
  LayerActivity activity =
      measure_activity(mapping, *experiment_.machine.config.unit, operands, plan, gates_);
  if (reuse_ != nullptr) reuse_->keep_activity(mapping, plan, activity);
  return activity;
}

SwitchingSample StructureModel::measure(const Mapping& mapping, const Operands& operands,
                                        const UnitActivity& work, const Traffic& traffic,
                                        std::vector<ActionCount>& actions) {
  const LayerActivity activity = followed(mapping, operands);
  count_switching(activity, mapping, work, traffic, actions);
  SwitchingSample sample;
  sample.full = activity.full;
  sample.transitions = work.active_unit_steps * static_cast<std::uint64_t>(activity.cycles);
  sample.sampled = activity.transitions;
  sample.units_per_transition = activity.zero_delay.value;
  sample.relative_half_width = activity.zero_delay.relative_half_width();
  sample.timed = activity.glitch_transitions;
  sample.glitch_factor = activity.glitch_factor.value;
  sample.glitch_relative_half_width = activity.glitch_factor.relative_half_width();
  return sample;
}

std::vector<AreaItem> gate_area(const Experiment& experiment) {
  std::vector<AreaItem> items;
  const MachineConfig& machine = experiment.machine.config;
  const auto units =
      static_cast<std::uint64_t>(machine.array.rows.size * machine.array.columns.size);
  for (const Layer& layer : experiment.workload.layers) {
    if (!is_array_layer(layer.kind) || !selected(experiment.simulation.layers, layer)) continue;
    // The gates do not depend on the layer; only what its mode holds still does.
    const OperandTypes types = {layer.activation, layer.weight, machine.unit->accumulator()};
    count_gate_area(machine.unit->make_netlist(machine.array.lanes.size, types), units, items);
    break;
  }
  return items;
}

}  // namespace bitscale
