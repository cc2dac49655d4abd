// The gates of the Bit Fusion unit against its specification, and what they cost.
#include <gtest/gtest.h>

#include <algorithm>
#include <iostream>

#include "arch/bit_fusion/bit_fusion.hpp"
#include "arch/unit_netlist.hpp"
#include "sim/activity/unit_energy.hpp"
#include "sim/netlist/area.hpp"
#include "sim/netlist/registers.hpp"
#include "sim/netlist/timing.hpp"
#include "sim/netlist/toggles.hpp"
#include "tests/unit/arch/bit_fusion_streams.hpp"

namespace bitscale {
namespace {

using netlist::kLanes;
using netlist::Stimulus;
using test::all_fusion_types;
using test::FusionStep;

StepOperands view(const FusionStep& step, const std::vector<std::uint8_t>& valid) {
  return {step.activations, step.weights, valid};
}

/// Puts steps, 512 side by side, to the opened netlist with empty accumulators: what they take next
/// is what the cycle adds.
void expect_addends(const OperandTypes& types, const std::vector<FusionStep>& steps,
                    std::int64_t lanes = 1) {
  const UnitNetlist unit = BitFusionUnit({}).make_netlist(lanes, types);
  const netlist::CutNetlist open = netlist::cut_registers(unit.netlist);
  const std::vector<std::uint8_t> valid(steps.front().weights.size(), 1);
  const std::size_t rounds = (steps.size() + kLanes - 1) / kLanes;
  const auto cycles = static_cast<std::size_t>(unit.cycles);
  Stimulus stimulus(open.netlist, rounds * cycles);
  std::vector<std::int64_t> buses(open.input_buses);
  for (std::size_t round = 0; round < rounds; ++round) {
    for (std::size_t cycle = 0; cycle < cycles; ++cycle) {
      std::vector<std::vector<std::int64_t>> values(open.input_buses,
                                                    std::vector<std::int64_t>(kLanes));
      for (std::size_t lane = 0; lane < kLanes && round * kLanes + lane < steps.size(); ++lane) {
        unit.drive(view(steps[round * kLanes + lane], valid), static_cast<std::int64_t>(cycle),
                   buses);
        for (std::size_t bus = 0; bus < buses.size(); ++bus) values[bus][lane] = buses[bus];
      }
      for (std::size_t bus = 0; bus < buses.size(); ++bus) {
        stimulus.set(round * cycles + cycle, bus, values[bus]);
      }
    }
  }
  const netlist::Response response(open.netlist, stimulus);
  for (std::size_t i = 0; i < steps.size(); ++i) {
    for (std::size_t cycle = 0; cycle < cycles; ++cycle) {
      ASSERT_EQ(response.value(i / kLanes * cycles + cycle, 0, i % kLanes),
                unit.addend(view(steps[i], valid), static_cast<std::int64_t>(cycle), 0))
          << types.activation.bits << " x " << types.weight.bits << " bits, cycle " << cycle;
    }
  }
}

TEST(BitFusionNetlist, SumsEveryPairOfTwoAndFourBitOperandsInEveryPlace) {
  std::mt19937_64 random(11);
  for (const OperandTypes& types : all_fusion_types({2, 4})) {
    expect_addends(types, test::every_pair(types, random));
  }
}

TEST(BitFusionNetlist, SumsEveryPairOfEightBitOperands) {
  std::mt19937_64 random(12);
  for (const OperandTypes& types : all_fusion_types({8})) {
    expect_addends(types, test::every_pair(types, random));
  }
}

TEST(BitFusionNetlist, SumsRandomOperandsInEveryMode) {
  std::mt19937_64 random(13);
  for (const OperandTypes& types : all_fusion_types({2, 3, 4, 7, 8, 11, 16})) {
    expect_addends(types, test::random_steps(types, kLanes, random));
  }
}

TEST(BitFusionNetlist, SumsItsLanes) {
  std::mt19937_64 random(14);
  for (const OperandTypes& types : all_fusion_types({4, 16})) {
    const int products = 3 * fusion_mode(types).products();
    std::vector<FusionStep> steps(kLanes);
    for (FusionStep& step : steps) step = test::random_step(types, products, random);
    expect_addends(types, steps, 3);
  }
}

TEST(BitFusionNetlist, AddendOfTheSpecificationIsTheProductOverAllPasses) {
  std::mt19937_64 random(15);
  for (const OperandTypes& types : all_fusion_types({4, 16})) {
    const UnitNetlist unit = BitFusionUnit({}).make_netlist(1, types);
    const FusionStep step = test::random_step(types, fusion_mode(types).products(), random);
    const std::vector<std::uint8_t> valid(step.weights.size(), 1);
    std::int64_t sum = 0;
    for (std::int64_t cycle = 0; cycle < unit.cycles; ++cycle) {
      sum += unit.addend(view(step, valid), cycle, 0);
    }
    std::int64_t exact = 0;
    for (std::size_t i = 0; i < valid.size(); ++i) {
      exact += static_cast<std::int64_t>(step.activations[i]) * step.weights[i];
    }
    EXPECT_EQ(sum, exact);
  }
}

TEST(BitFusionNetlist, IsOneDrawingForAllModes) {
  const BitFusionUnit unit({});
  const auto drawing = [&](int bits) {
    return unit.make_netlist(1, test::fusion_types(bits, Encoding::twos, bits, Encoding::twos))
        .netlist;
  };
  EXPECT_EQ(drawing(2), drawing(8));
  EXPECT_EQ(drawing(16), drawing(4));
}

TEST(BitFusionNetlist, HoldsUnusedOperandBitsAtZero) {
  std::mt19937_64 random(16);
  for (const OperandTypes& types : all_fusion_types({2, 4, 8, 16})) {
    const UnitNetlist unit = BitFusionUnit({}).make_netlist(1, types);
    std::vector<std::int64_t> buses(unit.netlist.inputs.size());
    for (const FusionStep& step : test::random_steps(types, 20, random)) {
      const std::vector<std::uint8_t> valid(step.weights.size(), 1);
      for (std::int64_t cycle = 0; cycle < unit.cycles; ++cycle) {
        unit.drive(view(step, valid), cycle, buses);
        for (const netlist::Tie& tie : unit.ties) {
          for (std::size_t bus = 0; bus < buses.size(); ++bus) {
            const netlist::Bits& bits = unit.netlist.inputs[bus].bits;
            const auto bit = std::ranges::find(bits, tie.node);
            if (bit == bits.end()) continue;
            ASSERT_EQ((buses[bus] >> (bit - bits.begin()) & 1) != 0, tie.value);
          }
        }
      }
    }
  }
}

/// The reference model has 2788 NAND2 of gates for a unit with a 32-bit accumulator, drawn
/// independently; the published unit has 1394 um2, which are 2788 NAND2 of 0.5 um2 with its
/// registers.
TEST(BitFusionArea, AgreesWithTheReferenceAndThePublishedUnit) {
  const UnitNetlist unit = BitFusionUnit({}).make_netlist(
      1, test::fusion_types(8, Encoding::twos, 8, Encoding::twos, {32, Overflow::wrap}));
  const netlist::Area area = netlist::area(unit.netlist);
  std::cout << area.combinational_nand2 << " NAND2 of gates, " << area.total_nand2()
            << " with the accumulator's register\n";
  EXPECT_NEAR(area.combinational_nand2 / 2788, 1, .02);
  EXPECT_NEAR(0.5 * area.total_nand2() / 1394, 1, .10);
}

TEST(BitFusionEnergy, PerProductAgreesWithTheReference) {
  struct Row {
    int bits;
    double zero_delay, inertial;
  };
  // Logic per product. Flip-flops are not compared: those of the reference include operand
  // registers.
  for (const Row& row : {Row{8, 3619, 11779}, Row{4, 1092, 3956}, Row{2, 292, 1221}}) {
    const OperandTypes types = test::fusion_types(row.bits, Encoding::twos, row.bits,
                                                  Encoding::twos, {32, Overflow::wrap});
    const UnitEnergy energy = measure_uniform(BitFusionUnit({}), 1, types);
    const int products = fusion_mode(types).products();
    std::cout << row.bits << "x" << row.bits << ": zero delay " << energy.zero_delay / products
              << ", inertial " << (energy.zero_delay + energy.glitches) / products
              << ", flip-flops " << energy.flip_flops / products << " units per product\n";
    EXPECT_NEAR(energy.zero_delay / products / row.zero_delay, 1, .05) << row.bits;
    EXPECT_NEAR((energy.zero_delay + energy.glitches) / products / row.inertial, 1, .16)
        << row.bits;
  }
}

std::uint32_t path(int bits) {
  const UnitNetlist unit = BitFusionUnit({}).make_netlist(
      1, test::fusion_types(bits, Encoding::twos, bits, Encoding::twos, {32, Overflow::wrap}));
  return netlist::analyse_timing(unit.netlist, unit.ties).path_units;
}

/// A narrow mode sums more products in one cycle: carries start at bit 0 of every level of the
/// tree, where wide words start 2 or 4 bits further up. So narrow modes gain no time.
TEST(BitFusionPath, IsNoShorterForNarrowerOperands) {
  EXPECT_GT(path(2), path(4));
  EXPECT_GT(path(4), path(8));
  EXPECT_NEAR(static_cast<double>(path(2)) / path(8), 1, .15);
}

TEST(BitFusionPath, IsThatOfEightBitsForPassesOfWiderOperands) { EXPECT_EQ(path(16), path(8)); }

}  // namespace
}  // namespace bitscale
