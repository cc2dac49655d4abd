#include <gtest/gtest.h>

#include <stdexcept>

#include "sim/workload/operands.hpp"
#include "sim/workload/reference.hpp"

namespace bitscale {
namespace {

using Values = std::vector<std::int16_t>;

constexpr TensorType kSixteen{16, Encoding::twos, 0};

Layer layer_of(LayerKind kind, std::int64_t channels, std::int64_t rows, std::int64_t columns) {
  Layer layer;
  layer.name = "v";
  layer.kind = kind;
  layer.shape.C = channels;
  layer.shape.H = layer.shape.P = rows;
  layer.shape.W = layer.shape.Q = columns;
  return layer;
}

Layer pool_of(LayerKind kind, std::int64_t side, std::int64_t window, std::int64_t stride,
              std::int64_t outputs, std::int64_t pad = 0) {
  Layer layer = layer_of(kind, 1, side, side);
  layer.shape.R = layer.shape.S = window;
  layer.shape.stride_h = layer.shape.stride_w = stride;
  layer.shape.P = layer.shape.Q = outputs;
  layer.shape.pad_top = layer.shape.pad_left = pad;
  return layer;
}

Tensor tensor_of(std::int64_t c, std::int64_t h, std::int64_t w, Values values,
                 const TensorType& type = kSixteen, Origin origin = Origin::real) {
  return {type, 1, c, h, w, std::move(values), origin};
}

Values run(const Layer& layer, const std::vector<const Tensor*>& inputs) {
  return run_vector_layer(layer, inputs).values;
}

TEST(MaxPool, TakesTheLargestOfEachWindow) {
  const Tensor input = tensor_of(1, 4, 4, {1, 2, 3, 4, 5, 6, 7, 8, -1, -2, -3, -4, -5, -6, -7, -8});
  EXPECT_EQ(run(pool_of(LayerKind::max_pool, 4, 2, 2, 2), {&input}), (Values{6, 8, -1, -3}));
}

TEST(MaxPool, NeverPicksPadding) {
  const Tensor input = tensor_of(1, 2, 2, {-5, -6, -7, -8});
  EXPECT_EQ(run(pool_of(LayerKind::max_pool, 2, 2, 2, 2, 1), {&input}), (Values{-5, -6, -7, -8}));
}

TEST(MaxPool, ClipsWindowsThatLeaveTheInput) {
  // Caffe's ceil mode: 3 columns, window 2, stride 2 give 2 outputs.
  const Tensor input = tensor_of(1, 3, 3, {1, 2, 3, 4, 5, 6, 7, 8, 9});
  EXPECT_EQ(run(pool_of(LayerKind::max_pool, 3, 2, 2, 2), {&input}), (Values{5, 6, 8, 9}));
}

TEST(MaxPool, TreatsChannelsAndImagesApart) {
  Layer layer = pool_of(LayerKind::max_pool, 2, 2, 2, 1);
  layer.shape.N = 2;
  layer.shape.C = 2;
  const Tensor input{kSixteen,    2, 2, 2, 2, {1, 2, 3, 4, 5, 6, 7, 8, 9, 8, 7, 6, -1, -2, -3, -4},
                     Origin::real};
  EXPECT_EQ(run(layer, {&input}), (Values{4, 8, 9, -1}));
}

TEST(MaxPool, RoundsToTheOutputType) {
  Layer layer = pool_of(LayerKind::max_pool, 2, 2, 2, 1);
  layer.output = {8, Encoding::twos, 0};
  const Tensor input = tensor_of(1, 2, 2, {384, 0, 0, 0});
  EXPECT_EQ(run(layer, {&input}), (Values{2}));  // 384 / 256, half up
}

TEST(AveragePool, RoundsHalvesUp) {
  const Layer layer = pool_of(LayerKind::average_pool, 2, 2, 2, 1);
  const Tensor up = tensor_of(1, 2, 2, {1, 2, 1, 2});
  const Tensor down = tensor_of(1, 2, 2, {-1, -2, -1, -2});
  const Tensor below = tensor_of(1, 2, 2, {-1, -2, -2, -2});
  EXPECT_EQ(run(layer, {&up}), (Values{2}));
  EXPECT_EQ(run(layer, {&down}), (Values{-1}));
  EXPECT_EQ(run(layer, {&below}), (Values{-2}));
}

TEST(AveragePool, DividesByTheElementsInsideTheInput) {
  const Tensor input = tensor_of(1, 3, 3, {4, 4, 8, 4, 4, 8, 6, 6, 9});
  EXPECT_EQ(run(pool_of(LayerKind::average_pool, 3, 2, 2, 2), {&input}), (Values{4, 8, 6, 9}));
  EXPECT_EQ(run(pool_of(LayerKind::average_pool, 3, 2, 2, 2, 1), {&input}), (Values{4, 6, 5, 7}));
}

TEST(AveragePool, RoundsOnceThroughAShift) {
  Layer layer = pool_of(LayerKind::average_pool, 2, 2, 2, 1);
  layer.output = {16, Encoding::twos, 1};
  const Tensor input = tensor_of(1, 2, 2, {0, 1, 1, 1}, {16, Encoding::twos, 2});
  // 0.75 quarters are 0.375 halves: 0, where a mean rounded to a whole quarter first would give 1.
  EXPECT_EQ(run(layer, {&input}), (Values{0}));
}

TEST(Relu, CutsNegativeValues) {
  const Tensor input = tensor_of(1, 1, 4, {-32768, -1, 0, 7});
  EXPECT_EQ(run(layer_of(LayerKind::relu, 1, 1, 4), {&input}), (Values{0, 0, 0, 7}));
}

TEST(Relu, UsesTheBitThatTheSignGivesUp) {
  Layer layer = layer_of(LayerKind::relu, 1, 1, 3);
  layer.output = {7, Encoding::unsigned_, 0};
  const Tensor input = tensor_of(1, 1, 3, {-128, 1, 127}, {8, Encoding::twos, 0});
  EXPECT_EQ(run(layer, {&input}), (Values{0, 1, 127}));
}

TEST(Add, AlignsOperandsAndRoundsOnce) {
  Layer layer = layer_of(LayerKind::add, 1, 1, 2);
  layer.output = {8, Encoding::twos, 1};
  const Tensor a = tensor_of(1, 1, 2, {1, 3}, {8, Encoding::twos, 3});    // 0.125, 0.375
  const Tensor b = tensor_of(1, 1, 2, {1, 100}, {8, Encoding::twos, 3});  // 0.125, 12.5
  EXPECT_EQ(run(layer, {&a, &b}), (Values{1, 26}));  // 0.25 and 12.875 in halves, half up
}

TEST(Add, SaturatesTheSumOfAllInputs) {
  const Layer layer = layer_of(LayerKind::add, 1, 1, 2);
  const Tensor a = tensor_of(1, 1, 2, {30000, -30000});
  const Tensor b = tensor_of(1, 1, 2, {30000, 0});
  const Tensor c = tensor_of(1, 1, 2, {-30000, -3000});
  EXPECT_EQ(run(layer, {&a, &b}), (Values{32767, -30000}));
  EXPECT_EQ(run(layer, {&a, &b, &c}), (Values{30000, -32768}));
}

TEST(Add, SurvivesScalesThatAreFarApart) {
  const Layer layer = layer_of(LayerKind::add, 1, 1, 1);
  const Tensor a = tensor_of(1, 1, 1, {5}, {16, Encoding::twos, 60});
  const Tensor b = tensor_of(1, 1, 1, {3}, {16, Encoding::twos, -60});
  EXPECT_EQ(run(layer, {&a, &a}), (Values{0}));
  EXPECT_EQ(run(layer, {&a, &b}), (Values{32767}));
}

TEST(Bias, AddsOneValuePerChannel) {
  Layer layer = layer_of(LayerKind::bias, 3, 1, 2);
  const Tensor input = tensor_of(3, 1, 2, {0, 1, 0, 1, 0, 1}, kSixteen, Origin::real);
  const Values bias =
      make_tensor(layer.weight_source, layer.weight, 3, 1, 1, 1, tensor_stream("v", "weights"))
          .values;
  const auto plus = [&](std::size_t c) { return static_cast<std::int16_t>(bias[c] + 1); };
  const Tensor output = run_vector_layer(layer, {&input});
  EXPECT_EQ(output.values, (Values{bias[0], plus(0), bias[1], plus(1), bias[2], plus(2)}));
  EXPECT_NE(bias[0], bias[1]);
  EXPECT_EQ(output.origin, Origin::mixed);
}

TEST(Concat, PutsChannelsBehindOneAnotherInEachImage) {
  Layer layer = layer_of(LayerKind::concat, 3, 1, 1);
  layer.shape.N = 2;
  const Tensor a{kSixteen, 2, 1, 1, 1, {1, 4}, Origin::real};
  const Tensor b{kSixteen, 2, 2, 1, 1, {2, 3, 5, 6}, Origin::synthetic};
  const Tensor output = run_vector_layer(layer, {&a, &b});
  EXPECT_EQ(output.values, (Values{1, 2, 3, 4, 5, 6}));
  EXPECT_EQ(output.origin, Origin::mixed);
}

TEST(Multiply, ScalesTheProductBack) {
  Layer layer = layer_of(LayerKind::multiply, 1, 1, 2);
  layer.output = {8, Encoding::twos, 0};
  const Tensor a = tensor_of(1, 1, 2, {64, -128}, {8, Encoding::twos, 0});  // a half, minus one
  EXPECT_EQ(run(layer, {&a, &a}), (Values{32, 127}));
}

TEST(Multiply, AppliesOneValuePerChannelToItsPixels) {
  Layer layer = layer_of(LayerKind::multiply, 2, 1, 2);
  layer.output.frac_bits = 2;
  const Tensor a = tensor_of(2, 1, 2, {1, 2, 3, 4}, {16, Encoding::twos, 1});
  const Tensor scale = tensor_of(2, 1, 1, {10, -1}, {16, Encoding::twos, 1});
  EXPECT_EQ(run(layer, {&a, &scale}), (Values{10, 20, -3, -4}));
}

TEST(VectorLayer, RefusesInputsOfAnotherShape) {
  const Tensor input = tensor_of(1, 1, 2, {1, 2});
  EXPECT_THROW((void)run(layer_of(LayerKind::relu, 1, 1, 3), {&input}), std::invalid_argument);
  EXPECT_THROW((void)run(layer_of(LayerKind::relu, 1, 1, 2), {&input, &input}),
               std::invalid_argument);
  EXPECT_THROW((void)run(layer_of(LayerKind::concat, 1, 1, 2), {&input, &input}),
               std::invalid_argument);
  EXPECT_THROW((void)run(layer_of(LayerKind::conv, 1, 1, 2), {&input}), std::invalid_argument);
  EXPECT_THROW((void)run(layer_of(LayerKind::add, 1, 1, 2), {}), std::invalid_argument);
}

}  // namespace
}  // namespace bitscale
