#include "arch/codebook/codebook.hpp"

#include <gtest/gtest.h>

#include "arch/unit_netlist.hpp"

namespace bitscale {
namespace {

constexpr TensorType kInteger{8, Encoding::twos, 0};

OperandTypes types_of(int index_bits, int entry_bits) {
  return {kInteger, {index_bits, Encoding::codebook, 0, entry_bits}, {40, Overflow::wrap}};
}

CodebookUnit unit_of(int index_bits, int entry_bits, Guard guard = Guard::none) {
  return CodebookUnit({16, index_bits, entry_bits, guard, {40, Overflow::wrap}});
}

TEST(CodebookUnit, TakesIndicesThatItsTablesHold) {
  const CodebookUnit unit = unit_of(4, 12);
  EXPECT_EQ(unit.refusal(types_of(4, 12)), "");
  EXPECT_EQ(unit.refusal(types_of(5, 12)),
            "weights of 5 bits (codebook); the unit's tables have indices of 1 to 4");
  EXPECT_EQ(unit.refusal(types_of(4, 16)),
            "a codebook with entries of 16 bits; the unit's tables hold up to 12");
  EXPECT_EQ(unit.refusal({kInteger, kInteger, {40, Overflow::wrap}}),
            "weights encoded as twos; the unit takes codebook");
}

TEST(CodebookUnit, StoresIndices) {
  EXPECT_EQ(unit_of(8, 16).stored_weight_bits(types_of(4, 16).weight), 4);
  EXPECT_EQ(unit_of(8, 16).stored_activation_bits(kInteger), 16);
}

TEST(CodebookUnit, ReadsAnEntryPerActiveProductAndMultiplies) {
  std::vector<ActionCount> actions;
  unit_of(8, 16, Guard::activation)
      .count_actions({1600, 900, 100, 100, types_of(8, 16), 16, 9}, actions);
  ASSERT_EQ(actions.size(), 4U);
  EXPECT_EQ(actions[0], (ActionCount{"codebook", Action::sram_read, 0, 0, 256 * 16, 16, 900 * 16}));
  EXPECT_EQ(actions[1], (ActionCount{"multiplier", Action::multiply, 16, 16, 0, 0, 900}));
  EXPECT_EQ(actions[2], (ActionCount{"adder_tree", Action::add, 36, 0, 0, 0, 1500}));
  EXPECT_EQ(actions[3], (ActionCount{"accumulator", Action::add, 40, 0, 0, 0, 100}));
}

TEST(CodebookUnit, AreaHasATablePerLane) {
  std::vector<AreaItem> area;
  unit_of(4, 16).count_area(4, 10, area);
  ASSERT_EQ(area.size(), 4U);
  EXPECT_EQ(area[0], (AreaItem{"codebook", Action::sram_read, 0, 0, 16 * 16, 40}));
}

TEST(CodebookUnit, TablesOfItsGatesStandStillOnceEveryWeightWasSeen) {
  const CodebookUnit unit = unit_of(2, 16);
  const UnitNetlist drawn = unit.make_netlist(1, types_of(2, 16));
  std::vector<std::int64_t> buses(drawn.netlist.inputs.size(), 0);
  const std::vector<std::int32_t> activations = {1};
  const std::vector<std::uint8_t> valid = {1};
  std::vector<std::int64_t> table;
  for (int round = 0; round < 3; ++round) {
    std::vector<std::int64_t> indices;
    for (const std::int32_t weight : {-7, 0, 30000, 5}) {
      const std::vector<std::int32_t> weights = {weight};
      drawn.drive({activations, weights, valid}, 0, buses);
      indices.push_back(buses[1]);
      EXPECT_EQ(static_cast<std::int16_t>(buses[static_cast<std::size_t>(2 + buses[1])]), weight);
    }
    const std::vector<std::int64_t> now(buses.begin() + 2, buses.begin() + 6);
    if (round > 0) {
      EXPECT_EQ(now, table);
    }
    table = now;
  }
}

}  // namespace
}  // namespace bitscale
