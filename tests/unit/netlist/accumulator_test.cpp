#include <gtest/gtest.h>

#include "sim/netlist/generators.hpp"
#include "tests/unit/netlist/streams.hpp"

namespace bitscale::netlist {
namespace {

/// Runs a netlist with buses a, b (and clear) against integers that wrap.
void expect_mac(const MacConfig& config) {
  const Netlist netlist = mac(config);
  const std::size_t steps = 40;
  Stimulus stimulus(netlist, steps, 64);
  const CounterRng random(5, static_cast<std::uint64_t>(config.accumulator_bits));
  std::vector<std::int64_t> a(64);
  std::vector<std::int64_t> b(64);
  std::vector<std::uint64_t> sum(64, 0);
  std::vector<std::vector<std::uint64_t>> expected;
  std::uint64_t index = 0;
  const MultiplierConfig& m = config.multiplier;
  for (std::size_t step = 0; step < steps; ++step) {
    expected.push_back(sum);
    const bool clear = config.has_clear && step % 7 == 3;
    for (std::size_t lane = 0; lane < 64; ++lane) {
      a[lane] = as_bus(static_cast<std::int64_t>(random(index++)), m.a_bits, m.a_signed);
      b[lane] = as_bus(static_cast<std::int64_t>(random(index++)), m.b_bits, m.b_signed);
      sum[lane] = (clear ? 0 : sum[lane]) + static_cast<std::uint64_t>(a[lane] * b[lane]);
    }
    stimulus.set(step, 0, a);
    stimulus.set(step, 1, b);
    if (config.has_clear) stimulus.set_all(step, 2, clear ? 1 : 0);
  }
  const Response response(netlist, stimulus);
  for (std::size_t step = 0; step < steps; ++step) {
    for (std::size_t lane = 0; lane < 64; ++lane) {
      ASSERT_EQ(response.value(step, 0, lane),
                as_bus(static_cast<std::int64_t>(expected[step][lane]), config.accumulator_bits,
                       m.a_signed || m.b_signed))
          << netlist.name << " step " << step;
    }
  }
}

TEST(Mac, WrapsLikeIntegersOfItsWidthInEveryStructure) {
  for (const bool fused : {false, true}) {
    for (const Reduction reduction : {Reduction::dadda, Reduction::array, Reduction::booth}) {
      for (const AdderKind kind : {AdderKind::ripple, AdderKind::prefix}) {
        for (const int bits : {4, 12, 16, 20, 48, 64}) {
          expect_mac({{8, 8, true, true, reduction, kind}, bits, fused, false, kind});
        }
      }
    }
  }
}

TEST(Mac, TakesMixedSigns) {
  for (const bool fused : {false, true}) {
    expect_mac({{8, 5, false, true}, 24, fused});
    expect_mac({{6, 8, false, false}, 24, fused});
    expect_mac({{6, 8, true, false}, 17, fused});
  }
}

TEST(Mac, ClearStartsAgainFromTheProduct) {
  for (const bool fused : {false, true}) expect_mac({{8, 8, true, true}, 24, fused, true});
}

TEST(Accumulator, AddsEveryClockAndWraps) {
  const Netlist netlist = accumulator({8, 8, true});
  Stimulus stimulus(netlist, 4, 64);
  stimulus.set_always(0, 100);
  const Response response(netlist, stimulus);
  EXPECT_EQ(response.value(0, 0, 0), 0);
  EXPECT_EQ(response.value(1, 0, 0), 100);
  EXPECT_EQ(response.value(2, 0, 0), 200 - 256);
  EXPECT_EQ(response.value(3, 0, 63), 300 - 256);
}

TEST(Accumulator, UnsignedAddendIsExtendedByZeros) {
  const Netlist netlist = accumulator({4, 12, false});
  Stimulus stimulus(netlist, 3, 64);
  stimulus.set_always(0, 15);
  EXPECT_EQ(Response(netlist, stimulus).value(2, 0, 0), 30);
}

TEST(Accumulator, ClearDropsTheSum) {
  const Netlist netlist = accumulator({8, 16, true, true});
  Stimulus stimulus(netlist, 4, 64);
  stimulus.set_always(0, 7);
  stimulus.set_all(2, 1, 1);
  const Response response(netlist, stimulus);
  EXPECT_EQ(response.value(2, 0, 0), 14);
  EXPECT_EQ(response.value(3, 0, 0), 7);
}

}  // namespace
}  // namespace bitscale::netlist
