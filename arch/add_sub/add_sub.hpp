#pragma once

#include "arch/unit.hpp"

namespace bitscale {

/// Adders over the lanes that take their activation as it is, inverted or not at all.
struct AddSubConfig {
  int activation_bits = 16;
  Guard guard = Guard::none;  ///< weight: a zero weight holds the lane's activation
  /// Factors per result: 1 for BWN and TWN; 2 for TTQ, whose positive and negative weights have one
  /// each, so that their sums are kept in two registers.
  int scales = 0;
  int scale_bits = 16;
  AccumulatorConfig accumulator;
  bool operator==(const AddSubConfig&) const = default;
};

[[nodiscard]] AddSubConfig parse_add_sub(config::Reader& reader);

/// The unit of networks with one- and two-bit weights (BinaryConnect, BWN, TWN, TTQ): a weight says
/// whether its activation is added, subtracted or skipped.
class AddSubUnit final : public Unit {
 public:
  explicit AddSubUnit(const AddSubConfig& config) : config_(config) {}

  [[nodiscard]] std::string_view kind() const override { return "add_sub"; }
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

  AddSubConfig config_;
};

}  // namespace bitscale
