#include "arch/bit_fusion/bit_fusion.hpp"

#include <gtest/gtest.h>

#include "arch/builtin.hpp"
#include "tests/unit/arch/bit_fusion_streams.hpp"

namespace bitscale {
namespace {

using test::all_fusion_types;
using test::FusionStep;

/// The sum of products of a step as the datapath forms it: digits, bricks, shift-add, passes.
std::int64_t datapath_sum(const FusionMode& mode, const FusionStep& step) {
  std::int64_t total = 0;
  for (int cycle = 0; cycle < mode.cycles(); ++cycle) {
    Bricks bricks{};
    std::size_t brick = 0;
    for (int row = 0; row < 4; ++row) {
      for (int column = 0; column < 4; ++column) {
        const int product = mode.product_at(row, column);
        const auto word = static_cast<std::size_t>(product);
        const std::int32_t a =
            mode.activation.half(step.activations[word], mode.activation_pass(cycle));
        const std::int32_t w = mode.weight.half(step.weights[word], mode.weight_pass(cycle));
        bricks[brick++] =
            BitBrick::multiply(mode.activation.digit(a, row - mode.first_row(product)),
                               mode.weight.digit(w, column - mode.first_column(product)));
      }
    }
    total += static_cast<std::int64_t>(shift_add(mode, bricks)) << mode.shift(cycle);
  }
  return total;
}

std::int64_t exact_sum(const FusionStep& step) {
  std::int64_t sum = 0;
  for (std::size_t i = 0; i < step.weights.size(); ++i) {
    sum += static_cast<std::int64_t>(step.activations[i]) * step.weights[i];
  }
  return sum;
}

void expect_exact(const OperandTypes& types, const std::vector<FusionStep>& steps) {
  const FusionMode mode = fusion_mode(types);
  for (const FusionStep& step : steps) {
    ASSERT_EQ(datapath_sum(mode, step), exact_sum(step))
        << types.activation.bits << " x " << types.weight.bits << " bits";
  }
}

TEST(BitBrick, MultipliesEveryPairOfDigitsInEverySignMode) {
  for (std::int32_t x = -2; x <= 3; ++x) {
    for (std::int32_t y = -2; y <= 3; ++y) EXPECT_EQ(BitBrick::multiply(x, y), x * y);
  }
}

TEST(FusionUnit, SumsEveryPairOfTwoAndFourBitOperandsInEveryPlace) {
  std::mt19937_64 random(1);
  for (const OperandTypes& types : all_fusion_types({2, 4})) {
    expect_exact(types, test::every_pair(types, random));
  }
}

TEST(FusionUnit, SumsEveryPairOfEightBitOperands) {
  std::mt19937_64 random(2);
  for (const OperandTypes& types : all_fusion_types({8})) {
    expect_exact(types, test::every_pair(types, random));
  }
}

TEST(FusionUnit, SumsRandomOperandsOfAllWidths) {
  std::mt19937_64 random(3);
  for (int a = 1; a <= 16; ++a) {
    for (int w = 1; w <= 16; ++w) {
      for (const OperandTypes& types : all_fusion_types({a, w})) {
        if ((types.activation.bits == 1 && types.activation.encoding == Encoding::twos) ||
            (types.weight.bits == 1 && types.weight.encoding == Encoding::twos)) {
          continue;
        }
        expect_exact(types, test::random_steps(types, 20, random));
      }
    }
  }
}

TEST(FusionUnit, GivesEveryBrickToExactlyOneProduct) {
  for (const OperandTypes& types : all_fusion_types({2, 4, 8, 16})) {
    const FusionMode mode = fusion_mode(types);
    std::vector<int> bricks(static_cast<std::size_t>(mode.products()));
    for (int row = 0; row < 4; ++row) {
      for (int column = 0; column < 4; ++column) {
        ++bricks.at(static_cast<std::size_t>(mode.product_at(row, column)));
      }
    }
    EXPECT_EQ(bricks, std::vector<int>(bricks.size(), mode.bricks()));
  }
}

BitFusionUnit unit_of(Guard guard = Guard::none) { return BitFusionUnit({guard, {32}}); }

OperandTypes types_of(int activation_bits, int weight_bits) {
  return {{activation_bits, Encoding::unsigned_, 0}, {weight_bits, Encoding::twos, 0}, {32}};
}

TEST(BitFusion, MultipliesMoreProductsPerCycleAsOperandsGetNarrower) {
  struct Row {
    int activation_bits, weight_bits;
    std::int64_t products, cycles;
  };
  // (8 / pa)(8 / pw) products per cycle up to 8 bits (published), two passes per 16-bit operand.
  for (const Row& row :
       {Row{8, 8, 1, 1}, Row{4, 8, 2, 1}, Row{8, 4, 2, 1}, Row{2, 8, 4, 1}, Row{8, 2, 4, 1},
        Row{4, 4, 4, 1}, Row{2, 4, 8, 1}, Row{4, 2, 8, 1}, Row{2, 2, 16, 1}, Row{15, 8, 1, 2},
        Row{15, 4, 2, 2}, Row{15, 2, 4, 2}, Row{2, 16, 4, 2}, Row{15, 16, 1, 4}}) {
    const UnitMode mode = unit_of().mode(types_of(row.activation_bits, row.weight_bits));
    EXPECT_EQ(mode.products, row.products) << row.activation_bits << "x" << row.weight_bits;
    EXPECT_EQ(mode.cycles, row.cycles) << row.activation_bits << "x" << row.weight_bits;
    EXPECT_EQ(mode.dim, Dim::C);
    EXPECT_EQ(mode.segments, 1);
    EXPECT_EQ(mode.accumulator_bits, 32);
  }
}

TEST(BitFusion, RoundsWidthsUp) {
  const std::vector<std::pair<int, int>> widths = {{1, 2}, {2, 2}, {3, 4},  {4, 4},
                                                   {5, 8}, {8, 8}, {9, 16}, {15, 16}};
  for (const auto& [bits, rounded] : widths) {
    EXPECT_EQ(unit_of().stored_activation_bits({bits, Encoding::unsigned_, 0}), rounded);
    EXPECT_EQ(unit_of().stored_weight_bits({bits, Encoding::unsigned_, 0}), rounded);
    EXPECT_EQ(unit_of().mode(types_of(bits, 8)),
              unit_of().mode(types_of(std::min(rounded, 15), 8)));
  }
}

TEST(BitFusion, RefusesOtherEncodings) {
  EXPECT_EQ(unit_of().refusal(types_of(8, 16)), "");
  OperandTypes types = types_of(8, 8);
  types.weight.encoding = Encoding::codebook;
  EXPECT_EQ(unit_of().refusal(types),
            "weights encoded as codebook; the unit takes unsigned and twos");
  types = types_of(8, 17);
  EXPECT_EQ(unit_of().refusal(types), "weights of 17 bits (twos); the unit takes 2 to 16");
}

/// The block on the definition: each pair of halves of a step is one addition.
std::uint64_t naive(const AccumulateBlock& block, const OperandTypes& types) {
  const FusionMode mode = fusion_mode(types);
  std::uint64_t events = 0;
  for (std::int64_t window = 0; window < block.windows; ++window) {
    for (std::int64_t filter = 0; filter < block.filters; ++filter) {
      std::int64_t& place = block.accumulators[window * block.accumulator_stride + filter];
      test::Exact value = place;
      for (std::int64_t step = 0; step < block.steps; ++step) {
        for (int high_a = 0; high_a < mode.activation.passes; ++high_a) {
          for (int high_w = 0; high_w < mode.weight.passes; ++high_w) {
            test::Exact sum = 0;
            for (std::int64_t term = step * block.lanes; term < (step + 1) * block.lanes; ++term) {
              const std::int64_t a = block.activations[term * block.windows + window];
              const std::int64_t w = block.weights[term * block.weight_stride + filter];
              const std::int64_t low_a = mode.activation.passes == 2 ? a & 255 : a;
              const std::int64_t low_w = mode.weight.passes == 2 ? w & 255 : w;
              sum +=
                  test::Exact{high_a != 0 ? a - low_a : low_a} * (high_w != 0 ? w - low_w : low_w);
            }
            events += test::add_finite(value, sum, types.accumulator) ? 1U : 0U;
          }
        }
      }
      place = static_cast<std::int64_t>(value);
    }
  }
  return events;
}

TEST(BitFusion, AddsEveryPassOfWideOperandsInOrder) {
  std::uint64_t seed = 0;
  std::uint64_t events = 0;
  for (const int bits : {8, 20, 26, 32, 64}) {
    for (const Overflow overflow : {Overflow::wrap, Overflow::saturate}) {
      for (OperandTypes types : all_fusion_types({2, 8, 9, 16})) {
        types.accumulator = {bits, overflow};
        const std::int64_t lanes = unit_of().mode(types).products;
        test::Block span = test::random_block({5, lanes, 35, 3}, types, ++seed);
        test::Block definition = span;
        const std::uint64_t counted = unit_of().accumulate(span.view(), types);
        ASSERT_EQ(counted, naive(definition.view(), types));
        ASSERT_EQ(span.accumulators, definition.accumulators);
        events += counted;
      }
    }
  }
  EXPECT_GT(events, 0U);
}

TEST(BitFusion, AddsPassesOfBlocksThatTakeSeveralChunks) {
  const OperandTypes types =
      test::fusion_types(16, Encoding::twos, 16, Encoding::twos, {24, Overflow::saturate});
  test::Block span = test::random_block({700, 3, 33, 2}, types, 77);
  test::Block definition = span;
  EXPECT_EQ(unit_of().accumulate(span.view(), types), naive(definition.view(), types));
  EXPECT_EQ(span.accumulators, definition.accumulators);
}

TEST(BitFusion, CountsTheBricksOfEachProductAndTheirAdditions) {
  std::vector<ActionCount> actions;
  // 100 full steps of four 4x4 products on one Fusion Unit.
  unit_of().count_actions({400, 400, 100, 100, types_of(4, 4), 1}, actions);
  ASSERT_EQ(actions.size(), 6U);
  EXPECT_EQ(actions[0], (ActionCount{"bit_brick", Action::multiply, 2, 2, 0, 0, 1600}));
  EXPECT_EQ(actions[1], (ActionCount{"shift_add", Action::add, 9, 0, 0, 0, 800}));
  EXPECT_EQ(actions[2], (ActionCount{"shift_add", Action::add, 11, 0, 0, 0, 400}));
  EXPECT_EQ(actions[3], (ActionCount{"shift_add", Action::add, 15, 0, 0, 0, 200}));
  EXPECT_EQ(actions[4], (ActionCount{"shift_add", Action::add, 19, 0, 0, 0, 100}));
  EXPECT_EQ(actions[5], (ActionCount{"accumulator", Action::add, 32, 0, 0, 0, 100}));
}

TEST(BitFusion, CountsEveryPassOfWideOperands) {
  std::vector<ActionCount> actions;
  unit_of().count_actions({50, 50, 50, 50, types_of(15, 16), 1}, actions);
  EXPECT_EQ(actions.front().count, 50U * 16 * 4);
  EXPECT_EQ(actions.back().count, 50U * 4);
}

TEST(BitFusion, SumsItsLanesInATree) {
  std::vector<ActionCount> actions;
  unit_of().count_actions({1200, 1200, 100, 100, types_of(4, 4), 3}, actions);
  ASSERT_EQ(actions.size(), 7U);
  EXPECT_EQ(actions[5], (ActionCount{"adder_tree", Action::add, 21, 0, 0, 0, 200}));
}

TEST(BitFusion, HeldUnitsCostNothing) {
  std::vector<ActionCount> actions;
  unit_of(Guard::lane_group).count_actions({400, 100, 100, 25, types_of(4, 4), 1}, actions);
  EXPECT_EQ(actions.front().count, 400U);
  EXPECT_EQ(actions.back().count, 25U);
}

TEST(BitFusion, IsMadeOfSixteenBricksAndFifteenAdders) {
  std::vector<AreaItem> area;
  unit_of().count_area(1, 10, area);
  ASSERT_EQ(area.size(), 6U);
  EXPECT_EQ(area[0], (AreaItem{"bit_brick", Action::multiply, 2, 2, 0, 160}));
  EXPECT_EQ(area[1].count + area[2].count + area[3].count + area[4].count, 150U);
  EXPECT_EQ(area[5], (AreaItem{"accumulator", Action::add, 32, 0, 0, 10}));
}

TEST(BitFusion, HasAnAccumulatorOf32BitsUnlessTheFileSaysOtherwise) {
  const auto read = [](const std::string& yaml) {
    return config::read_all(config::parse_yaml(yaml, "unit.yaml"),
                            [](config::Reader& reader) { return parse_unit(reader); });
  };
  EXPECT_EQ(read("kind: bit_fusion")->accumulator(), (AccumulatorConfig{32, Overflow::wrap}));
  EXPECT_EQ(read("{kind: bit_fusion, accumulator: {overflow: saturate}}")->accumulator(),
            (AccumulatorConfig{32, Overflow::saturate}));
  EXPECT_EQ(read("{kind: bit_fusion, accumulator: {bits: 20}}")->accumulator().bits, 20);
}

}  // namespace
}  // namespace bitscale
