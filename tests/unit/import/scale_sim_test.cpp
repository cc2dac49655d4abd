#include "sim/import/scale_sim.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ostream>
#include <string>
#include <vector>

#include "sim/workload/workload_file.hpp"
#include "tests/unit/workload/read_workload.hpp"

namespace bitscale::importing {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;

const std::string kHeader =
    "Layer name, IFMAP Height, IFMAP Width, Filter Height, Filter Width, Channels, Num Filter, "
    "Strides,\n";

Workload read(const std::string& text, const Widths& widths = {}) {
  return check_tree(to_tree(read_scale_sim(text, "net.csv", widths)));
}

/// The whole message of a topology that is refused.
std::string refusal(const std::string& text) {
  try {
    (void)read(text);
  } catch (const ConfigError& error) {
    return error.what();
  }
  return "read without a problem";
}

std::int64_t macs_of(const Workload& workload) {
  std::int64_t macs = 0;
  for (const Layer& layer : workload.layers) {
    if (is_array_layer(layer.kind)) macs += layer.shape.macs();
  }
  return macs;
}

TEST(ScaleSim, ReadsAConvolutionPerRow) {
  const Workload net = read(kHeader + "Conv1, 227, 225, 11, 9, 3, 96, 4,\n");
  ASSERT_EQ(net.layers.size(), 1U);
  const LayerShape& s = net.layers[0].shape;
  EXPECT_EQ(net.layers[0].name, "Conv1");
  EXPECT_EQ(s.H, 227);
  EXPECT_EQ(s.W, 225);
  EXPECT_EQ(s.R, 11);
  EXPECT_EQ(s.S, 9);
  EXPECT_EQ(s.C, 3);
  EXPECT_EQ(s.K, 96);
  EXPECT_EQ(s.P, 55);
  EXPECT_EQ(s.Q, 55);
  EXPECT_EQ(s.pad_bottom, 0);
}

TEST(ScaleSim, ReadsAMatrixProductPerRowOfTheGemmForm) {
  const Workload net = read("Layer, M, N, K,\nTest 1, 256, 128, 64,\n");
  const Layer& layer = net.layers.at(0);
  EXPECT_EQ(layer.kind, LayerKind::matmul);
  EXPECT_EQ(layer.name, "Test_1");
  EXPECT_EQ(layer.shape.P, 256);
  EXPECT_EQ(layer.shape.K, 128);
  EXPECT_EQ(layer.shape.C, 64);
}

TEST(ScaleSim, LayersStandOnTheirOwn) {
  const Workload net = read(kHeader + "a, 8, 8, 3, 3, 4, 2, 1,\nb, 5, 5, 1, 1, 7, 2, 1,\n");
  for (const Layer& layer : net.layers) EXPECT_TRUE(layer.inputs.empty()) << layer.name;
}

TEST(ScaleSim, TakesTheWidthsItIsGiven) {
  const Workload net = read("Layer,M,N,K\na,1,2,3\n", {6, 3});
  EXPECT_EQ(net.layers[0].activation, (TensorType{6, Encoding::unsigned_, 0}));
  EXPECT_EQ(net.layers[0].weight, (TensorType{3, Encoding::twos, 0}));
  EXPECT_EQ(read("Layer,M,N,K\na,1,2,3\n", {16, 16}).layers[0].activation.encoding, Encoding::twos);
}

/// The same two layers in every spelling that is met in practice.
TEST(ScaleSim, SpellingOfTheTableDoesNotMatter) {
  const std::vector<LayerShape> plain = [] {
    std::vector<LayerShape> shapes;
    for (const Layer& layer : read("Layer,M,N,K\na,4,5,6\nb,7,8,9\n").layers)
      shapes.push_back(layer.shape);
    return shapes;
  }();
  for (const char* text : {
           "\xef\xbb\xbfLayer, M, N, K,\r\na, 4, 5, 6,\r\nb, 7, 8, 9,\r\n",
           "LAYER NAME,M,N,K,,,\n\n a ,\t4 , 5,6,,\n\n,,,\nb,7,8,9",
           "# a topology\nLayer,M,N,K,# columns\na,4,5,6,#first\n  # between\nb,7,8,9\n",
           "a,4,5,6,\nb,7,8,9,\n",
           "\"Layer\",\"M\",\"N\",\"K\"\n\"a\",\"4\",\"5\",\"6\"\n\"b\",7,8,9\n",
           "Layer,N,K,M\na,5,6,4\nb,8,9,7\n",
       }) {
    const Workload net = read(text);
    ASSERT_EQ(net.layers.size(), 2U) << text;
    EXPECT_EQ(net.layers[0].shape, plain[0]) << text;
    EXPECT_EQ(net.layers[1].shape, plain[1]) << text;
  }
}

TEST(ScaleSim, ALastWindowHangsOverTheEdge) {
  // (8 - 3) / 2 leaves a row over: SCALE-Sim counts four windows where three fit.
  const Layer layer = read(kHeader + "a, 8, 9, 3, 3, 1, 1, 2,\n").layers.at(0);
  EXPECT_EQ(layer.shape.P, 4);
  EXPECT_EQ(layer.shape.Q, 4);
  EXPECT_EQ(layer.shape.pad_bottom, 1);
  EXPECT_EQ(layer.shape.pad_right, 0);
}

TEST(ScaleSim, AStridePerAxisTakesANinthColumn) {
  const Layer layer = read("a, 9, 9, 3, 3, 1, 1, 1, 2,\n").layers.at(0);
  EXPECT_EQ(layer.shape.stride_h, 1);
  EXPECT_EQ(layer.shape.stride_w, 2);
}

TEST(ScaleSim, DpInTheNameMakesALayerDepthwise) {
  const Layer layer = read(kHeader + "conv2_DP, 9, 9, 3, 3, 32, 2, 1,\n").layers.at(0);
  EXPECT_EQ(layer.kind, LayerKind::depthwise);
  EXPECT_EQ(layer.shape.G, 32);
  EXPECT_EQ(layer.shape.K, 2);
}

TEST(ScaleSim, NamesBecomeThoseOfWorkloadsEachOnce) {
  const Workload net = read(
      "Layer,M,N,K\nConv 1/a,1,1,1\nConv "
      "1/a,1,1,1\n1x1,1,1,1\ninput,1,1,1\nnull,1,1,1\n\xc3\xa9,1,1,"
      "1\n--x,1,1,1\n");
  std::vector<std::string> names;
  for (const Layer& layer : net.layers) names.push_back(layer.name);
  EXPECT_THAT(names, ElementsAre("Conv_1_a", "Conv_1_a_2", "layer_1x1", "layer_input", "layer_null",
                                 "layer_", "layer_--x"));
}

TEST(ScaleSim, TheFileItMakesIsReadBackFromItsText) {
  const config::Node tree = to_tree(read_scale_sim(
      kHeader + "null, 8, 8, 3, 3, 4, 2, 2,\nfc, 1, 1, 1, 1, 9, 5, 1,\n", "n.csv", {}));
  const Workload again = test::read_workload(config::emit_yaml(tree));
  EXPECT_EQ(again.layers, check_tree(tree).layers);
}

struct Mistake {
  std::string name, text, message;
};

std::ostream& operator<<(std::ostream& out, const Mistake& mistake) { return out << mistake.name; }

class BadTopology : public testing::TestWithParam<Mistake> {};

TEST_P(BadTopology, IsRefusedWithItsPlace) {
  EXPECT_THAT(refusal(GetParam().text), HasSubstr(GetParam().message));
}

INSTANTIATE_TEST_SUITE_P(
    Mistakes, BadTopology,
    testing::Values(
        Mistake{"empty", "", "net.csv:1:1: error: a topology has a row per layer; there is none"},
        Mistake{"header_alone", "Layer,M,N,K\n", "net.csv:1:1: error: no layer behind the header"},
        Mistake{"missing_value", "Layer,M,N,K\na,1,2\n",
                "net.csv:2:1: error: expected 4 values, got 3"},
        Mistake{"surplus_value", "Layer,M,N,K\na,1,2,3,4\n",
                "net.csv:2:1: error: expected 4 values, got 5"},
        Mistake{"no_number", "Layer,M,N,K\na, 1, two ,3\n",
                "net.csv:2:7: error: expected an integer between 1 and 16777216, got 'two'"},
        Mistake{"negative", "Layer,M,N,K\na,-1,2,3\n",
                "net.csv:2:3: error: expected an integer between 1 and 16777216, got '-1'"},
        Mistake{"zero", "Layer,M,N,K\na,0,2,3\n",
                "net.csv:2:3: error: expected an integer between 1 and 16777216, got '0'"},
        Mistake{"beyond_64_bits", "Layer,M,N,K\na,99999999999999999999,2,3\n",
                "net.csv:2:3: error: expected an integer between 1 and 16777216"},
        Mistake{"unknown_column", "Layer,M,N,K,Sparsity\na,1,2,3,1\n",
                "net.csv:1:13: error: unknown column 'Sparsity'"},
        Mistake{"second_column", "Layer,M,N,M\na,1,2,3\n",
                "net.csv:1:11: error: a second column 'M'"},
        Mistake{"mixed_forms", "Layer,M,N,K,Channels\na,1,2,3,1\n",
                "net.csv:1:1: error: the columns are neither"},
        Mistake{"open_quote", "Layer,M,N,K\n\"a,1,2,3\n",
                "net.csv:2:1: error: a quote that does not end"},
        Mistake{"text_behind_quote", "Layer,M,N,K\n\"a\"b,1,2,3\n",
                "net.csv:2:4: error: expected a comma behind the quote"},
        Mistake{"odd_count", "a,1,2,3,4,5\n", "net.csv:1:1: error: expected 8 or 9 values"},
        Mistake{"filter_over_input", kHeader + "a, 2, 8, 3, 3, 1, 1, 1,\n",
                "net.csv:2:1: error: layers.a.kernel: the kernel covers 3 x 3 positions, but the "
                "padded input has only 2 x 8"},
        Mistake{
            "huge_input", kHeader + "a, 16777216, 16777216, 1, 1, 16777216, 1, 1,\n",
            "net.csv:2:1: error: layers.a.reads: the input would have more than 2^62 elements"}),
    [](const auto& param_info) { return param_info.param.name; });

TEST(BadTopologies, SayAllTheirProblemsAtOnce) {
  const std::string text = refusal("Layer,M,N,K\na,x,2,3\nb,1,y,3\nc,1,2\n");
  EXPECT_THAT(text, HasSubstr("net.csv:2:3"));
  EXPECT_THAT(text, HasSubstr("net.csv:3:5"));
  EXPECT_THAT(text, HasSubstr("net.csv:4:1"));
}

TEST(BadTopologies, HaveAtMostAsManyLayersAsAWorkload) {
  std::string text = "Layer,M,N,K\n";
  for (std::size_t i = 0; i <= kMaxLayers; ++i) text += "same,1,1,1\n";
  EXPECT_THAT(refusal(text),
              HasSubstr("net.csv:4098:1: error: a workload has at most 4096 layers"));
}

class ExportedNetwork : public testing::TestWithParam<const char*> {};

TEST_P(ExportedNetwork, HasAsManyMacsWhenReadAgain) {
  const Workload original = load_workload(std::string("workloads/") + GetParam() + ".yaml");
  const ScaleSimTopology topology = write_scale_sim(original);
  EXPECT_EQ(macs_of(read(topology.csv)), macs_of(original));
}

INSTANTIATE_TEST_SUITE_P(Shipped, ExportedNetwork,
                         testing::Values("alexnet", "lenet", "googlenet", "mobilenet_v1", "nin",
                                         "resnet_18", "resnet_50", "vgg_19", "vgg_m",
                                         "bitfusion_lstm", "bitfusion_resnet18", "bitfusion_vgg7"),
                         [](const auto& param_info) { return std::string(param_info.param); });

TEST(ScaleSimExport, WritesTheSameTableThatItReads) {
  const std::string csv = write_scale_sim(load_workload("workloads/alexnet.yaml")).csv;
  EXPECT_EQ(write_scale_sim(read(csv)).csv, csv);
}

TEST(ScaleSimExport, NetworksOfMatrixProductsTakeTheGemmForm) {
  const ScaleSimTopology topology = write_scale_sim(load_workload("workloads/bitfusion_rnn.yaml"));
  EXPECT_EQ(topology.csv, "Layer,M,N,K,\nrnn,1,4096,4096,\n");
}

TEST(ScaleSimExport, SaysWhatTheFormatCannot) {
  const ScaleSimTopology alexnet = write_scale_sim(load_workload("workloads/alexnet.yaml"));
  EXPECT_THAT(alexnet.remarks, Contains(HasSubstr("left out: relu_conv1, pool1")));
  EXPECT_THAT(alexnet.remarks, Contains(HasSubstr("padding is part of the input sizes: conv2")));
  EXPECT_THAT(alexnet.remarks, Contains(HasSubstr("a row per group: conv2, conv4, conv5")));
  EXPECT_THAT(alexnet.csv, HasSubstr("conv2_g1,31,31,5,5,48,128,1,\n"));
  const ScaleSimTopology mobilenet =
      write_scale_sim(load_workload("workloads/mobilenet_v1.yaml", {"", 2}));
  EXPECT_THAT(mobilenet.remarks, Contains(HasSubstr("the batch of 2 is left out")));
}

TEST(ScaleSimExport, LeavesOutRowsThatNoWindowReads) {
  const Workload net = test::read_workload(R"(schema_version: 1
kind: workload
name: net
input: {channels: 1, height: 8, width: 8}
layers: [{name: a, op: conv, out_channels: 1, kernel: 3, stride: 2}]
)");
  EXPECT_THAT(write_scale_sim(net).csv, HasSubstr("a,7,7,3,3,1,1,2,\n"));
}

TEST(ScaleSimExport, NamesEveryLayerWithDilation) {
  const Workload net = test::read_workload(R"(schema_version: 1
kind: workload
name: net
input: {channels: 1, height: 20, width: 20}
layers:
  - {name: a, op: conv, out_channels: 1, kernel: 3, dilation: 2}
  - {name: b, op: conv, out_channels: 1, kernel: 3}
  - {name: c, op: conv, out_channels: 1, kernel: 3, dilation: [1, 3]}
)");
  try {
    (void)write_scale_sim(net);
    FAIL() << "dilation was written";
  } catch (const ConfigError& error) {
    ASSERT_EQ(error.diagnostics().size(), 2U);
    EXPECT_EQ(error.diagnostics()[0].key, "layer 'a'");
    EXPECT_EQ(error.diagnostics()[1].key, "layer 'c'");
  }
}

TEST(ScaleSimExport, ANameThatIsMarkedAlreadyIsKept) {
  const std::string csv = write_scale_sim(read(kHeader + "DP3, 12, 12, 3, 3, 5, 1, 1,\n")).csv;
  EXPECT_THAT(csv, HasSubstr("\nDP3,12,12,3,3,5,1,1,\n"));
}

TEST(ScaleSimExport, AnOrdinaryLayerIsNotTakenForADepthwiseOne) {
  const Workload net = test::read_workload(R"(schema_version: 1
kind: workload
name: net
input: {channels: 4, height: 8, width: 8}
layers: [{name: ADP, op: conv, out_channels: 3, kernel: 3}]
)");
  const Workload again = read(write_scale_sim(net).csv);
  EXPECT_EQ(again.layers[0].kind, LayerKind::conv);
  EXPECT_EQ(macs_of(again), macs_of(net));
}

}  // namespace
}  // namespace bitscale::importing
