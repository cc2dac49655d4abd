#include "sim/activity/unit_gates.hpp"

#include <algorithm>
#include <string>

namespace bitscale {
namespace {

constexpr std::size_t kWord = 64;

bool is_operand(const std::string& name, const std::string& operand) {
  return name.starts_with(operand) && name != operand + "_signed";
}

}  // namespace

UnitGates::UnitGates(UnitNetlist unit, netlist::VectorPath path)
    : unit_(std::move(unit)),
      cut_(netlist::cut_registers(unit_.netlist, "")),
      path_(path),
      zero_delay_(cut_.netlist, path) {
  read_mode();
  lay_out_bits();
  find_own_registers();
}

void UnitGates::lay_out_bits() {
  for (const netlist::Bus& bus : cut_.netlist.inputs) {
    const std::size_t first = planes_.size();
    first_bits_.push_back(first);
    for (std::size_t i = 0; i < bus.bits.size(); ++i)
      planes_.push_back(static_cast<std::uint32_t>(first + i));
  }
  packed_words_ = (planes_.size() + kWord - 1) / kWord;
  activations_.assign(packed_words_, 0);
  weights_.assign(packed_words_, 0);
  std::vector<std::int64_t> ones(buses(), 0);
  for (std::size_t bus = 0; bus < cut_.input_buses; ++bus)
    ones[bus] = is_operand(cut_.netlist.inputs[bus].name, "activation") ? -1 : 0;
  pack(ones, activations_.data());
  for (std::size_t bus = 0; bus < cut_.input_buses; ++bus)
    ones[bus] = is_operand(cut_.netlist.inputs[bus].name, "weight") ? -1 : 0;
  pack(ones, weights_.data());
}

void UnitGates::pack(std::span<const std::int64_t> values, std::uint64_t* words) const {
  std::fill_n(words, packed_words_, 0);
  for (std::size_t bus = 0; bus < values.size(); ++bus) {
    const std::size_t bits = cut_.netlist.inputs[bus].bits.size();
    const std::uint64_t value =
        static_cast<std::uint64_t>(values[bus]) & (~std::uint64_t{0} >> (kWord - bits));
    const std::size_t word = first_bits_[bus] / kWord;
    const std::size_t shift = first_bits_[bus] % kWord;
    words[word] |= value << shift;
    if (shift + bits > kWord) words[word + 1] |= value >> (kWord - shift);
  }
}

void UnitGates::find_own_registers() {
  const std::vector<netlist::Bus>& inputs = cut_.netlist.inputs;
  netlist::CutNetlist kept = netlist::cut_registers(unit_.netlist);
  other_flip_flops_ = netlist::count(kept.netlist, netlist::Cell::flip_flop);
  if (other_flip_flops_ == 0) return;
  follower_ = std::move(kept.netlist);
  follower_.outputs.clear();
  follower_planes_.assign(planes_.size(), kNoPlane);
  for (std::size_t bus = 0; bus < inputs.size(); ++bus) {
    std::uint32_t plane = 0;
    auto input = follower_.inputs.begin();
    for (; input != follower_.inputs.end() && input->name != inputs[bus].name; ++input)
      plane += static_cast<std::uint32_t>(input->bits.size());
    if (input == follower_.inputs.end()) {
      own_.push_back({first_bits_[bus], inputs[bus].bits.size()});
      follower_.outputs.push_back(inputs[bus]);
      continue;
    }
    for (std::size_t bit = 0; bit < inputs[bus].bits.size(); ++bit)
      follower_planes_[first_bits_[bus] + bit] = plane++;
  }
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
