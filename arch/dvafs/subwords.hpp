#pragma once

#include <cstdint>

namespace bitscale {

/// Widest word of a subword multiplier, in bits.
inline constexpr int kMaxSubwordWordBits = 16;

/// How a two's complement multiplier of word_bits x word_bits is cut into word_bits / width
/// multipliers of width x width (Moons et al., DATE 2017). Subword i of one word meets subword i of
/// the other in a diagonal block of the partial products; the other blocks are killed. Apart, every
/// product has columns of its own. Together, the second word holds its subwords in reverse, so that
/// the blocks share their columns and the multiplier's own adders sum them (sum-together of Mei et
/// al., DATE 2019).
struct SubwordCut {
  int word_bits = 16;
  int width = 16;
  bool together = false;

  [[nodiscard]] constexpr int count() const { return word_bits / width; }
  [[nodiscard]] constexpr int product_bits() const { return 2 * word_bits; }
  /// Lowest bit of a subword in its word.
  [[nodiscard]] constexpr int first_place(int subword) const { return subword * width; }
  [[nodiscard]] constexpr int second_place(int subword) const {
    return (together ? count() - 1 - subword : subword) * width;
  }
  /// Column in which the product of a block starts.
  [[nodiscard]] constexpr int product_place(int subword) const {
    return first_place(subword) + second_place(subword);
  }
  /// Whether bit i of the first word meets bit j of the second.
  [[nodiscard]] constexpr bool kept(int i, int j) const {
    const int subword = i / width;
    return j / width == second_place(subword) / width;
  }
  /// Whether the partial product of bits i and j has one sign bit: Baugh and Wooley's inverted
  /// cells.
  [[nodiscard]] constexpr bool inverted(int i, int j) const {
    return kept(i, j) && (i % width == width - 1) != (j % width == width - 1);
  }
  /// Whether carries into the column are killed: products apart end there.
  [[nodiscard]] constexpr bool cuts(int column) const {
    return !together && column > 0 && column % (2 * width) == 0;
  }

  bool operator==(const SubwordCut&) const = default;
};

/// Ones that the inverted cells of all blocks leave: -p 2^k = (1 - p) 2^k - 2^k, modulo the columns
/// of the product.
[[nodiscard]] std::uint32_t sign_constants(const SubwordCut& cut);

/// Puts a value into its place of a word.
[[nodiscard]] constexpr std::uint32_t subword_at(std::int64_t value, int width, int place) {
  return (static_cast<std::uint32_t>(value) & ((1U << width) - 1)) << place;
}

/// The multiplier's output for two packed words, as it comes about: rows of kept partial products,
/// added with carries killed where the cut says so.
[[nodiscard]] std::uint32_t packed_product(const SubwordCut& cut, std::uint32_t first,
                                           std::uint32_t second);

/// One product of a packed output; together: their sum, times 2^product_place.
[[nodiscard]] std::int64_t product_of(const SubwordCut& cut, std::uint32_t packed, int subword);

}  // namespace bitscale
