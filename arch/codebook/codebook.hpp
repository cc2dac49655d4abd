#pragma once

#include "arch/unit.hpp"

namespace bitscale {

/// A table per lane, multipliers of activation_bits x entry_bits, an adder tree and an accumulator.
struct CodebookConfig {
  int activation_bits = 16;
  int index_bits = 8;  ///< of the largest table, which has 2^index_bits entries
  int entry_bits = 16;
  Guard guard = Guard::none;  ///< activation: a zero activation skips look-up and product
  AccumulatorConfig accumulator;
  bool operator==(const CodebookConfig&) const = default;
};

[[nodiscard]] CodebookConfig parse_codebook(config::Reader& reader);

/// The unit of networks with shared weights (Deep Compression): memories hold indices, a table
/// turns each into a weight of full width, and a multiplier follows.
class CodebookUnit final : public Unit {
 public:
  explicit CodebookUnit(const CodebookConfig& config) : config_(config) {}

  [[nodiscard]] std::string_view kind() const override { return "codebook"; }
  [[nodiscard]] AccumulatorConfig accumulator() const override { return config_.accumulator; }
  [[nodiscard]] Guard guard() const override { return config_.guard; }
  [[nodiscard]] std::string refusal(const OperandTypes& types) const override;
  [[nodiscard]] UnitMode mode(const OperandTypes& types) const override;
  [[nodiscard]] int stored_activation_bits(const TensorType& type) const override;
  [[nodiscard]] int stored_weight_bits(const TensorType& type) const override;
  std::uint64_t accumulate(const AccumulateBlock& block, const OperandTypes& types) const override;
  void count_actions(const UnitActivity& activity,
                     std::vector<ActionCount>& actions) const override;
  void count_area(std::int64_t lanes, std::uint64_t count,
                  std::vector<AreaItem>& area) const override;
  [[nodiscard]] std::unique_ptr<PinUnit> make_pin_unit(const std::string& name, std::int64_t lanes,
                                                       const OperandTypes& types) const override;
  [[nodiscard]] UnitNetlist make_netlist(std::int64_t lanes,
                                         const OperandTypes& types) const override;

 private:
  [[nodiscard]] int tree_bits(std::int64_t lanes) const;

  CodebookConfig config_;
};

}  // namespace bitscale
