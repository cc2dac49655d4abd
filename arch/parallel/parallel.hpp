#pragma once

#include "arch/unit.hpp"

namespace bitscale {

/// Multipliers of activation_bits x weight_bits, their products summed in an exact adder tree over
/// the lanes and added to one accumulator every cycle.
struct ParallelConfig {
  int activation_bits = 16;
  int weight_bits = 16;
  Guard guard = Guard::none;
  AccumulatorConfig accumulator;
  bool operator==(const ParallelConfig&) const = default;
};

[[nodiscard]] ParallelConfig parse_parallel(config::Reader& reader);

/// The conventional unit: narrower operands run at the full word and gain nothing.
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

  ParallelConfig config_;
};

}  // namespace bitscale
