#include "sim/kernel/pin_grid.hpp"

#include <fmt/format.h>

#include "sim/kernel/context.hpp"

namespace bitscale::kernel {
namespace {

template <typename Ports, typename T>
void bind_all(Ports& ports, Wires<T>& wires) {
  for (std::size_t lane = 0; lane < wires.size(); ++lane) ports[lane](wires[lane]);
}

}  // namespace

GridUnit::GridUnit(const sc_core::sc_module_name& name, const GridPlace& where,
                   const PinLayout& layout, const Unit& kind, const OperandTypes& types)
    : sc_core::sc_module(name),
      place(where),
      delay(layout.delay(where)),
      pins(kind.make_pin_unit("pins", layout.lanes(), types)) {
  const PinLayout::Source own{false, place};
  const std::int64_t positions = layout.positions();
  if (layout.source(Operand::activations, place) == own) activations.grow(positions);
  if (layout.source(Operand::weights, place) == own) weights.grow(positions);
  activations_out.grow(positions);
  weights_out.grow(positions);
  lane_valid.grow(positions);
  partials.grow(layout.segments());
  sums.grow(layout.segments());
}

PinGrid::PinGrid(const sc_core::sc_module_name& name, const PinLayout& layout, const Unit& unit,
                 const OperandTypes& types, std::vector<std::int64_t>& sums)
    : sc_core::sc_module(name),
      layout_(layout),
      first_(std::make_unique<sc_core::sc_signal<bool>>("first")) {
  OperandTypes unit_types = types;
  // A chain adds exactly: only the register at its end is finite.
  if (layout.uses_bank()) unit_types.accumulator = {kMaxAccumulatorBits, Overflow::wrap};
  for (std::int64_t row = 0; row < layout.rows(); ++row) {
    for (std::int64_t column = 0; column < layout.columns(); ++column) {
      const std::string place = fmt::format("unit_{}_{}", row, column);
      units_.emplace_back(place.c_str(), GridPlace{row, column}, layout, unit, unit_types);
    }
  }
  for (GridUnit& bound : units_) {
    bind(bound);
    if (!layout.uses_bank() || !layout.chain_foot(bound.place)) continue;
    bound.bank = std::make_unique<AccumulatorBank>(
        fmt::format("bank_{}_{}", bound.place.row, bound.place.column).c_str(),
        layout.mapping().segment, sums);
    bound.bank->clock(clock_);
    bound.bank->valid(bound.bank_valid);
    bound.bank->address(bound.bank_address);
    bound.bank->addend(bound.sums[0]);
  }
}

PinGrid::~PinGrid() {
  // libsystemc 2.3.4 searches its list of signals from the front for the one that goes, and fills
  // the gap with the last one. Once the first has gone, the last is always at the front: the others
  // then go in the reverse of the order in which they came, each at once, instead of in time that
  // grows with their number.
  first_.reset();
  while (!units_.empty()) units_.pop_back();
}

void PinGrid::bind(GridUnit& unit) {
  PinUnit& pins = *unit.pins;
  pins.clock(clock_);
  pins.enable(unit.enable);
  pins.clear(unit.clear);
  pins.hold(unit.hold);
  const PinLayout::Source activations = layout_.source(Operand::activations, unit.place);
  const PinLayout::Source weights = layout_.source(Operand::weights, unit.place);
  GridUnit& from = at(activations.place);
  bind_all(pins.activation_in, activations.neighbour ? from.activations_out : from.activations);
  GridUnit& weights_from = at(weights.place);
  bind_all(pins.weight_in, weights.neighbour ? weights_from.weights_out : weights_from.weights);
  const GridPlace before = layout_.chain_before(unit.place);
  bind_all(pins.partial_in, before == unit.place ? unit.partials : at(before).sums);
  bind_all(pins.lane_valid, unit.lane_valid);
  bind_all(pins.activation_out, unit.activations_out);
  bind_all(pins.weight_out, unit.weights_out);
  pins.valid_out(unit.valid_out);
  bind_all(pins.sum_out, unit.sums);
  pins.busy(unit.busy);
  pins.done(unit.done);
}

void PinGrid::tick() {
  const sc_core::sc_time half = cycle_time() / 2;
  sc_core::wait(half);
  clock_.write(true);
  sc_core::wait(half / 2);
  clock_.write(false);
  sc_core::wait(cycle_time() - half - half / 2);
}

void PinGrid::trace(sc_core::sc_trace_file* file) const {
  sc_core::sc_trace(file, clock_, fmt::format("{}.clock", name()));
  for (const GridUnit& unit : units_) unit.pins->trace(file);
}

}  // namespace bitscale::kernel
