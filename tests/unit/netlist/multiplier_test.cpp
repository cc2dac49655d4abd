#include <gtest/gtest.h>

#include "sim/netlist/generators.hpp"
#include "tests/unit/netlist/streams.hpp"

namespace bitscale::netlist {
namespace {

struct Variant {
  Reduction reduction = Reduction::dadda;
  AdderKind adder = AdderKind::ripple;
};

class Multiplier : public testing::TestWithParam<Variant> {};

std::int64_t mismatches(const MultiplierConfig& config, const std::vector<std::int64_t>& a,
                        const std::vector<std::int64_t>& b) {
  const std::vector<std::int64_t> products = outputs(multiplier(config), {a, b});
  std::int64_t wrong = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const std::int64_t expected =
        as_bus(a[i], config.a_bits, config.a_signed) * as_bus(b[i], config.b_bits, config.b_signed);
    wrong += products[i] != expected ? 1 : 0;
  }
  return wrong;
}

std::vector<std::int64_t> random_words(std::size_t count, std::uint64_t stream) {
  const CounterRng random(3, stream);
  std::vector<std::int64_t> words;
  for (std::size_t i = 0; i < count; ++i) words.push_back(static_cast<std::int64_t>(random(i)));
  return words;
}

/// Random words with the extremes among them.
std::vector<std::int64_t> mixed_words(std::size_t count, int bits, std::uint64_t stream) {
  std::vector<std::int64_t> words = random_words(count, stream);
  const std::int64_t top = std::int64_t{1} << (bits - 1);
  const std::vector<std::int64_t> edges = {0, 1, -1, top, top - 1, top + 1};
  for (std::size_t i = 0; i < edges.size() * edges.size(); ++i) {
    words[i] = edges[stream == 0 ? i % edges.size() : i / edges.size()];
  }
  return words;
}

TEST_P(Multiplier, IsExactForEveryOperandUpTo8x8InEverySignCombination) {
  for (int signs = 0; signs < 4; ++signs) {
    for (int a_bits = 1; a_bits <= 8; ++a_bits) {
      for (int b_bits = 1; b_bits <= 8; ++b_bits) {
        const MultiplierConfig config = {
            a_bits,          b_bits, (signs & 1) != 0, (signs & 2) != 0, GetParam().reduction,
            GetParam().adder};
        std::vector<std::int64_t> a;
        std::vector<std::int64_t> b;
        for (const std::int64_t x : all_words(a_bits, config.a_signed)) {
          for (const std::int64_t y : all_words(b_bits, config.b_signed)) {
            a.push_back(x);
            b.push_back(y);
          }
        }
        ASSERT_EQ(mismatches(config, a, b), 0) << multiplier(config).name;
      }
    }
  }
}

TEST_P(Multiplier, IsExactOnRandomWordsAndExtremesUpTo32x32) {
  const std::vector<std::pair<int, int>> widths = {{9, 9},  {12, 12}, {16, 16}, {16, 5},  {3, 16},
                                                   {13, 7}, {16, 8},  {24, 24}, {32, 31}, {31, 32}};
  for (int signs = 0; signs < 4; ++signs) {
    for (const auto& [a_bits, b_bits] : widths) {
      const MultiplierConfig config = {
          a_bits,          b_bits, (signs & 1) != 0, (signs & 2) != 0, GetParam().reduction,
          GetParam().adder};
      EXPECT_EQ(mismatches(config, mixed_words(2048, a_bits, 0), mixed_words(2048, b_bits, 1)), 0)
          << multiplier(config).name;
    }
  }
}

std::string variant_name(const testing::TestParamInfo<Variant>& variant) {
  const char* reductions[] = {"Dadda", "Array", "Booth"};
  return std::string(reductions[static_cast<int>(variant.param.reduction)]) +
         (variant.param.adder == AdderKind::ripple ? "Ripple" : "Prefix");
}

INSTANTIATE_TEST_SUITE_P(Structures, Multiplier,
                         testing::Values(Variant{Reduction::dadda, AdderKind::ripple},
                                         Variant{Reduction::dadda, AdderKind::prefix},
                                         Variant{Reduction::array, AdderKind::ripple},
                                         Variant{Reduction::array, AdderKind::prefix},
                                         Variant{Reduction::booth, AdderKind::ripple},
                                         Variant{Reduction::booth, AdderKind::prefix}),
                         variant_name);

TEST(MultiplierStructure, UnsignedDaddaTakesOneFullAdderPerBitThatVanishes) {
  // 256 products become 32 bits, a full adder (5 gates) per bit that vanishes, and 16 half adders
  // (2 gates).
  const Netlist netlist = multiplier({16, 16, false, false});
  EXPECT_EQ(count(netlist, Cell::and_) + count(netlist, Cell::or_) + count(netlist, Cell::xor_),
            256U + 224U * 5U + 16U * 2U);
}

TEST(MultiplierStructure, SignedProductsTakeOneNandPerMixedSignPair) {
  EXPECT_EQ(count(multiplier({16, 16, true, true}), Cell::nand_), 30U);
}

TEST(MultiplierStructure, WidthOutOfRangeIsNamed) {
  try {
    (void)multiplier({33, 8});
    FAIL();
  } catch (const NetlistError& error) {
    EXPECT_STREQ(error.what(),
                 "error: netlist 'multiplier_s33xs8_dadda_ripple': a_bits is 33, expected 1 to 32");
  }
}

}  // namespace
}  // namespace bitscale::netlist
