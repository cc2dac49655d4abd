#include "sim/activity/unit_stream.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cstdlib>
#include <iterator>

#include "arch/common/accumulator.hpp"
#include "arch/common/guard.hpp"
#include "sim/core/errors.hpp"

namespace bitscale {
namespace {

constexpr std::initializer_list<Dim> kOutputDims = {Dim::N, Dim::G, Dim::K, Dim::P, Dim::Q};
/// Products of a unit that are held one by one: how many steps back most of them have worked.
constexpr int kWarmUpSteps = 16;
/// How far back a unit looks for the last step that its guard let through.
constexpr int kMaxHeldSteps = 1024;

bool is_reduction(Dim dim) { return dim == Dim::C || dim == Dim::R || dim == Dim::S; }

/// The two's complement value that a register of `bits` holds of a sum.
std::int64_t wrapped(std::int64_t sum, int bits) {
  const int unused = 64 - bits;
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(sum) << unused) >> unused;
}

/// The units of a chain, or nothing where sums stay in the unit. Throws for what a unit's netlist
/// does not draw.
std::vector<PerDim<std::int64_t>> chain_of(const Mapping& m) {
  const MappedAxis* chained = nullptr;
  for (const MappedAxis* axis : {&m.rows, &m.columns}) {
    const char* name = axis == &m.rows ? "rows" : "columns";
    if (axis->partial_sums == Combination::local) continue;
    if (axis->partial_sums == Combination::tree) {
      throw MappingError(m.layer, fmt::format("energy_model: structure knows adder trees along the "
                                              "lanes only, the machine has one along its {}; put "
                                              "its loops on the lanes, or take energy_model: "
                                              "horowitz",
                                              name));
    }
    if (chained != nullptr) {
      throw MappingError(
          m.layer,
          "energy_model: structure knows one chain of partial sums, the machine has "
          "one along its rows and one along its columns; energy_model: horowitz prices "
          "both");
    }
    bool reduces = false;
    for (const SpatialLoop& loop : axis->loops) {
      if (loop.factor == 1) continue;
      if (reduces && !is_reduction(loop.dim)) {
        throw MappingError(
            m.layer,
            fmt::format("energy_model: structure knows chains from neighbour to neighbour, but {} "
                        "lies between those of the chained {}; put it first, or take energy_model: "
                        "horowitz",
                        to_string(loop.dim), name));
      }
      reduces = reduces || is_reduction(loop.dim);
    }
    chained = axis;
  }
  std::vector<PerDim<std::int64_t>> chain;
  if (chained == nullptr) return chain;
  // Loops over outputs stand outside: each of their positions has a chain of its own.
  std::vector<SpatialLoop> loops;
  std::ranges::copy_if(chained->loops, std::back_inserter(loops),
                       [](const SpatialLoop& loop) { return is_reduction(loop.dim); });
  std::int64_t used = 1;
  for (const SpatialLoop& loop : loops) used *= loop.factor;
  for (std::int64_t i = 0; i < used; ++i) {
    PerDim<std::int64_t>& offset = chain.emplace_back();
    std::int64_t below = used;
    for (const SpatialLoop& loop : loops) {
      below /= loop.factor;
      offset[loop.dim] = offset[loop.dim] * loop.factor + i / below % loop.factor;
    }
    for (const Dim dim : {Dim::C, Dim::R, Dim::S}) offset[dim] *= m.in_unit[dim];
  }
  return chain;
}

/// Bound of any partial sum: every product at its largest.
bool fits(const Mapping& m, const Operands& operands, int bits) {
  const auto largest = [](const Tensor& tensor) {
    std::int64_t magnitude = 0;
    for (const std::int16_t value : tensor.values)
      magnitude = std::max<std::int64_t>(magnitude, std::abs(std::int32_t{value}));
    return magnitude;
  };
  const std::int64_t activation =
      std::max<std::int64_t>(largest(operands.activations), std::abs(std::int32_t{m.pad_value}));
  const std::int64_t bound =
      activation * largest(operands.weights) * (m.shape.C * m.shape.R * m.shape.S);
  return bits >= 63 || bound < (std::int64_t{1} << (bits - 1));
}

}  // namespace

