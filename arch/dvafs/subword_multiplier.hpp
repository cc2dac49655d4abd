#pragma once

#include <vector>

#include "arch/dvafs/mode_select.hpp"
#include "arch/dvafs/subwords.hpp"
#include "sim/netlist/generators.hpp"
#include "sim/netlist/timing.hpp"

namespace bitscale {

/// A multiplier that works as word_bits / width multipliers of `width` bits for every width listed,
/// widest first. One netlist; bus `mode` selects (ModeSelect).
struct SubwordMultiplierConfig {
  int word_bits = 16;
  std::vector<int> widths = {16, 8, 4};
  bool together = false;
  netlist::Reduction reduction = netlist::Reduction::dadda;
  netlist::AdderKind adder = netlist::AdderKind::ripple;
  bool operator==(const SubwordMultiplierConfig&) const = default;

  [[nodiscard]] SubwordCut cut(std::size_t mode) const {
    return {word_bits, widths.at(mode), together};
  }
};

/// Buses `a`, `b` (packed words) and `mode` in, `product` (packed) out. Throws NetlistError for
/// widths that are no powers of two within the word, or not in descending order, and for a Booth
/// reduction, whose digits span subwords.
[[nodiscard]] netlist::Netlist subword_multiplier(const SubwordMultiplierConfig& config);

/// Its partial products alone, as output buses row0, row1, ... of word_bits: what the modes leave
/// active can be counted on them.
[[nodiscard]] netlist::Netlist subword_partial_products(const SubwordMultiplierConfig& config);

/// The mode inputs at the mode of subwords of `width` bits.
[[nodiscard]] std::vector<netlist::Tie> tie_subwords(const netlist::Netlist& netlist,
                                                     const SubwordMultiplierConfig& config,
                                                     int width);

/// Partial products that can switch when subwords have `width` bits.
[[nodiscard]] std::size_t active_partial_products(const SubwordMultiplierConfig& config, int width);

/// Draws the multiplier into a unit: the packed product of two words.
[[nodiscard]] netlist::Bits draw_subword_product(netlist::Builder& b, ModeSelect& modes,
                                                 const SubwordMultiplierConfig& config,
                                                 const netlist::Bits& x, const netlist::Bits& y);

}  // namespace bitscale
