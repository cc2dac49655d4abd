#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/unit/workload/read_workload.hpp"

namespace bitscale {
namespace {

using test::layer_of;
using test::read_workload;

const std::string kHead = R"(schema_version: 1
kind: workload
name: net
input: {channels: 4, height: 8, width: 8, bits: 8}
defaults: {activation: {bits: 6, source: {zero_fraction: 0.5, seed: 7}}, weight: {bits: 4}}
layers:
)";

Workload read_layers(const std::string& layers, const WorkloadRequest& request = {}) {
  return read_workload(kHead + layers, request);
}

TEST(WorkloadFile, ReadsThePreviousLayerByDefault) {
  const Workload net = read_layers(
      "  - {name: a, op: relu}\n"
      "  - {name: b, op: conv, out_channels: 2, kernel: 3}\n"
      "  - {name: c, op: add, inputs: [input, a]}\n");
  EXPECT_EQ(layer_of(net, "a").inputs, (std::vector<std::int32_t>{-1}));
  EXPECT_EQ(layer_of(net, "b").inputs, (std::vector<std::int32_t>{0}));
  EXPECT_EQ(layer_of(net, "c").inputs, (std::vector<std::int32_t>{-1, 0}));
}

TEST(WorkloadFile, LayersOnTheirOwnReadWhatTheyState) {
  const Workload net = read_layers(
      "  - {name: a, op: conv, out_channels: 2, kernel: 3}\n"
      "  - {name: b, op: conv, out_channels: 3, kernel: 3,\n"
      "     reads: {channels: 5, height: 7, width: 9}}\n"
      "  - {name: c, op: relu}\n",
      {"", 2});
  const Layer b = layer_of(net, "b");
  EXPECT_TRUE(b.inputs.empty());
  EXPECT_EQ(b.shape.N, 2);
  EXPECT_EQ(b.shape.C, 5);
  EXPECT_EQ(output_shape(b), (TensorShape{2, 3, 5, 7}));
  EXPECT_EQ(b.activation.bits, 6);
  EXPECT_EQ(layer_of(net, "c").inputs, (std::vector<std::int32_t>{1}));
}

TEST(WorkloadFile, NeedsNoInputWhereEveryLayerStandsOnItsOwn) {
  const Workload net = read_workload(R"(schema_version: 1
kind: workload
name: net
layers:
  - {name: a, op: matmul, rows: 4, columns: 2, reads: {channels: 3, height: 4}}
)");
  EXPECT_EQ(layer_of(net, "a").shape.macs(), 24);
}

TEST(WorkloadFile, LayersInheritTypesAndSourcesKeyByKey) {
  const Workload net = read_layers(
      "  - {name: a, op: relu}\n"
      "  - {name: b, op: conv, out_channels: 2, kernel: 3,\n"
      "     activation: {encoding: unsigned, source: {scale: 0.5}}, weight: {bits: 3}}\n");
  const Layer b = layer_of(net, "b");
  EXPECT_EQ(b.activation, (TensorType{6, Encoding::unsigned_, 0}));
  EXPECT_EQ(b.activation_source.scale, 0.5);
  EXPECT_EQ(b.activation_source.zero_fraction, 0.5);
  EXPECT_EQ(b.activation_source.seed, 7U);
  EXPECT_EQ(b.weight, (TensorType{3, Encoding::twos, 0}));
}

TEST(WorkloadFile, BinaryLayersStateTheirPadding) {
  const Workload net = read_layers(
      "  - {name: a, op: conv, out_channels: 2, kernel: 3, pad: 1}\n"
      "  - {name: b, op: depthwise, kernel: 3, pad: 1, pad_value: -1,\n"
      "     activation: {bits: 1, encoding: binary_pm1}}\n"
      "  - {name: c, op: conv, out_channels: 2, kernel: 3,\n"
      "     activation: {bits: 1, encoding: binary_pm1}}\n");
  EXPECT_EQ(layer_of(net, "a").pad_value, 0);
  EXPECT_EQ(layer_of(net, "b").pad_value, -1);
  EXPECT_EQ(layer_of(net, "a").output, layer_of(net, "b").activation);
}

TEST(WorkloadFile, CodebooksHaveEntriesOf16BitsOrWhatTheyState) {
  const Workload net = read_layers(
      "  - {name: a, op: conv, out_channels: 2, kernel: 3, weight: {encoding: codebook}}\n"
      "  - {name: b, op: fully_connected, out_channels: 2,\n"
      "     weight: {encoding: codebook, entry_bits: 8}}\n");
  EXPECT_EQ(layer_of(net, "a").weight, (TensorType{4, Encoding::codebook, 0, 16}));
  EXPECT_EQ(layer_of(net, "b").weight, (TensorType{4, Encoding::codebook, 0, 8}));
}

TEST(WorkloadFile, AProfileMayChangeEncodings) {
  const Workload net = read_layers(
      "  - {name: a, op: conv, out_channels: 2, kernel: 3}\n"
      "  - {name: b, op: fully_connected, out_channels: 2, activation: {frac_bits: 5}}\n"
      "profiles: {lognet: {source: x, confidence: recalled, default_weight_bits: 4,\n"
      "                    weight_bits: {a: 5}, weight_encoding: log2,\n"
      "                    default_activation_bits: 4, activation_encoding: log2}}\n",
      {"lognet", std::nullopt});
  EXPECT_EQ(layer_of(net, "a").weight, (TensorType{5, Encoding::log2, 0}));
  EXPECT_EQ(layer_of(net, "b").weight, (TensorType{4, Encoding::log2, 0}));
  // 6 bits of two's complement end at 2^5, 4 bits of log2 at 2^7: full scale stays.
  EXPECT_EQ(layer_of(net, "b").activation, (TensorType{4, Encoding::log2, 7}));
}

TEST(WorkloadFile, LayersOnTheNetworksInputTakeItsTypeAndSource) {
  const Workload net = read_layers("  - {name: a, op: conv, out_channels: 2, kernel: 3}\n");
  EXPECT_EQ(layer_of(net, "a").activation.bits, 8);
  EXPECT_EQ(layer_of(net, "a").activation_source.zero_fraction, 0.0);
}

TEST(WorkloadFile, BatchMultipliesTheImages) {
  const std::string layer = "  - {name: a, op: fully_connected, out_channels: 2}\n";
  EXPECT_EQ(layer_of(read_layers(layer), "a").shape.N, 1);
  EXPECT_EQ(layer_of(read_layers(layer, {"", 16}), "a").shape.N, 16);
  EXPECT_EQ(read_layers(layer, {"", 16}).batch, 16);
}

TEST(WorkloadFile, AStandAloneMatmulImpliesItsInput) {
  const Workload net = read_workload(
      "schema_version: 1\nkind: workload\nname: rnn\nlayers:\n"
      "  - {name: a, op: matmul, rows: 1, inner: 4096, columns: 4000}\n");
  EXPECT_EQ(net.input_channels, 4096);
  EXPECT_EQ(net.layers[0].shape.macs(), 4096 * 4000);
}

TEST(WorkloadFile, RelativeNpyPathsCountFromTheFile) {
  const std::string text =
      kHead +
      "  - {name: a, op: fully_connected, out_channels: 2,\n"
      "     weight: {source: {kind: npy, path: data/w.npy, source_bits: 9}}}\n";
  const config::Node tree = config::parse_yaml(text, "some/folder/net.yaml");
  const Workload net = config::read_all(tree, [](config::Reader& r) { return parse_workload(r); });
  EXPECT_EQ(net.layers[0].weight_source.kind, TensorSource::Kind::npy);
  EXPECT_EQ(net.layers[0].weight_source.path, "some/folder/data/w.npy");
  EXPECT_EQ(net.layers[0].weight_source.source_bits, 9);
}

TEST(OutputTypes, FollowTheWidestReader) {
  const Workload net = read_layers(
      "  - {name: a, op: conv, out_channels: 4, kernel: 1}\n"
      "  - {name: b, op: conv, out_channels: 4, kernel: 1, activation: {bits: 3}}\n"
      "  - {name: c, op: conv, inputs: a, out_channels: 4, kernel: 1, activation: {bits: 9}}\n");
  EXPECT_EQ(layer_of(net, "a").output.bits, 9);
}

TEST(OutputTypes, PassThroughLayersWithoutMacs) {
  const Workload net = read_layers(
      "  - {name: a, op: conv, out_channels: 4, kernel: 1}\n"
      "  - {name: p, op: max_pool, kernel: 2}\n"
      "  - {name: b, op: conv, out_channels: 4, kernel: 1, activation: {bits: 11}}\n");
  EXPECT_EQ(layer_of(net, "a").output.bits, 11);
  EXPECT_EQ(layer_of(net, "p").activation.bits, 11);
  EXPECT_EQ(layer_of(net, "p").output.bits, 11);
}

TEST(OutputTypes, KeepTheSignInFrontOfARelu) {
  const Workload net = read_layers(
      "  - {name: a, op: conv, out_channels: 4, kernel: 1}\n"
      "  - {name: r, op: relu}\n"
      "  - {name: b, op: conv, out_channels: 4, kernel: 1, activation: {encoding: unsigned}}\n");
  EXPECT_EQ(layer_of(net, "r").output, (TensorType{6, Encoding::unsigned_, 0}));
  EXPECT_EQ(layer_of(net, "a").output, (TensorType{7, Encoding::twos, 0}));
}

TEST(OutputTypes, OfTheLastLayerAreTheFilesDefault) {
  const std::string layer = "  - {name: a, op: fully_connected, out_channels: 2}\n";
  EXPECT_EQ(layer_of(read_layers(layer), "a").output.bits, 6);
  const Workload net = read_workload(
      "schema_version: 1\nkind: workload\nname: net\ninput: {channels: 4}\n"
      "defaults: {output: {bits: 12}}\nlayers:\n" +
      layer);
  EXPECT_EQ(layer_of(net, "a").output.bits, 12);
}

TEST(OutputTypes, AsTheLayerStatesThemWin) {
  const Workload net = read_layers(
      "  - {name: a, op: conv, out_channels: 4, kernel: 1, output: {bits: 5}}\n"
      "  - {name: b, op: conv, out_channels: 4, kernel: 1}\n");
  EXPECT_EQ(layer_of(net, "a").output.bits, 5);
}

TEST(RequantiseShift, IsChosenBySizeWhereNoScaleIsStated) {
  const Workload net = read_layers("  - {name: a, op: fully_connected, out_channels: 2}\n");
  EXPECT_GE(layer_of(net, "a").requantise_shift, 0);
}

TEST(RequantiseShift, ComesFromStatedFracBits) {
  const Workload net = read_layers(
      "  - {name: a, op: fully_connected, out_channels: 2, activation: {frac_bits: 5}}\n");
  EXPECT_EQ(layer_of(net, "a").requantise_shift, -1);
}

TEST(RequantiseShift, AsTheLayerStatesItWins) {
  const Workload net = read_layers(
      "  - {name: a, op: fully_connected, out_channels: 2, activation: {frac_bits: 5},\n"
      "     requantise_shift: 3}\n");
  EXPECT_EQ(layer_of(net, "a").requantise_shift, 3);
}

const std::string kProfiles = R"(  - {name: a, op: conv, out_channels: 4, kernel: 1}
  - {name: b, op: conv, out_channels: 4, kernel: 1, activation: {frac_bits: 4}}
profiles:
  narrow:
    source: made up
    confidence: recalled
    default_activation_bits: 5
    activation_bits: {a: 3}
    weight_bits: {b: 2}
)";

