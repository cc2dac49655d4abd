#include "sim/precision/float_network.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "sim/core/rng.hpp"
#include "sim/precision/real_layers.hpp"
#include "tests/unit/precision/printed.hpp"

namespace bitscale::precision {
namespace {

/// z = x W, W as rows of inputs: [input][output] in the file's order of reading.
RealLayer connected(std::int32_t input, std::vector<std::vector<double>> rows) {
  RealLayer layer;
  layer.name = "fc";
  layer.kind = LayerKind::fully_connected;
  layer.inputs = {input};
  layer.shape.C = std::ssize(rows);
  layer.shape.K = std::ssize(rows.front());
  layer.high = 2;
  for (std::size_t k = 0; k < rows.front().size(); ++k)
    for (const std::vector<double>& row : rows) layer.weights.push_back(row[k]);
  return layer;
}

RealLayer elementwise(LayerKind kind, std::int32_t input, std::int64_t channels) {
  RealLayer layer;
  layer.name = "elementwise";
  layer.kind = kind;
  layer.inputs = {input};
  layer.shape.C = channels;
  if (kind == LayerKind::bias) layer.weights.assign(static_cast<std::size_t>(channels), 0.0);
  return layer;
}

/// Gain of one image: sum over rivals of power / (24 margin^2).
double gain(const Sensitivity& s, std::size_t layer, bool of_weights) {
  double sum = 0;
  for (const Sensitivity::Rival& rival : s.rivals)
    sum += (of_weights ? rival.weight_power : rival.activation_power)[layer] /
           (24 * rival.margin * rival.margin);
  return sum;
}

TEST(NoiseGain, OfTheIdentityIsThatByHand) {
  const RealNetwork network({connected(-1, {{1, 0}, {0, 1}}), elementwise(LayerKind::bias, 0, 2)});
  const Sensitivity s = network.sensitivity(std::vector<double>{1, .5});
  EXPECT_EQ(s.chosen, 0);
  EXPECT_TRUE(is(gain(s, 0, false), "0.333333"));
  EXPECT_TRUE(is(gain(s, 0, true), "0.416667"));
  EXPECT_TRUE(is(gain(s, 0, true) + gain(s, 1, true), "0.75"));
}

TEST(NoiseGain, SumsOverTheRivals) {
  RealLayer bias = elementwise(LayerKind::bias, 0, 3);
  bias.weights = {0, .125, 0};
  const RealNetwork network({connected(-1, {{.5, -.25, .125}, {.25, .5, -.5}}), bias});
  const Sensitivity s = network.sensitivity(std::vector<double>{1, 1});
  EXPECT_EQ(s.scores, (std::vector<double>{.75, .375, -.375}));
  EXPECT_TRUE(is(gain(s, 0, false), "0.208333"));
  EXPECT_TRUE(is(gain(s, 0, true) + gain(s, 1, true), "1.975309"));
}

/// Two layers with biases of 0 and a clipped ReLU between them.
RealNetwork two_layers() {
  return RealNetwork({connected(-1, {{.5, .25}, {-.25, .75}}), elementwise(LayerKind::bias, 0, 2),
                      elementwise(LayerKind::relu, 1, 2), connected(2, {{1, -.5}, {.25, .5}}),
                      elementwise(LayerKind::bias, 3, 2)});
}

TEST(NoiseGain, GoesBackThroughLayers) {
  const Sensitivity s = two_layers().sensitivity(std::vector<double>{1.5, .5});
  EXPECT_EQ(s.scores, (std::vector<double>{.8125, .0625}));
  EXPECT_TRUE(is(gain(s, 0, false), "0.0584491"));
  EXPECT_TRUE(is(gain(s, 3, false), "0.1712963"));
  EXPECT_TRUE(is(gain(s, 0, true) + gain(s, 1, true), "0.5995370"));
  EXPECT_TRUE(is(gain(s, 3, true) + gain(s, 4, true), "0.2893519"));
}

TEST(NoiseGain, StopsAtARectifiedActivation) {
  const Sensitivity s = two_layers().sensitivity(std::vector<double>{.25, 1.5});
  EXPECT_EQ(s.scores, (std::vector<double>{.296875, .59375}));
  EXPECT_TRUE(is(gain(s, 0, false), "0.0184672"));
  EXPECT_TRUE(is(gain(s, 3, false), "1.0932595"));
  EXPECT_TRUE(is(gain(s, 0, true) + gain(s, 1, true), "0.0978763"));
  EXPECT_TRUE(is(gain(s, 3, true) + gain(s, 4, true), "2.2788550"));
}

double draw(std::uint64_t stream, std::uint64_t index) {
  return static_cast<double>(CounterRng(7, stream)(index) >> 11U) * 0x1p-53 - 0.5;
}

/// Convolution with padding and stride, bias, ReLU, one of the pools, classifier.
RealNetwork convolutional(LayerKind pool_kind) {
  RealLayer conv;
  conv.name = "conv";
  conv.inputs = {-1};
  conv.shape = {1, 1, 3, 2, 7, 6, 3, 3, 4, 3, 2, 2, 1, 1, 1, 1, 1, 1};
  conv.high = 4;
  for (std::uint64_t i = 0; i < 3 * 2 * 9; ++i) conv.weights.push_back(draw(1, i));
  RealLayer bias = elementwise(LayerKind::bias, 0, 3);
  bias.shape.H = bias.shape.P = 4;
  bias.shape.W = bias.shape.Q = 3;
  bias.weights = {.1, -.05, .2};
  RealLayer relu = bias;
  relu.kind = LayerKind::relu;
  relu.inputs = {1};
  RealLayer pool = relu;
  pool.kind = pool_kind;
  pool.inputs = {2};
  pool.shape.R = pool.shape.S = 2;
  pool.shape.P = 3;
  pool.shape.Q = 2;
  RealLayer classifier = connected(3, std::vector<std::vector<double>>(18, {0, 0, 0, 0}));
  for (std::uint64_t i = 0; i < classifier.weights.size(); ++i) classifier.weights[i] = draw(2, i);
  return RealNetwork({conv, bias, relu, pool, classifier});
}

std::vector<double> image() {
  std::vector<double> values;
  for (std::uint64_t i = 0; i < 2 * 7 * 6; ++i) values.push_back(draw(3, i) + 0.5);
  return values;
}

class NoiseGainOfPools : public ::testing::TestWithParam<LayerKind> {};

// The network's input is the first layer's operand: its derivatives by central differences.
TEST_P(NoiseGainOfPools, AgreesWithDifferences) {
  const RealNetwork network = convolutional(GetParam());
  const Sensitivity s = network.sensitivity(image());
  ASSERT_EQ(s.rivals.size(), 3U);
  std::size_t rival = 0;
  for (std::size_t i = 0; i < s.scores.size(); ++i) {
    if (i == static_cast<std::size_t>(s.chosen)) continue;
    const auto margin = [&](const std::vector<double>& scores) {
      return scores[static_cast<std::size_t>(s.chosen)] - scores[i];
    };
    double operand = 0;
    double operand_drift = 0;
    constexpr double kStep = 1e-6;
    for (std::size_t e = 0; e < image().size(); ++e) {
      std::vector<double> up = image();
      std::vector<double> down = image();
      up[e] += kStep;
      down[e] -= kStep;
      const double slope =
          (margin(network.scores(up)) - margin(network.scores(down))) / (2 * kStep);
      operand += slope * slope;
      operand_drift += slope;
    }
    EXPECT_NEAR(s.rivals[rival].activation_power[0] / operand, 1, 1e-6);
    EXPECT_NEAR(s.rivals[rival].activation_drift[0], operand_drift, 1e-6);
    double weights = 0;
    double weight_drift = 0;
    for (std::size_t e = 0; e < network.layers()[0].weights.size(); ++e) {
      const auto moved = [&](double by) {
        std::vector<RealLayer> layers = network.layers();
        layers[0].weights[e] += by;
        return margin(RealNetwork(layers).scores(image()));
      };
      const double slope = (moved(kStep) - moved(-kStep)) / (2 * kStep);
      weights += slope * slope;
      weight_drift += slope;
    }
    EXPECT_NEAR(s.rivals[rival].weight_power[0] / weights, 1, 1e-6);
    EXPECT_NEAR(s.rivals[rival].weight_drift[0], weight_drift, 1e-6);
    ++rival;
  }
}

INSTANTIATE_TEST_SUITE_P(Pools, NoiseGainOfPools,
                         ::testing::Values(LayerKind::max_pool, LayerKind::average_pool));

TEST(RealNetwork, AddsGradientsOfATensorThatTwoLayersRead) {
  RealLayer sum = elementwise(LayerKind::add, 0, 2);
  sum.inputs = {0, 0};
  const RealNetwork twice({connected(-1, {{1, 0}, {0, 1}}), sum});
  const Sensitivity s = twice.sensitivity(std::vector<double>{1, .5});
  EXPECT_EQ(s.scores, (std::vector<double>{2, 1}));
  EXPECT_DOUBLE_EQ(s.rivals.at(0).activation_power[0], 8);  // (2, -2)
}

TEST(RealNetwork, LeavesElementsThatAreZeroOutOfADrift) {
  const RealNetwork network({connected(-1, {{1, 0}, {.5, .25}})});
  const Sensitivity s = network.sensitivity(std::vector<double>{1, 0});
  // Scores 1 and 0: derivatives of the margin are 1 and .25 by inputs, x and -x by weights.
  EXPECT_DOUBLE_EQ(s.rivals.at(0).activation_drift[0], 1);
  EXPECT_DOUBLE_EQ(s.rivals.at(0).weight_drift[0], 1);
}

}  // namespace
}  // namespace bitscale::precision
