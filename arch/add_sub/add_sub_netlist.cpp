#include <fmt/format.h>

#include "arch/add_sub/add_sub.hpp"
#include "arch/common/accumulator_netlist.hpp"
#include "arch/common/integer_bus.hpp"
#include "arch/common/signed_sum_netlist.hpp"
#include "arch/unit_netlist.hpp"

namespace bitscale {

namespace {

using netlist::Bits;
using netlist::Builder;

/// Weights are two's complement of two bits: the low one says that there is something to add, the
/// high one that it is subtracted. Binary weights hold the low one at 1.
constexpr std::int64_t kNonzero = 1, kNegative = 2;

std::int64_t weight_code(std::int32_t weight) { return weight & 3; }

struct Controls {
  bool binary = false;
  bool holds = false;  ///< a lane without work keeps its activation
  std::int64_t is_signed = 1;
};

void drive(const Controls& controls, const StepOperands& step, std::span<std::int64_t> buses) {
  for (std::size_t lane = 0; lane < step.valid.size(); ++lane) {
    std::int64_t& activation = buses[2 * lane];
    std::int64_t& weight = buses[2 * lane + 1];
    if (step.valid[lane] != 0) {
      activation = step.activations[lane];
      weight = weight_code(step.weights[lane]);
    } else if (controls.holds && !controls.binary) {
      weight &= kNegative;
    } else {
      activation = 0;
      weight = controls.binary ? kNonzero : 0;
    }
  }
  if (buses.size() > 2 * step.valid.size()) buses[2 * step.valid.size()] = controls.is_signed;
}

}  // namespace

UnitNetlist AddSubUnit::make_netlist(std::int64_t lanes, const OperandTypes& types) const {
  Builder b(fmt::format("add_sub_{}_{}", config_.activation_bits, lanes));
  std::vector<Bits> activations, weights;
  for (std::int64_t lane = 0; lane < lanes; ++lane) {
    activations.push_back(b.input(fmt::format("activation{}", lane), config_.activation_bits));
    weights.push_back(b.input(fmt::format("weight{}", lane), 2));
  }
  const netlist::NodeId is_signed = sign_input(b, "activation_signed", config_.activation_bits);
  std::vector<Bits> words;
  Bits negatives;
  for (std::size_t lane = 0; lane < activations.size(); ++lane) {
    words.push_back(signed_word(b, and_all(b, activations[lane], weights[lane][0]), is_signed));
    negatives.push_back(weights[lane][1]);
  }
  const OpenSum sum = add_or_subtract(b, std::move(words), negatives);
  draw_accumulator(b, "accumulator0", sum.bits, types.accumulator, netlist::AdderKind::ripple,
                   sum.carry);

  UnitNetlist unit;
  unit.netlist = b.build();
  Controls controls;
  controls.binary = types.weight.encoding == Encoding::binary_pm1;
  controls.holds = config_.guard == Guard::weight;
  controls.is_signed = types.activation.encoding == Encoding::unsigned_ ? 0 : 1;
  for (std::int64_t lane = 0; lane < lanes; ++lane) {
    tie_unused_bits(unit, fmt::format("activation{}", lane), types.activation);
    if (controls.binary) {
      unit.ties.push_back({input_bus(unit.netlist, fmt::format("weight{}", lane)).bits[0], true});
    }
  }
  tie_activation_sign(unit, config_.activation_bits, types.activation);
  unit.drive = [controls](const StepOperands& step, std::int64_t /*cycle*/,
                          std::span<std::int64_t> buses) {
    bitscale::drive(controls, step, buses);
  };
  unit.addend = [](const StepOperands& step, std::int64_t /*cycle*/, std::int64_t /*segment*/) {
    return sum_of_products(step);
  };
  return unit;
}

}  // namespace bitscale