TEST(Profiles, SetTheListedLayersAndTheDefaultOfTheOthers) {
  const Workload net = read_layers(kProfiles, {"narrow", std::nullopt});
  EXPECT_EQ(net.profile, "narrow");
  EXPECT_EQ(layer_of(net, "a").activation.bits, 3);
  EXPECT_EQ(layer_of(net, "b").activation.bits, 5);
  EXPECT_EQ(layer_of(net, "a").weight.bits, 4);
  EXPECT_EQ(layer_of(net, "b").weight.bits, 2);
}

TEST(Profiles, OfWidthsNeedNotBeDeclared) {
  const Workload net = read_layers(kProfiles, {"4x2", std::nullopt});
  EXPECT_EQ(net.profile, "4x2");
  for (const char* layer : {"a", "b"}) {
    EXPECT_EQ(layer_of(net, layer).activation.bits, 4);
    EXPECT_EQ(layer_of(net, layer).weight.bits, 2);
  }
  ASSERT_FALSE(net.assumed.empty());
  EXPECT_EQ(net.assumed.back(),
            "profile 4x2: the same widths in every layer, accuracy not checked here");
}

TEST(Profiles, KeepTheFullScaleOfStatedTypes) {
  const Workload net = read_layers(kProfiles, {"narrow", std::nullopt});
  EXPECT_EQ(layer_of(net, "b").activation.frac_bits, 3);  // 6 bits with 4 behind the point, now 5
}

