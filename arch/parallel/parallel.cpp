#include "arch/parallel/parallel.hpp"

#include <array>

#include "arch/common/accumulate.hpp"
#include "arch/common/accumulator.hpp"
#include "arch/common/guard.hpp"
#include "arch/common/operands.hpp"

namespace bitscale {

ParallelConfig parse_parallel(config::Reader& reader) {
  static constexpr std::array kGuards = {Guard::none, Guard::activation, Guard::weight,
                                         Guard::product};
  ParallelConfig config;
  config.activation_bits =
      static_cast<int>(reader.doc("Width of the multiplier's activation input in bits")
                           .integer("activation_bits", 2, 16, config.activation_bits));
  config.weight_bits = static_cast<int>(reader.doc("Width of the multiplier's weight input in bits")
                                            .integer("weight_bits", 2, 16, config.weight_bits));
  config.guard = parse_guard(reader, kGuards);
  config.accumulator = reader.section_or_default("accumulator", parse_accumulator);
  reader.finish();
  return config;
}

std::string ParallelUnit::refusal(const OperandTypes& types) const {
  std::string why = integer_refusal("activations", types.activation, config_.activation_bits);
  if (why.empty()) why = integer_refusal("weights", types.weight, config_.weight_bits);
  if (why.empty()) why = accumulator_refusal(types.accumulator);
  return why;
}

UnitMode ParallelUnit::mode(const OperandTypes& types) const {
  UnitMode mode;
  mode.accumulator_bits = types.accumulator.bits;
  return mode;
}

int ParallelUnit::stored_activation_bits(const TensorType& /*type*/) const {
  return config_.activation_bits;
}

int ParallelUnit::stored_weight_bits(const TensorType& /*type*/) const {
  return config_.weight_bits;
}

std::uint64_t ParallelUnit::accumulate(const AccumulateBlock& block,
                                       const OperandTypes& types) const {
  return accumulate_block(block, types, Serial::none);
}

int ParallelUnit::tree_bits(std::int64_t lanes) const {
  return config_.activation_bits + config_.weight_bits + ceil_log2(lanes);
}

void ParallelUnit::count_actions(const UnitActivity& activity,
                                 std::vector<ActionCount>& actions) const {
  ActionCount multiply;
  multiply.component = "multiplier";
  multiply.action = Action::multiply;
  multiply.width_a = config_.activation_bits;
  multiply.width_b = config_.weight_bits;
  multiply.count = activity.active_macs;
  actions.push_back(multiply);
  if (activity.lanes > 1) {
    // n products take n - 1 additions; a guarded product still enters the tree, as zero.
    ActionCount tree;
    tree.component = "adder_tree";
    tree.width_a = tree_bits(activity.lanes);
    tree.count = activity.macs - activity.unit_steps;
    actions.push_back(tree);
  }
  ActionCount accumulate;
  accumulate.component = "accumulator";
  accumulate.width_a = activity.types.accumulator.bits;
  accumulate.count = activity.lanes > 1 ? activity.unit_steps : activity.active_unit_steps;
  actions.push_back(accumulate);
}

void ParallelUnit::count_area(std::int64_t lanes, std::uint64_t count,
                              std::vector<AreaItem>& area) const {
  const auto multipliers = static_cast<std::uint64_t>(lanes);
  area.push_back({"multiplier", Action::multiply, config_.activation_bits, config_.weight_bits, 0,
                  multipliers * count});
  if (lanes > 1) {
    area.push_back({"adder_tree", Action::add, tree_bits(lanes), 0, 0, (multipliers - 1) * count});
  }
  area.push_back({"accumulator", Action::add, config_.accumulator.bits, 0, 0, count});
}

}  // namespace bitscale
