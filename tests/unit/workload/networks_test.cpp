#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <ostream>
#include <set>

#include "tests/unit/workload/read_workload.hpp"

namespace bitscale {
namespace {

using test::layer_of;

std::string path_of(const std::string& name) { return "workloads/" + name + ".yaml"; }

std::int64_t macs_of(const Workload& workload, bool convolutions_only) {
  std::int64_t macs = 0;
  for (const Layer& layer : workload.layers) {
    const bool conv = layer.kind == LayerKind::conv || layer.kind == LayerKind::depthwise;
    if (is_array_layer(layer.kind) && (conv || !convolutions_only)) macs += layer.shape.macs();
  }
  return macs;
}

std::vector<Layer> convolutions(const Workload& workload) {
  std::vector<Layer> layers;
  for (const Layer& layer : workload.layers) {
    if (layer.kind == LayerKind::conv) layers.push_back(layer);
  }
  return layers;
}

/// Totals from the layer tables of the papers, multiplied out by hand; profiles have one width per
/// convolution.
struct Expected {
  std::string name;
  std::int64_t conv_macs;
  std::size_t convolutions;
  std::int64_t all_macs;
};

std::ostream& operator<<(std::ostream& out, const Expected& expected) {
  return out << expected.name;
}

class Network : public testing::TestWithParam<Expected> {};

TEST_P(Network, HasTheMacsOfItsPublishedShapes) {
  const Workload workload = load_workload(path_of(GetParam().name));
  EXPECT_EQ(workload.name, GetParam().name);
  EXPECT_EQ(macs_of(workload, true), GetParam().conv_macs);
  EXPECT_EQ(macs_of(workload, false), GetParam().all_macs);
  EXPECT_EQ(convolutions(workload).size(), GetParam().convolutions);
}

constexpr std::int64_t kFcOf6 = 4096 * 4096 + 4096 * 1000;  // fc7 and fc8 of the AlexNet family

INSTANTIATE_TEST_SUITE_P(
    Shipped, Network,
    testing::Values(Expected{"lenet", 1888000, 2, 1888000 + 800 * 500 + 500 * 10},
                    Expected{"convnet", 12288000, 3, 12288000 + 1024 * 64 + 64 * 10},
                    Expected{"convnet_binary", 12288000, 3, 12288000 + 1024 * 64 + 64 * 10},
                    Expected{"alexnet", 665784864, 5, 665784864 + 9216 * 4096 + kFcOf6},
                    Expected{"nin", 1100188800, 12, 1100188800},
                    Expected{"googlenet", 1581647872, 57, 1581647872 + 1024 * 1000},
                    Expected{"vgg_m", 1579801632, 5,
                             1579801632 + 18432 * 4096 + 4096 * 2048 + 2048 * 1000},
                    Expected{"vgg_s", 2541337632, 5, 2541337632 + 18432 * 4096 + kFcOf6},
                    Expected{"vgg_19", 19508428800, 16, 19508428800 + 25088 * 4096 + kFcOf6},
                    Expected{"vgg_16", 15346630656, 13, 15346630656 + 25088 * 4096 + kFcOf6},
                    Expected{"resnet_18", 1813561344, 20, 1814073344},
                    Expected{"resnet_50", 4087136256, 53, 4089184256},
                    Expected{"mobilenet_v1", 567716352, 14, 568740352}),
    [](const auto& param_info) { return param_info.param.name; });

TEST(Networks, ChainThroughThePublishedSizes) {
  using Sizes = std::map<std::string, std::int64_t>;
  const std::map<std::string, Sizes> published = {
      {"lenet", {{"conv1", 24}, {"pool1", 12}, {"conv2", 8}, {"pool2", 4}}},
      {"convnet", {{"conv1", 32}, {"pool1", 16}, {"conv2", 16}, {"pool2", 8}, {"pool3", 4}}},
      {"alexnet",
       {{"conv1", 55}, {"pool1", 27}, {"conv2", 27}, {"pool2", 13}, {"conv5", 13}, {"pool5", 6}}},
      {"nin",
       {{"conv1", 54}, {"cccp2", 54}, {"conv2", 27}, {"conv3", 13}, {"conv4", 6}, {"pool4", 1}}},
      {"vgg_m",
       {{"conv1", 109}, {"pool1", 54}, {"conv2", 26}, {"pool2", 13}, {"conv5", 13}, {"pool5", 6}}},
      {"vgg_s",
       {{"conv1", 109}, {"pool1", 37}, {"conv2", 33}, {"pool2", 17}, {"conv5", 17}, {"pool5", 6}}},
      {"vgg_19", {{"conv1_2", 224}, {"conv2_2", 112}, {"conv3_4", 56}, {"conv5_4", 14}}},
      {"googlenet",
       {{"conv1", 112},
        {"conv2", 56},
        {"inception_3a", 28},
        {"inception_4e", 14},
        {"inception_5b", 7},
        {"pool5", 1}}},
      {"resnet_50", {{"conv1", 112}, {"pool1", 56}, {"layer2_0_conv1", 56}, {"layer2_0", 28}}},
      {"mobilenet_v1", {{"conv1", 112}, {"conv14_pw", 7}}}};
  for (const auto& [name, sizes] : published) {
    const Workload workload = load_workload(path_of(name));
    for (const auto& [layer, size] : sizes) {
      EXPECT_EQ(layer_of(workload, layer).shape.P, size) << name << " " << layer;
      EXPECT_EQ(layer_of(workload, layer).shape.Q, size) << name << " " << layer;
    }
  }
}

TEST(Networks, EndInOneScorePerClass) {
  const std::map<std::string, std::int64_t> classes = {
      {"lenet", 10},       {"convnet", 10},     {"alexnet", 1000},      {"nin", 1000},
      {"vgg_m", 1000},     {"vgg_s", 1000},     {"vgg_19", 1000},       {"vgg_16", 1000},
      {"resnet_18", 1000}, {"resnet_50", 1000}, {"mobilenet_v1", 1000}, {"googlenet", 1000}};
  for (const auto& [name, count] : classes) {
    const TensorShape scores = output_shape(load_workload(path_of(name)).layers.back());
    EXPECT_EQ(scores, (TensorShape{1, count, 1, 1})) << name;
  }
}

TEST(Networks, GooglenetConcatenatesTheBranchesOfItsModules) {
  const Workload workload = load_workload(path_of("googlenet"));
  const std::map<std::string, std::int64_t> channels = {{"3a", 256}, {"3b", 480}, {"4a", 512},
                                                        {"4b", 512}, {"4c", 512}, {"4d", 528},
                                                        {"4e", 832}, {"5a", 832}, {"5b", 1024}};
  for (const auto& [module, count] : channels) {
    EXPECT_EQ(output_shape(layer_of(workload, "inception_" + module)).c, count) << module;
  }
}

TEST(Networks, RunAt16BitsWithoutAProfile) {
  const Workload workload = load_workload(path_of("alexnet"));
  EXPECT_EQ(workload.profile, "");
  for (const Layer& layer : workload.layers) {
    EXPECT_EQ(layer.activation.bits, 16) << layer.name;
    if (is_array_layer(layer.kind)) {
      EXPECT_EQ(layer.weight.bits, 16) << layer.name;
    }
  }
}

std::vector<int> conv_bits(const std::string& name, const std::string& profile) {
  std::vector<int> bits;
  for (const Layer& layer : convolutions(load_workload(path_of(name), {profile, std::nullopt}))) {
    bits.push_back(layer.activation.bits);
  }
  return bits;
}

TEST(StripesProfile, GivesEveryConvolutionItsPublishedWidth) {
  using Bits = std::vector<int>;
  EXPECT_EQ(conv_bits("lenet", "stripes_100"), (Bits{3, 3}));
  EXPECT_EQ(conv_bits("convnet", "stripes_100"), (Bits{4, 8, 8}));
  EXPECT_EQ(conv_bits("alexnet", "stripes_100"), (Bits{9, 8, 5, 5, 7}));
  EXPECT_EQ(conv_bits("nin", "stripes_100"), (Bits{8, 8, 8, 9, 7, 8, 8, 9, 9, 8, 8, 8}));
  EXPECT_EQ(conv_bits("vgg_m", "stripes_100"), (Bits{7, 7, 7, 8, 7}));
  EXPECT_EQ(conv_bits("vgg_s", "stripes_100"), (Bits{7, 8, 9, 7, 9}));
  EXPECT_EQ(conv_bits("vgg_19", "stripes_100"),
            (Bits{12, 12, 12, 11, 12, 10, 11, 11, 13, 12, 13, 13, 13, 13, 13, 13}));
}

TEST(StripesProfile, SpreadsGooglenetsElevenWidthsOverItsModules) {
  std::vector<int> expected = {10, 8, 8};
  for (const int bits : {10, 9, 8, 10, 9, 8, 9, 10, 7}) expected.insert(expected.end(), 6, bits);
  EXPECT_EQ(conv_bits("googlenet", "stripes_100"), expected);
}

TEST(StripesProfile, LeavesFullyConnectedLayersAndWeightsAt16Bits) {
  const Workload workload = load_workload(path_of("alexnet"), {"stripes_100", std::nullopt});
  EXPECT_EQ(layer_of(workload, "fc6").activation.bits, 16);
  EXPECT_EQ(layer_of(workload, "conv2").weight.bits, 16);
}

TEST(StripesProfile, IsNamedAsRecalled) {
  const Workload workload = load_workload(path_of("alexnet"), {"stripes_100", std::nullopt});
  ASSERT_EQ(workload.recalled.size(), 1U);
  EXPECT_NE(workload.recalled[0].find("profile stripes_100"), std::string::npos);
  EXPECT_TRUE(load_workload(path_of("alexnet")).recalled.empty());
}

TEST(ToleranceProfiles, OfAlexnetAreThoseOfThePaper) {
  const std::map<std::string, std::vector<int>> published = {
      {"tolerance_1", {10, 8, 8, 8, 8, 8, 6, 4}},
      {"tolerance_2", {10, 8, 8, 8, 8, 8, 5, 4}},
      {"tolerance_5", {10, 8, 8, 8, 7, 7, 5, 3}},
      {"tolerance_10", {9, 8, 8, 8, 7, 7, 5, 3}}};
  for (const auto& [profile, expected] : published) {
    std::vector<int> bits;
    for (const Layer& layer : load_workload(path_of("alexnet"), {profile, std::nullopt}).layers) {
      if (is_array_layer(layer.kind)) bits.push_back(layer.activation.bits);
    }
    EXPECT_EQ(bits, expected) << profile;
  }
}

TEST(Networks, AllHaveAnInt8Profile) {
  for (const char* name : {"lenet", "googlenet", "resnet_50", "mobilenet_v1"}) {
    const Workload workload = load_workload(path_of(name), {"int8", std::nullopt});
    for (const Layer& layer : workload.layers) {
      if (!is_array_layer(layer.kind)) continue;
      EXPECT_EQ(layer.activation.bits, 8) << name << " " << layer.name;
      EXPECT_EQ(layer.weight.bits, 8) << name << " " << layer.name;
    }
  }
}

TEST(Networks, FirstLayerReadsAnImageWithoutZerosPutIn) {
  const Workload workload = load_workload(path_of("alexnet"));
  EXPECT_EQ(layer_of(workload, "conv1").activation_source.zero_fraction, 0.0);
  EXPECT_EQ(layer_of(workload, "conv2").activation_source.zero_fraction, 0.45);
  EXPECT_EQ(layer_of(workload, "conv2").weight_source.zero_fraction, 0.0);
}

TEST(Networks, ResolveUnderEachOfTheirProfiles) {
  int resolved = 0;
  for (const auto& entry : std::filesystem::directory_iterator("workloads")) {
    if (entry.is_directory()) continue;  // tensors
    const WorkloadFile file = load_workload_file(entry.path().string());
    EXPECT_EQ(file.name, entry.path().stem().string());
    EXPECT_FALSE(file.description.empty()) << file.name;
    EXPECT_FALSE(file.notes.empty()) << file.name;
    for (const Profile& profile : file.profiles) {
      EXPECT_EQ(resolve(file, profile.name).layers.size(), file.layers.size()) << profile.name;
      ++resolved;
    }
  }
  EXPECT_GE(resolved, 14);
}

TEST(ConvnetBinary, HasOneBitPerOperandAndPaddingThatIsOne) {
  for (const Layer& layer : load_workload(path_of("convnet_binary")).layers) {
    if (!is_array_layer(layer.kind)) continue;
    EXPECT_EQ(layer.activation, (TensorType{1, Encoding::binary_pm1, 0})) << layer.name;
    EXPECT_EQ(layer.weight, layer.activation) << layer.name;
    EXPECT_EQ(layer.pad_value, layer.kind == LayerKind::conv ? -1 : 0) << layer.name;
  }
}

TEST(QuantisedProfiles, HaveTheWidthsOfTheTutorialsTable) {
  const auto layer = [](const std::string& profile, const std::string& name) {
    return layer_of(load_workload(path_of("alexnet"), {profile, std::nullopt}), name);
  };
  EXPECT_EQ(layer("lognet", "conv2").weight, (TensorType{5, Encoding::log2, 0}));
  EXPECT_EQ(layer("lognet", "fc7").weight, (TensorType{4, Encoding::log2, 0}));
  EXPECT_EQ(layer("lognet", "conv2").activation, (TensorType{4, Encoding::log2, 0}));
  EXPECT_EQ(layer("shared_weights", "conv2").weight, (TensorType{8, Encoding::codebook, 0, 16}));
  EXPECT_EQ(layer("shared_weights", "fc7").weight, (TensorType{4, Encoding::codebook, 0, 16}));
  EXPECT_EQ(layer("shared_weights", "fc7").activation, (TensorType{16, Encoding::twos, 0}));
  EXPECT_EQ(layer("binary_weights", "fc7").weight, (TensorType{1, Encoding::binary_pm1, 0}));
  EXPECT_EQ(layer("ternary_weights", "conv1").weight, (TensorType{2, Encoding::ternary, 0}));
}

TEST(Tiny, RunsEveryOperator) {
  const Workload workload = load_workload(path_of("tiny"));
  std::set<LayerKind> kinds;
  for (const Layer& layer : workload.layers) kinds.insert(layer.kind);
  EXPECT_EQ(kinds.size(), static_cast<std::size_t>(LayerKind::multiply) + 1);
  EXPECT_EQ(workload.batch, 2);
  EXPECT_EQ(output_shape(workload.layers.back()), (TensorShape{2, 6, 1, 1}));
}

TEST(LenetFashion, ReadsRealImagesIntoTheFirstLayer) {
  const Workload workload = load_workload(path_of("lenet_fashion"));
  const Layer conv1 = layer_of(workload, "conv1");
  EXPECT_EQ(workload.input_source.kind, TensorSource::Kind::dataset);
  EXPECT_EQ(conv1.activation_source.dataset, "fashion_mnist_test");
  EXPECT_EQ(conv1.activation, (TensorType{8, Encoding::unsigned_, 8}));
  EXPECT_EQ(macs_of(workload, true), 357600);
  EXPECT_EQ(macs_of(workload, false), 416520);
}

}  // namespace
}  // namespace bitscale
