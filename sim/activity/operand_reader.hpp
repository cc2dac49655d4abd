#pragma once

#include <cstdint>
#include <vector>

#include "arch/unit_netlist.hpp"
#include "sim/activity/unit_walk.hpp"
#include "sim/workload/operands.hpp"

namespace bitscale {

/// The operands of one unit in one step, by position.
struct UnitOperands {
  std::vector<std::int32_t> activations, weights;
  std::vector<std::uint8_t> valid;

  [[nodiscard]] StepOperands view() const { return {activations, weights, valid}; }
};

/// Looks up what units multiply, as element_index() says, for many steps of the same outputs at a
/// time.
class OperandReader {
 public:
  /// `mapping` and `operands` outlive the reader.
  OperandReader(const Mapping& mapping, const Operands& operands);

  [[nodiscard]] std::size_t positions() const { return positions_.size(); }

  /// All positions of a step; the vectors of `step` are reused.
  void read(const StepPlace& place, UnitOperands& step) const;

  /// Exact sum of the products that go to accumulator `segment` in a step.
  [[nodiscard]] std::int64_t sum(const StepPlace& place, std::int64_t segment) const;

  /// The same over `channels` channels from the place on, for units that lie along C alone.
  [[nodiscard]] std::int64_t sum_channels(const StepPlace& place, std::int64_t channels) const {
    return sum_along_channels(output(place, 0), place, 0, channels);
  }
  [[nodiscard]] bool channels_only() const { return channels_only_; }

  /// The same over all steps before the walk's that add to the same output, in any order.
  [[nodiscard]] std::int64_t sum_before(const UnitWalk& walk, std::int64_t segment) const;

 private:
  /// One multiplier of the unit, relative to its first one.
  struct LocalPosition {
    std::int64_t c = 0, r = 0, s = 0;
    std::int64_t output = 0;   ///< which of the unit's outputs of a step
    std::int64_t segment = 0;  ///< accumulator
  };
  /// Window and filter of one output; `exists` is false beyond the pass.
  struct Output {
    const std::int16_t* image = nullptr;
    const std::int16_t* filter = nullptr;
    std::int64_t y = 0, x = 0;
    bool exists = false;
  };

  [[nodiscard]] Output output(const StepPlace& place, std::int64_t index) const;
  [[nodiscard]] std::int64_t sum_at(const Output& output, const StepPlace& place,
                                    std::int64_t segment) const;
  [[nodiscard]] std::int64_t sum_along_channels(const Output& output, const StepPlace& place,
                                                std::int64_t segment, std::int64_t channels) const;
  [[nodiscard]] std::int64_t sum_of_box(const Output& output, const StepBox& box,
                                        std::int64_t segment) const;
  /// Output that accumulator `segment` adds to.
  [[nodiscard]] std::int64_t output_of(std::int64_t segment) const {
    return outputs_ > 1 ? segment : 0;
  }

  const Mapping& mapping_;
  const Operands& operands_;
  std::vector<LocalPosition> positions_;
  Dim subword_dim_ = Dim::C;
  std::int64_t outputs_ = 1;  ///< of a unit in one step
  /// Where all positions lie along C: those of a segment are every `channel_stride_`-th.
  bool channels_only_ = true;
  std::int64_t channel_stride_ = 1, channels_ = 1;
};

}  // namespace bitscale
