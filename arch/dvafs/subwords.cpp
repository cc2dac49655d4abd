#include "arch/dvafs/subwords.hpp"

namespace bitscale {
namespace {

std::uint32_t low_mask(int bits) { return bits >= 32 ? ~0U : (1U << bits) - 1; }

/// Highest columns of the products: what a killed carry would leave.
std::uint32_t top_columns(const SubwordCut& cut) {
  std::uint32_t top = 0;
  for (int column = 1; column <= cut.product_bits(); ++column) {
    if (column == cut.product_bits() || cut.cuts(column)) top |= 1U << (column - 1);
  }
  return top;
}

}  // namespace

std::uint32_t sign_constants(const SubwordCut& cut) {
  std::uint32_t constants = 0;
  for (int subword = 0; subword < cut.count(); ++subword) {
    std::uint32_t block = 0;
    for (int i = 0; i < cut.width; ++i) {
      for (int j = 0; j < cut.width; ++j) {
        if ((i == cut.width - 1) != (j == cut.width - 1)) block -= 1U << (i + j);
      }
    }
    const int place = cut.product_place(subword);
    if (cut.together) {
      constants += block << place;
    } else {
      constants |= (block & low_mask(2 * cut.width)) << place;
    }
  }
  return constants & low_mask(cut.product_bits());
}

std::uint32_t packed_product(const SubwordCut& cut, std::uint32_t first, std::uint32_t second) {
  const std::uint32_t top = top_columns(cut);
  std::uint32_t sum = sign_constants(cut);
  for (int j = 0; j < cut.word_bits; ++j) {
    const std::uint32_t enable = (second >> j & 1U) != 0 ? ~0U : 0U;
    std::uint32_t kept = 0;
    std::uint32_t inverted = 0;
    for (int i = 0; i < cut.word_bits; ++i) {
      if (cut.kept(i, j)) kept |= 1U << i;
      if (cut.inverted(i, j)) inverted |= 1U << i;
    }
    const std::uint32_t row = (((first & enable) ^ inverted) & kept) << j;
    // Carries stop at the highest column of each product, whose sum bit is an exclusive or.
    sum = ((sum & ~top) + (row & ~top)) ^ ((sum ^ row) & top);
  }
  return sum & low_mask(cut.product_bits());
}

std::int64_t product_of(const SubwordCut& cut, std::uint32_t packed, int subword) {
  const int bits = cut.together ? cut.product_bits() : 2 * cut.width;
  const int place = cut.together ? 0 : cut.product_place(subword);
  const std::uint64_t above = static_cast<std::uint64_t>(packed) << (64 - bits - place);
  return static_cast<std::int64_t>(above) >> (64 - bits);
}

}  // namespace bitscale
