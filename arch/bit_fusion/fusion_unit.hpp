#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "arch/unit.hpp"

namespace bitscale {

/// The atom of a Fusion Unit: a 3b x 3b signed multiplier of two 2-bit digits, each with the sign
/// bit that its mode gives it. A digit is 0..3, or -2..1 where it is the highest of a signed word.
struct BitBrick {
  [[nodiscard]] static constexpr std::int32_t multiply(std::int32_t x, std::int32_t y) {
    // Partial products as drawn: the third bit of either digit has weight -4.
    std::int32_t sum = 0;
    for (int i = 0; i < 3; ++i) {
      for (int j = 0; j < 3; ++j) {
        const std::int32_t product = ((x >> i) & (y >> j) & 1) << (i + j);
        sum += (i == 2) != (j == 2) ? -product : product;
      }
    }
    return sum;
  }
};

/// How one operand lies on the four digits of its side of a Fusion Unit.
struct FusedOperand {
  int width = 8;   ///< 2, 4 or 8: bits of a word, or of half of one
  int passes = 1;  ///< 2: words of 16 bits, the low half first
  bool is_signed = false;

  [[nodiscard]] int digits() const { return width / 2; }  ///< that one word takes
  [[nodiscard]] int words() const { return 8 / width; }   ///< side by side
  [[nodiscard]] int stored_bits() const { return width * passes; }
  /// What a word shows in pass `pass`: the low half is unsigned, the high half has the sign.
  [[nodiscard]] std::int32_t half(std::int32_t word, int pass) const {
    if (passes == 1) return word;
    return pass == 0 ? word & 0xff : word >> 8;
  }
  [[nodiscard]] bool signed_in(int pass) const { return is_signed && pass + 1 == passes; }
  /// Digit `index` of such a half: the highest one keeps the sign.
  [[nodiscard]] std::int32_t digit(std::int32_t half, int index) const {
    const std::int32_t rest = half >> (2 * index);
    return index + 1 == digits() ? rest : rest & 3;
  }
};

/// The mode of a Fusion Unit: 16 BitBricks as 4 rows of activation digits x 4 columns of weight
/// digits, fused to words of 2, 4 or 8 bits on either side. Rows of a word lie side by side, so do
/// its columns; each pair of words is one product.
struct FusionMode {
  FusedOperand activation, weight;

  [[nodiscard]] int cycles() const { return activation.passes * weight.passes; }
  [[nodiscard]] int products() const { return activation.words() * weight.words(); }
  /// BitBricks that one product takes in a cycle.
  [[nodiscard]] int bricks() const { return activation.digits() * weight.digits(); }

  /// Activation halves outside, weight halves inside, the low ones first.
  [[nodiscard]] int activation_pass(int cycle) const { return cycle / weight.passes; }
  [[nodiscard]] int weight_pass(int cycle) const { return cycle % weight.passes; }
  /// Weight of the cycle's sum as a power of two: 0, 8 or 16.
  [[nodiscard]] int shift(int cycle) const {
    return 8 * (activation_pass(cycle) + weight_pass(cycle));
  }

  /// The product that the brick at `row`, `column` belongs to.
  [[nodiscard]] int product_at(int row, int column) const {
    return row / activation.digits() * weight.words() + column / weight.digits();
  }
  [[nodiscard]] int first_row(int product) const {
    return product / weight.words() * activation.digits();
  }
  [[nodiscard]] int first_column(int product) const {
    return product % weight.words() * weight.digits();
  }
};

/// Widths round up to 2, 4, 8 and 16 bits; 16 bits go in two passes of 8.
[[nodiscard]] FusionMode fusion_mode(const OperandTypes& types);
[[nodiscard]] FusedOperand fused_operand(const TensorType& type);

inline constexpr std::size_t kBrickRows = 4, kBricks = 16;
using Bricks = std::array<std::int32_t, kBricks>;  ///< [row][column]

/// The programmable shift-add of the BitBricks' products: pairs of rows, of columns, of halves of
/// rows, of halves of columns; the upper partner moves up by 2 or 4 bits where one word spans both.
[[nodiscard]] std::int32_t shift_add(const FusionMode& mode, const Bricks& products);

}  // namespace bitscale
