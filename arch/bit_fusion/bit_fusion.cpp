#include "arch/bit_fusion/bit_fusion.hpp"

#include <algorithm>
#include <vector>

#include "arch/common/accumulate.hpp"
#include "arch/common/accumulator.hpp"
#include "arch/common/guard.hpp"
#include "arch/common/operands.hpp"

namespace bitscale {

namespace {

/// Copies `lanes` rows of `count` words, of which only the half of pass `pass` is left, in its
/// place in the word: an exact 16-bit integer.
void copy_half(const std::int16_t* source, std::int64_t stride, std::int64_t count,
               std::int64_t lanes, const FusedOperand& operand, int pass, std::int16_t* target) {
  for (std::int64_t lane = 0; lane < lanes; ++lane) {
    for (std::int64_t i = 0; i < count; ++i) {
      const std::int32_t half = operand.half(source[lane * stride + i], pass);
      target[lane * count + i] = static_cast<std::int16_t>(pass == 0 ? half : half * 256);
    }
  }
}

/// Words of 16 bits on an accumulator that can overflow: every cycle is one addition, so each step
/// becomes one step per pair of halves.
std::uint64_t accumulate_halves(const AccumulateBlock& block, const OperandTypes& types,
                                const FusionMode& mode) {
  constexpr std::int64_t kChunkWords = std::int64_t{1} << 16;
  const std::int64_t step_words =
      mode.cycles() * block.lanes * std::max(block.filters, block.windows);
  const std::int64_t chunk =
      std::clamp(kChunkWords / std::max<std::int64_t>(step_words, 1), std::int64_t{1}, block.steps);
  const std::int64_t rows = chunk * mode.cycles() * block.lanes;
  std::vector<std::int16_t> activations(static_cast<std::size_t>(rows * block.windows));
  std::vector<std::int16_t> weights(static_cast<std::size_t>(rows * block.filters));
  AccumulateBlock halves = block;
  halves.activations = activations.data();
  halves.weights = weights.data();
  halves.weight_stride = block.filters;
  std::uint64_t events = 0;
  for (std::int64_t first = 0; first < block.steps; first += chunk) {
    const std::int64_t steps = std::min(chunk, block.steps - first);
    for (std::int64_t step = 0; step < steps; ++step) {
      const std::int64_t term = (first + step) * block.lanes;
      for (int cycle = 0; cycle < mode.cycles(); ++cycle) {
        const std::int64_t row = (step * mode.cycles() + cycle) * block.lanes;
        copy_half(block.activations + term * block.windows, block.windows, block.windows,
                  block.lanes, mode.activation, mode.activation_pass(cycle),
                  activations.data() + row * block.windows);
        copy_half(block.weights + term * block.weight_stride, block.weight_stride, block.filters,
                  block.lanes, mode.weight, mode.weight_pass(cycle),
                  weights.data() + row * block.filters);
      }
    }
    halves.steps = steps * mode.cycles();
    events += accumulate_block(halves, types);
  }
  return events;
}

}  // namespace

BitFusionConfig parse_bit_fusion(config::Reader& reader) {
  static constexpr std::array kGuards = {Guard::none, Guard::lane_group};
  BitFusionConfig config;
  config.guard = parse_guard(reader, kGuards);
  config.accumulator = reader.section_or_default("accumulator", [&](config::Reader& section) {
    return parse_accumulator_like(section, config.accumulator);
  });
  reader.finish();
  return config;
}

std::string BitFusionUnit::refusal(const OperandTypes& types) const {
  std::string why = integer_refusal("activations", types.activation, 16);
  if (why.empty()) why = integer_refusal("weights", types.weight, 16);
  if (why.empty()) why = accumulator_refusal(types.accumulator);
  return why;
}

UnitMode BitFusionUnit::mode(const OperandTypes& types) const {
  const FusionMode fusion = fusion_mode(types);
  UnitMode mode;
  mode.cycles = fusion.cycles();
  mode.products = fusion.products();
  mode.dim = Dim::C;
  mode.accumulator_bits = types.accumulator.bits;
  return mode;
}

int BitFusionUnit::stored_activation_bits(const TensorType& type) const {
  return fused_operand(type).stored_bits();
}

int BitFusionUnit::stored_weight_bits(const TensorType& type) const {
  return fused_operand(type).stored_bits();
}

std::uint64_t BitFusionUnit::accumulate(const AccumulateBlock& block,
                                        const OperandTypes& types) const {
  const FusionMode mode = fusion_mode(types);
  if ((block.exact && block.range == nullptr) || mode.cycles() == 1)
    return accumulate_block(block, types);
  return accumulate_halves(block, types, mode);
}

void BitFusionUnit::count_actions(const UnitActivity& activity,
                                  std::vector<ActionCount>& actions) const {
  const FusionMode mode = fusion_mode(activity.types);
  const auto cycles = static_cast<std::uint64_t>(mode.cycles());
  // A brick that works on a digit pair costs a 2b x 2b multiply (its sign bits are not charged:
  // assumed); one without a product costs nothing.
  const std::uint64_t bricks =
      activity.active_macs * cycles * static_cast<std::uint64_t>(mode.bricks());
  actions.push_back({"bit_brick", Action::multiply, 2, 2, 0, 0, bricks});
  // The 16 bricks of a full unit are summed by 8, 4, 2 and 1 additions whatever the mode; of a
  // partly filled one its share is charged (assumed). Muxes that shift are free, as are those that
  // hand digits to bricks.
  std::uint64_t pairs = bricks;
  for (const int bits : kShiftAddBits) {
    pairs /= 2;
    actions.push_back({"shift_add", Action::add, bits, 0, 0, 0, pairs});
  }
  if (activity.lanes > 1) {
    // Lanes in use less one, as if products filled one lane after the other.
    const auto products = static_cast<std::uint64_t>(mode.products());
    const std::uint64_t lanes =
        std::max((activity.active_macs + products - 1) / products, activity.active_unit_steps);
    actions.push_back({"adder_tree", Action::add, kShiftAddBits.back() + ceil_log2(activity.lanes),
                       0, 0, 0, (lanes - activity.active_unit_steps) * cycles});
  }
  actions.push_back({"accumulator", Action::add, activity.types.accumulator.bits, 0, 0, 0,
                     activity.active_unit_steps * cycles});
}

void BitFusionUnit::count_area(std::int64_t lanes, std::uint64_t count,
                               std::vector<AreaItem>& area) const {
  const std::uint64_t units = static_cast<std::uint64_t>(lanes) * count;
  area.push_back({"bit_brick", Action::multiply, 2, 2, 0, kBricks * units});
  std::uint64_t pairs = kBricks;
  for (const int bits : kShiftAddBits) {
    pairs /= 2;
    area.push_back({"shift_add", Action::add, bits, 0, 0, pairs * units});
  }
  if (lanes > 1) {
    area.push_back({"adder_tree", Action::add, kShiftAddBits.back() + ceil_log2(lanes), 0, 0,
                    static_cast<std::uint64_t>(lanes - 1) * count});
  }
  area.push_back({"accumulator", Action::add, config_.accumulator.bits, 0, 0, count});
}

}  // namespace bitscale
