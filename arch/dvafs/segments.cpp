#include "arch/dvafs/segments.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace bitscale {

using netlist::Bits;
using netlist::Builder;
using netlist::kNoNode;
using netlist::NodeId;

namespace {

std::size_t at(int place) { return static_cast<std::size_t>(place); }

/// Draws a word bit by bit: source(mode, segment, bit of it) says where a bit comes from.
template <typename Source>
SegmentedWord draw_segments(Builder& b, ModeSelect& modes, const Segments& segments,
                            Source&& source) {
  SegmentedWord word{{}, segments};
  for (int place = 0; place < segments.width(); ++place) {
    Bits sources;
    for (std::size_t mode = 0; mode < modes.modes(); ++mode) {
      const int segment = place / segments.bits[mode];
      sources.push_back(segment < segments.count[mode]
                            ? source(mode, segment, place % segments.bits[mode])
                            : b.constant(false));
    }
    word.bits.push_back(modes.choose(sources));
  }
  return word;
}

/// Sign of the true sum of two segments, and whether the segment's low bits miss it.
struct Clamp {
  NodeId negative = kNoNode, overflow = kNoNode;
};

/// The operands have the sum's width, so that an overflow of it shows in three signs.
Clamp clamp_of(Builder& b, const Bits& x, const Bits& y, const Bits& sum, int first, int bits,
               int kept_bits) {
  const std::size_t sign = at(first + bits - 1);
  Clamp clamp;
  clamp.negative = b.mux(b.xor_gate(x[sign], y[sign]), x[sign], sum[sign]);
  clamp.overflow = b.constant(false);
  for (int bit = kept_bits - 1; bit < bits; ++bit) {
    clamp.overflow = b.or_gate(clamp.overflow, b.xor_gate(sum[at(first + bit)], clamp.negative));
  }
  return clamp;
}

/// What a saturating register takes next. Sums are made at the width of the wider of state and
/// addend.
Bits clamped_sum(Builder& b, ModeSelect& modes, const SegmentedWord& state,
                 const SegmentedWord& addend, netlist::AdderKind adder) {
  const Segments& kept = state.segments;
  std::vector<int> wide;
  for (std::size_t mode = 0; mode < modes.modes(); ++mode) {
    wide.push_back(std::max(kept.bits[mode], addend.segments.bits[mode]));
  }
  const SegmentedWord x = with_widths(b, modes, state, wide);
  const SegmentedWord y = with_widths(b, modes, addend, wide);
  const SegmentedWord sum = add_segments(b, modes, x, y, adder);
  std::vector<std::vector<Clamp>> clamps(modes.modes());
  for (std::size_t mode = 0; mode < modes.modes(); ++mode) {
    for (int segment = 0; segment < kept.count[mode]; ++segment) {
      clamps[mode].push_back(
          clamp_of(b, x.bits, y.bits, sum.bits, segment * wide[mode], wide[mode], kept.bits[mode]));
    }
  }
  const auto draw = [&](auto&& source) { return draw_segments(b, modes, kept, source).bits; };
  const Bits low = draw([&](std::size_t mode, int segment, int bit) {
    return sum.bits[at(segment * wide[mode] + bit)];
  });
  const Bits overflow =
      draw([&](std::size_t mode, int segment, int) { return clamps[mode][at(segment)].overflow; });
  const Bits limit = draw([&](std::size_t mode, int segment, int bit) {  // 0111 or 1000
    const NodeId negative = clamps[mode][at(segment)].negative;
    return bit == kept.bits[mode] - 1 ? negative : b.not_gate(negative);
  });
  Bits next;
  for (std::size_t bit = 0; bit < low.size(); ++bit) {
    next.push_back(b.mux(overflow[bit], low[bit], limit[bit]));
  }
  return next;
}

}  // namespace

int Segments::width() const {
  int width = 0;
  for (std::size_t mode = 0; mode < count.size(); ++mode) {
    width = std::max(width, count[mode] * bits[mode]);
  }
  return width;
}

SegmentedWord with_widths(Builder& b, ModeSelect& modes, const SegmentedWord& word,
                          const std::vector<int>& bits) {
  const Segments& old = word.segments;
  return draw_segments(b, modes, {old.count, bits}, [&](std::size_t mode, int segment, int bit) {
    return word.bits[at(segment * old.bits[mode] + std::min(bit, old.bits[mode] - 1))];
  });
}

SegmentedWord add_segments(Builder& b, ModeSelect& modes, const SegmentedWord& x,
                           const SegmentedWord& y, netlist::AdderKind adder) {
  const Segments& segments = x.segments;
  netlist::CarryGates gates(x.bits.size(), kNoNode);
  for (std::size_t column = 1; column < gates.size(); ++column) {
    ModeSet cut = 0;
    for (std::size_t mode = 0; mode < modes.modes(); ++mode) {
      if (column % at(segments.bits[mode]) == 0) cut |= ModeSet{1} << mode;
    }
    if (cut != 0) gates[column] = modes.in(modes.all() & ~cut);
  }
  return {add(b, adder, x.bits, y.bits, b.constant(false), gates).bits, segments};
}

void draw_segmented_accumulator(Builder& b, ModeSelect& modes, std::size_t named,
                                const SegmentedWord& addend, const AccumulatorConfig& config,
                                netlist::AdderKind adder) {
  SegmentedWord state{{}, {addend.segments.count, {}}};
  for (const int count : state.segments.count) state.segments.bits.push_back(config.bits / count);
  for (int segment = 0; segment < state.segments.count[named]; ++segment) {
    const std::string name = fmt::format("accumulator{}", segment);
    const Bits bits = b.flip_flops(name, state.segments.bits[named]);
    b.output(name, bits, true);
    state.bits.insert(state.bits.end(), bits.begin(), bits.end());
  }
  const int spare = state.segments.width() - static_cast<int>(state.bits.size());
  if (spare > 0) {
    const Bits bits = b.flip_flops("spare", spare);
    state.bits.insert(state.bits.end(), bits.begin(), bits.end());
  }
  if (config.overflow == Overflow::saturate) {
    b.connect(state.bits, clamped_sum(b, modes, state, addend, adder));
  } else {
    const SegmentedWord word = with_widths(b, modes, addend, state.segments.bits);
    b.connect(state.bits, add_segments(b, modes, state, word, adder).bits);
  }
}

}  // namespace bitscale
