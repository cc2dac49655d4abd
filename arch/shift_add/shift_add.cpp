#include "arch/shift_add/shift_add.hpp"

#include <fmt/format.h>

#include <array>

#include "arch/common/accumulate.hpp"
#include "arch/common/accumulator.hpp"
#include "arch/common/guard.hpp"
#include "arch/common/operands.hpp"
#include "arch/common/sum_costs.hpp"

namespace bitscale {

namespace {

constexpr int kMinLog2Bits = 2, kMaxLog2Bits = 5;

std::string log2_refusal(std::string_view operand, const TensorType& type, int most_bits) {
  if (type.bits >= kMinLog2Bits && type.bits <= most_bits) return "";
  return fmt::format("{} of {} bits (log2); the unit takes {} to {}", operand, type.bits,
                     kMinLog2Bits, most_bits);
}

}  // namespace

ShiftAddConfig parse_shift_add(config::Reader& reader) {
  static constexpr std::array kGuards = {Guard::none, Guard::weight};
  ShiftAddConfig config;
  config.activation_bits =
      static_cast<int>(reader.doc("Width of the shifters' activation input in bits")
                           .integer("activation_bits", 5, 16, config.activation_bits));
  config.weight_bits =
      static_cast<int>(reader.doc("Widest log2 weight, in bits: a sign and a code")
                           .integer("weight_bits", kMinLog2Bits, kMaxLog2Bits, config.weight_bits));
  config.guard = parse_guard(reader, kGuards);
  config.accumulator = reader.section_or_default("accumulator", parse_accumulator);
  reader.finish();
  return config;
}

std::string ShiftAddUnit::refusal(const OperandTypes& types) const {
  const TensorType& activation = types.activation;
  std::string why = encoding_refusal("activations", activation,
                                     {Encoding::unsigned_, Encoding::twos, Encoding::log2});
  if (why.empty()) why = encoding_refusal("weights", types.weight, {Encoding::log2});
  if (why.empty()) why = log2_refusal("weights", types.weight, config_.weight_bits);
  if (!why.empty()) return why;
  if (activation.encoding != Encoding::log2) {
    why = integer_refusal("activations", activation, config_.activation_bits);
  } else {
    why = log2_refusal("activations", activation, kMaxLog2Bits);
    // The decoder's lines are the bits of the activation.
    if (why.empty() && largest_log2_code(activation.bits) > config_.activation_bits) {
      why = fmt::format("activations of {} bits (log2) reach 2^{}; the unit takes up to 2^{}",
                        activation.bits, largest_log2_code(activation.bits) - 1,
                        config_.activation_bits - 1);
    }
  }
  if (why.empty()) why = accumulator_refusal(types.accumulator);
  return why;
}

UnitMode ShiftAddUnit::mode(const OperandTypes& types) const {
  UnitMode mode;
  mode.accumulator_bits = types.accumulator.bits;
  return mode;
}

int ShiftAddUnit::stored_activation_bits(const TensorType& type) const {
  return type.encoding == Encoding::log2 ? type.bits : config_.activation_bits;
}

int ShiftAddUnit::stored_weight_bits(const TensorType& type) const { return type.bits; }

std::uint64_t ShiftAddUnit::accumulate(const AccumulateBlock& block,
                                       const OperandTypes& types) const {
  return accumulate_block(block, types);
}

int ShiftAddUnit::shifter_bits() const {
  return config_.activation_bits + largest_log2_code(config_.weight_bits);
}

int ShiftAddUnit::tree_bits(std::int64_t lanes) const { return shifter_bits() + ceil_log2(lanes); }

void ShiftAddUnit::count_actions(const UnitActivity& activity,
                                 std::vector<ActionCount>& actions) const {
  // Four stages of multiplexers have about the cells of one adder of their width (28/3 against 8
  // NAND2 per bit): a shift is priced as an addition (assumed).
  ActionCount shift;
  shift.component = "shifter";
  shift.width_a = shifter_bits();
  shift.count = activity.active_macs;
  actions.push_back(shift);
  count_sum(activity, tree_bits(activity.lanes), actions);
}

void ShiftAddUnit::count_area(std::int64_t lanes, std::uint64_t count,
                              std::vector<AreaItem>& area) const {
  const auto shifters = static_cast<std::uint64_t>(lanes);
  area.push_back({"shifter", Action::add, shifter_bits(), 0, 0, shifters * count});
  count_sum_area(lanes, count, tree_bits(lanes), config_.accumulator.bits, 1, area);
}

}  // namespace bitscale
