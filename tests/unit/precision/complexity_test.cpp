#include "sim/precision/complexity.hpp"

#include <gtest/gtest.h>

#include "tests/unit/precision/printed.hpp"

namespace bitscale::precision {
namespace {

CostedLayer connected(std::int64_t in, std::int64_t out, int a, int w) {
  return {in, out, 1, 1, 1, a, w};
}

struct Costs {
  CostedLayer layer;
  std::int64_t full_adders, representation;
};

TEST(Complexity, OfAFullyConnectedLayerCountsTheBiasAsATerm) {
  for (const Costs& v : {Costs{connected(784, 512, 8, 8), 35758080, 3221632},
                         {connected(1, 1, 1, 1), 4, 3},
                         {connected(1023, 10, 4, 4), 337750, 45052},
                         {connected(256, 10, 6, 9), 197660, 24666},
                         {connected(8192, 1024, 1, 1), 134218752, 8397824}}) {
    EXPECT_EQ(full_adders(v.layer), v.full_adders);
    EXPECT_EQ(representation_bits(v.layer), v.representation);
  }
}

TEST(Complexity, OfAConvolutionCountsEveryPixel) {
  EXPECT_EQ(full_adders({3, 32, 3, 30, 32, 8, 8}), 67161600);
  EXPECT_EQ(full_adders({64, 128, 3, 3, 5, 4, 6}), 28560384);
}

TEST(Complexity, RefusesLayersWithoutExtentOrBits) {
  EXPECT_THROW((void)full_adders(connected(0, 8, 8, 8)), std::invalid_argument);
  EXPECT_THROW((void)full_adders(connected(8, 8, 0, 8)), std::invalid_argument);
  EXPECT_THROW((void)representation_bits(connected(-1, 8, 8, 8)), std::invalid_argument);
}

// Networks and figures of the training-cost table; bits in units of 1e6, adders of 1e9.
const TrainedNetwork kConvNet{"ConvNet", 1542848, 145664, 59461376};
const TrainedNetwork kResNet{"ResNet", 18634112, 1510912, 2721499136};
const TrainingBits kBinary{1, 1, 32, 32, 32};
const TrainingBits kTernary{32, 32, 2, 32, 32};

struct Training {
  TrainedNetwork network;
  TrainingBits bits;
  const char *weights, *activations, *adders, *communication;
};

TEST(TrainingCosts, AreThoseOfThePublishedTable) {
  for (const Training& v : {Training{kConvNet, {}, "148.113", "9.3225", "94.365", "49.371"},
                            {kConvNet, kBinary, "100.285", "4.8069", "2.7947", "49.371"},
                            {kConvNet, kTernary, "101.828", "9.3225", "94.365", "3.0857"},
                            {kResNet, {}, "1788.87", "96.698", "4319.02", "596.29"},
                            {kResNet, kBinary, "1211.22", "49.860", "127.910", "596.29"}}) {
    const TrainingCosts costs = training_costs(v.network, v.bits);
    EXPECT_TRUE(is(costs.weight_bits / 1e6, v.weights));
    EXPECT_TRUE(is(costs.activation_bits / 1e6, v.activations));
    EXPECT_TRUE(is(costs.full_adders / 1e9, v.adders));
    EXPECT_TRUE(is(costs.communication_bits / 1e6, v.communication));
  }
}

TEST(TrainingCosts, RefuseNegativeCountsAndBits) {
  EXPECT_THROW((void)training_costs({"", -1, 1, 1}, {}), std::invalid_argument);
  EXPECT_THROW((void)training_costs({"", 1, 1, 1}, {0}), std::invalid_argument);
  EXPECT_THROW((void)training_costs({"", 1, 1, 1}, {8, 65}), std::invalid_argument);
}

}  // namespace
}  // namespace bitscale::precision
