#include "arch/bit_serial/bit_serial.hpp"

#include <array>

#include "arch/common/accumulate.hpp"
#include "arch/common/accumulator.hpp"
#include "arch/common/guard.hpp"
#include "arch/common/operands.hpp"

namespace bitscale {

BitSerialConfig parse_bit_serial(config::Reader& reader) {
  static constexpr std::array kGuards = {Guard::none, Guard::lane_group};
  BitSerialConfig config;
  config.serial = reader.doc("Which operand enters one bit per cycle")
                      .choice<Serial>("serial",
                                      {{"activations", Serial::activations},
                                       {"weights", Serial::weights},
                                       {"both", Serial::both}},
                                      config.serial);
  config.max_activation_bits =
      static_cast<int>(reader.doc("Widest activation the unit takes, in bits")
                           .integer("max_activation_bits", 1, 16, config.max_activation_bits));
  config.max_weight_bits =
      static_cast<int>(reader.doc("Widest weight the unit takes, in bits")
                           .integer("max_weight_bits", 1, 16, config.max_weight_bits));
  config.guard = parse_guard(reader, kGuards);
  config.accumulator = reader.section_or_default("accumulator", parse_accumulator);
  reader.finish();
  return config;
}

std::string BitSerialUnit::refusal(const OperandTypes& types) const {
  std::string why = integer_refusal("activations", types.activation, config_.max_activation_bits);
  if (why.empty()) why = integer_refusal("weights", types.weight, config_.max_weight_bits);
  if (why.empty()) why = accumulator_refusal(types.accumulator);
  return why;
}

UnitMode BitSerialUnit::mode(const OperandTypes& types) const {
  UnitMode mode;
  mode.accumulator_bits = types.accumulator.bits;
  mode.cycles = operands(types).cycles();
  return mode;
}

SerialPair BitSerialUnit::operands(const OperandTypes& types) const {
  return {{types.activation, config_.serial != Serial::weights},
          {types.weight, config_.serial != Serial::activations}};
}

int BitSerialUnit::stored_activation_bits(const TensorType& type) const {
  return config_.serial == Serial::weights ? config_.max_activation_bits : type.bits;
}

int BitSerialUnit::stored_weight_bits(const TensorType& type) const {
  return config_.serial == Serial::activations ? config_.max_weight_bits : type.bits;
}

std::uint64_t BitSerialUnit::accumulate(const AccumulateBlock& block,
                                        const OperandTypes& types) const {
  // Bits meet in registers that hold every sum; the accumulator adds once per step.
  return accumulate_block(block, types);
}

int BitSerialUnit::tree_bits(std::int64_t lanes) const {
  // Stripes adds 16 weights of w bits in adders of w + 4 bits; where both operands are serial, the
  // AND gates hand over single bits.
  int operand_bits = 1;
  if (config_.serial == Serial::activations) operand_bits = config_.max_weight_bits;
  if (config_.serial == Serial::weights) operand_bits = config_.max_activation_bits;
  return operand_bits + ceil_log2(lanes);
}

void BitSerialUnit::count_actions(const UnitActivity& activity,
                                  std::vector<ActionCount>& actions) const {
  // Cost of a SIP cycle (assumed): used lanes - 1 additions in the tree, one in the accumulator,
  // AND gates free. A held unit adds nothing, and neither does a lane without work.
  const auto cycles = static_cast<std::uint64_t>(mode(activity.types).cycles);
  if (activity.lanes > 1) {
    ActionCount tree;
    tree.component = "adder_tree";
    tree.width_a = tree_bits(activity.lanes);
    tree.count = (activity.active_macs - activity.active_unit_steps) * cycles;
    actions.push_back(tree);
  }
  ActionCount accumulate;
  accumulate.component = "accumulator";
  accumulate.width_a = activity.types.accumulator.bits;
  accumulate.count = activity.active_unit_steps * cycles;
  actions.push_back(accumulate);
}

void BitSerialUnit::count_area(std::int64_t lanes, std::uint64_t count,
                               std::vector<AreaItem>& area) const {
  if (lanes > 1) {
    area.push_back({"adder_tree", Action::add, tree_bits(lanes), 0, 0,
                    static_cast<std::uint64_t>(lanes - 1) * count});
  }
  area.push_back({"accumulator", Action::add, config_.accumulator.bits, 0, 0, count});
}

}  // namespace bitscale
