#pragma once

#include "arch/bit_fusion/fusion_unit.hpp"
#include "arch/unit.hpp"

namespace bitscale {

/// Fusion Units of 16 BitBricks, one per lane; the sums of all lanes go to one accumulator.
struct BitFusionConfig {
  Guard guard = Guard::none;
  AccumulatorConfig accumulator{32, Overflow::wrap};
  bool operator==(const BitFusionConfig&) const = default;
};

[[nodiscard]] BitFusionConfig parse_bit_fusion(config::Reader& reader);

/// The unit of Bit Fusion (Sharma et al., ISCA 2018): bricks fuse to multipliers of the layer's
/// widths, and narrower operands mean more products per cycle, summed along C.
class BitFusionUnit final : public Unit {
 public:
  explicit BitFusionUnit(const BitFusionConfig& config) : config_(config) {}

  [[nodiscard]] std::string_view kind() const override { return "bit_fusion"; }
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
  BitFusionConfig config_;
};

/// Widths of the additions of a Fusion Unit's shift-add, from the bricks on: each level adds half
/// as many pairs as the one before. They hold every sum of 6-bit products (published), of which
/// digits of two bits with a sign never make the largest.
inline constexpr std::array<int, 4> kShiftAddBits = {9, 11, 15, 19};

}  // namespace bitscale
