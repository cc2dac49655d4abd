#include <gtest/gtest.h>

#include <bit>

#include "sim/netlist/generators.hpp"
#include "tests/unit/netlist/streams.hpp"

namespace bitscale::netlist {
namespace {

TEST(Adder, IsExactForEveryPairUpTo6Bits) {
  for (const AdderKind kind : {AdderKind::ripple, AdderKind::prefix}) {
    for (const bool is_signed : {false, true}) {
      for (int bits = 1; bits <= 6; ++bits) {
        std::vector<std::int64_t> a;
        std::vector<std::int64_t> b;
        for (const std::int64_t x : all_words(bits, is_signed)) {
          for (const std::int64_t y : all_words(bits, is_signed)) {
            a.push_back(x);
            b.push_back(y);
          }
        }
        const std::vector<std::int64_t> sums = outputs(adder(bits, kind, is_signed), {a, b});
        for (std::size_t i = 0; i < a.size(); ++i) ASSERT_EQ(sums[i], a[i] + b[i]);
      }
    }
  }
}

TEST(Adder, CarriesRunTheWholeWidth) {
  for (const AdderKind kind : {AdderKind::ripple, AdderKind::prefix}) {
    for (const int bits : {17, 32, 48, 63}) {
      const std::int64_t ones = (std::int64_t{1} << (bits - 1)) - 1;
      EXPECT_EQ(outputs(adder(bits, kind), {{ones}, {1}})[0], ones + 1);
    }
  }
}

TEST(Adder, TakesItsCarryIn) {
  for (const AdderKind kind : {AdderKind::ripple, AdderKind::prefix}) {
    Builder b("carry_in");
    const Bits x = b.input("x", 4);
    const Bits y = b.input("y", 4);
    const Bits carry = b.input("carry", 1);
    Sum sum = add(b, kind, x, y, carry[0]);
    sum.bits.push_back(sum.carry);
    b.output("sum", sum.bits);
    const Netlist netlist = b.build();
    for (std::int64_t i = 0; i < 512; ++i) {
      EXPECT_EQ(outputs(netlist, {{i % 16}, {i / 16 % 16}, {i / 256}})[0],
                i % 16 + i / 16 % 16 + i / 256);
    }
  }
}

TEST(Adder, WidthsMustAgree) {
  Builder b("sizes");
  const Bits x = b.input("x", 4);
  const Bits y = b.input("y", 5);
  EXPECT_THROW((void)add(b, AdderKind::ripple, x, y, b.constant(false)), NetlistError);
}

TEST(AdderTree, SumsWordsOfEitherSign) {
  for (const bool is_signed : {false, true}) {
    for (const std::size_t words : {1U, 2U, 3U, 7U, 16U}) {
      Builder b("tree");
      std::vector<Bits> inputs;
      for (std::size_t i = 0; i < words; ++i) {
        inputs.push_back(b.input("x" + std::to_string(i), 5, is_signed));
      }
      b.output("sum", adder_tree(b, AdderKind::ripple, inputs, is_signed), is_signed);
      const CounterRng random(1, words);
      std::vector<std::vector<std::int64_t>> operands(words);
      std::vector<std::int64_t> expected(512, 0);
      for (std::size_t i = 0; i < words; ++i) {
        for (std::size_t lane = 0; lane < 512; ++lane) {
          const auto word = static_cast<std::int64_t>(random(i * 512 + lane));
          operands[i].push_back(lane == 0 ? -16 : lane == 1 ? 15 : word);
          expected[lane] += as_bus(operands[i].back(), 5, is_signed);
        }
      }
      EXPECT_EQ(outputs(b.build(), operands), expected);
    }
  }
}

TEST(Popcount, CountsEveryPattern) {
  for (const int bits : {1, 2, 3, 7, 8, 11}) {
    Builder b("popcount");
    b.output("count", popcount(b, b.input("x", bits)));
    const std::vector<std::int64_t> words = all_words(bits, false);
    const std::vector<std::int64_t> counts = outputs(b.build(), {words});
    for (std::size_t i = 0; i < words.size(); ++i) {
      EXPECT_EQ(counts[i], std::popcount(static_cast<std::uint64_t>(words[i])));
    }
  }
}

}  // namespace
}  // namespace bitscale::netlist
