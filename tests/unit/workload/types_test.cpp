#include <gtest/gtest.h>

#include "sim/workload/layer_entry.hpp"

namespace bitscale {
namespace {

TEST(TensorTypes, TwosComplementIsAsymmetric) {
  const TensorType type{8, Encoding::twos, 0};
  EXPECT_EQ(min_value(type), -128);
  EXPECT_EQ(max_value(type), 127);
}

TEST(TensorTypes, WidestUnsignedFillsA16BitWord) {
  const TensorType type{15, Encoding::unsigned_, 0};
  EXPECT_EQ(min_value(type), 0);
  EXPECT_EQ(max_value(type), 32767);
}

TEST(TensorTypes, BinaryAndTernaryEndAtOne) {
  EXPECT_EQ(min_value({1, Encoding::binary_pm1, 0}), -1);
  EXPECT_EQ(max_value({1, Encoding::binary_pm1, 0}), 1);
  EXPECT_EQ(min_value({2, Encoding::ternary, 0}), -1);
  EXPECT_EQ(max_value({2, Encoding::ternary, 0}), 1);
}

TEST(TensorTypes, EveryAllowedTypeFitsA16BitWord) {
  for (const Encoding encoding : {Encoding::unsigned_, Encoding::twos, Encoding::binary_pm1,
                                  Encoding::ternary, Encoding::log2, Encoding::codebook}) {
    int allowed = 0;
    for (int bits = 1; bits <= 16; ++bits) {
      const TensorType type{bits, encoding, 0};
      if (!type_problem(type).empty()) continue;
      ++allowed;
      EXPECT_GE(min_value(type), -32768);
      EXPECT_LE(max_value(type), 32767);
    }
    EXPECT_GT(allowed, 0) << to_string(encoding);
  }
}

TEST(TensorTypes, SixteenBitUnsignedIsRefusedWithAHint) {
  EXPECT_EQ(type_problem({16, Encoding::unsigned_, 0}),
            "encoding unsigned has 1..15 bits, got 16; use encoding twos for 16 bits");
}

TEST(TensorTypes, OneBitTwosIsRefused) {
  EXPECT_EQ(type_problem({1, Encoding::twos, 0}), "encoding twos has 2..16 bits, got 1");
}

TEST(LayerKinds, OnlyFourRunOnTheArray) {
  int array_layers = 0;
  for (int kind = 0; kind <= static_cast<int>(LayerKind::multiply); ++kind) {
    array_layers += is_array_layer(static_cast<LayerKind>(kind)) ? 1 : 0;
  }
  EXPECT_EQ(array_layers, 4);
  EXPECT_TRUE(is_array_layer(LayerKind::matmul));
  EXPECT_FALSE(is_array_layer(LayerKind::bias));
}

TEST(OutputShape, OfAnArrayLayerHoldsTheFiltersOfAllGroups) {
  Layer layer;
  layer.shape = {.N = 2, .G = 3, .K = 4, .C = 5, .H = 9, .W = 9, .P = 7, .Q = 6};
  EXPECT_EQ(output_shape(layer), (TensorShape{2, 12, 7, 6}));
}

TEST(OutputShape, OfAPoolHoldsItsChannels) {
  Layer layer;
  layer.kind = LayerKind::max_pool;
  layer.shape = {.N = 2, .C = 5, .H = 8, .W = 8, .R = 2, .S = 2, .P = 4, .Q = 4};
  EXPECT_EQ(output_shape(layer), (TensorShape{2, 5, 4, 4}));
}

}  // namespace
}  // namespace bitscale
