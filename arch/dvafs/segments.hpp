#pragma once

#include <string>
#include <vector>

#include "arch/dvafs/mode_select.hpp"
#include "arch/unit.hpp"
#include "sim/netlist/adders.hpp"

namespace bitscale {

/// How a word is cut into signed segments in every mode: `count` of `bits` bits each, the first at
/// bit 0; what lies above the last is 0.
struct Segments {
  std::vector<int> count, bits;  ///< per mode

  [[nodiscard]] int width() const;  ///< of a word that holds them in every mode
};

/// A word drawn with its cuts.
struct SegmentedWord {
  netlist::Bits bits;
  Segments segments;
};

/// The same segments with other widths: sign-extended or cut off. Gates are drawn only where a bit
/// comes from different places in different modes.
[[nodiscard]] SegmentedWord with_widths(netlist::Builder& b, ModeSelect& modes,
                                        const SegmentedWord& word, const std::vector<int>& bits);

/// Segment by segment, modulo their widths: one adder whose carries are killed at the cuts of the
/// mode.
[[nodiscard]] SegmentedWord add_segments(netlist::Builder& b, ModeSelect& modes,
                                         const SegmentedWord& x, const SegmentedWord& y,
                                         netlist::AdderKind adder);

/// One register of `config.bits`, cut likewise: each segment takes itself plus that of `addend`,
/// wrapped or clamped. Its flip-flops are named after the segments of mode `named`: accumulator0,
/// accumulator1, ..., and `spare` where the cuts leave bits over.
void draw_segmented_accumulator(netlist::Builder& b, ModeSelect& modes, std::size_t named,
                                const SegmentedWord& addend, const AccumulatorConfig& config,
                                netlist::AdderKind adder);

}  // namespace bitscale
