#include "sim/workload/statistics.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <stdexcept>

#include "tests/unit/tensor/random_layer.hpp"

namespace bitscale {
namespace {

using testing_support::for_each_product;
using testing_support::RandomLayers;

std::uint64_t nonzeros(const Tensor& tensor) {
  return tensor.values.size() -
         static_cast<std::uint64_t>(std::count(tensor.values.begin(), tensor.values.end(), 0));
}

OperandStatistics count_one_by_one(const LayerShape& s, const Tensor& a, const Tensor& w) {
  OperandStatistics counts;
  for_each_product(s, a, w, [&](std::size_t, std::int16_t x, std::int16_t y, std::int64_t) {
    ++counts.products;
    counts.active_products += x != 0 && y != 0 ? 1U : 0U;
    counts.nonzero_activation_products += x != 0 ? 1U : 0U;
    counts.nonzero_weight_products += y != 0 ? 1U : 0U;
  });
  counts.activations = a.values.size();
  counts.weights = w.values.size();
  counts.nonzero_activations = nonzeros(a);
  counts.nonzero_weights = nonzeros(w);
  return counts;
}

/// Marks every (output, tap, lane group) that any nonzero activation enters.
ActiveGroups count_groups_one_by_one(const LayerShape& s, const Tensor& a, const Tensor& w,
                                     std::int64_t lanes) {
  const std::int64_t window = s.R * s.S;
  const std::int64_t groups = ceil_div(s.C, lanes);
  std::vector<std::uint64_t> products(static_cast<std::size_t>(s.outputs() * window * groups));
  std::vector<bool> active(products.size());
  std::int64_t product = 0;
  for_each_product(s, a, w, [&](std::size_t output, std::int16_t x, std::int16_t, std::int64_t c) {
    const std::int64_t tap = product++ % window;
    const auto group = static_cast<std::size_t>(
        (static_cast<std::int64_t>(output) * groups + c / lanes) * window + tap);
    ++products[group];
    if (x != 0) active[group] = true;
  });
  ActiveGroups counted;
  for (std::size_t group = 0; group < active.size(); ++group) {
    if (!active[group]) continue;
    ++counted.groups;
    counted.products += products[group];
  }
  return counted;
}

TEST(OperandStatistics, EqualBruteForceOnRandomLayers) {
  RandomLayers random(21);
  for (int round = 0; round < 500; ++round) {
    const LayerShape s = random.shape();
    const Tensor a = random.activations(s);
    const Tensor w = random.weights(s);
    ASSERT_EQ(count_operands(s, a, w), count_one_by_one(s, a, w)) << "round " << round;
  }
}

TEST(ActiveGroups, EqualBruteForceOnRandomLayers) {
  RandomLayers random(22);
  for (int round = 0; round < 400; ++round) {
    const LayerShape s = random.shape();
    Tensor a = random.activations(s);
    // Mostly zeros, so that whole groups are.
    for (std::int16_t& value : a.values)
      if (random.pick(0, 3) != 0) value = 0;
    const Tensor w = random.weights(s);
    const std::int64_t lanes = random.pick(1, 8);
    ASSERT_EQ(count_active_groups(s, a, lanes), count_groups_one_by_one(s, a, w, lanes))
        << "round " << round;
  }
}

TEST(ActiveGroups, OfOneLaneAreNonzeroActivationProducts) {
  RandomLayers random(23);
  const LayerShape s = random.shape();
  const Tensor a = random.activations(s);
  const ActiveGroups active = count_active_groups(s, a, 1);
  EXPECT_EQ(active.groups, count_operands(s, a, random.weights(s)).nonzero_activation_products);
  EXPECT_EQ(active.products, active.groups);
}

TEST(OperandStatistics, OfAFullyConnectedLayerPairOperandsByChannel) {
  LayerShape s;
  s.K = 2;
  s.C = 3;
  const Tensor a{{}, 1, 3, 1, 1, {1, 0, 1}, Origin::real};
  const Tensor w{{}, 2, 3, 1, 1, {1, 1, 1, 0, 1, 1}, Origin::real};
  const OperandStatistics counts = count_operands(s, a, w);
  EXPECT_EQ(counts.active_products, 3U);
  EXPECT_EQ(counts.nonzero_activation_products, 4U);
  EXPECT_EQ(counts.nonzero_weight_products, 5U);
}

TEST(OperandStatistics, WholeDenseLayerIsActiveButForItsPadding) {
  LayerShape s;
  s.H = s.W = s.P = s.Q = 3;
  s.R = s.S = 3;
  s.pad_top = s.pad_bottom = s.pad_left = s.pad_right = 1;
  const Tensor ones{{}, 1, 1, 3, 3, std::vector<std::int16_t>(9, 1), Origin::real};
  const OperandStatistics counts = count_operands(s, ones, ones);
  EXPECT_EQ(counts.products, 81U);
  EXPECT_EQ(counts.active_products, 49U);  // (2 + 3 + 2)^2
  EXPECT_EQ(counts.nonzero_weight_products, 81U);
}

TEST(OperandStatistics, ZeroFractionsAreSharesOfTheTensors) {
  LayerShape s;
  s.C = 4;
  const Tensor a{{}, 1, 4, 1, 1, {1, 0, 0, 0}, Origin::real};
  const Tensor w{{}, 1, 4, 1, 1, {1, 0, 1, 0}, Origin::real};
  const OperandStatistics counts = count_operands(s, a, w);
  EXPECT_EQ(counts.activation_zero_fraction(), 0.75);
  EXPECT_EQ(counts.weight_zero_fraction(), 0.5);
  EXPECT_EQ(OperandStatistics{}.weight_zero_fraction(), 0.0);
}

TEST(OperandStatistics, DoNotOverflowNarrowCountersOnLongRows) {
  LayerShape s;
  s.W = s.Q = 200000;
  s.K = 3;
  const Tensor a{{}, 1, 1, 1, s.W, std::vector<std::int16_t>(200000, 0), Origin::real};
  const Tensor w{{}, 3, 1, 1, 1, {1, 2, 3}, Origin::real};
  EXPECT_EQ(count_operands(s, a, w).nonzero_activations, 0U);
  const Tensor ones{{}, 1, 1, 1, s.W, std::vector<std::int16_t>(200000, 1), Origin::real};
  EXPECT_EQ(count_operands(s, ones, w).active_products, 600000U);
}

TEST(OperandStatistics, RefuseTensorsOfAnotherShape) {
  RandomLayers random(24);
  LayerShape s;
  s.C = 4;
  const Tensor good = random.activations(s);
  const Tensor bad = random.tensor(1, 3, 1, 1);
  EXPECT_THROW((void)count_operands(s, bad, good), std::invalid_argument);
  EXPECT_THROW((void)count_operands(s, good, bad), std::invalid_argument);
  EXPECT_THROW((void)count_active_groups(s, bad, 4), std::invalid_argument);
  EXPECT_THROW((void)count_active_groups(s, good, 0), std::invalid_argument);
}

}  // namespace
}  // namespace bitscale
