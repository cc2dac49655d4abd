#include "sim/workload/operands.hpp"

#include <gtest/gtest.h>

#include "sim/core/errors.hpp"

namespace bitscale {
namespace {

Layer grouped_layer() {
  Layer layer;
  layer.name = "conv2";
  layer.shape.N = 2;
  layer.shape.G = 3;
  layer.shape.K = 4;
  layer.shape.C = 5;
  layer.shape.H = 6;
  layer.shape.W = 7;
  layer.shape.R = 2;
  layer.shape.S = 3;
  layer.activation = {5, Encoding::unsigned_, 0};
  return layer;
}

TEST(Operands, HaveTheExtentsAndTypesOfTheLayer) {
  const Layer layer = grouped_layer();
  const Operands operands = make_operands(layer);
  const Tensor& a = operands.activations;
  const Tensor& w = operands.weights;
  EXPECT_EQ(std::vector({a.n, a.c, a.h, a.w}), (std::vector<std::int64_t>{2, 15, 6, 7}));
  EXPECT_EQ(std::vector({w.n, w.c, w.h, w.w}), (std::vector<std::int64_t>{12, 5, 2, 3}));
  EXPECT_EQ(std::ssize(a.values), layer.shape.inputs());
  EXPECT_EQ(std::ssize(w.values), layer.shape.weights());
  EXPECT_EQ(a.type, layer.activation);
  EXPECT_EQ(a.origin, Origin::synthetic);
}

TEST(Operands, DifferBetweenLayersAndBetweenTensorsOfOneLayer) {
  Layer layer = grouped_layer();
  layer.activation = layer.weight;
  const Operands first = make_operands(layer);
  EXPECT_NE(first.activations.values[0], first.weights.values[0]);
  layer.name = "conv3";
  EXPECT_NE(make_operands(layer).weights, first.weights);
}

TEST(Operands, AreTheSameEachTimeAndForWeightsAlone) {
  const Operands operands = make_operands(grouped_layer());
  EXPECT_EQ(operands.activations, make_operands(grouped_layer()).activations);
  EXPECT_EQ(operands.weights, make_weights(grouped_layer()));
}

TEST(Operands, StreamsOfConcatenatedNamesDiffer) {
  EXPECT_NE(tensor_stream("ab", "c"), tensor_stream("a", "bc"));
}

TEST(Operands, RefuseTensorsTooLargeToHold) {
  EXPECT_THROW((void)make_tensor({}, {}, 1 << 20, 1 << 20, 1, 1, 0), ConfigError);
  EXPECT_THROW((void)make_tensor({}, {}, std::int64_t{1} << 62, 4, 1, 1, 0), ConfigError);
}

TEST(Operands, OfAnotherLayerNeedARunOfTheNetwork) {
  TensorSource source;
  source.kind = TensorSource::Kind::layer;
  EXPECT_THROW((void)make_tensor(source, {}, 1, 1, 1, 1, 0), ConfigError);
}

}  // namespace
}  // namespace bitscale
