#include "sim/activity/switching.hpp"

#include <algorithm>
#include <cmath>

#include "sim/netlist/area.hpp"

namespace bitscale {
namespace {

__extension__ using Wide = unsigned __int128;

/// a x b / c, rounded to the nearest integer; 0 where there was nothing to divide by.
std::uint64_t scaled(std::uint64_t a, std::uint64_t b, std::uint64_t c) {
  if (c == 0) return 0;
  return static_cast<std::uint64_t>((static_cast<Wide>(a) * b + c / 2) / c);
}

void add(std::vector<ActionCount>& actions, const char* component, Action action,
         std::uint64_t count) {
  ActionCount entry;
  entry.component = component;
  entry.action = action;
  entry.count = count;
  actions.push_back(entry);
}

bool handed_on(const Mapping& m, Operand operand) {
  return std::ranges::any_of(std::array{&m.rows, &m.columns}, [&](const MappedAxis* axis) {
    const Movement movement = operand == Operand::weights ? axis->weights : axis->activations;
    return movement == Movement::forward && axis->size > 1;
  });
}

/// Subwords of a lane that share one word of an operand.
std::uint64_t copies_in_word(const Mapping& m, Operand operand) {
  if (m.subwords.loops.empty()) return 1;
  const Dim dim = m.subwords.loops.front().dim;
  const bool shared =
      operand == Operand::weights ? dim == Dim::N || dim == Dim::P || dim == Dim::Q : dim == Dim::K;
  return shared ? static_cast<std::uint64_t>(m.subwords.size) : 1;
}

/// Bits that the registers of all windows take over: the filters along K share an activation.
std::uint64_t activation_bits_in_columns(const Mapping& m, std::uint64_t macs) {
  const auto filters = static_cast<std::uint64_t>(m.shape.K);
  const auto rounds =
      static_cast<std::uint64_t>((m.shape.K + m.spatial[Dim::K] - 1) / m.spatial[Dim::K]);
  return scaled(macs * static_cast<std::uint64_t>(m.activation_bits), rounds, filters) /
         copies_in_word(m, Operand::activations);
}

struct Feed {
  std::uint64_t clocked = 0, toggled = 0, wires = 0;
};

Feed feed_of(const Mapping& m, Operand operand, const OperandActivity& activity,
             std::uint64_t fetched_bits, std::uint64_t macs) {
  Feed feed;
  if (handed_on(m, operand)) {
    const int bits = operand == Operand::weights ? m.weight_bits : m.activation_bits;
    feed.clocked = macs * static_cast<std::uint64_t>(bits) / copies_in_word(m, operand);
    feed.toggled = scaled(feed.clocked, activity.bus_toggles, activity.used_bits);
    return feed;
  }
  feed.clocked = fetched_bits;
  if (m.slides && operand == Operand::activations) {
    // A window's register takes over its neighbour's activation and drives the units that share
    // it; only the last one's is fetched. A zero that is not read is not taken over either.
    feed.clocked =
        scaled(activation_bits_in_columns(m, macs), activity.fetched_bits, activity.used_bits);
    fetched_bits = feed.clocked;
  }
  feed.toggled = feed.wires = scaled(fetched_bits, activity.bus_toggles, activity.fetched_bits);
  return feed;
}

}  // namespace

void count_switching(const LayerActivity& activity, const Mapping& m, const UnitActivity& work,
                     const Traffic& traffic, std::vector<ActionCount>& actions) {
  const auto cycles = static_cast<std::uint64_t>(activity.cycles);
  const auto adding = static_cast<std::uint64_t>(activity.cycles - activity.idle_cycles);
  const std::uint64_t unit_cycles = work.active_unit_steps * cycles;
  const std::uint64_t settled = scaled(unit_cycles, activity.half_units, 2 * activity.transitions);
  const std::uint64_t glitches =
      activity.timed_half_units - std::min(activity.timed_half_units, activity.settled_half_units);
  add(actions, "datapath", Action::switch_zero_delay, settled);
  add(actions, "datapath", Action::switch_glitch,
      scaled(settled, glitches, activity.settled_half_units));
  add(actions, "registers", Action::flip_flop_clock,
      work.active_unit_steps *
          (activity.accumulator_bits * adding + activity.other_flip_flops * cycles));
  add(actions, "registers", Action::flip_flop_toggle,
      scaled(unit_cycles, activity.flip_flop_toggles, activity.transitions));
  const Feed activations =
      feed_of(m, Operand::activations, activity.activations, traffic.activation_reads, work.macs);
  const Feed weights =
      feed_of(m, Operand::weights, activity.weights, traffic.weight_reads, work.macs);
  add(actions, "operand_registers", Action::flip_flop_clock, activations.clocked + weights.clocked);
  add(actions, "operand_registers", Action::flip_flop_toggle,
      activations.toggled + weights.toggled);
  add(actions, "broadcast", Action::wire_toggle, activations.wires + weights.wires);
}

void count_gate_area(const UnitNetlist& unit, std::uint64_t count, std::vector<AreaItem>& area) {
  const netlist::Area nand2 = netlist::area(unit.netlist);
  const auto add_gates = [&](const char* component, double gates) {
    AreaItem item;
    item.component = component;
    item.action = Action::switch_zero_delay;
    item.count = static_cast<std::uint64_t>(std::llround(gates)) * count;
    area.push_back(item);
  };
  add_gates("datapath", nand2.combinational_nand2);
  add_gates("registers", nand2.flip_flop_nand2);
}

}  // namespace bitscale
