#pragma once

#include <vector>

#include "arch/dvafs/subword_multiplier.hpp"
#include "arch/unit.hpp"

namespace bitscale {

/// Which operands the subwords of a step hold: product i is activation i x weight i. Windows and
/// images replicate the weight, filters the activation; channels have both distinct.
enum class SubwordDim { window, filter, image, channel };

/// What becomes of the products of a step: a sum each, in accumulator segments of their own, or one
/// sum.
enum class Combine { apart, together };

/// Where an operand narrower than its subword stands in it: in the high bits with the low ones
/// gated, as in DAS, or sign-extended in the low ones.
enum class Alignment { msb, lsb };

/// How the unit is drawn; its value does not depend on it.
struct DvafsNetlistConfig {
  netlist::Reduction reduction = netlist::Reduction::dadda;
  netlist::AdderKind adder = netlist::AdderKind::ripple;
  netlist::AdderKind accumulator_adder = netlist::AdderKind::ripple;
  bool operator==(const DvafsNetlistConfig&) const = default;
};

/// Multiplier of word_bits x word_bits that also works on packed subwords of the widths in `modes`,
/// widest first, and an accumulator cut likewise.
struct DvafsConfig {
  int word_bits = 16;
  std::vector<int> modes = {16, 8, 4};
  SubwordDim subword_dim = SubwordDim::window;
  Combine combine = Combine::apart;
  Alignment alignment = Alignment::msb;
  Guard guard = Guard::none;  ///< lane_group: all subwords of the activations are zero
  AccumulatorConfig accumulator;
  DvafsNetlistConfig netlist;
  bool operator==(const DvafsConfig&) const = default;
};

[[nodiscard]] DvafsConfig parse_dvafs(config::Reader& reader);

/// How the unit stands for operands of given types: what pins, span kernel and gates share.
struct DvafsSetting {
  std::size_t mode = 0;  ///< in DvafsConfig::modes
  SubwordCut cut;
  int gated_activation_bits = 0, gated_weight_bits = 0;  ///< of each subword
  std::int64_t segments = 1;
  int segment_bits = 48;  ///< of the register
  int shift = 0;          ///< products enter a segment times 2^shift

  /// Subwords of a step in the words of a lane, absent ones being zero.
  [[nodiscard]] std::uint32_t activation_at(std::int64_t value, int subword) const {
    return subword_at(value << gated_activation_bits, cut.width, cut.first_place(subword));
  }
  [[nodiscard]] std::uint32_t weight_at(std::int64_t value, int subword) const {
    return subword_at(value << gated_weight_bits, cut.width, cut.second_place(subword));
  }
};

/// The subword-parallel unit of DVAFS (Moons et al., DATE 2017): N = word_bits / subword products
/// per lane and cycle.
class DvafsUnit final : public Unit {
 public:
  explicit DvafsUnit(const DvafsConfig& config) : config_(config) {}

  [[nodiscard]] std::string_view kind() const override { return "dvafs"; }
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

  /// For types that it does not refuse.
  [[nodiscard]] DvafsSetting setting(const OperandTypes& types) const;
  [[nodiscard]] SubwordMultiplierConfig multiplier() const;

 private:
  [[nodiscard]] bool together() const { return config_.combine == Combine::together; }
  [[nodiscard]] int subword_for(int bits) const;

  DvafsConfig config_;
};

}  // namespace bitscale
