#pragma once

#include "arch/bit_serial/serial_operand.hpp"
#include "arch/unit.hpp"

namespace bitscale {

/// Which operand enters the unit one bit per cycle.
enum class Serial { activations, weights, both };

/// Serial inner-product unit (SIP) of Stripes: AND gates, an exact adder tree over the lanes and a
/// register that shifts up as bits enter, most significant first; with the last bit the accumulator
/// adds the step's exact sum. One operand enters bit by bit (activations or weights), or both do,
/// as in Loom.
struct BitSerialConfig {
  Serial serial = Serial::activations;
  int max_activation_bits = 16;
  int max_weight_bits = 16;
  Guard guard = Guard::none;
  AccumulatorConfig accumulator;
  bool operator==(const BitSerialConfig&) const = default;
};

[[nodiscard]] BitSerialConfig parse_bit_serial(config::Reader& reader);

/// A unit whose time grows with the bits used: p serial bits take p cycles per step.
class BitSerialUnit final : public Unit {
 public:
  explicit BitSerialUnit(const BitSerialConfig& config) : config_(config) {}

  [[nodiscard]] std::string_view kind() const override { return "bit_serial"; }
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
  [[nodiscard]] SerialPair operands(const OperandTypes& types) const;
  [[nodiscard]] int tree_bits(std::int64_t lanes) const;

  BitSerialConfig config_;
};

}  // namespace bitscale
