#pragma once

#include "arch/unit.hpp"

namespace bitscale {

/// Scale factors of XNOR-Net (Rastegari et al., 2016): none, one per filter, or a second one per
/// output position (its map K of mean activation magnitudes).
enum class XnorScales { none, filter, filter_and_position };

/// XNOR gates over the lanes, a population count, and an accumulator that adds 2 x ones - lanes.
struct XnorConfig {
  XnorScales scales = XnorScales::none;
  int scale_bits = 16;
  AccumulatorConfig accumulator = {16, Overflow::wrap};
  bool operator==(const XnorConfig&) const = default;
};

[[nodiscard]] XnorConfig parse_xnor(config::Reader& reader);

/// The unit of binary networks (BNN, XNOR-Net): both operands are +-1 and a product is one gate.
class XnorUnit final : public Unit {
 public:
  explicit XnorUnit(const XnorConfig& config) : config_(config) {}

  [[nodiscard]] std::string_view kind() const override { return "xnor"; }
  [[nodiscard]] AccumulatorConfig accumulator() const override { return config_.accumulator; }
  [[nodiscard]] Guard guard() const override { return Guard::none; }
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
  XnorConfig config_;
};

}  // namespace bitscale