OperandActivity& OperandActivity::operator+=(const OperandActivity& other) {
  bus_toggles += other.bus_toggles;
  used_bits += other.used_bits;
  fetched_bits += other.fetched_bits;
  return *this;
}

StreamSetup::StreamSetup(const Mapping& m, const Unit& unit, const Operands& operands,
                         const UnitGates& unit_gates)
    : mapping(m),
      gates(unit_gates),
      reader(m, operands),
      guard(unit.guard()),
      skip_activations(m.activation_buffer.skip_zeros),
      skip_weights(m.weight_buffer.skip_zeros),
      chain(chain_of(m)) {
  for (std::int64_t segment = 0; segment < m.segments; ++segment)
    alignment.push_back(gates.state_bits(segment) - m.segment.bits);
  sums_fit = m.segment.overflow == Overflow::wrap || fits(m, operands, m.segment.bits);
  chain_of_channels =
      !chain.empty() &&
      m.in_unit[Dim::C] * static_cast<std::int64_t>(chain.size()) == m.spatial[Dim::C] &&
      reader.channels_only() && m.segments == 1 && gates.unit().cycles == 1 && sums_fit;
  if (gates.other_flip_flops() > 0) settle_columns = static_cast<std::size_t>(gates.unit().cycles);
}

UnitStream::UnitStream(const StreamSetup& setup, const UnitWalk& walk)
    : setup_(setup),
      walk_(walk),
      buses_(setup.gates.reset()),
      sums_(setup.alignment.size(), 0),
      wires_(setup.gates.reset()),
      wire_column_(setup.gates.packed_words()),
      wires_before_(setup.gates.packed_words()) {
  setup.gates.pack(wires_, wires_before_.data());
}

bool UnitStream::changed(std::initializer_list<Dim> dims) const {
  return std::ranges::any_of(dims, [&](Dim dim) { return walk_.place().at[dim] != before_[dim]; });
}

/// Masks what the guard holds; true where it holds the whole unit.
bool UnitStream::holds() {
  if (setup_.guard == Guard::none) return false;
  if (setup_.guard == Guard::lane_group)
    return std::ranges::all_of(operands_.activations, [](std::int32_t a) { return a == 0; });
  const std::size_t positions = operands_.valid.size();
  if (positions == 1)
    return holds_still(setup_.guard, operands_.activations[0], operands_.weights[0]);
  for (std::size_t i = 0; i < positions; ++i) {
    if (!holds_still(setup_.guard, operands_.activations[i], operands_.weights[i])) continue;
    operands_.valid[i] = 0;
    operands_.activations[i] = operands_.weights[i] = 0;
  }
  return false;
}

void UnitStream::warm_up() {
  const UnitWalk target = walk_;
  const bool one_by_one = setup_.guard != Guard::none && setup_.guard != Guard::lane_group &&
                          setup_.reader.positions() > 1;
  const int limit = one_by_one ? kWarmUpSteps : kMaxHeldSteps;
  for (int back = 0; back < limit && walk_.retreat(); ++back) {
    if (one_by_one) continue;
    setup_.reader.read(walk_.place(), operands_);
    if (!holds()) break;
  }
  while (!walk_.same_step(target)) {
    run_step();
    walk_.advance();
  }
}

/// A saturating sum that may have clamped: addition by addition, as the unit makes them.
std::int64_t UnitStream::summed_in_order(std::int64_t segment) const {
  const UnitNetlist& unit = setup_.gates.unit();
  Accumulator sum({setup_.gates.state_bits(segment), setup_.mapping.segment.overflow});
  UnitOperands step;
  for (UnitWalk past = walk_.history(); !past.same_step(walk_); past.advance()) {
    setup_.reader.read(past.place(), step);
    for (std::int64_t cycle = 0; cycle < unit.cycles; ++cycle)
      sum.add(unit.addend(step.view(), cycle, segment));
  }
  return sum.value();
}

