#include "sim/netlist/planes.hpp"

#include <gtest/gtest.h>

#include "sim/netlist/generators.hpp"
#include "tests/unit/netlist/streams.hpp"

namespace bitscale::netlist {
namespace {

TEST(Transpose64, MovesBitJOfWordIToBitIOfWordJ) {
  const CounterRng random(1, 2);
  std::array<std::uint64_t, 64> words{};
  for (std::size_t i = 0; i < 64; ++i) words.at(i) = random(i);
  std::array<std::uint64_t, 64> turned = words;
  transpose64(turned);
  for (std::size_t i = 0; i < 64; ++i) {
    for (std::size_t j = 0; j < 64; ++j) {
      ASSERT_EQ(words.at(i) >> j & 1U, turned.at(j) >> i & 1U);
    }
  }
}

TEST(Stimulus, PutsEachLanesValueIntoItsBit) {
  const Netlist netlist = adder(8, AdderKind::ripple, false);
  Stimulus stimulus(netlist, 2);
  std::vector<std::int64_t> values(kLanes);
  for (std::size_t lane = 0; lane < kLanes; ++lane) values[lane] = static_cast<std::int64_t>(lane);
  stimulus.set(1, 1, values);
  const std::uint64_t* planes = stimulus.step_planes(1) + 8 * kPlaneWords;
  for (std::size_t lane = 0; lane < kLanes; ++lane) {
    for (std::size_t bit = 0; bit < 8; ++bit) {
      ASSERT_EQ(planes[bit * kPlaneWords + lane / 64] >> (lane % 64) & 1U, lane >> bit & 1U);
    }
  }
}

TEST(Stimulus, TakesBusesOfEveryWidthAndLanesWithoutAValueAsZero) {
  const CounterRng random(4, 0);
  for (const int bits : {1, 7, 8, 9, 16, 17, 32, 33, 64}) {
    Builder b("bus");
    b.output("same", b.input("bus", bits));
    const Netlist netlist = b.build();
    Stimulus stimulus(netlist, 1);
    stimulus.set_always(0, -1);
    std::vector<std::int64_t> values(300);
    for (std::size_t lane = 0; lane < values.size(); ++lane)
      values[lane] = static_cast<std::int64_t>(random(lane));
    stimulus.set(0, 0, values);
    const Response response(netlist, stimulus);
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
      const std::int64_t expected = lane < values.size() ? as_bus(values[lane], bits, false) : 0;
      ASSERT_EQ(response.value(0, 0, lane), expected) << bits << " bits, lane " << lane;
    }
  }
}

TEST(Stimulus, LanesAreAMultipleOf64) {
  const Netlist netlist = adder(4, AdderKind::ripple);
  EXPECT_THROW(Stimulus(netlist, 1, 100), NetlistError);
  EXPECT_THROW(Stimulus(netlist, 1, 0), NetlistError);
  EXPECT_THROW(Stimulus(netlist, 1, 576), NetlistError);
}

TEST(Stimulus, SetAlwaysHoldsABusInEveryStep) {
  const Netlist netlist = adder(4, AdderKind::ripple, false);
  Stimulus stimulus(netlist, 3);
  stimulus.set_always(0, 5);
  stimulus.set_all(1, 1, 7);
  const Response response(netlist, stimulus);
  for (std::size_t lane = 0; lane < kLanes; ++lane) {
    EXPECT_EQ(response.value(0, 0, lane), 5);
    EXPECT_EQ(response.value(1, 0, lane), 12);
    EXPECT_EQ(response.value(2, 0, lane), 5);
  }
}

TEST(Response, IsTheSameOnEveryPath) {
  const Netlist netlist = mac({{8, 8, true, true}, 20});
  const Stimulus stimulus = uniform_stream(netlist, 9);
  const Response plain(netlist, stimulus, VectorPath::plain);
  for (const VectorPath path : supported_paths()) {
    const Response other(netlist, stimulus, path);
    for (std::size_t step = 0; step < stimulus.steps(); ++step) {
      for (std::size_t lane = 0; lane < kLanes; ++lane) {
        ASSERT_EQ(other.value(step, 0, lane), plain.value(step, 0, lane));
      }
    }
  }
}

}  // namespace
}  // namespace bitscale::netlist
