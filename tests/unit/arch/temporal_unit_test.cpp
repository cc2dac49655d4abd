#include "arch/bit_fusion/temporal_unit.hpp"

#include <gtest/gtest.h>

#include "sim/netlist/registers.hpp"
#include "sim/netlist/toggles.hpp"

namespace bitscale {
namespace {

using netlist::kLanes;
using netlist::Stimulus;

std::int64_t digit(std::int64_t bits, bool is_signed) {
  return is_signed && bits >= 2 ? bits - 4 : bits;
}

// With empty registers, what they take next is what a cycle adds: lanes 0..255 hold every pair of
// digits and signs, cycle after cycle at every shift.
TEST(TemporalUnit, AddsDigitProductsAtEveryPlace) {
  const TemporalUnitConfig config{2, 32};
  const netlist::CutNetlist open = netlist::cut_registers(temporal_unit(config));
  ASSERT_EQ(open.input_buses, 10U);
  Stimulus stimulus(open.netlist, 16);
  const auto field = [](std::size_t lane, int at, int bits) {
    return static_cast<std::int64_t>(lane >> at & ((1U << bits) - 1));
  };
  constexpr int kPlaces[] = {0, 4, 2, 5};  // x, x_signed, y, y_signed within a lane's number
  constexpr int kWidths[] = {2, 1, 2, 1};
  for (std::size_t shift = 0; shift < 16; ++shift) {
    for (std::size_t unit = 0; unit < 2; ++unit) {
      std::vector<std::int64_t> values(kLanes);
      for (std::size_t bus = 0; bus < 4; ++bus) {
        for (std::size_t lane = 0; lane < kLanes; ++lane)
          values[lane] = field(lane, kPlaces[bus], kWidths[bus]);
        stimulus.set(shift, 5 * unit + bus, values);
      }
      stimulus.set(shift, 5 * unit + 4,
                   std::vector<std::int64_t>(kLanes, static_cast<std::int64_t>(shift)));
    }
    for (std::size_t state = 10; state < 12; ++state)
      stimulus.set(shift, state, std::vector<std::int64_t>(kLanes, 0));
  }
  const netlist::Response response(open.netlist, stimulus);
  for (std::size_t shift = 0; shift < 16; ++shift) {
    for (std::size_t lane = 0; lane < 64; ++lane) {
      const std::int64_t product = digit(field(lane, 0, 2), field(lane, 4, 1) == 1) *
                                   digit(field(lane, 2, 2), field(lane, 5, 1) == 1);
      const auto sum = static_cast<std::int32_t>(static_cast<std::uint32_t>(product)
                                                 << static_cast<unsigned>(2 * shift));
      for (std::size_t unit = 0; unit < 2; ++unit) {
        ASSERT_EQ(static_cast<std::int32_t>(response.value(shift, unit, lane)), sum)
            << "shift " << 2 * shift << ", lane " << lane;
      }
    }
  }
}

TEST(TemporalUnit, HoldsTheShiftBitsThatNarrowWordsDoNotNeed) {
  const TemporalUnitConfig config{1, 32};
  const netlist::Netlist gates = temporal_unit(config);
  EXPECT_EQ(temporal_ties(gates, config, 2).size(), 6U);  // all four, and both signs
  EXPECT_EQ(temporal_ties(gates, config, 4).size(), 2U);  // products move by 0, 2 or 4 bits
  EXPECT_EQ(temporal_ties(gates, config, 8).size(), 1U);  // by up to 12
  EXPECT_EQ(temporal_ties(gates, config, 16).size(), 0U);
}

}  // namespace
}  // namespace bitscale