/// What the accumulators hold of the outputs that the step adds to: nothing yet, or what earlier
/// steps and passes left, wherever it was kept in the meantime.
void UnitStream::enter_sums() {
  for (std::size_t i = 0; i < sums_.size(); ++i) {
    const auto segment = static_cast<std::int64_t>(i);
    if (!setup_.sums_fit) {
      sums_[i] = summed_in_order(segment);
      continue;
    }
    const std::int64_t sum = setup_.reader.sum_before(walk_, segment);
    sums_[i] = wrapped(sum << setup_.alignment[i], setup_.gates.state_bits(segment));
  }
}

/// What the units before it in the chain hand on in this cycle.
void UnitStream::enter_chain(std::int64_t cycle) {
  const UnitNetlist& unit = setup_.gates.unit();
  if (setup_.chain_of_channels) {
    StepPlace head = walk_.place();
    head.at[Dim::C] -= walk_.offset()[Dim::C];
    const std::int64_t sum = setup_.reader.sum_channels(head, walk_.offset()[Dim::C]);
    sums_[0] = wrapped(sum << setup_.alignment[0], setup_.gates.state_bits(0));
    return;
  }
  std::vector<Accumulator> sums;
  for (std::size_t i = 0; i < sums_.size(); ++i)
    sums.emplace_back(AccumulatorConfig{setup_.gates.state_bits(static_cast<std::int64_t>(i)),
                                        setup_.mapping.segment.overflow});
  const PerDim<std::int64_t>& own = walk_.offset();
  for (const PerDim<std::int64_t>& offset : setup_.chain) {
    StepPlace place = walk_.place();
    bool works = true;
    bool here = true;
    for (const Dim dim : {Dim::C, Dim::R, Dim::S}) {
      place.at[dim] += offset[dim] - own[dim];
      works = works && place.at[dim] < place.end[dim];
      here = here && offset[dim] == own[dim];
    }
    if (here) break;
    if (!works) continue;
    if (unit.cycles > 1) setup_.reader.read(place, upstream_);
    for (std::size_t i = 0; i < sums.size(); ++i) {
      const auto segment = static_cast<std::int64_t>(i);
      sums[i].add(unit.cycles > 1 ? unit.addend(upstream_.view(), cycle, segment)
                                  : setup_.reader.sum(place, segment) << setup_.alignment[i]);
    }
  }
  for (std::size_t i = 0; i < sums_.size(); ++i) sums_[i] = sums[i].value();
}

/// A guard holds what is behind it: the wires that bring operands to a row or column of units carry
/// what is fetched for any of them, and stay as they are only where a zero is not read at all.
void UnitStream::follow_wires() {
  const auto all_zero = [](const std::vector<std::int32_t>& values) {
    return std::ranges::all_of(values, [](std::int32_t value) { return value == 0; });
  };
  skips_activations_ = setup_.skip_activations && all_zero(operands_.activations);
  skips_weights_ = setup_.skip_weights && all_zero(operands_.weights);
  if (setup_.guard == Guard::none) return;
  const UnitGates& gates = setup_.gates;
  const StepOperands step = operands_.view();
  const std::span<std::int64_t> inputs = std::span(wires_).first(gates.operand_buses());
  for (std::int64_t cycle = 0; cycle < gates.unit().cycles; ++cycle) {
    gates.unit().drive(step, cycle, inputs);
    gates.pack(wires_, wire_column_.data());
    for (std::size_t word = 0; word < wire_column_.size(); ++word) {
      std::uint64_t moving = 0;
      if (!skips_activations_) moving |= gates.activation_bits()[word];
      if (!skips_weights_) moving |= gates.weight_bits()[word];
      const std::uint64_t change = (wire_column_[word] ^ wires_before_[word]) & moving;
      activation_wire_toggles_ +=
          static_cast<std::uint64_t>(std::popcount(change & gates.activation_bits()[word]));
      weight_wire_toggles_ +=
          static_cast<std::uint64_t>(std::popcount(change & gates.weight_bits()[word]));
      wires_before_[word] ^= change;
    }
  }
}

