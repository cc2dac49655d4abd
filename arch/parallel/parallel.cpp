#include "arch/parallel/parallel.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "arch/common/accumulate.hpp"
#include "arch/common/accumulator.hpp"
#include "arch/common/drawing.hpp"
#include "arch/common/guard.hpp"
#include "arch/common/operands.hpp"
#include "arch/common/sum_costs.hpp"

namespace bitscale {

namespace {

netlist::AdderKind parse_adder(config::Reader& reader, std::string_view key,
                               netlist::AdderKind fallback) {
  return reader.choice<netlist::AdderKind>(
      key, {{"ripple", netlist::AdderKind::ripple}, {"prefix", netlist::AdderKind::prefix}},
      fallback);
}

ParallelDrawing parse_drawing(config::Reader& reader) {
  ParallelDrawing drawing;
  drawing.reduction =
      reader.doc("How partial products become two rows; booth: a Dadda tree over radix-4 rows")
          .choice<netlist::Reduction>("reduction",
                                      {{"dadda", netlist::Reduction::dadda},
                                       {"array", netlist::Reduction::array},
                                       {"booth", netlist::Reduction::booth}},
                                      drawing.reduction);
  drawing.adder =
      parse_adder(reader.doc("Carries of the multiplier's last adder and of the adder tree"),
                  "adder", drawing.adder);
  drawing.accumulator_adder =
      parse_adder(reader.doc("Carries of the accumulator's adder; of the only one where fused"),
                  "accumulator_adder", drawing.accumulator_adder);
  drawing.fused =
      reader.doc("fused: the accumulator enters the multiplier's reduction; one lane, wrapping")
          .choice<bool>("accumulate", {{"separate", false}, {"fused", true}}, drawing.fused);
  reader.finish();
  return drawing;
}

}  // namespace

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
  config.gating =
      reader.doc("lsb: operands stand in the high bits of the words, unused low bits are held at 0")
          .choice<Gating>("gating", {{"none", Gating::none}, {"lsb", Gating::lsb}}, config.gating);
  config.drawing = reader.section_or_default("netlist", parse_drawing);
  if (config.drawing.fused && config.accumulator.overflow == Overflow::saturate) {
    reader.problem("netlist", "accumulate: fused has no sum to clamp; expected overflow: wrap");
  }
  reader.finish();
  return config;
}

std::string ParallelUnit::refusal(const OperandTypes& types) const {
  std::string why = integer_refusal("activations", types.activation, config_.activation_bits);
  if (why.empty()) why = integer_refusal("weights", types.weight, config_.weight_bits);
  if (why.empty()) why = accumulator_refusal(types.accumulator);
  if (why.empty() && mode(types).accumulator_bits < kMinAccumulatorBits) {
    why = fmt::format(
        "an accumulator of {} bits under products that stand {} bits up (gating: lsb); the unit "
        "leaves them at least {}",
        register_bits(types), shift(types), kMinAccumulatorBits);
  }
  return why;
}

int ParallelUnit::gated_bits(const TensorType& type, int input_bits) const {
  if (config_.gating == Gating::none) return 0;
  const bool sign_bit_unused =
      type.encoding == Encoding::unsigned_ && input_bits >= kSignedOnlyBits;
  const int used = type.bits + (sign_bit_unused ? 1 : 0);
  return std::max(0, input_bits - used);
}

int ParallelUnit::gated_activation_bits(const OperandTypes& types) const {
  return gated_bits(types.activation, config_.activation_bits);
}

int ParallelUnit::gated_weight_bits(const OperandTypes& types) const {
  return gated_bits(types.weight, config_.weight_bits);
}

UnitMode ParallelUnit::mode(const OperandTypes& types) const {
  UnitMode mode;
  mode.accumulator_bits = register_bits(types) - shift(types);
  return mode;
}

int ParallelUnit::stored_activation_bits(const TensorType& type) const {
  return config_.gating == Gating::lsb ? type.bits : config_.activation_bits;
}

int ParallelUnit::stored_weight_bits(const TensorType& type) const {
  return config_.gating == Gating::lsb ? type.bits : config_.weight_bits;
}

int ParallelUnit::shift(const OperandTypes& types) const {
  return gated_activation_bits(types) + gated_weight_bits(types);
}

int ParallelUnit::register_bits(const OperandTypes& types) const {
  // A layer that asks for less than the machine has means the integers that it adds up.
  return std::min(types.accumulator.bits + shift(types),
                  std::max(types.accumulator.bits, config_.accumulator.bits));
}

std::uint64_t ParallelUnit::accumulate(const AccumulateBlock& block,
                                       const OperandTypes& types) const {
  // Whole products above gated bits: clamping and wrapping see the same integers, shifted.
  OperandTypes shifted = types;
  shifted.accumulator.bits = mode(types).accumulator_bits;
  return accumulate_block(block, shifted);
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
  count_sum(activity, tree_bits(activity.lanes), actions);
}

void ParallelUnit::count_area(std::int64_t lanes, std::uint64_t count,
                              std::vector<AreaItem>& area) const {
  const auto multipliers = static_cast<std::uint64_t>(lanes);
  area.push_back({"multiplier", Action::multiply, config_.activation_bits, config_.weight_bits, 0,
                  multipliers * count});
  count_sum_area(lanes, count, tree_bits(lanes), config_.accumulator.bits, 1, area);
}

}  // namespace bitscale
