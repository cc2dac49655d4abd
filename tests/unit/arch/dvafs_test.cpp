#include "arch/dvafs/dvafs.hpp"

#include <gtest/gtest.h>

#include "arch/common/accumulator.hpp"
#include "tests/unit/arch/block.hpp"

namespace bitscale {
namespace {

OperandTypes types_of(int activation_bits, int weight_bits, AccumulatorConfig accumulator = {}) {
  return {{activation_bits, Encoding::twos, 0}, {weight_bits, Encoding::twos, 0}, accumulator};
}

OperandTypes unsigned_activations(int activation_bits, int weight_bits) {
  OperandTypes types = types_of(activation_bits, weight_bits);
  types.activation.encoding = Encoding::unsigned_;
  return types;
}

DvafsConfig along(SubwordDim dim, Combine combine = Combine::apart) {
  DvafsConfig config;
  config.subword_dim = dim;
  config.combine = combine;
  return config;
}

std::string problem_of(const std::string& yaml) {
  try {
    config::read_all(config::parse_yaml(yaml, "unit.yaml"), parse_dvafs);
  } catch (const ConfigError& error) {
    return to_string(error.diagnostics().front());
  }
  return "";
}

DvafsConfig read(const std::string& yaml) {
  return config::read_all(config::parse_yaml(yaml, "unit.yaml"), parse_dvafs);
}

std::vector<ActionCount> actions_of(const Unit& unit, const UnitActivity& activity) {
  std::vector<ActionCount> actions;
  unit.count_actions(activity, actions);
  return actions;
}

TEST(DvafsUnit, TakesTheNarrowestSubwordThatHoldsBothOperands) {
  const DvafsUnit unit({});
  EXPECT_EQ(unit.mode(types_of(16, 16)).products, 1);
  EXPECT_EQ(unit.mode(types_of(9, 2)).products, 1);
  EXPECT_EQ(unit.mode(types_of(8, 5)).products, 2);
  EXPECT_EQ(unit.mode(types_of(4, 5)).products, 2);
  EXPECT_EQ(unit.mode(types_of(4, 2)).products, 4);
  EXPECT_EQ(unit.mode(types_of(4, 4)).cycles, 1);
}

TEST(DvafsUnit, UnsignedOperandsNeedASignBitMore) {
  const DvafsUnit unit({});
  EXPECT_EQ(unit.mode(unsigned_activations(3, 4)).products, 4);
  EXPECT_EQ(unit.mode(unsigned_activations(4, 4)).products, 2);
  EXPECT_EQ(unit.mode(unsigned_activations(8, 8)).products, 1);
}

TEST(DvafsUnit, SubwordsExtendTheDimensionOfTheMachine) {
  const OperandTypes types = types_of(4, 4);
  EXPECT_EQ(DvafsUnit(along(SubwordDim::window)).mode(types).dim, Dim::PQ);
  EXPECT_EQ(DvafsUnit(along(SubwordDim::filter)).mode(types).dim, Dim::K);
  EXPECT_EQ(DvafsUnit(along(SubwordDim::image)).mode(types).dim, Dim::N);
  EXPECT_EQ(DvafsUnit(along(SubwordDim::channel)).mode(types).dim, Dim::C);
}

TEST(DvafsUnit, CutsTheAccumulatorIntoOneSegmentPerProduct) {
  const UnitMode mode = DvafsUnit({}).mode(types_of(4, 4));
  EXPECT_EQ(mode.segments, 4);
  EXPECT_EQ(mode.accumulator_bits, 12);
  EXPECT_EQ(DvafsUnit({}).mode(types_of(8, 8)).accumulator_bits, 24);
  EXPECT_EQ(DvafsUnit({}).mode(types_of(16, 16)).accumulator_bits, 48);
}

TEST(DvafsUnit, GatedLowBitsShortenTheUsefulSegment) {
  EXPECT_EQ(DvafsUnit({}).mode(types_of(7, 6)).accumulator_bits, 24 - 1 - 2);
  DvafsConfig low;
  low.alignment = Alignment::lsb;
  EXPECT_EQ(DvafsUnit(low).mode(types_of(7, 6)).accumulator_bits, 24);
}

TEST(DvafsUnit, TogetherHasOneSumThatStandsWhereTheBlocksMeet) {
  const DvafsUnit unit(along(SubwordDim::channel, Combine::together));
  EXPECT_EQ(unit.mode(types_of(4, 4)), (UnitMode{1, 4, Dim::C, 1, 48 - 12}));
  EXPECT_EQ(unit.mode(types_of(8, 8)).accumulator_bits, 48 - 8);
  EXPECT_EQ(unit.mode(types_of(16, 16)).accumulator_bits, 48);
}

TEST(DvafsUnit, StoresOperandsInTheSubwordThatHoldsThem) {
  const DvafsUnit unit({});
  EXPECT_EQ(unit.stored_activation_bits({3, Encoding::twos, 0}), 4);
  EXPECT_EQ(unit.stored_weight_bits({5, Encoding::twos, 0}), 8);
  EXPECT_EQ(unit.stored_activation_bits({8, Encoding::unsigned_, 0}), 16);
}

TEST(DvafsUnit, RefusesWhatNoSubwordHolds) {
  DvafsConfig narrow;
  narrow.modes = {8, 4};
  const DvafsUnit unit(narrow);
  EXPECT_EQ(unit.refusal(types_of(8, 8)), "");
  EXPECT_EQ(unit.refusal(types_of(9, 8)), "activations of 9 bits (twos); the unit takes 2 to 8");
  EXPECT_EQ(unit.refusal(unsigned_activations(8, 8)),
            "activations of 8 bits (unsigned); the unit takes 1 to 7");
  EXPECT_EQ(unit.refusal(types_of(8, 10)), "weights of 10 bits (twos); the unit takes 2 to 8");
}

TEST(DvafsUnit, RefusesSegmentsTooNarrowForASum) {
  const DvafsUnit unit({});
  EXPECT_EQ(unit.refusal(types_of(4, 4, {16, Overflow::wrap})), "");
  EXPECT_EQ(unit.refusal(types_of(4, 3, {16, Overflow::wrap})),
            "accumulator of 16 bits; in the 4x4 mode operands of 4 and 3 bits leave 3 for each "
            "sum, and 4 are the least");
  EXPECT_NE(unit.refusal(types_of(8, 8, {70, Overflow::wrap})), "");
}

TEST(DvafsUnit, SpanKernelWrapsAndClampsAsItsSegmentDoes) {
  for (const Overflow overflow : {Overflow::wrap, Overflow::saturate}) {
    for (const auto& [a, w] : {std::pair{4, 4}, std::pair{3, 4}, std::pair{8, 7}}) {
      const DvafsUnit unit({});
      OperandTypes types = types_of(a, w, {32, overflow});
      test::Block block = test::random_block({40, 2, 5, 4}, types, 7);
      test::Block expected = block;
      const std::uint64_t events = unit.accumulate(block.view(), types);
      types.accumulator.bits = unit.mode(types).accumulator_bits;
      EXPECT_EQ(events, test::naive_accumulate(expected.view(), types));
      EXPECT_EQ(block.accumulators, expected.accumulators);
      EXPECT_GT(events, 0U);
    }
  }
}

TEST(DvafsUnit, CountsMultiplicationsOfSubwordWidth) {
  const DvafsUnit unit({});
  const auto actions = actions_of(unit, {400, 400, 100, 100, types_of(4, 4), 1});
  ASSERT_EQ(actions.size(), 2U);
  EXPECT_EQ(actions[0], (ActionCount{"multiplier", Action::multiply, 4, 4, 0, 0, 400}));
  EXPECT_EQ(actions[1], (ActionCount{"accumulator", Action::add, 48, 0, 0, 0, 100}));
  EXPECT_EQ(actions_of(unit, {100, 90, 100, 90, types_of(12, 10), 1})[0],
            (ActionCount{"multiplier", Action::multiply, 16, 16, 0, 0, 90}));
}

TEST(DvafsUnit, CountsAnAdditionPerFurtherLaneOfEachSegment) {
  const auto actions = actions_of(DvafsUnit({}), {1200, 1200, 100, 100, types_of(4, 4), 3});
  ASSERT_EQ(actions.size(), 3U);
  EXPECT_EQ(actions[1], (ActionCount{"adder_tree", Action::add, 10, 0, 0, 0, 800}));
}

TEST(DvafsUnit, CountsTheMergesOfSegmentsAlongChannels) {
  const UnitActivity activity = {400, 400, 100, 100, types_of(4, 4), 1, 30};
  const auto apart = actions_of(DvafsUnit(along(SubwordDim::channel)), activity);
  ASSERT_EQ(apart.size(), 3U);
  EXPECT_EQ(apart[2], (ActionCount{"segment_merge", Action::add, 14, 0, 0, 0, 90}));
  EXPECT_EQ(actions_of(DvafsUnit(along(SubwordDim::channel, Combine::together)), activity).size(),
            2U);
}

TEST(DvafsFile, ReadsEveryKey) {
  const DvafsConfig config = read(
      "word_bits: 8\nmodes: [4, 8]\nsubword_dim: channel\ncombine: together\nalignment: lsb\n"
      "guard: word\naccumulator: {bits: 20, overflow: saturate}\n"
      "netlist: {reduction: array, adder: prefix, accumulator_adder: prefix}\n");
  EXPECT_EQ(config.word_bits, 8);
  EXPECT_EQ(config.modes, (std::vector<int>{8, 4}));
  EXPECT_EQ(config.subword_dim, SubwordDim::channel);
  EXPECT_EQ(config.combine, Combine::together);
  EXPECT_EQ(config.alignment, Alignment::lsb);
  EXPECT_EQ(config.guard, Guard::lane_group);
  EXPECT_EQ(config.accumulator, (AccumulatorConfig{20, Overflow::saturate}));
  EXPECT_EQ(config.netlist,
            (DvafsNetlistConfig{netlist::Reduction::array, netlist::AdderKind::prefix,
                                netlist::AdderKind::prefix}));
}

TEST(DvafsFile, ModesAreByDefaultTheWordItsHalfAndItsQuarter) {
  EXPECT_EQ(read("word_bits: 16").modes, (std::vector<int>{16, 8, 4}));
  EXPECT_EQ(read("word_bits: 8").modes, (std::vector<int>{8, 4, 2}));
  EXPECT_EQ(read("word_bits: 4").modes, (std::vector<int>{4, 2}));
}

TEST(DvafsFile, ImpossibleWordsAndModesAreLocated) {
  EXPECT_EQ(problem_of("word_bits: 12"),
            "unit.yaml:1:12: error: word_bits: expected a power of two");
  for (const std::string modes : {"[16, 6]", "[8, 8]", "[]"}) {
    EXPECT_NE(problem_of("modes: " + modes).find("unit.yaml:1:"), std::string::npos) << modes;
  }
  EXPECT_NE(problem_of("word_bits: 8\nmodes: [16]").find("at most word_bits (8)"),
            std::string::npos);
}

TEST(DvafsFile, TogetherIsForChannelsOnly) {
  EXPECT_NE(problem_of("combine: together").find("needs subword_dim: channel"), std::string::npos);
  EXPECT_EQ(problem_of("subword_dim: channel\ncombine: together"), "");
}

}  // namespace
}  // namespace bitscale
