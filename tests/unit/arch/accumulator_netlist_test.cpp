#include "arch/common/accumulator_netlist.hpp"

#include <gtest/gtest.h>

#include "arch/common/accumulator.hpp"
#include "sim/netlist/area.hpp"
#include "sim/netlist/registers.hpp"
#include "tests/unit/netlist/streams.hpp"

namespace bitscale {
namespace {

using netlist::AdderKind;
using netlist::Netlist;

Netlist drawn(int addend_bits, const AccumulatorConfig& config, AdderKind adder) {
  netlist::Builder b("accumulator");
  const netlist::Bits addend = b.input("addend", addend_bits, true);
  draw_accumulator(b, "accumulator0", addend, config, adder);
  return b.build();
}

/// States near the ends come up often: those are where registers differ.
std::int64_t any_word(const CounterRng& random, std::uint64_t index, int bits) {
  const std::uint64_t word = random(2 * index);
  const std::uint64_t kind = random(2 * index + 1) % 8;
  if (kind == 0) return accumulator_max(bits) - static_cast<std::int64_t>(word % 3);
  if (kind == 1) return accumulator_min(bits) + static_cast<std::int64_t>(word % 3);
  return netlist::as_bus(static_cast<std::int64_t>(word), bits, true);
}

void expect_like_integers(const Netlist& whole, const AccumulatorConfig& config,
                          const std::vector<std::int64_t>& addends,
                          const std::vector<std::int64_t>& states) {
  const std::vector<std::int64_t> next =
      netlist::outputs(netlist::cut_registers(whole).netlist, {addends, states});
  for (std::size_t i = 0; i < states.size(); ++i) {
    Accumulator accumulator(config);
    accumulator.load(states[i]);
    accumulator.add(addends[i]);
    ASSERT_EQ(next[i], accumulator.value()) << states[i] << " + " << addends[i];
  }
}

TEST(AccumulatorNetlist, TakesEverySumOfNarrowWordsLikeIntegers) {
  for (const Overflow overflow : {Overflow::wrap, Overflow::saturate}) {
    for (const AdderKind adder : {AdderKind::ripple, AdderKind::prefix}) {
      for (int bits = kMinAccumulatorBits; bits <= 6; ++bits) {
        for (int addend_bits = 1; addend_bits <= 8; ++addend_bits) {
          std::vector<std::int64_t> addends;
          std::vector<std::int64_t> states;
          for (const std::int64_t addend : netlist::all_words(addend_bits, true)) {
            for (const std::int64_t state : netlist::all_words(bits, true)) {
              addends.push_back(addend);
              states.push_back(state);
            }
          }
          const AccumulatorConfig config{bits, overflow};
          SCOPED_TRACE(testing::Message() << bits << " bits, addend " << addend_bits);
          expect_like_integers(drawn(addend_bits, config, adder), config, addends, states);
        }
      }
    }
  }
}

TEST(AccumulatorNetlist, TakesRandomSumsOfWideWordsLikeIntegers) {
  for (const Overflow overflow : {Overflow::wrap, Overflow::saturate}) {
    for (const int bits : {16, 20, 32, 48, 63, 64}) {
      for (const int addend_bits : {8, 33, 48, 62}) {
        const CounterRng random(9, static_cast<std::uint64_t>(bits));
        std::vector<std::int64_t> addends;
        std::vector<std::int64_t> states;
        for (std::uint64_t i = 0; i < 2048; ++i) {
          addends.push_back(any_word(random, 2 * i, addend_bits));
          states.push_back(any_word(random, 2 * i + 1, bits));
        }
        const AccumulatorConfig config{bits, overflow};
        SCOPED_TRACE(testing::Message() << bits << " bits, addend " << addend_bits);
        expect_like_integers(drawn(addend_bits, config, AdderKind::ripple), config, addends,
                             states);
      }
    }
  }
}

TEST(AccumulatorNetlist, ClampingCostsAMuxPerBitAndASignBitMore) {
  const auto gates = [](Overflow overflow) {
    return netlist::area(drawn(8, {32, overflow}, AdderKind::ripple)).combinational_nand2;
  };
  // 31 MUX, the sum's bit of the sign column (2 XOR, and the carry that wrapping drops: 2 AND, OR),
  // one XOR and one NOT.
  EXPECT_NEAR(gates(Overflow::saturate) - gates(Overflow::wrap),
              31 * 7.0 / 3 + 3 * 2.0 + 3 * 4.0 / 3 + 2.0 / 3, 1e-9);
}

TEST(AccumulatorNetlist, StartsAtZeroAndAddsEveryClock) {
  const Netlist whole = drawn(8, {8, Overflow::saturate}, AdderKind::ripple);
  netlist::Stimulus stimulus(whole, 4, 64);
  stimulus.set_always(0, 100);
  const netlist::Response response(whole, stimulus);
  EXPECT_EQ(response.value(0, 0, 5), 0);
  EXPECT_EQ(response.value(1, 0, 5), 100);
  EXPECT_EQ(response.value(2, 0, 5), 127);
}

}  // namespace
}  // namespace bitscale
