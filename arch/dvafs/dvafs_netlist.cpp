#include <fmt/format.h>

#include "arch/common/accumulator_netlist.hpp"
#include "arch/common/operands.hpp"
#include "arch/dvafs/dvafs.hpp"
#include "arch/dvafs/segments.hpp"
#include "arch/unit_netlist.hpp"

namespace bitscale {

namespace {

using netlist::Bits;
using netlist::Builder;

/// Packed products of all lanes, added segment by segment in segments that hold their sum.
SegmentedWord draw_apart(Builder& b, ModeSelect& modes, const SubwordMultiplierConfig& config,
                         const std::vector<Bits>& products) {
  SegmentedWord packed;
  std::vector<int> grown;
  for (std::size_t mode = 0; mode < modes.modes(); ++mode) {
    const SubwordCut cut = config.cut(mode);
    packed.segments.count.push_back(cut.count());
    packed.segments.bits.push_back(2 * cut.width);
    grown.push_back(2 * cut.width + ceil_log2(static_cast<std::int64_t>(products.size())));
  }
  std::vector<SegmentedWord> words;
  words.reserve(products.size());
  for (const Bits& product : products) {
    words.push_back(with_widths(b, modes, {product, packed.segments}, grown));
  }
  while (words.size() > 1) {  // a balanced tree
    std::vector<SegmentedWord> sums;
    for (std::size_t i = 0; i + 1 < words.size(); i += 2) {
      sums.push_back(add_segments(b, modes, words[i], words[i + 1], config.adder));
    }
    if (words.size() % 2 == 1) sums.push_back(words.back());
    words = std::move(sums);
  }
  return words.front();
}

/// Inputs that stand still for the types of a layer: gated low bits, and the sign and what lies
/// above it of unsigned operands.
void tie_operand(std::vector<netlist::Tie>& ties, const netlist::Bus& bus, const TensorType& type,
                 int gated, const SubwordCut& cut) {
  for (std::size_t bit = 0; bit < bus.bits.size(); ++bit) {
    const int place = static_cast<int>(bit) % cut.width;
    const bool above = type.encoding == Encoding::unsigned_ && place >= gated + type.bits;
    if (place < gated || above) ties.push_back({bus.bits[bit], false});
  }
}

struct Driver {
  DvafsSetting setting;
  std::int64_t mode_code = 0;
  bool has_mode_bus = false;

  void drive(const StepOperands& step, std::span<std::int64_t> buses) const {
    const auto count = static_cast<std::size_t>(setting.cut.count());
    const std::size_t lanes = step.activations.size() / count;
    for (std::size_t lane = 0; lane < lanes; ++lane) {
      std::uint32_t activation = 0;
      std::uint32_t weight = 0;
      for (std::size_t subword = 0; subword < count; ++subword) {
        const std::size_t position = lane * count + subword;
        if (step.valid[position] == 0) continue;
        activation |= setting.activation_at(step.activations[position], static_cast<int>(subword));
        weight |= setting.weight_at(step.weights[position], static_cast<int>(subword));
      }
      buses[2 * lane] = activation;
      buses[2 * lane + 1] = weight;
    }
    if (has_mode_bus) buses[2 * lanes] = mode_code;
  }

  [[nodiscard]] std::int64_t addend(const StepOperands& step, std::int64_t segment) const {
    const auto count = static_cast<std::size_t>(setting.cut.count());
    std::int64_t sum = 0;
    for (std::size_t position = 0; position < step.activations.size(); ++position) {
      if (step.valid[position] == 0) continue;
      if (setting.segments > 1 && position % count != static_cast<std::size_t>(segment)) continue;
      sum += std::int64_t{step.activations[position]} * step.weights[position];
    }
    return sum * (std::int64_t{1} << setting.shift);
  }
};

}  // namespace

UnitNetlist DvafsUnit::make_netlist(std::int64_t lanes, const OperandTypes& types) const {
  const SubwordMultiplierConfig config = multiplier();
  const DvafsSetting set = setting(types);
  Builder b(fmt::format("dvafs_{}_{}{}_{}", config.word_bits, fmt::join(config.widths, "_"),
                        together() ? "_together" : "", lanes));
  std::vector<std::pair<Bits, Bits>> words;
  for (std::int64_t lane = 0; lane < lanes; ++lane) {
    Bits activation = b.input(fmt::format("activation{}", lane), config.word_bits);
    Bits weight = b.input(fmt::format("weight{}", lane), config.word_bits);
    words.emplace_back(std::move(activation), std::move(weight));
  }
  ModeSelect modes(b, config.widths.size());
  std::vector<Bits> products;
  products.reserve(words.size());
  for (const auto& [activation, weight] : words) {
    products.push_back(draw_subword_product(b, modes, config, activation, weight));
  }
  if (together()) {
    draw_accumulator(b, "accumulator0", adder_tree(b, config.adder, products, true),
                     types.accumulator, config_.netlist.accumulator_adder);
  } else {
    draw_segmented_accumulator(b, modes, set.mode, draw_apart(b, modes, config, products),
                               types.accumulator, config_.netlist.accumulator_adder);
  }

  UnitNetlist unit;
  unit.netlist = b.build();
  unit.segments = set.segments;
  unit.ties = tie_subwords(unit.netlist, config, set.cut.width);
  for (std::int64_t lane = 0; lane < lanes; ++lane) {
    const auto bus = static_cast<std::size_t>(2 * lane);
    tie_operand(unit.ties, unit.netlist.inputs[bus], types.activation, set.gated_activation_bits,
                set.cut);
    tie_operand(unit.ties, unit.netlist.inputs[bus + 1], types.weight, set.gated_weight_bits,
                set.cut);
  }
  const Driver driver{set, ModeSelect::code(set.mode), config.widths.size() > 1};
  unit.drive = [driver](const StepOperands& step, std::int64_t /*cycle*/,
                        std::span<std::int64_t> buses) { driver.drive(step, buses); };
  unit.addend = [driver](const StepOperands& step, std::int64_t /*cycle*/, std::int64_t segment) {
    return driver.addend(step, segment);
  };
  return unit;
}

}  // namespace bitscale
