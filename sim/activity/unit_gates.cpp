#include "sim/activity/unit_gates.hpp"

#include <algorithm>
#include <string>

namespace bitscale {
namespace {

UnitGates::Role role_of(const std::string& name) {
  if (name.starts_with("activation") && name != "activation_signed")
    return UnitGates::Role::activation;
  if (name.starts_with("weight") && name != "weight_signed") return UnitGates::Role::weight;
  return UnitGates::Role::control;
}

}  // namespace

UnitGates::UnitGates(UnitNetlist unit, netlist::VectorPath path)
    : unit_(std::move(unit)),
      cut_(netlist::cut_registers(unit_.netlist)),
      path_(path),
      zero_delay_(cut_.netlist, path) {
  for (const netlist::Bus& bus : cut_.netlist.inputs) roles_.push_back(role_of(bus.name));
  other_flip_flops_ = netlist::count(cut_.netlist, netlist::Cell::flip_flop);
  read_mode();
}

void UnitGates::read_mode() {
  const std::vector<netlist::Bus>& inputs = cut_.netlist.inputs;
  state_buses_.clear();
  for (std::int64_t segment = 0; segment < unit_.segments; ++segment) {
    const std::string name = "accumulator" + std::to_string(segment);
    const auto bus = std::ranges::find(inputs, name, &netlist::Bus::name);
    if (bus == inputs.end()) throw netlist::NetlistError(cut_.netlist.name, "no register " + name);
    state_buses_.push_back(static_cast<std::size_t>(bus - inputs.begin()));
  }
  reset_.assign(inputs.size(), 0);
  for (const netlist::Tie& tie : unit_.ties) {
    if (!tie.value) continue;
    for (std::size_t bus = 0; bus < inputs.size(); ++bus) {
      const auto bit = std::ranges::find(inputs[bus].bits, tie.node);
      if (bit == inputs[bus].bits.end()) continue;
      reset_[bus] |= std::int64_t{1} << (bit - inputs[bus].bits.begin());
    }
  }
}

int UnitGates::state_bits(std::int64_t segment) const {
  return static_cast<int>(cut_.netlist.inputs[state_bus(segment)].bits.size());
}

netlist::ToggleCount UnitGates::inertial(const netlist::Stimulus& stimulus) {
  if (!inertial_) inertial_ = std::make_unique<netlist::InertialToggles>(cut_.netlist, path_);
  return inertial_->count(stimulus);
}

bool UnitGates::adopt(const UnitNetlist& unit) {
  if (!(unit.netlist == unit_.netlist)) return false;
  unit_ = unit;
  read_mode();
  return true;
}

UnitGates& GateCache::gates(const Unit& unit, std::int64_t lanes, const OperandTypes& types) {
  for (const Entry& entry : entries_) {
    if (entry.unit == &unit && entry.lanes == lanes && entry.types == types) return *entry.gates;
  }
  // Another mode of a drawing that is there already: the evaluators stay. One entry at a time has
  // them, the latest.
  UnitNetlist drawn = unit.make_netlist(lanes, types);
  for (Entry& entry : entries_) {
    if (entry.unit != &unit || entry.lanes != lanes || !entry.gates->adopt(drawn)) continue;
    entry.types = types;
    return *entry.gates;
  }
  entries_.push_back({&unit, lanes, types, std::make_shared<UnitGates>(std::move(drawn), path_)});
  return *entries_.back().gates;
}

}  // namespace bitscale
