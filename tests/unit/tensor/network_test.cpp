#include "sim/workload/network.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <stdexcept>
#include <string>

#include "sim/workload/npy.hpp"
#include "sim/workload/reference.hpp"

namespace bitscale {
namespace {

constexpr TensorType kByte{8, Encoding::twos, 0};

Layer conv(const std::string& name, std::int32_t input, std::int64_t channels, std::int64_t filters,
           std::int64_t side, const TensorType& type) {
  Layer layer;
  layer.name = name;
  layer.inputs = {input};
  layer.activation = layer.weight = layer.output = type;
  LayerShape& s = layer.shape;
  s.C = channels;
  s.K = filters;
  s.H = s.W = s.P = s.Q = side;
  s.R = s.S = 3;
  s.pad_top = s.pad_bottom = s.pad_left = s.pad_right = 1;
  layer.requantise_shift = default_shift(s, type, type, type);
  return layer;
}

Layer relu(const Layer& producer, std::int32_t index) {
  Layer layer;
  layer.name = producer.name + "_relu";
  layer.kind = LayerKind::relu;
  layer.inputs = {index};
  layer.activation = layer.output = producer.output;
  layer.shape.C = producer.shape.K;
  layer.shape.H = layer.shape.P = producer.shape.P;
  layer.shape.W = layer.shape.Q = producer.shape.Q;
  return layer;
}

/// conv, relu, fully connected over an image of 3 x 4 x 4.
Workload small_network() {
  Workload workload;
  workload.input_channels = 3;
  workload.input_height = workload.input_width = 4;
  workload.input_type = kByte;
  workload.layers.push_back(conv("conv", -1, 3, 5, 4, kByte));
  workload.layers.push_back(relu(workload.layers[0], 0));
  Layer fc;
  fc.name = "fc";
  fc.kind = LayerKind::fully_connected;
  fc.inputs = {1};
  fc.activation = fc.weight = fc.output = kByte;
  fc.shape.C = 80;
  fc.shape.K = 10;
  fc.requantise_shift = 9;
  workload.layers.push_back(fc);
  return workload;
}

TEST(Network, GivesTheOutputOfEveryLayer) {
  const Workload workload = small_network();
  const std::vector<Tensor> outputs = run_reference(workload);
  ASSERT_EQ(outputs.size(), 3U);
  EXPECT_EQ(outputs[0].elements(), 80);
  EXPECT_EQ(outputs[2].c, 10);
  EXPECT_EQ(outputs[2].type, kByte);
  EXPECT_EQ(outputs[2].origin, Origin::synthetic);
}

TEST(Network, FeedsEachLayerWhatItsProducerWrote) {
  const Workload workload = small_network();
  std::vector<Operands> seen;
  const std::vector<Tensor> outputs = run_network(workload, [&](std::size_t i,
                                                                const Operands& operands) {
    seen.push_back(operands);
    return reference_convolution(workload.layers[i].shape, operands.activations, operands.weights);
  });
  ASSERT_EQ(seen.size(), 2U);
  EXPECT_EQ(seen[0].activations, make_network_input(workload));
  EXPECT_EQ(seen[1].activations.values, outputs[1].values);
  EXPECT_EQ(seen[1].activations.c, 80);
  EXPECT_EQ(seen[1].weights, make_weights(workload.layers[2]));
  EXPECT_EQ(outputs, run_reference(workload));
}

TEST(Network, RequantisesTheSumsItIsGiven) {
  Workload workload = small_network();
  workload.layers.resize(1);
  workload.layers[0].requantise_shift = 2;
  const auto outputs = run_network(workload, [](std::size_t, const Operands&) {
    std::vector<std::int64_t> sums(80, 6);
    sums[1] = 1000;
    return sums;
  });
  EXPECT_EQ(outputs[0].values[0], 2);  // 1.5
  EXPECT_EQ(outputs[0].values[1], 127);
}

TEST(Network, ConvertsToTheTypeThatTheReaderDeclares) {
  Workload workload = small_network();
  workload.layers[2].activation = {4, Encoding::unsigned_, 0};
  std::vector<std::int16_t> read;
  const auto outputs = run_network(workload, [&](std::size_t i, const Operands& operands) {
    if (i == 2) read = operands.activations.values;
    return reference_convolution(workload.layers[i].shape, operands.activations, operands.weights);
  });
  EXPECT_EQ(read, convert(outputs[1], {4, Encoding::unsigned_, 0}).values);
  EXPECT_LE(*std::max_element(read.begin(), read.end()), 15);
}

TEST(Network, TakesTheBatchOfItsFirstReader) {
  Workload workload = small_network();
  for (Layer& layer : workload.layers) layer.shape.N = 3;
  EXPECT_EQ(run_reference(workload).back().values.size(), 30U);
}

TEST(Network, LayerWithoutInputsReadsItsOwnSource) {
  Workload workload = small_network();
  Layer alone = conv("alone", 0, 2, 2, 3, kByte);
  alone.inputs.clear();
  workload.layers.push_back(alone);
  const Operands own = make_operands(alone);
  (void)run_network(workload, [&](std::size_t i, const Operands& operands) {
    if (i == 3) {
      EXPECT_EQ(operands.activations, own.activations);
    }
    return std::vector<std::int64_t>(static_cast<std::size_t>(workload.layers[i].shape.outputs()));
  });
}

TEST(Network, OriginIsMixedFromTheLayerOnThatReadsAFile) {
  Workload workload = small_network();
  const std::string path =
      testing::TempDir() + "bitscale_network_weights_" + std::to_string(::getpid()) + ".npy";
  write_npy(path, make_weights(workload.layers[2]));
  workload.layers[2].weight_source.kind = TensorSource::Kind::npy;
  workload.layers[2].weight_source.path = path;
  const std::vector<Tensor> outputs = run_reference(workload);
  std::filesystem::remove(path);
  EXPECT_EQ(outputs[1].origin, Origin::synthetic);
  EXPECT_EQ(outputs[2].origin, Origin::mixed);
  EXPECT_EQ(outputs[2].values, run_reference(small_network())[2].values);
}

TEST(Network, RefusesExtentsThatDoNotFit) {
  Workload workload = small_network();
  workload.layers[2].shape.C = 79;
  EXPECT_THROW((void)run_reference(workload), std::invalid_argument);
  workload = small_network();
  workload.layers[1].inputs = {2};
  EXPECT_THROW((void)run_reference(workload), std::invalid_argument);
  workload = small_network();
  EXPECT_THROW(
      (void)run_network(workload,
                        [](std::size_t, const Operands&) { return std::vector<std::int64_t>{}; }),
      std::invalid_argument);
}

/// Sixteen convolutions deep: with the automatic shift, values neither die out nor all saturate.
TEST(Network, AutomaticShiftKeepsSignalsAliveInDeepNetworks) {
  for (const int bits : {6, 8, 16}) {
    const TensorType type{bits, Encoding::twos, 0};
    Workload workload;
    workload.input_channels = 16;
    workload.input_height = workload.input_width = 8;
    workload.input_type = type;
    std::int32_t last = -1;
    for (int depth = 0; depth < 16; ++depth) {
      workload.layers.push_back(conv("conv" + std::to_string(depth), last, 16, 16, 8, type));
      ++last;
      workload.layers.push_back(relu(workload.layers.back(), last));
      ++last;
    }
    const std::vector<std::int16_t> values = run_reference(workload).back().values;
    const auto share = [&](auto&& test) {
      return static_cast<double>(std::count_if(values.begin(), values.end(), test)) /
             static_cast<double>(values.size());
    };
    EXPECT_GT(share([](std::int16_t v) { return v > 0; }), 0.2) << bits;
    EXPECT_LT(share([&](std::int16_t v) { return v == max_value(type); }), 0.3) << bits;
  }
}

}  // namespace
}  // namespace bitscale