/// One step of the unit; false where its guard holds it.
bool UnitStream::run_step() {
  const UnitGates& gates = setup_.gates;
  const UnitNetlist& unit = gates.unit();
  if (setup_.chain.empty() && (!moved_ || changed(kOutputDims))) enter_sums();
  before_ = walk_.place().at;
  moved_ = true;
  setup_.reader.read(walk_.place(), operands_);
  used_positions_ = static_cast<std::uint64_t>(std::ranges::count(operands_.valid, 1));
  follow_wires();
  if (holds()) return false;
  step_columns_.clear();
  const std::span<std::int64_t> inputs = std::span(buses_).first(gates.operand_buses());
  const StepOperands step = operands_.view();
  for (std::int64_t cycle = 0; cycle < unit.cycles; ++cycle) {
    unit.drive(step, cycle, inputs);
    if (!setup_.chain.empty()) enter_chain(cycle);
    for (std::size_t i = 0; i < sums_.size(); ++i) {
      const auto segment = static_cast<std::int64_t>(i);
      buses_[gates.state_bus(segment)] = sums_[i];
      if (!setup_.chain.empty()) continue;
      Accumulator sum({gates.state_bits(segment), setup_.mapping.segment.overflow});
      sum.load(sums_[i]);
      sum.add(unit.addend(step, cycle, segment));
      sums_[i] = sum.value();
    }
    step_columns_.resize(step_columns_.size() + gates.packed_words());
    gates.pack(buses_, step_columns_.data() + step_columns_.size() - gates.packed_words());
  }
  return true;
}

bool UnitStream::read(std::int64_t steps, Window& window, OperandActivity& activations,
                      OperandActivity& weights) {
  const std::size_t width = setup_.gates.packed_words();
  const std::size_t settle = setup_.settle_columns * width;
  window.columns.clear();
  if (step_columns_.empty()) {
    window.columns.resize(settle);
    for (std::size_t i = 0; i < settle; i += width)
      setup_.gates.pack(setup_.gates.reset(), window.columns.data() + i);
  } else {
    window.columns.assign(step_columns_.end() - static_cast<std::ptrdiff_t>(settle),
                          step_columns_.end());
  }
  activation_wire_toggles_ = weight_wire_toggles_ = 0;
  for (std::int64_t i = 0; i < steps && !at_end_; ++i) {
    const bool activations_move = setup_.mapping.stationary != Operand::activations || !moved_ ||
                                  changed({Dim::N, Dim::G, Dim::C, Dim::P, Dim::Q, Dim::R, Dim::S});
    const bool weights_move = setup_.mapping.stationary != Operand::weights || !moved_ ||
                              changed({Dim::G, Dim::K, Dim::C, Dim::R, Dim::S});
    if (run_step())
      window.columns.insert(window.columns.end(), step_columns_.begin(), step_columns_.end());
    const std::uint64_t activation_bits =
        used_positions_ * static_cast<std::uint64_t>(setup_.mapping.activation_bits);
    const std::uint64_t weight_bits =
        used_positions_ * static_cast<std::uint64_t>(setup_.mapping.weight_bits);
    activations.used_bits += activation_bits;
    weights.used_bits += weight_bits;
    activations.fetched_bits += activations_move && !skips_activations_ ? activation_bits : 0;
    weights.fetched_bits += weights_move && !skips_weights_ ? weight_bits : 0;
    at_end_ = !walk_.advance();
  }
  window.settling = setup_.settle_columns;
  window.transitions = (window.columns.size() - settle) / width;
  tally_toggles(window, activations, weights);
  return !at_end_;
}

void UnitStream::tally_toggles(const Window& window, OperandActivity& activations,
                               OperandActivity& weights) const {
  if (setup_.guard != Guard::none) {
    activations.bus_toggles += activation_wire_toggles_;
    weights.bus_toggles += weight_wire_toggles_;
    return;
  }
  const UnitGates& gates = setup_.gates;
  const std::size_t width = gates.packed_words();
  const std::uint64_t* column = window.columns.data() + (window.settling - 1) * width;
  for (std::size_t i = 0; i < window.transitions; ++i, column += width) {
    for (std::size_t word = 0; word < width; ++word) {
      const std::uint64_t change = column[word] ^ column[width + word];
      activations.bus_toggles +=
          static_cast<std::uint64_t>(std::popcount(change & gates.activation_bits()[word]));
      weights.bus_toggles +=
          static_cast<std::uint64_t>(std::popcount(change & gates.weight_bits()[word]));
    }
  }
}

}  // namespace bitscale
