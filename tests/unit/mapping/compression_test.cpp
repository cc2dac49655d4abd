#include "sim/mapping/compression.hpp"

#include <gtest/gtest.h>

#include "sim/mapping/schedule.hpp"
#include "tests/unit/mapping/machines.hpp"

namespace bitscale {
namespace {

using testing_support::convolution;
using testing_support::layer_of;
using testing_support::machine_of;

Tensor row_of(std::vector<std::int16_t> values) {
  Tensor tensor;
  tensor.n = tensor.c = tensor.h = 1;
  tensor.w = static_cast<std::int64_t>(values.size());
  tensor.values = std::move(values);
  return tensor;
}

/// Reads pairs back: what a decoder between DRAM and buffer does.
std::vector<std::int16_t> decoded(const std::vector<std::pair<std::int64_t, std::int16_t>>& pairs,
                                  std::size_t elements) {
  std::vector<std::int16_t> values;
  for (const auto& [run, value] : pairs) {
    values.insert(values.end(), static_cast<std::size_t>(run), 0);
    values.push_back(value);
  }
  EXPECT_EQ(values.size(), elements);
  return values;
}

/// A coder of its own, that writes the pairs.
std::vector<std::pair<std::int64_t, std::int16_t>> pairs_of(
    const std::vector<std::int16_t>& values) {
  std::vector<std::pair<std::int64_t, std::int16_t>> pairs;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::size_t first = i;
    while (values[i] == 0 && i - first < 31 && i + 1 < values.size()) ++i;
    pairs.emplace_back(static_cast<std::int64_t>(i - first), values[i]);
  }
  return pairs;
}

TEST(Bitmap, TakesAFlagPerElementAndTheElementsThatAreNotZero) {
  EXPECT_EQ(coded_bits(row_of({0, 5, 0, -3, 0, 0}), 8, Compression::bitmap), 6 + 2 * 8);
}

TEST(RunLength, TakesAPairPerNonZero) {
  EXPECT_EQ(coded_bits(row_of({0, 5, 0, 0, -3}), 8, Compression::run_length), 2 * (5 + 8));
}

TEST(RunLength, EndsARunAfterThirtyOneZerosWithAZeroAsElement) {
  std::vector<std::int16_t> values(31, 0);
  values.push_back(7);
  EXPECT_EQ(coded_bits(row_of(values), 16, Compression::run_length), 21);
  values.insert(values.begin(), 0);
  EXPECT_EQ(coded_bits(row_of(values), 16, Compression::run_length), 42);
}

TEST(RunLength, CodesZerosAtTheEndAsAPairOfTheirOwn) {
  EXPECT_EQ(coded_bits(row_of({1, 0, 0}), 16, Compression::run_length), 42);
  EXPECT_EQ(coded_bits(row_of(std::vector<std::int16_t>(64, 0)), 16, Compression::run_length), 42);
  EXPECT_EQ(coded_bits(row_of(std::vector<std::int16_t>(65, 0)), 16, Compression::run_length), 63);
}

TEST(RunLength, CountsThePairsThatADecoderTurnsBackIntoTheTensor) {
  for (const unsigned period : {1U, 2U, 7U, 31U, 32U, 33U, 64U, 97U}) {
    std::vector<std::int16_t> values(500, 0);
    for (std::size_t i = 3; i < values.size(); i += period) values[i] = 9;
    const auto pairs = pairs_of(values);
    ASSERT_EQ(decoded(pairs, values.size()), values);
    EXPECT_EQ(coded_bits(row_of(values), 12, Compression::run_length),
              static_cast<std::int64_t>(pairs.size()) * 17)
        << period;
  }
}

TEST(Compression, NeverMakesATensorLarger) {
  const MachineConfig machine = machine_of(R"(
unit: {kind: parallel, activation_bits: 8, weight_bits: 8, accumulator: {bits: 32}}
array: {rows: {size: 4, loops: K 4, weights: unicast}}
memory: {dram: {compression: bitmap}}
)");
  const Layer layer = layer_of(convolution(4, 1, 4, 1));
  Mapping mapping = map_layer(layer, machine);
  Operands operands{row_of(std::vector<std::int16_t>(16, 0)), row_of({1, 2, 3, 4})};
  compress_operands(mapping, operands);
  EXPECT_EQ(mapping.activation_share, (DramShare{16, 128}));
  EXPECT_EQ(mapping.weight_share, DramShare{}) << "dense weights would take a flag more each";
}

TEST(Compression, GivesEveryTileItsShareRoundedUp) {
  EXPECT_EQ((DramShare{1, 3}).part_of(9), 3);
  EXPECT_EQ((DramShare{1, 3}).part_of(10), 4);
  EXPECT_EQ((DramShare{0, 3}).part_of(10), 0);
  EXPECT_EQ(DramShare{}.part_of(std::int64_t{1} << 50), std::int64_t{1} << 50);
  EXPECT_EQ((DramShare{(std::int64_t{1} << 50) - 1, std::int64_t{1} << 50}).part_of(1 << 20),
            1 << 20);
}

TEST(Compression, LeavesBuffersAndOutputsAsTheyWere) {
  const MachineConfig machine = machine_of(R"(
unit: {kind: parallel, activation_bits: 8, weight_bits: 8, accumulator: {bits: 32}}
array: {rows: {size: 4, loops: K 4, weights: unicast}}
memory: {dram: {compression: run_length}}
)");
  Mapping mapping = map_layer(layer_of(convolution(4, 2, 6, 3)), machine);
  const Traffic raw = tile_traffic(Schedule(mapping).tile(0));
  mapping.activation_share = {1, 4};
  mapping.weight_share = {1, 2};
  const Traffic coded = tile_traffic(Schedule(mapping).tile(0));
  EXPECT_EQ(coded.dram_activations, raw.dram_activations / 4);
  EXPECT_EQ(coded.dram_weights, raw.dram_weights / 2);
  EXPECT_EQ(coded.activation_fills, raw.activation_fills);
  EXPECT_EQ(coded.weight_fills, raw.weight_fills);
  EXPECT_EQ(coded.dram_outputs, raw.dram_outputs);
}

}  // namespace
}  // namespace bitscale
