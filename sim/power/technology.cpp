#include "sim/power/technology.hpp"

#include <fmt/format.h>

#include <stdexcept>

#include "sim/core/rounding.hpp"
#include "sim/power/energy.hpp"

namespace bitscale {

namespace {

[[noreturn]] void missing(const Mark& where, std::string key, std::string message) {
  throw ConfigError({Diagnostic{where, std::move(key), std::move(message)}});
}

/// What a component needs and the table does not give, with the entry that would give it.
[[noreturn]] void missing_cost(const Mark& where, std::string_view key, std::string_view component,
                               const std::string& what, std::string_view entry) {
  missing(
      where, fmt::format("costs.{}", key),
      fmt::format("no cost for {}, which component '{}' needs; add {} (an unknown cost is never "
                  "taken as 0)",
                  what, component, entry));
}

Cost operator_cost(const std::optional<OperatorCosts>& costs, CostCurve OperatorCosts::*curve,
                   double x, const Mark& where, std::string_view key, std::string_view component,
                   const std::string& what) {
  const bool energy = curve == &OperatorCosts::energy_pJ;
  const std::string quantity = (energy ? "the energy of " : "the area of ") + what;
  if (!costs) {
    missing_cost(where, key, component, quantity,
                 fmt::format("'{}:' with 'points', each with 'energy', 'area' and 'source'", key));
  }
  if (const std::optional<Cost> cost = evaluate((*costs).*curve, x)) return *cost;
  missing_cost(where, key, component, quantity,
               fmt::format("a point with '{}', or a rule under 'below', 'between' or 'above'",
                           energy ? "energy" : "area"));
}

Cost multiply_cost(const Technology& technology, CostCurve OperatorCosts::*curve, int width_a,
                   int width_b, std::string_view component) {
  if (width_a < 1 || width_b < 1) throw std::invalid_argument("multiply: a width is below 1 bit");
  return operator_cost(technology.multiply, curve, static_cast<double>(width_a) * width_b,
                       technology.marks.multiply, "multiply", component,
                       fmt::format("multiply {}x{} bit", width_a, width_b));
}

Cost add_cost(const Technology& technology, CostCurve OperatorCosts::*curve, int width,
              std::string_view component) {
  if (width < 1) throw std::invalid_argument("add: the width is below 1 bit");
  return operator_cost(technology.add, curve, width, technology.marks.add, "add", component,
                       fmt::format("add {} bit", width));
}

Cost scaled(const Cost& read, const Cost& factor) {
  return {round_significant(read.value * factor.value), combine(read.source, factor.source)};
}

Cost sram_read_cost(const Technology& technology, const ActionCount& action) {
  const Mark& where = technology.marks.sram;
  const std::string what = "the energy of " + describe_action(action);
  if (!technology.sram) {
    missing_cost(
        where, "sram", action.component, what,
        "'sram:' with 'points', each with 'capacity', 'access_bits', 'read_energy' and 'source'");
  }
  if (action.capacity_bits < 1) {
    missing_cost(
        where, "sram", action.component, what,
        "the capacity of that memory to the machine: the cost of a memory follows from it");
  }
  const SramCosts& sram = *technology.sram;
  const auto capacity = static_cast<double>(action.capacity_bits);
  std::optional<Cost> cost = evaluate(sram.read_pJ_per_bit, capacity);
  if (!cost) {
    missing_cost(where, "sram", action.component, what,
                 "a point with that 'capacity', or a rule under 'below', 'between' or 'above'");
  }
  // Points of one access width give the energy per bit; other widths need a rule that says so.
  bool same_width = true;
  for (const std::int64_t bits : sram.access_bits) same_width &= bits == action.access_bits;
  if (!same_width) {
    if (!sram.access_width) {
      missing_cost(where, "sram", action.component,
                   fmt::format("{} accessed {} bits at a time", what, action.access_bits),
                   "'access_width:' with a 'source', which takes the energy per bit as constant");
    }
    cost->source = combine(cost->source, *sram.access_width);
  }
  return *cost;
}

Cost sram_cost(const Technology& technology, const ActionCount& action) {
  Cost read = sram_read_cost(technology, action);
  if (action.action == Action::sram_read) return read;
  const std::optional<Cost>& factor = technology.sram->write_factor;
  if (!factor) {
    missing_cost(technology.marks.sram, "sram", action.component,
                 "the energy of " + describe_action(action),
                 "'write:' with 'factor' (of the read energy) and 'source'");
  }
  return scaled(read, *factor);
}

Cost dram_cost(const Technology& technology, const ActionCount& action) {
  const Mark& where = technology.marks.dram;
  const std::string what = "the energy of " + describe_action(action);
  if (!technology.dram) {
    missing_cost(where, "dram", action.component, what,
                 "'dram:' with 'access_bits', 'read_energy', 'write' and 'source'");
  }
  if (action.action == Action::dram_read) return technology.dram->read_pJ_per_bit;
  if (!technology.dram->write_factor) {
    missing_cost(where, "dram", action.component, what,
                 "'write:' with 'factor' (of the read energy) and 'source'");
  }
  return scaled(technology.dram->read_pJ_per_bit, *technology.dram->write_factor);
}

Cost transfer_cost(const Technology& technology, const ActionCount& action) {
  if (technology.transfer) return technology.transfer->pJ_per_bit;
  missing_cost(technology.marks.transfer, "transfer", action.component,
               "the energy of " + describe_action(action),
               "'transfer:' with 'word_bits', 'energy' and 'source'");
}

/// A count of pins' worth of switching, or of what stands for some.
Cost switching_cost(const Technology& technology, const ActionCount& action) {
  if (!technology.structure) {
    missing_cost(technology.marks.structure, "structure", action.component,
                 "the energy of " + describe_action(action),
                 "'structure:' with 'pin', 'glitches', 'flip_flop' and 'broadcast'");
  }
  const StructureCosts& structure = *technology.structure;
  switch (action.action) {
    case Action::switch_glitch:
      return scaled(structure.pin_pJ, structure.glitch_gain);
    case Action::flip_flop_clock:
      return scaled(structure.pin_pJ, structure.flip_flop_clock_units);
    case Action::flip_flop_toggle:
      return scaled(structure.pin_pJ, structure.flip_flop_toggle_units);
    case Action::wire_toggle:
      return scaled(structure.pin_pJ, structure.broadcast_units_per_bit);
    default:
      return structure.pin_pJ;
  }
}

}  // namespace

Cost unit_cost_pJ(const Technology& technology, const ActionCount& action) {
  switch (action.action) {
    case Action::multiply:
      return multiply_cost(technology, &OperatorCosts::energy_pJ, action.width_a, action.width_b,
                           action.component);
    case Action::add:
      return add_cost(technology, &OperatorCosts::energy_pJ, action.width_a, action.component);
    case Action::sram_read:
    case Action::sram_write:
      return sram_cost(technology, action);
    case Action::dram_read:
    case Action::dram_write:
      return dram_cost(technology, action);
    case Action::array_transfer:
      return transfer_cost(technology, action);
    case Action::switch_zero_delay:
    case Action::switch_glitch:
    case Action::flip_flop_clock:
    case Action::flip_flop_toggle:
    case Action::wire_toggle:
      return switching_cost(technology, action);
  }
  throw std::logic_error("unit_cost_pJ: an action without a cost rule");
}

double unit_energy_pJ(const Technology& technology, const ActionCount& action) {
  return unit_cost_pJ(technology, action).value;
}

Cost unit_area_um2(const Technology& technology, const AreaItem& item) {
  switch (item.action) {
    case Action::multiply:
      return multiply_cost(technology, &OperatorCosts::area_um2, item.width_a, item.width_b,
                           item.component);
    case Action::add:
      return add_cost(technology, &OperatorCosts::area_um2, item.width_a, item.component);
    case Action::switch_zero_delay:
      if (technology.nand2_area_um2) return *technology.nand2_area_um2;
      missing_cost(technology.marks.gate, "gate", item.component, "the area of a gate",
                   "'gate:' with 'nand2_area' and 'source'");
    default:
      break;
  }
  if (!technology.sram || !technology.sram->area_um2_per_bit || item.capacity_bits < 1) {
    missing_cost(technology.marks.sram, "sram", item.component, "the area of its memory",
                 "'area:' with 'per_bit', 'overhead' and 'source', and the memory's capacity");
  }
  Cost cost = *technology.sram->area_um2_per_bit;
  cost.value = round_significant(cost.value * static_cast<double>(item.capacity_bits));
  return cost;
}

double area_um2(const Technology& technology, const AreaItem& item) {
  return unit_area_um2(technology, item).value * static_cast<double>(item.count);
}

std::string label_of(const CostSource& source) {
  return std::string(to_string(source.label)) + (source.recalled ? ", recalled" : "");
}

std::string label_of(const Technology& technology, const ActionCount& action) {
  return label_of(unit_cost_pJ(technology, action).source);
}

}  // namespace bitscale
