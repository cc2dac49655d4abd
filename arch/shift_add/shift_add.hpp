#pragma once

#include "arch/unit.hpp"

namespace bitscale {

/// Barrel shifters over the lanes, an adder tree and an accumulator.
struct ShiftAddConfig {
  int activation_bits = 16;
  int weight_bits = 5;        ///< of the widest log2 weight
  Guard guard = Guard::none;  ///< weight: a zero weight holds the lane's activation
  AccumulatorConfig accumulator;
  bool operator==(const ShiftAddConfig&) const = default;
};

[[nodiscard]] ShiftAddConfig parse_shift_add(config::Reader& reader);

/// The unit of logarithmic networks (LogNet): weights are 0 or +-2^e, so that a product is a shift.
/// Activations are integers, or powers of two that a decoder turns into one.
class ShiftAddUnit final : public Unit {
 public:
  explicit ShiftAddUnit(const ShiftAddConfig& config) : config_(config) {}

  [[nodiscard]] std::string_view kind() const override { return "shift_add"; }
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
  /// Width of a shifted activation, and of the sum of them over the lanes.
  [[nodiscard]] int shifter_bits() const;
  [[nodiscard]] int tree_bits(std::int64_t lanes) const;

  ShiftAddConfig config_;
};

}  // namespace bitscale
