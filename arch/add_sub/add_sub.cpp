#include "arch/add_sub/add_sub.hpp"

#include <array>

#include "arch/common/accumulate.hpp"
#include "arch/common/accumulator.hpp"
#include "arch/common/guard.hpp"
#include "arch/common/operands.hpp"
#include "arch/common/scales.hpp"
#include "arch/common/sum_costs.hpp"

namespace bitscale {

AddSubConfig parse_add_sub(config::Reader& reader) {
  static constexpr std::array kGuards = {Guard::none, Guard::weight};
  AddSubConfig config;
  config.activation_bits =
      static_cast<int>(reader.doc("Width of the adders' activation input in bits")
                           .integer("activation_bits", 2, 16, config.activation_bits));
  config.guard = parse_guard(reader, kGuards);
  config.scales = static_cast<int>(
      reader.doc("Factors that every result is multiplied by: 1 as in BWN and TWN, 2 as in TTQ")
          .integer("scales", 0, 2, config.scales));
  config.scale_bits = parse_scale_bits(reader, config.scale_bits);
  config.accumulator = reader.section_or_default("accumulator", parse_accumulator);
  reader.finish();
  return config;
}

std::string AddSubUnit::refusal(const OperandTypes& types) const {
  std::string why = integer_refusal("activations", types.activation, config_.activation_bits);
  if (why.empty())
    why = encoding_refusal("weights", types.weight, {Encoding::binary_pm1, Encoding::ternary});
  if (why.empty()) why = accumulator_refusal(types.accumulator);
  return why;
}

UnitMode AddSubUnit::mode(const OperandTypes& types) const {
  UnitMode mode;
  mode.accumulator_bits = types.accumulator.bits;
  return mode;
}

int AddSubUnit::stored_activation_bits(const TensorType& /*type*/) const {
  return config_.activation_bits;
}

int AddSubUnit::stored_weight_bits(const TensorType& type) const { return type.bits; }

std::uint64_t AddSubUnit::accumulate(const AccumulateBlock& block,
                                     const OperandTypes& types) const {
  return accumulate_block(block, types);
}

int AddSubUnit::tree_bits(std::int64_t lanes) const {
  return config_.activation_bits + 1 + ceil_log2(lanes);
}

void AddSubUnit::count_actions(const UnitActivity& activity,
                               std::vector<ActionCount>& actions) const {
  // The choice of sign is free (assumed).
  count_sum(activity, tree_bits(activity.lanes), actions);
  count_scales(activity, config_.scales, config_.scale_bits, actions);
}

void AddSubUnit::count_area(std::int64_t lanes, std::uint64_t count,
                            std::vector<AreaItem>& area) const {
  const std::uint64_t registers = config_.scales == 2 ? 2 : 1;
  count_sum_area(lanes, count, tree_bits(lanes), config_.accumulator.bits, registers, area);
}

}  // namespace bitscale
