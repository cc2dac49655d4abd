#include <gtest/gtest.h>

#include <ostream>
#include <string>
#include <vector>

#include "sim/workload/workload_file.hpp"

namespace bitscale {
namespace {

Workload load(const std::string& name) { return load_workload("workloads/" + name + ".yaml"); }

std::int64_t macs_of(const Workload& workload) {
  std::int64_t macs = 0;
  for (const Layer& layer : workload.layers) {
    if (is_array_layer(layer.kind)) macs += layer.shape.macs();
  }
  return macs;
}

/// `8/4` per array layer: weight bits, activation bits, as the paper writes them.
std::vector<std::string> widths_of(const Workload& workload) {
  std::vector<std::string> widths;
  for (const Layer& layer : workload.layers) {
    if (!is_array_layer(layer.kind)) continue;
    widths.push_back(std::to_string(layer.weight.bits) + "/" +
                     std::to_string(layer.activation.bits));
  }
  return widths;
}

/// Millions of operations of the paper's table of benchmarks, and the exact number multiplied out
/// by hand from the layer sizes.
struct Expected {
  std::string name;
  std::int64_t published_millions;
  std::int64_t macs;
};

std::ostream& operator<<(std::ostream& out, const Expected& expected) {
  return out << expected.name;
}

class BitFusionNetwork : public testing::TestWithParam<Expected> {};

TEST_P(BitFusionNetwork, HasTheMacsOfThePapersTable) {
  const Workload workload = load(GetParam().name);
  EXPECT_EQ(workload.batch, 1);
  EXPECT_EQ(macs_of(workload), GetParam().macs);
  // The table cuts the fraction in some rows and rounds it in others.
  EXPECT_LT(std::abs(GetParam().macs - GetParam().published_millions * 1000000), 1000000);
}

/// Six convolutions in pairs of a, b and c filters on 32 x 32 pixels of 3 channels, and the three
/// layers behind them.
constexpr std::int64_t six_convolutions(std::int64_t a, std::int64_t b, std::int64_t c) {
  return 1024 * 9 * a * (3 + a) + 256 * 9 * b * (a + b) + 64 * 9 * c * (b + c) + 16 * c * 1024 +
         1024 * 1024 + 1024 * 10;
}

constexpr std::int64_t kAlexnet = 3025L * 192 * 363 + 729L * 512 * 96 * 25 +
                                  169L * 9 * (768 * 512 + 768 * 384 + 512 * 384) +
                                  8192L * (18432 + 8192 + 1000);
/// One branch of VGG-7.
constexpr std::int64_t kBranch = 1024L * 9 * 128 * 3 + 256L * 9 * 256 * 128 + 64L * 9 * 512 * 256;
/// The 3 x 3 convolutions of a stage, and the 1 x 1 ones behind the first of its blocks, are as
/// large in every stage: pixels fall by four as channels double.
constexpr std::int64_t kResnet = 112L * 112 * 128 * 147 + 4 * 2 * (3136L * 9 * 128 * 128) +
                                 4 * (3136L * 128 * 128) + 3136L * 128 * 128 +
                                 3 * (784L * 128 * 256);

INSTANTIATE_TEST_SUITE_P(
    Shipped, BitFusionNetwork,
    testing::Values(Expected{"bitfusion_alexnet", 2678, kAlexnet},
                    Expected{"bitfusion_cifar10", 617, six_convolutions(128, 256, 512)},
                    Expected{"bitfusion_lstm", 13, 3600 * 3600},
                    Expected{"bitfusion_lenet5", 16,
                             1024 * 25 * 32 + 256 * 25 * 64 * 32 + 4096 * 512 + 512 * 10},
                    Expected{"bitfusion_resnet18", 4269, kResnet},
                    Expected{"bitfusion_rnn", 17, 4096 * 4096},
                    Expected{"bitfusion_svhn", 158, six_convolutions(64, 128, 256)},
                    Expected{"bitfusion_vgg7", 317, 2 * kBranch + 8192 * 1024}),
    [](const auto& param_info) { return param_info.param.name; });

TEST(BitFusionNetworks, HaveThePublishedWidths) {
  using Widths = std::vector<std::string>;
  EXPECT_EQ(widths_of(load("bitfusion_alexnet")),
            (Widths{"8/8", "4/4", "4/4", "4/4", "4/4", "4/4", "4/4", "8/8"}));
  EXPECT_EQ(widths_of(load("bitfusion_cifar10")),
            (Widths{"8/8", "2/2", "2/2", "2/2", "2/2", "2/2", "2/2", "2/2", "2/2"}));
  EXPECT_EQ(widths_of(load("bitfusion_svhn")),
            (Widths{"1/8", "1/1", "1/1", "1/1", "1/1", "1/1", "1/1", "1/1", "1/1"}));
  EXPECT_EQ(widths_of(load("bitfusion_lstm")), (Widths{"4/4"}));
  EXPECT_EQ(widths_of(load("bitfusion_rnn")), (Widths{"4/4"}));
  Widths resnet(17, "4/4");
  resnet[0] = "8/8";
  EXPECT_EQ(widths_of(load("bitfusion_resnet18")), resnet);
  EXPECT_EQ(widths_of(load("bitfusion_lenet5")), Widths(4, "2/2"));
  EXPECT_EQ(widths_of(load("bitfusion_vgg7")), Widths(7, "2/2"));
}

TEST(BitFusionNetworks, Vgg7AddsItsTwoBranches) {
  const Workload workload = load("bitfusion_vgg7");
  const Layer& add = workload.layers[workload.layers.size() - 2];
  ASSERT_EQ(add.kind, LayerKind::add);
  ASSERT_EQ(add.inputs.size(), 2U);
  EXPECT_EQ(workload.layers[0].inputs, std::vector<std::int32_t>{-1});
  EXPECT_EQ(workload.layers[6].inputs, std::vector<std::int32_t>{-1});
  EXPECT_EQ(output_shape(add), (TensorShape{1, 512, 4, 4}));
}

TEST(BitFusionNetworks, ResnetEndsInItsLastFeatureMap) {
  EXPECT_EQ(output_shape(load("bitfusion_resnet18").layers.back()), (TensorShape{1, 1024, 7, 7}));
}

TEST(BitFusionNetworks, NameWhatTheirSourceLeavesOpen) {
  for (const char* name :
       {"alexnet", "cifar10", "lenet5", "lstm", "resnet18", "rnn", "svhn", "vgg7"}) {
    EXPECT_FALSE(load(std::string("bitfusion_") + name).assumed.empty()) << name;
  }
}

}  // namespace
}  // namespace bitscale
