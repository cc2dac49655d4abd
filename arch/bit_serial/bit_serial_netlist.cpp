#include <fmt/format.h>

#include <algorithm>

#include "arch/bit_serial/bit_serial.hpp"
#include "arch/common/accumulator_netlist.hpp"
#include "arch/common/drawing.hpp"
#include "arch/unit_netlist.hpp"
#include "sim/netlist/adders.hpp"

namespace bitscale {
namespace {

using netlist::AdderKind;
using netlist::Bits;
using netlist::Builder;
using netlist::NodeId;

/// Control inputs of a serial operand, high in the cycles of its first and last bit and while a bit
/// of negative weight stands on the pins.
struct SerialControls {
  NodeId first = netlist::kNoNode, last = netlist::kNoNode, negative = netlist::kNoNode;
};

SerialControls draw_controls(Builder& b, const std::string& operand) {
  return {b.input(operand + "_first", 1)[0], b.input(operand + "_last", 1)[0],
          b.input(operand + "_negative", 1)[0]};
}

/// A register that shifts up by one bit and adds a sum, or takes it away: -s = ~s + 1, so that the
/// carry into the adder is free. Returns what it takes; `sum` is two's complement.
Bits shift_in(Builder& b, const Bits& state, const Bits& sum, const SerialControls& controls) {
  const Bits addend = resize(b, xor_all(b, sum, controls.negative), state.size(), true);
  const Bits doubled = shift_left(b, and_all(b, state, b.not_gate(controls.first)), 1);
  return add(b, AdderKind::ripple, addend, doubled, controls.negative).bits;
}

/// Sum over the lanes of what the AND gates let through, two's complement.
Bits draw_tree(Builder& b, const BitSerialConfig& config, const std::vector<Bits>& activations,
               const std::vector<Bits>& weights) {
  if (config.serial == Serial::both) {
    Bits products;
    for (std::size_t lane = 0; lane < activations.size(); ++lane) {
      products.push_back(b.and_gate(activations[lane][0], weights[lane][0]));
    }
    Bits count = popcount(b, products);
    count.push_back(b.constant(false));
    return count;
  }
  const bool by_activations = config.serial == Serial::activations;
  const int word_bits = by_activations ? config.max_weight_bits : config.max_activation_bits;
  const NodeId is_signed =
      sign_input(b, by_activations ? "weight_signed" : "activation_signed", word_bits);
  std::vector<Bits> products;
  for (std::size_t lane = 0; lane < activations.size(); ++lane) {
    Bits word = by_activations ? weights[lane] : activations[lane];
    if (word_bits < kSignedOnlyBits) word.push_back(b.and_gate(word.back(), is_signed));
    products.push_back(and_all(b, word, by_activations ? activations[lane][0] : weights[lane][0]));
  }
  return adder_tree(b, AdderKind::ripple, std::move(products), true);
}

netlist::Netlist draw(const BitSerialConfig& config, std::int64_t lanes,
                      const AccumulatorConfig& accumulator) {
  Builder b(fmt::format("bit_serial_{}x{}_{}", config.max_activation_bits, config.max_weight_bits,
                        lanes));
  const bool by_activations = config.serial != Serial::weights;
  const bool by_weights = config.serial != Serial::activations;
  std::vector<Bits> activations;
  std::vector<Bits> weights;
  for (std::int64_t lane = 0; lane < lanes; ++lane) {
    activations.push_back(b.input(fmt::format("activation{}", lane),
                                  by_activations ? 1 : config.max_activation_bits));
    weights.push_back(
        b.input(fmt::format("weight{}", lane), by_weights ? 1 : config.max_weight_bits));
  }
  Bits sum = draw_tree(b, config, activations, weights);
  NodeId last = b.constant(true);
  if (by_weights) {  // a row of the product: one activation bit, or word, by all weight bits
    const SerialControls controls = draw_controls(b, "weight");
    const Bits row = b.flip_flops("row", static_cast<int>(sum.size()) + config.max_weight_bits);
    sum = shift_in(b, row, sum, controls);
    b.connect(row, sum);
    last = controls.last;
  }
  if (by_activations) {  // takes whole rows only, and its adder rests meanwhile
    const SerialControls controls = draw_controls(b, "activation");
    const Bits word =
        b.flip_flops("word", static_cast<int>(sum.size()) + config.max_activation_bits);
    sum = shift_in(b, word, and_all(b, sum, last), controls);
    b.connect(word, mux_all(b, last, word, sum));
    last = b.and_gate(last, controls.last);
  }
  // The accumulator's adder rests until the last bit.
  draw_accumulator(b, "accumulator0", and_all(b, sum, last), accumulator, AdderKind::ripple);
  return b.build();
}

/// Values of the control inputs, in the order they are drawn, for every cycle of a step.
using Controls = std::vector<std::vector<std::int64_t>>;

/// `signs` are those of the word that is not serial, where it has a choice.
Controls controls_of(const SerialPair& operands, const std::vector<std::int64_t>& signs) {
  Controls controls;
  for (int cycle = 0; cycle < operands.cycles(); ++cycle) {
    std::vector<std::int64_t>& values = controls.emplace_back(signs);
    const auto add = [&](const SerialOperand& operand, int place) {
      if (!operand.serial) return;
      values.push_back(place == 0 ? 1 : 0);
      values.push_back(operand.is_last(place) ? 1 : 0);
      values.push_back(operand.subtracts(place) ? 1 : 0);
    };
    add(operands.weights, operands.weight_cycle(cycle));
    add(operands.activations, operands.activation_cycle(cycle));
  }
  return controls;
}

/// Control inputs that never change in a mode.
std::vector<netlist::Tie> ties_of(const netlist::Netlist& netlist, const Controls& controls,
                                  std::size_t lanes) {
  std::vector<netlist::Tie> ties;
  for (std::size_t i = 0; i < controls[0].size(); ++i) {
    const std::int64_t value = controls[0][i];
    const auto is_same = [&](const std::vector<std::int64_t>& cycle) { return cycle[i] == value; };
    if (std::ranges::all_of(controls, is_same))
      append(ties, tie_bus(netlist, netlist.inputs[2 * lanes + i].name, value));
  }
  return ties;
}

}  // namespace

UnitNetlist BitSerialUnit::make_netlist(std::int64_t lanes, const OperandTypes& types) const {
  UnitNetlist unit;
  unit.netlist = draw(config_, lanes, types.accumulator);
  const SerialPair pair = operands(types);
  const bool by_activations = config_.serial == Serial::activations;
  const int word_bits = by_activations ? config_.max_weight_bits : config_.max_activation_bits;
  std::vector<std::int64_t> signs;
  if (config_.serial != Serial::both && word_bits < kSignedOnlyBits) {
    signs.push_back(is_signed(by_activations ? types.weight : types.activation) ? 1 : 0);
  }
  const Controls controls = controls_of(pair, signs);
  unit.ties = ties_of(unit.netlist, controls, static_cast<std::size_t>(lanes));
  unit.cycles = pair.cycles();
  unit.idle_cycles = unit.cycles - 1;
  unit.drive = [pair, controls](const StepOperands& step, std::int64_t cycle,
                                std::span<std::int64_t> buses) {
    const int activation_cycle = pair.activation_cycle(static_cast<int>(cycle));
    const int weight_cycle = pair.weight_cycle(static_cast<int>(cycle));
    std::size_t bus = 0;
    for (std::size_t lane = 0; lane < step.activations.size(); ++lane) {
      buses[bus++] = pair.activations.slice(step.activations[lane], activation_cycle);
      buses[bus++] = pair.weights.slice(step.weights[lane], weight_cycle);
    }
    for (const std::int64_t value : controls[static_cast<std::size_t>(cycle)]) buses[bus++] = value;
  };
  unit.addend = [last = unit.cycles - 1](const StepOperands& step, std::int64_t cycle,
                                         std::int64_t /*segment*/) {
    std::int64_t sum = 0;
    for (std::size_t lane = 0; cycle == last && lane < step.activations.size(); ++lane) {
      sum += std::int64_t{step.activations[lane]} * step.weights[lane];
    }
    return sum;
  };
  return unit;
}

}  // namespace bitscale
