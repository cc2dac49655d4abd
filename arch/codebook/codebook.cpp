#include "arch/codebook/codebook.hpp"

#include <fmt/format.h>

#include <array>

#include "arch/common/accumulate.hpp"
#include "arch/common/accumulator.hpp"
#include "arch/common/guard.hpp"
#include "arch/common/operands.hpp"
#include "arch/common/sum_costs.hpp"

namespace bitscale {

CodebookConfig parse_codebook(config::Reader& reader) {
  static constexpr std::array kGuards = {Guard::none, Guard::activation};
  CodebookConfig config;
  config.activation_bits =
      static_cast<int>(reader.doc("Width of the multiplier's activation input in bits")
                           .integer("activation_bits", 2, 16, config.activation_bits));
  config.index_bits = static_cast<int>(reader
                                           .doc("Widest index, in bits: tables have 2^index_bits "
                                                "entries")
                                           .integer("index_bits", 1, 8, config.index_bits));
  config.entry_bits = static_cast<int>(
      reader.doc("Width of a table entry in bits").integer("entry_bits", 2, 16, config.entry_bits));
  config.guard = parse_guard(reader, kGuards);
  config.accumulator = reader.section_or_default("accumulator", parse_accumulator);
  reader.finish();
  return config;
}

std::string CodebookUnit::refusal(const OperandTypes& types) const {
  const TensorType& weight = types.weight;
  std::string why = integer_refusal("activations", types.activation, config_.activation_bits);
  if (why.empty()) why = encoding_refusal("weights", weight, {Encoding::codebook});
  if (why.empty() && (weight.bits < 1 || weight.bits > config_.index_bits)) {
    why = fmt::format("weights of {} bits (codebook); the unit's tables have indices of 1 to {}",
                      weight.bits, config_.index_bits);
  }
  if (why.empty() && weight.entry_bits > config_.entry_bits) {
    why = fmt::format("a codebook with entries of {} bits; the unit's tables hold up to {}",
                      weight.entry_bits, config_.entry_bits);
  }
  if (why.empty()) why = accumulator_refusal(types.accumulator);
  return why;
}

UnitMode CodebookUnit::mode(const OperandTypes& types) const {
  UnitMode mode;
  mode.accumulator_bits = types.accumulator.bits;
  return mode;
}

int CodebookUnit::stored_activation_bits(const TensorType& /*type*/) const {
  return config_.activation_bits;
}

/// Memories hold indices; the table is not counted among a layer's weights.
int CodebookUnit::stored_weight_bits(const TensorType& type) const { return type.bits; }

std::uint64_t CodebookUnit::accumulate(const AccumulateBlock& block,
                                       const OperandTypes& types) const {
  return accumulate_block(block, types);
}

int CodebookUnit::tree_bits(std::int64_t lanes) const {
  return config_.activation_bits + config_.entry_bits + ceil_log2(lanes);
}

void CodebookUnit::count_actions(const UnitActivity& activity,
                                 std::vector<ActionCount>& actions) const {
  // One entry read per weight used; the table is priced as an SRAM of its size, far below the
  // smallest published one (extrapolated by the technology's rule).
  ActionCount read;
  read.component = "codebook";
  read.action = Action::sram_read;
  read.capacity_bits = (std::int64_t{1} << config_.index_bits) * config_.entry_bits;
  read.access_bits = config_.entry_bits;
  read.count = activity.active_macs * static_cast<std::uint64_t>(config_.entry_bits);
  actions.push_back(read);
  ActionCount multiply;
  multiply.component = "multiplier";
  multiply.action = Action::multiply;
  multiply.width_a = config_.activation_bits;
  multiply.width_b = config_.entry_bits;
  multiply.count = activity.active_macs;
  actions.push_back(multiply);
  count_sum(activity, tree_bits(activity.lanes), actions);
}

void CodebookUnit::count_area(std::int64_t lanes, std::uint64_t count,
                              std::vector<AreaItem>& area) const {
  const auto multipliers = static_cast<std::uint64_t>(lanes);
  area.push_back({"codebook", Action::sram_read, 0, 0,
                  (std::int64_t{1} << config_.index_bits) * config_.entry_bits,
                  multipliers * count});
  area.push_back({"multiplier", Action::multiply, config_.activation_bits, config_.entry_bits, 0,
                  multipliers * count});
  count_sum_area(lanes, count, tree_bits(lanes), config_.accumulator.bits, 1, area);
}

}  // namespace bitscale
