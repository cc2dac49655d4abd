// The energy model's figures against those of an independent implementation of the same model
// (units of a NAND input pin, uniform operands). Tolerances are for its other order of bits in the
// trees.
#include <gtest/gtest.h>

#include "sim/netlist/area.hpp"
#include "sim/netlist/generators.hpp"
#include "tests/unit/netlist/serial_stream.hpp"

namespace bitscale::netlist {
namespace {

struct Units {
  double zero_delay = 0, inertial = 0;
};

Units units_of(const Netlist& netlist, const Stimulus& stimulus) {
  return {ZeroDelayToggles(netlist).count(stimulus).units_per_transition(),
          InertialToggles(netlist).count(stimulus).units_per_transition()};
}

Units multiplier_units(int bits) {
  const Netlist netlist = multiplier({bits, bits});
  return units_of(netlist, uniform_stream(netlist, 65));
}

TEST(MultiplierEnergy, OfDaddaRippleAgreesWithTheReference) {
  struct Row {
    int bits;
    double zero_delay, inertial;
  };
  for (const Row& row :
       {Row{16, 4201, 10218}, Row{8, 975, 2126}, Row{4, 198, 306}, Row{2, 29, 30}}) {
    const Units units = multiplier_units(row.bits);
    EXPECT_NEAR(units.zero_delay / row.zero_delay, 1, .03) << row.bits;
    EXPECT_NEAR(units.inertial / row.inertial, 1, .05) << row.bits;
  }
}

TEST(MultiplierEnergy, GrowsAsTheFittedSquare) {
  for (const int bits : {2, 4, 5, 6, 7, 8, 12, 16}) {
    EXPECT_NEAR(multiplier_units(bits).zero_delay / (17.68 * bits * bits - 21.06 * bits), 1, .03)
        << bits;
  }
}

TEST(MultiplierEnergy, GlitchFactorsAgreeWithTheReference) {
  const std::vector<std::pair<int, double>> factors = {{2, 1.05}, {3, 1.19},  {4, 1.54},
                                                       {5, 1.85}, {6, 1.95},  {7, 2.10},
                                                       {8, 2.18}, {12, 2.32}, {16, 2.43}};
  for (const auto& [bits, factor] : factors) {
    const Units units = multiplier_units(bits);
    EXPECT_NEAR(units.inertial / units.zero_delay / factor, 1, .065) << bits;
  }
}

/// E(16) / E(p) of a 16 x 16 multiplier with LSBs gated.
struct Scaling {
  int bits;
  double zero_delay, inertial, tolerance;
};

void expect_scaling(const Netlist& netlist, const std::vector<Scaling>& rows) {
  const Units full = units_of(netlist, uniform_stream(netlist, 65));
  for (const Scaling& row : rows) {
    const Units gated = units_of(netlist, uniform_stream(netlist, 65, 16 - row.bits));
    EXPECT_NEAR(full.zero_delay / gated.zero_delay / row.zero_delay, 1, row.tolerance)
        << netlist.name << " zero-delay at " << row.bits;
    EXPECT_NEAR(full.inertial / gated.inertial / row.inertial, 1, row.tolerance)
        << netlist.name << " inertial at " << row.bits;
  }
}

TEST(PrecisionScaling, OfDaddaPrefixAgreesWithTheReference) {
  expect_scaling(
      multiplier({16, 16, true, true, Reduction::dadda, AdderKind::prefix}),
      {{12, 1.45, 1.55, .03}, {8, 2.52, 2.90, .04}, {7, 3.13, 3.74, .03}, {4, 7.8, 10.8, .07}});
}

TEST(PrecisionScaling, OfTheArrayAgreesWithTheReference) {
  expect_scaling(
      multiplier({16, 16, true, true, Reduction::array, AdderKind::ripple}),
      {{12, 1.44, 1.70, .03}, {8, 2.71, 4.84, .03}, {7, 3.43, 6.87, .04}, {4, 9.1, 26.8, .08}});
}

TEST(PrecisionScaling, OfBoothIsHeldBackByNegativeDigits) {
  // Far from the 7.8 -> 10.8 of a plain tree.
  expect_scaling(
      multiplier({16, 16, true, true, Reduction::booth, AdderKind::prefix}),
      {{12, 1.29, 1.34, .02}, {8, 1.84, 1.93, .025}, {7, 1.95, 1.99, .025}, {4, 3.3, 3.9, .04}});
}

TEST(MultiplierEnergy, GlitchFactorsOfStructuresAgreeWithTheReference) {
  struct Row {
    Reduction reduction;
    AdderKind adder;
    double factor;
  };
  for (const Row& row : {Row{Reduction::dadda, AdderKind::prefix, 2.64},
                         Row{Reduction::array, AdderKind::ripple, 5.45},
                         Row{Reduction::booth, AdderKind::prefix, 2.67}}) {
    const Netlist netlist = multiplier({16, 16, true, true, row.reduction, row.adder});
    const Units units = units_of(netlist, uniform_stream(netlist, 65));
    EXPECT_NEAR(units.inertial / units.zero_delay / row.factor, 1, .06) << netlist.name;
  }
}

TEST(PrecisionScaling, OfAMacIsDilutedByItsAccumulator) {
  // The reference's unit of the chip it models: multiplier and 48-bit accumulator, glitches
  // included.
  const Netlist netlist = mac({{16, 16}, 48});
  const double full =
      InertialToggles(netlist).count(uniform_stream(netlist, 65)).units_per_transition();
  const std::vector<std::pair<int, double>> rows = {{12, 1.45}, {8, 2.44}, {7, 2.93}, {4, 5.83}};
  for (const auto& [bits, expected] : rows) {
    const double gated = InertialToggles(netlist)
                             .count(uniform_stream(netlist, 65, 16 - bits))
                             .units_per_transition();
    EXPECT_NEAR(full / gated / expected, 1, .04) << bits;
  }
}

TEST(AccumulatorEnergy, AgreesWithTheReferenceWhereHalfTheActivationsAreZero) {
  // The reference lists these beside uniform operands, but only products of which half are zero
  // give them: uniform ones use 1.4 to 1.6 times as much.
  struct Row {
    int bits;
    double zero_delay, inertial, flip_flops;
  };
  for (const Row& row : {Row{48, 511, 741, 641}, Row{40, 427, 615, 539}, Row{32, 343, 488, 437},
                         Row{24, 260, 362, 334}, Row{20, 218, 298, 283}, Row{16, 176, 235, 232}}) {
    const Netlist netlist = accumulator({16, row.bits});
    Stimulus stimulus(netlist, 129);
    const CounterRng random(3, 0);
    std::vector<std::int64_t> products(kLanes);
    for (std::size_t step = 0; step < stimulus.steps(); ++step) {
      for (std::size_t lane = 0; lane < kLanes; ++lane) {
        const std::uint64_t word = random(step * kLanes + lane);
        const bool zero = (word >> 16U & 1U) != 0;
        products[lane] =
            zero ? 0 : static_cast<std::int8_t>(word) * static_cast<std::int8_t>(word >> 8U);
      }
      stimulus.set(step, 0, products);
    }
    const Units units = units_of(netlist, stimulus);
    const double toggles =
        ZeroDelayToggles(netlist).count(stimulus).flip_flop_toggles_per_transition();
    EXPECT_NEAR(units.zero_delay / row.zero_delay, 1, .05) << row.bits;
    EXPECT_NEAR(units.inertial / row.inertial, 1, .05) << row.bits;
    EXPECT_NEAR((kFlipFlopClockUnits * row.bits + kFlipFlopToggleUnits * toggles) / row.flip_flops,
                1, .04)
        << row.bits;
  }
}

TEST(SipEnergy, PerMacAgreesWithTheReference) {
  struct Row {
    int weight_bits, activation_bits;
    double zero_delay, inertial;
  };
  const std::vector<Row> rows = {{16, 16, 4173, 9540}, {16, 8, 2106, 4752}, {16, 7, 1849, 4156},
                                 {16, 4, 1084, 2388},  {16, 2, 576, 1216},  {16, 1, 299, 585},
                                 {8, 8, 1212, 2784},   {8, 4, 630, 1408},   {8, 2, 341, 722},
                                 {8, 1, 170, 326}};
  for (const Row& row : rows) {
    const SipConfig config = {16, row.weight_bits, true, 32};
    const Netlist netlist = sip(config);
    const SerialStream stream =
        serial_stream(netlist, config, row.activation_bits, true, 33, kLanes);
    const Units units = units_of(netlist, stream.stimulus);
    // A step is one cycle of 16 lanes; a MAC takes as many cycles as the activation has bits.
    const double cycles_per_mac = row.activation_bits / 16.0;
    EXPECT_NEAR(units.zero_delay * cycles_per_mac / row.zero_delay, 1, .035)
        << row.weight_bits << "x" << row.activation_bits;
    EXPECT_NEAR(units.inertial * cycles_per_mac / row.inertial, 1, .07)
        << row.weight_bits << "x" << row.activation_bits;
  }
}

TEST(Horowitz, OneConstantPredictsAddersAndMultipliers) {
  // pJ at 45 nm, 0.9 V: published figures against units at zero delay x 184 aJ.
  struct Row {
    Netlist netlist;
    double published_pJ, expected_ratio;
  };
  const std::vector<Row> rows = {
      {adder(8, AdderKind::ripple), .03, .85},
      {adder(16, AdderKind::ripple), .05, 1.06},
      {adder(32, AdderKind::ripple), .1, 1.09},
      {multiplier({8, 8, true, true, Reduction::dadda, AdderKind::prefix}), .2, .97},
      {multiplier({32, 32, true, true, Reduction::dadda, AdderKind::prefix}), 3.1, 1.05}};
  for (const Row& row : rows) {
    const ToggleCount count = ZeroDelayToggles(row.netlist).count(uniform_stream(row.netlist, 33));
    const double ratio = count.units_per_transition() * 184e-6 / row.published_pJ;
    EXPECT_NEAR(ratio / row.expected_ratio, 1, .08) << row.netlist.name;
  }
}

TEST(Area, AgreesWithTheReference) {
  EXPECT_NEAR(area(multiplier({16, 16})).combinational_nand2, 2174, 0.01 * 2174);
  EXPECT_NEAR(area(sip({16, 16, true, 32})).combinational_nand2, 2703, 0.02 * 2703);
  EXPECT_NEAR(area(sip({16, 8, true, 32})).combinational_nand2, 1574, 0.04 * 1574);
}

TEST(Area, CountsFlipFlopsApart) {
  const Area of = area(accumulator({8, 12}));
  EXPECT_DOUBLE_EQ(of.flip_flop_nand2, 12 * 17.0 / 3);
  EXPECT_DOUBLE_EQ(of.total_nand2(), of.flip_flop_nand2 + of.combinational_nand2);
}

}  // namespace
}  // namespace bitscale::netlist