TEST(Profiles, DecideWhatTheProducersWrite) {
  EXPECT_EQ(layer_of(read_layers(kProfiles), "a").output.bits, 6);
  EXPECT_EQ(layer_of(read_layers(kProfiles, {"narrow", std::nullopt}), "a").output.bits, 5);
}

TEST(Profiles, AreNotInForceUnasked) {
  const Workload net = read_layers(kProfiles);
  EXPECT_EQ(layer_of(net, "a").activation.bits, 8);
  EXPECT_TRUE(net.recalled.empty());
}

TEST(Profiles, OfOneFileServeSeveralResolutions) {
  const config::Node tree = config::parse_yaml(kHead + kProfiles, "net.yaml");
  const WorkloadFile file =
      config::read_all(tree, [](config::Reader& r) { return parse_workload_file(r); });
  ASSERT_EQ(file.profiles.size(), 1U);
  EXPECT_EQ(resolve(file), read_layers(kProfiles));
  EXPECT_EQ(resolve(file, "narrow"), read_layers(kProfiles, {"narrow", std::nullopt}));
  EXPECT_THROW((void)resolve(file, "wide"), ConfigError);
}

TEST(WorkloadSchema, HasABranchPerOperator) {
  const auto schema =
      config::Reader::describe("workload", [](config::Reader& r) { (void)parse_workload(r); });
  const auto& branches = schema.at("properties").at("layers").at("items").at("oneOf");
  ASSERT_EQ(branches.size(), 11U);
  EXPECT_EQ(branches[0].at("properties").at("op").at("const"), "conv");
  EXPECT_TRUE(branches[0].at("properties").at("pad").contains("anyOf"));
  EXPECT_FALSE(branches[6].at("properties").contains("kernel"));
}

}  // namespace
}  // namespace bitscale
