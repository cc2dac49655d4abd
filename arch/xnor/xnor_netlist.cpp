#include <fmt/format.h>

#include <bit>

#include "arch/common/accumulator_netlist.hpp"
#include "arch/common/integer_bus.hpp"
#include "arch/unit_netlist.hpp"
#include "arch/xnor/xnor.hpp"

namespace bitscale {

namespace {

using netlist::Bits;
using netlist::Builder;

/// 2 x ones - in_use: the factor is wiring, the difference an adder.
Bits draw_addend(Builder& b, const Bits& ones, const Bits& in_use) {
  const std::size_t width = ones.size() + 2;
  Bits twice = {b.constant(false)};
  twice.insert(twice.end(), ones.begin(), ones.end());
  Bits inverted;
  for (const netlist::NodeId bit : in_use) inverted.push_back(b.not_gate(bit));
  inverted.resize(width, b.constant(true));
  return add(b, netlist::AdderKind::ripple, resize(b, twice, width, false), inverted,
             b.constant(true))
      .bits;
}

/// A lane without a product carries bits that differ: its XNOR gate gives 0.
void drive(const StepOperands& step, std::span<std::int64_t> buses) {
  std::int64_t in_use = 0;
  for (std::size_t lane = 0; lane < step.valid.size(); ++lane) {
    const bool valid = step.valid[lane] != 0;
    buses[2 * lane] = valid && step.activations[lane] > 0 ? 1 : 0;
    buses[2 * lane + 1] = !valid || step.weights[lane] > 0 ? 1 : 0;
    in_use += valid ? 1 : 0;
  }
  buses[2 * step.valid.size()] = in_use;
}

}  // namespace

UnitNetlist XnorUnit::make_netlist(std::int64_t lanes, const OperandTypes& types) const {
  Builder b(fmt::format("xnor_{}_{}", lanes, types.accumulator.bits));
  Bits matches;
  for (std::int64_t lane = 0; lane < lanes; ++lane) {
    const Bits activation = b.input(fmt::format("activation{}", lane), 1);
    const Bits weight = b.input(fmt::format("weight{}", lane), 1);
    matches.push_back(b.not_gate(b.xor_gate(activation[0], weight[0])));
  }
  const Bits in_use =
      b.input("lanes_in_use", static_cast<int>(std::bit_width(static_cast<std::uint64_t>(lanes))));
  draw_accumulator(b, "accumulator0", draw_addend(b, popcount(b, matches), in_use),
                   types.accumulator, netlist::AdderKind::ripple);

  UnitNetlist unit;
  unit.netlist = b.build();
  unit.drive = [](const StepOperands& step, std::int64_t /*cycle*/, std::span<std::int64_t> buses) {
    bitscale::drive(step, buses);
  };
  unit.addend = [](const StepOperands& step, std::int64_t /*cycle*/, std::int64_t /*segment*/) {
    return sum_of_products(step);
  };
  return unit;
}

}  // namespace bitscale
