// The pins of the subword unit: products come from the kept blocks of packed words.
#include "arch/dvafs/dvafs_module.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>

#include "arch/common/accumulate.hpp"
#include "sim/kernel/context.hpp"
#include "tests/unit/arch/block.hpp"
#include "tests/unit/arch/pin_bench.hpp"

namespace bitscale {
namespace {

using Values = std::vector<std::int32_t>;

/// The unit's steps take one cycle.
struct Bench : test::PinBench {
  Bench(const DvafsConfig& config, std::int64_t lanes, const OperandTypes& types)
      : PinBench(DvafsUnit(config), lanes, types) {}

  void step(const Values& a, const Values& w, bool clears) { PinBench::step(a, w, 1, clears); }

  [[nodiscard]] std::vector<std::int64_t> read() const {
    std::vector<std::int64_t> values;
    for (std::size_t i = 0; i < sums.size(); ++i) values.push_back(sums[i].read());
    return values;
  }
};

OperandTypes types_of(int activation_bits, int weight_bits, AccumulatorConfig accumulator = {}) {
  return {{activation_bits, Encoding::twos, 0}, {weight_bits, Encoding::twos, 0}, accumulator};
}

DvafsConfig together() {
  DvafsConfig config;
  config.subword_dim = SubwordDim::channel;
  config.combine = Combine::together;
  return config;
}

TEST(DvafsMultiplier, AddsEachProductToASegmentOfItsOwn) {
  Bench bench({}, 1, types_of(4, 4));
  bench.step({1, -8, 3, 7}, {5, -8, -2, 7}, true);
  EXPECT_EQ(bench.read(), (std::vector<std::int64_t>{5, 64, -6, 49}));
  bench.step({1, 1, 1, 1}, {1, 2, 3, 4}, false);
  EXPECT_EQ(bench.read(), (std::vector<std::int64_t>{6, 66, -3, 53}));
}

TEST(DvafsMultiplier, SumsTheLanesOfASegment) {
  Bench bench({}, 2, types_of(8, 6));
  bench.step({100, -128, 3, 7}, {31, -32, -2, 5}, true);
  EXPECT_EQ(bench.read(), (std::vector<std::int64_t>{3100 - 6, 4096 + 35}));
}

TEST(DvafsMultiplier, SumsAllSubwordsTogether) {
  Bench bench(together(), 2, types_of(4, 3));
  bench.step({1, -8, 3, 7, 1, 1, 1, 1}, {3, -4, -2, 3, 1, 1, 1, 1}, true);
  EXPECT_EQ(bench.read(), (std::vector<std::int64_t>{3 + 32 - 6 + 21 + 4}));
}

TEST(DvafsMultiplier, SegmentsOverflowOnTheirOwn) {
  Bench bench({}, 1, types_of(4, 4, {32, Overflow::saturate}));
  for (int i = 0; i < 3; ++i) bench.step({-8, 1, 7, 0}, {-8, 1, -8, 7}, i == 0);
  EXPECT_EQ(bench.read(), (std::vector<std::int64_t>{127, 3, -128, 0}));
  EXPECT_EQ(bench.unit->counters().overflow_events, 3U);  // 192 once, -168 and then -184
}

TEST(DvafsMultiplier, StartsFromThePartialSumsOfTheUnitBefore) {
  Bench bench({}, 1, types_of(8, 8));
  bench.partials[0].write(10);
  bench.partials[1].write(-20);
  bench.step({2, 3}, {5, 7}, true);
  EXPECT_EQ(bench.read(), (std::vector<std::int64_t>{20, 1}));
}

TEST(DvafsMultiplier, LeavesIdleSubwordsOut) {
  Bench bench({}, 1, types_of(4, 4));
  bench.valid[2].write(false);
  bench.step({1, 2, 3, 4}, {1, 2, 3, 4}, true);
  EXPECT_EQ(bench.read(), (std::vector<std::int64_t>{1, 4, 0, 16}));
  EXPECT_EQ(bench.unit->counters(), (PinUnit::Counters{3, 0, 1, 1, 0}));
}

TEST(DvafsMultiplier, HoldsAWordOfZerosOnly) {
  DvafsConfig config;
  config.guard = Guard::lane_group;
  Bench bench(config, 1, types_of(8, 8));
  bench.step({0, 3}, {4, 5}, true);
  bench.step({0, 0}, {4, 5}, false);
  EXPECT_EQ(bench.read(), (std::vector<std::int64_t>{0, 15}));
  EXPECT_EQ(bench.unit->counters(), (PinUnit::Counters{2, 2, 2, 1, 0}));
}

/// Products of one unit against the span kernel: segment after segment, every step.
void expect_like_span_kernel(const DvafsConfig& config, const OperandTypes& types,
                             std::int64_t lanes) {
  const DvafsUnit kind(config);
  const UnitMode mode = kind.mode(types);
  Bench bench(config, lanes, types);
  std::mt19937_64 random(static_cast<std::uint64_t>(types.activation.bits * 100 + lanes));
  constexpr std::int64_t kSteps = 24;
  const std::int64_t positions = lanes * mode.products;
  std::vector<std::vector<std::int16_t>> activations(static_cast<std::size_t>(mode.segments));
  std::vector<std::vector<std::int16_t>> weights(activations.size());
  for (std::int64_t step = 0; step < kSteps; ++step) {
    Values a;
    Values w;
    for (std::int64_t position = 0; position < positions; ++position) {
      const auto segment =
          static_cast<std::size_t>(mode.segments == 1 ? 0 : position % mode.products);
      activations[segment].push_back(test::random_value(types.activation, random));
      weights[segment].push_back(test::random_value(types.weight, random));
      a.push_back(activations[segment].back());
      w.push_back(weights[segment].back());
    }
    bench.step(a, w, step == 0);
  }
  std::uint64_t events = 0;
  for (std::size_t segment = 0; segment < activations.size(); ++segment) {
    std::int64_t sum = 0;
    AccumulateBlock block;
    block.steps = kSteps;
    block.lanes = positions / mode.segments;
    block.filters = block.windows = block.weight_stride = block.accumulator_stride = 1;
    block.activations = activations[segment].data();
    block.weights = weights[segment].data();
    block.accumulators = &sum;
    events += kind.accumulate(block, types);
    EXPECT_EQ(bench.sums[segment].read(), sum) << types.activation.bits << " segment " << segment;
  }
  EXPECT_EQ(bench.unit->counters().overflow_events, events);
}

TEST(DvafsMultiplier, AgreesWithTheSpanKernelInEveryMode) {
  for (DvafsConfig config : {DvafsConfig{}, together()}) {
    for (const Alignment alignment : {Alignment::msb, Alignment::lsb}) {
      config.alignment = alignment;
      for (const Overflow overflow : {Overflow::wrap, Overflow::saturate}) {
        for (const int bits : {16, 12, 8, 6, 4, 3}) {
          OperandTypes types = types_of(bits, bits, {34, overflow});
          expect_like_span_kernel(config, types, 1);
          if (bits == 16) continue;
          types.activation.encoding = Encoding::unsigned_;
          expect_like_span_kernel(config, types, 3);
        }
      }
    }
  }
}

TEST(DvafsMultiplier, ShowsPackedWordsInItsWaveforms) {
  const std::string path = testing::TempDir() + "dvafs_module_test";
  {
    Bench bench({}, 1, types_of(4, 4));
    sc_core::sc_trace_file* file = sc_core::sc_create_vcd_trace_file(path.c_str());
    file->set_time_unit(1.0, sc_core::SC_PS);
    bench.unit->trace(file);
    bench.step({1, 2, 4, -8}, {1, 1, 1, 1}, true);
    sc_core::sc_close_vcd_trace_file(file);
  }
  std::stringstream text;
  text << std::ifstream(path + ".vcd").rdbuf();
  EXPECT_NE(text.str().find("activation_word_0"), std::string::npos);
  EXPECT_NE(text.str().find("1000010000100001 "), std::string::npos);  // -8, 4, 2, 1
  std::filesystem::remove(path + ".vcd");
}

}  // namespace
}  // namespace bitscale
