#pragma once

#include "arch/unit.hpp"
#include "sim/netlist/generators.hpp"

namespace bitscale {

/// What becomes of the bits that narrow operands leave unused. none: words are sign-extended. lsb:
/// operands stand in the words' high bits and the low ones are held at 0 (precision scaling as in
/// DAS and DVAS), so that products and sums are shifted up by as much.
enum class Gating { none, lsb };

/// How the unit is drawn. Fused: the register's bits are one more row of the multiplier's
/// reduction, and one final adder serves both.
struct ParallelDrawing {
  netlist::Reduction reduction = netlist::Reduction::dadda;
  netlist::AdderKind adder = netlist::AdderKind::ripple;  ///< final adder and adder tree
  netlist::AdderKind accumulator_adder = netlist::AdderKind::ripple;
  bool fused = false;
  bool operator==(const ParallelDrawing&) const = default;
};

/// Multipliers of activation_bits x weight_bits, their products summed in an exact adder tree over
/// the lanes and added to one accumulator every cycle.
struct ParallelConfig {
  int activation_bits = 16;
  int weight_bits = 16;
  Guard guard = Guard::none;
  AccumulatorConfig accumulator;
  Gating gating = Gating::none;
  ParallelDrawing drawing = {};
  bool operator==(const ParallelConfig&) const = default;
};

[[nodiscard]] ParallelConfig parse_parallel(config::Reader& reader);

/// The conventional unit: narrower operands take a full step each. They gain nothing but, with
/// gating, toggles, a shorter path and narrower fetches.
class ParallelUnit final : public Unit {
 public:
  explicit ParallelUnit(const ParallelConfig& config) : config_(config) {}

  [[nodiscard]] std::string_view kind() const override { return "parallel"; }
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
  /// Low bits of an input that operands of a type leave at 0.
  [[nodiscard]] int gated_bits(const TensorType& type, int input_bits) const;
  [[nodiscard]] int gated_activation_bits(const OperandTypes& types) const;
  [[nodiscard]] int gated_weight_bits(const OperandTypes& types) const;
  /// Bits by which sums stand up in the accumulator, and its width with them.
  [[nodiscard]] int shift(const OperandTypes& types) const;
  [[nodiscard]] int register_bits(const OperandTypes& types) const;

  ParallelConfig config_;
};

}  // namespace bitscale
