#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/import/onnx_models.hpp"
#include "tests/unit/workload/read_workload.hpp"

namespace bitscale::importing {
namespace {

using test::Extents;
using test::import_model;
using test::ModelBuilder;
using test::set;
using testing::Contains;
using testing::HasSubstr;

std::vector<LayerKind> kinds_of(const Workload& net) {
  std::vector<LayerKind> kinds;
  for (const Layer& layer : net.layers) kinds.push_back(layer.kind);
  return kinds;
}

TEST(OnnxConv, TakesStridesDilationsPadsAndGroups) {
  ModelBuilder model({1, 4, 12, 13});
  onnx::NodeProto& conv = model.conv("x", "y", {6, 2, 3, 5});
  set(conv, "group", 2);
  set(conv, "strides", Extents{2, 1});
  set(conv, "dilations", Extents{1, 2});
  set(conv, "pads", Extents{1, 2, 3, 4});  // top, left, bottom, right
  model.output("y");
  const LayerShape s = import_model(model).layers.at(0).shape;
  EXPECT_EQ(s.G, 2);
  EXPECT_EQ(s.C, 2);
  EXPECT_EQ(s.K, 3);
  EXPECT_EQ(s.R, 3);
  EXPECT_EQ(s.S, 5);
  EXPECT_EQ(s.stride_h, 2);
  EXPECT_EQ(s.stride_w, 1);
  EXPECT_EQ(s.dilation_w, 2);
  EXPECT_EQ(s.pad_top, 1);
  EXPECT_EQ(s.pad_left, 2);
  EXPECT_EQ(s.pad_bottom, 3);
  EXPECT_EQ(s.pad_right, 4);
}

TEST(OnnxConv, OneChannelPerGroupIsDepthwise) {
  ModelBuilder model({1, 4, 8, 8});
  set(model.conv("x", "y", {8, 1, 3, 3}), "group", 4);
  model.output("y");
  const Layer layer = import_model(model).layers.at(0);
  EXPECT_EQ(layer.kind, LayerKind::depthwise);
  EXPECT_EQ(layer.shape.G, 4);
  EXPECT_EQ(layer.shape.K, 2);
}

TEST(OnnxConv, AutomaticPaddingKeepsTheSize) {
  for (const char* mode : {"SAME_UPPER", "SAME_LOWER"}) {
    ModelBuilder model({1, 1, 8, 7});
    onnx::NodeProto& conv = model.conv("x", "y", {1, 1, 3, 3});
    set(conv, "auto_pad", std::string(mode));
    set(conv, "strides", Extents{2, 2});
    model.output("y");
    const LayerShape s = import_model(model).layers.at(0).shape;
    EXPECT_EQ(s.P, 4);
    EXPECT_EQ(s.Q, 4);
    EXPECT_EQ(s.pad_top, std::string(mode) == "SAME_LOWER" ? 1 : 0);
    EXPECT_EQ(s.pad_bottom, std::string(mode) == "SAME_LOWER" ? 0 : 1);
    EXPECT_EQ(s.pad_left, 1);
    EXPECT_EQ(s.pad_right, 1);
  }
}

TEST(OnnxConv, TakesThePaddingInFrontOfIt) {
  ModelBuilder model({1, 1, 8, 8});
  model.integers("pads", {0, 0, 1, 2, 0, 0, 3, 4});
  model.node("Pad", {"x", "pads"}, "p");
  set(model.conv("p", "y", {1, 1, 3, 3}), "pads", Extents{1, 0, 0, 0});
  model.output("y");
  const LayerShape s = import_model(model).layers.at(0).shape;
  EXPECT_EQ(s.H, 8);
  EXPECT_EQ(s.pad_top, 2);
  EXPECT_EQ(s.pad_left, 2);
  EXPECT_EQ(s.pad_bottom, 3);
  EXPECT_EQ(s.pad_right, 4);
}

TEST(OnnxConv, OneDimensionLiesOnTheRows) {
  ModelBuilder model({1, 4, 16});
  set(model.conv("x", "y", {6, 4, 3}), "pads", Extents{1, 0});
  model.output("y");
  const LayerShape s = import_model(model).layers.at(0).shape;
  EXPECT_EQ(s.H, 16);
  EXPECT_EQ(s.W, 1);
  EXPECT_EQ(s.R, 3);
  EXPECT_EQ(s.S, 1);
  EXPECT_EQ(s.P, 15);
}

TEST(OnnxGemm, IsFullyConnectedEitherWayItsWeightsLie) {
  for (const bool transposed : {false, true}) {
    ModelBuilder model({2, 12});
    model.constant("w", transposed ? Extents{5, 12} : Extents{12, 5});
    set(model.node("Gemm", {"x", "w"}, "y"), "transB", transposed ? 1 : 0);
    model.output("y");
    const Layer layer = import_model(model).layers.at(0);
    EXPECT_EQ(layer.kind, LayerKind::fully_connected);
    EXPECT_EQ(layer.shape.N, 2);
    EXPECT_EQ(layer.shape.C, 12);
    EXPECT_EQ(layer.shape.K, 5);
  }
}

TEST(OnnxMatMul, OfRowsIsAMatrixProduct) {
  ModelBuilder model({3, 7, 12});
  model.constant("w", {12, 5});
  model.node("MatMul", {"x", "w"}, "y");
  model.output("y");
  const Layer layer = import_model(model).layers.at(0);
  EXPECT_EQ(layer.kind, LayerKind::matmul);
  EXPECT_EQ(layer.shape.N, 3);
  EXPECT_EQ(layer.shape.P, 7);
  EXPECT_EQ(layer.shape.C, 12);
  EXPECT_EQ(layer.shape.K, 5);
}

TEST(OnnxGraph, BranchesJoinInAdditionsAndConcatenations) {
  ModelBuilder model({1, 3, 8, 8});
  model.conv("x", "a", {4, 3, 1, 1});
  model.conv("x", "b", {4, 3, 1, 1});
  model.node("Add", {"a", "b"}, "sum");
  set(model.node("Concat", {"sum", "a"}, "y"), "axis", 1);
  model.output("y");
  const Workload net = import_model(model);
  EXPECT_EQ(net.layers.at(2).kind, LayerKind::add);
  EXPECT_EQ(net.layers.at(2).inputs, (std::vector<std::int32_t>{0, 1}));
  EXPECT_EQ(net.layers.at(3).inputs, (std::vector<std::int32_t>{2, 0}));
  EXPECT_EQ(output_shape(net.layers.at(3)), (TensorShape{1, 8, 8, 8}));
}

TEST(OnnxGraph, LongConcatenationsAreNested) {
  ModelBuilder model({1, 1, 4, 4});
  std::vector<std::string> names;
  for (int i = 0; i < 19; ++i) {
    names.push_back("c" + std::to_string(i));
    model.conv("x", names.back(), {1, 1, 1, 1});
  }
  set(model.node("Concat", names, "y"), "axis", 1);
  model.output("y");
  const Workload net = import_model(model);
  EXPECT_EQ(net.layers.size(), 19U + 3U);
  EXPECT_EQ(output_shape(net.layers.back()).c, 19);
}

TEST(OnnxPools, TakeTheirWindowsAndCoverTheInputWhenGlobal) {
  ModelBuilder model({1, 2, 9, 9});
  onnx::NodeProto& pool = model.node("MaxPool", {"x"}, "p");
  set(pool, "kernel_shape", Extents{3, 3});
  set(pool, "strides", Extents{2, 2});
  set(pool, "pads", Extents{1, 1, 1, 1});
  model.node("GlobalAveragePool", {"p"}, "y");
  model.output("y");
  const Workload net = import_model(model);
  EXPECT_EQ(kinds_of(net), (std::vector<LayerKind>{LayerKind::max_pool, LayerKind::average_pool}));
  EXPECT_EQ(net.layers[0].shape.P, 5);
  EXPECT_EQ(net.layers[1].shape.R, 5);
  EXPECT_EQ(net.layers[1].shape.P, 1);
}

TEST(OnnxPools, AMeanOverAllPixelsIsAGlobalPool) {
  ModelBuilder model({1, 2, 9, 9});
  set(model.node("ReduceMean", {"x"}, "y"), "axes", Extents{-1, 2});
  model.output("y");
  EXPECT_EQ(output_shape(import_model(model).layers.at(0)), (TensorShape{1, 2, 1, 1}));
}

TEST(OnnxLayout, AFlattenedImageFeedsAFullyConnectedLayer) {
  ModelBuilder model({1, 3, 4, 4});
  model.node("Flatten", {"x"}, "f");
  model.constant("w", {48, 5});
  model.node("MatMul", {"f", "w"}, "y");
  model.output("y");
  const Workload net = import_model(model);
  EXPECT_EQ(kinds_of(net), std::vector<LayerKind>{LayerKind::fully_connected});
  EXPECT_EQ(net.layers[0].shape.C, 48);
}

TEST(OnnxLayout, ReshapesComputedFromShapesAreFollowed) {
  // x.view(x.size(0), -1), twice over, as exporters write it.
  ModelBuilder model({-1, 3, 4, 4});
  model.integers("zero", {0}, true);
  model.integers("axis", {0});
  model.integers("rest", {-1});
  std::string from = "x";
  for (const std::string step : {"1", "2"}) {
    model.node("Shape", {from}, "shape" + step);
    model.node("Gather", {"shape" + step, "zero"}, "n" + step);
    model.node("Unsqueeze", {"n" + step, "axis"}, "u" + step);
    set(model.node("Concat", {"u" + step, "rest"}, "size" + step), "axis", 0);
    model.node("Reshape", {from, "size" + step}, "f" + step);
    from = "f" + step;
  }
  model.constant("w", {48, 5});
  model.node("MatMul", {"f2", "w"}, "y");
  model.output("y");
  EXPECT_EQ(import_model(model).layers.at(0).shape.C, 48);
}

TEST(OnnxLayout, ChannelsLastAreTurnedWithoutALayer) {
  ModelBuilder model({1, 5, 6, 3});
  set(model.node("Transpose", {"x"}, "first"), "perm", Extents{0, 3, 1, 2});
  model.conv("first", "c", {4, 3, 1, 1});
  set(model.node("Transpose", {"c"}, "last"), "perm", Extents{0, 2, 3, 1});
  model.constant("w", {4, 7});
  model.node("MatMul", {"last", "w"}, "y");
  model.output("y");
  const Workload net = import_model(model);
  EXPECT_EQ(kinds_of(net), (std::vector<LayerKind>{LayerKind::conv, LayerKind::conv}));
  EXPECT_EQ(net.layers[0].shape.H, 5);
  EXPECT_EQ(net.layers[0].shape.W, 6);
  EXPECT_EQ(output_shape(net.layers[1]), (TensorShape{1, 7, 5, 6}));
}

TEST(OnnxTypes, OnlyWhatIsBehindAReluIsUnsigned) {
  ModelBuilder model({1, 3, 8, 8});
  model.conv("x", "a", {4, 3, 1, 1});
  model.conv("a", "b", {4, 4, 1, 1});
  model.node("Relu", {"b"}, "r");
  set(model.node("MaxPool", {"r"}, "p"), "kernel_shape", Extents{2, 2});
  model.conv("p", "c", {4, 4, 1, 1});
  model.output("c");
  const Workload net = import_model(model, {{7, 5}, false, {}});
  EXPECT_EQ(net.layers[0].activation, (TensorType{7, Encoding::twos, 0}));
  EXPECT_EQ(net.layers[1].activation, (TensorType{7, Encoding::twos, 0}));
  EXPECT_EQ(net.layers.back().activation, (TensorType{7, Encoding::unsigned_, 0}));
  EXPECT_EQ(net.layers.back().weight.bits, 5);
}

TEST(OnnxNotes, NameWhatWasLeftOut) {
  ModelBuilder model({-1, 3, 8, 8});
  model.constant("bias", {4});
  model.conv("x", "a", {4, 3, 1, 1}).add_input("bias");
  model.node("LRN", {"a"}, "n");
  set(*model.model.mutable_graph()->mutable_node(1), "size", 3);
  model.node("Dropout", {"n"}, "d");
  model.node("Flatten", {"d"}, "f");
  model.node("Softmax", {"f"}, "y");
  model.output("y");
  const Workload net = import_model(model);
  EXPECT_EQ(net.layers.size(), 1U);
  EXPECT_THAT(net.notes, Contains("left out: bias (a_node)"));
  EXPECT_THAT(net.notes, Contains("left out: Dropout (d_node)"));
  EXPECT_THAT(net.notes, Contains("left out: LRN (n_node)"));
  EXPECT_THAT(net.notes, Contains("left out: Softmax (y_node)"));
  EXPECT_THAT(net.notes, Contains(HasSubstr("leaves the batch open")));
}

TEST(OnnxNotes, OperatorsThatKeepShapesCanBeLeftOutOnRequest) {
  ModelBuilder model({1, 3, 8, 8});
  model.conv("x", "a", {4, 3, 1, 1});
  model.node("Sigmoid", {"a"}, "s");
  model.conv("s", "y", {4, 4, 1, 1});
  model.output("y");
  const Workload net = import_model(model, {{}, false, {"Sigmoid"}});
  EXPECT_EQ(net.layers.size(), 2U);
  EXPECT_THAT(net.notes, Contains("left out: Sigmoid (s_node)"));
}

TEST(OnnxNames, AreThoseOfNodesOrOfWhatTheyWrite) {
  ModelBuilder model({1, 3, 8, 8});
  model.conv("x", "a", {4, 3, 1, 1}).set_name("layer1/conv.0");
  model.conv("a", "12", {4, 4, 1, 1}).clear_name();
  model.output("12");
  const Workload net = import_model(model);
  EXPECT_EQ(net.layers[0].name, "layer1_conv_0");
  EXPECT_EQ(net.layers[1].name, "layer_12");
}

TEST(OnnxConstants, OfNodesCountAsWeights) {
  ModelBuilder model({1, 6});
  onnx::NodeProto& constant = model.node("Constant", {}, "w");
  onnx::AttributeProto& value = *constant.add_attribute();
  value.set_name("value");
  value.set_type(onnx::AttributeProto::TENSOR);
  *value.mutable_t() = model.constant("elsewhere", {6, 2});
  model.node("MatMul", {"x", "w"}, "y");
  model.output("y");
  EXPECT_EQ(import_model(model).layers.at(0).shape.K, 2);
}

}  // namespace
}  // namespace bitscale::importing
