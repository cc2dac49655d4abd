#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/import/onnx_models.hpp"

namespace bitscale::importing {
namespace {

using test::Extents;
using test::ModelBuilder;
using test::refusal_of;
using test::set;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

/// A sound model: one convolution.
ModelBuilder sound() {
  ModelBuilder model({1, 3, 8, 8});
  model.conv("x", "c", {4, 3, 3, 3});
  model.node("Relu", {"c"}, "y");
  model.output("y");
  return model;
}

ExitCode code_of(const std::string& bytes) {
  try {
    (void)test::import_bytes(bytes);
  } catch (const Error& error) {
    return error.exit_code();
  }
  return ExitCode::ok;
}

TEST(HostileOnnx, IsComparedWithASoundModel) { EXPECT_EQ(code_of(sound().bytes()), ExitCode::ok); }

TEST(HostileOnnx, EveryTruncationIsReadOrRefused) {
  const std::string whole = sound().bytes();
  int refused = 0;
  for (std::size_t length = 0; length < whole.size(); ++length) {
    if (code_of(whole.substr(0, length)) != ExitCode::ok) ++refused;
  }
  EXPECT_GT(refused, static_cast<int>(whole.size()) * 9 / 10);
}

TEST(HostileOnnx, BytesThatAreNoModelAreRefused) {
  EXPECT_EQ(refusal_of(""), "net.onnx: error: the file is empty");
  EXPECT_THAT(refusal_of("schema_version: 1\n"), HasSubstr("not an ONNX model"));
  EXPECT_THAT(refusal_of(std::string("\x08\x08", 2)), HasSubstr("it has no graph of nodes"));
  EXPECT_EQ(code_of("garbage"), ExitCode::input_output);
}

TEST(HostileOnnx, ConstantsThatLieAboutTheirSizeAreRefused) {
  ModelBuilder model = sound();
  model.model.mutable_graph()->mutable_initializer(0)->add_float_data(1.0F);
  onnx::TensorProto& raw = model.constant("raw", {3});
  raw.clear_float_data();
  raw.set_raw_data("12345678");
  onnx::TensorProto& none = model.constant("none", {3});
  none.clear_float_data();
  EXPECT_EQ(refusal_of(model.bytes()),
            "net.onnx: error: constant 'c_w': its shape 4 x 3 x 3 x 3 needs 108 elements, the file "
            "has 109\n"
            "net.onnx: error: constant 'raw': its shape 3 needs 12 bytes, the file has 8\n"
            "net.onnx: error: constant 'none': its shape 3 needs 3 elements, the file has 0");
  EXPECT_EQ(code_of(model.bytes()), ExitCode::input_output);
}

TEST(HostileOnnx, HugeAndNegativeExtentsAllocateNothing) {
  for (const Extents& extents : {Extents{-1}, Extents{1LL << 40, 1LL << 40}, Extents{1LL << 62, 8},
                                 Extents{1LL << 32}, Extents{3, -3}}) {
    ModelBuilder model = sound();
    onnx::TensorProto& tensor = *model.model.mutable_graph()->add_initializer();
    tensor.set_name("huge");
    tensor.set_data_type(onnx::TensorProto::FLOAT);
    for (const std::int64_t extent : extents) tensor.add_dims(extent);
    EXPECT_THAT(refusal_of(model.bytes()),
                AllOf(HasSubstr("constant 'huge'"),
                      HasSubstr("a tensor holds at most 2147483648 elements")));
  }
}

TEST(HostileOnnx, InputsOfHugeNegativeOrOpenExtentsAreRefused) {
  const auto refusal = [](const Extents& input) {
    ModelBuilder model(input);
    model.conv("x", "y", {4, 3, 3, 3});
    model.output("y");
    return refusal_of(model.bytes());
  };
  EXPECT_THAT(refusal({1, 3, 1LL << 40, 8}), HasSubstr("input 'x': dimension 2 has 1099511627776"));
  EXPECT_THAT(refusal({1, 3, 0, 8}), HasSubstr("dimension 2 has 0 elements"));
  EXPECT_THAT(refusal({1, 3, -5, 8}), HasSubstr("dimension 2 has -5 elements"));
  EXPECT_THAT(refusal({-7, 3, 8, 8}), HasSubstr("dimension 0 has -7 elements"));
  EXPECT_THAT(refusal({1, 3, -1, 8}), HasSubstr("dimension 2 ('open') is open"));
  EXPECT_THAT(refusal({1, 3, 1 << 20, 1 << 20}),
              HasSubstr("input 'x': more elements than the 2147483648 of a tensor"));
  EXPECT_THAT(refusal({1 << 24, 1 << 24, 1 << 24, 1 << 24}), HasSubstr("more elements than"));
  EXPECT_THAT(refusal({3}), HasSubstr("1 dimensions: expected 2 [N, C]"));
  EXPECT_THAT(refusal({1, 3, 8, 8, 8}), HasSubstr("5 dimensions"));
}

TEST(HostileOnnx, CyclesAndUnwrittenValuesAreRefused) {
  ModelBuilder model({1, 3, 8, 8});
  model.node("Add", {"x", "b"}, "a");
  model.node("Relu", {"a"}, "b");
  model.output("b");
  model.output("nowhere");
  EXPECT_EQ(refusal_of(model.bytes()),
            "net.onnx: error: node 'a_node' (Add): reads 'b', which nothing before it writes (a "
            "cycle, or nodes out of order)\n"
            "net.onnx: error: output 'nowhere': no node writes it");
}

TEST(HostileOnnx, ValuesWrittenTwiceAreRefused) {
  ModelBuilder model = sound();
  model.node("Relu", {"x"}, "c");
  model.constant("c_w", {1});
  EXPECT_THAT(refusal_of(model.bytes()), AllOf(HasSubstr("writes 'c', which has a value already"),
                                               HasSubstr("constant 'c_w': it is defined twice")));
}

TEST(HostileOnnx, WindowsThatCannotBeAreRefusedBeforeAnybodyDivides) {
  struct Case {
    const char* attribute;
    Extents values;
    const char* message;
  };
  const std::vector<Case> cases = {
      {"strides", {0, 1}, "strides of 0: expected 1..4096"},
      {"strides", {-1, 1}, "strides of -1: expected 1..4096"},
      {"dilations", {1, 1LL << 40}, "dilations of 1099511627776: expected 1..4096"},
      {"kernel_shape", {0, 0}, "kernel_shape of 0: expected 1..4096"},
      {"kernel_shape", {3, 4}, "net.onnx: error: "},
      {"pads", {0, 0, -1, 0}, "pads of -1: expected 0..4096"},
      {"pads", {1, 1}, "net.onnx: error: "},
      {"strides", {1, 1, 1}, "net.onnx: error: "}};
  for (const Case& c : cases) {
    ModelBuilder model = sound();
    set(*model.model.mutable_graph()->mutable_node(0), c.attribute, c.values);
    EXPECT_THAT(refusal_of(model.bytes()), HasSubstr(c.message)) << c.attribute;
  }
}

TEST(HostileOnnx, GroupsThatDoNotFitAreRefused) {
  for (const std::int64_t groups : {0LL, -1LL, 2LL, 1LL << 62}) {
    ModelBuilder model = sound();
    set(*model.model.mutable_graph()->mutable_node(0), "group", groups);
    EXPECT_THAT(refusal_of(model.bytes()), HasSubstr("net.onnx: error: ")) << groups;
  }
}

TEST(HostileOnnx, TextIsFitForATerminal) {
  ModelBuilder model = sound();
  model.model.mutable_graph()->mutable_node(1)->set_op_type("Bad\x1b[31m\nOp");
  const std::string message = refusal_of(model.bytes());
  EXPECT_THAT(message, AllOf(HasSubstr("not supported"), Not(HasSubstr("\x1b"))));
}

TEST(UnsupportedOnnx, EveryNodeIsNamedAtOnce) {
  ModelBuilder model = sound();
  model.node("LSTM", {"y"}, "l");
  model.node("Resize", {"y"}, "r").clear_name();
  model.node("Relu", {"y"}, "f").set_domain("com.example");
  EXPECT_EQ(
      refusal_of(model.bytes()),
      "net.onnx: error: node 'l_node' (LSTM): an operator that is not supported; --leave-out LSTM "
      "skips it if it keeps the tensor's shape\n"
      "net.onnx: error: node 'r' (Resize): an operator that is not supported; --leave-out Resize "
      "skips it if it keeps the tensor's shape\n"
      "net.onnx: error: node 'f_node' (Relu): an operator of domain 'com.example', which is "
      "not supported");
  EXPECT_EQ(code_of(model.bytes()), ExitCode::configuration);
}

TEST(UnsupportedOnnx, OneCauseIsOneMessage) {
  ModelBuilder model({1, 3, 8, 8});
  model.conv("x", "a", {4, 3, 3, 3});
  set(model.node("Transpose", {"a"}, "t"), "perm", Extents{1, 0, 2, 3});
  model.conv("t", "b", {4, 1, 3, 3});
  model.node("Relu", {"b"}, "y");
  model.output("y");
  EXPECT_EQ(refusal_of(model.bytes()),
            "net.onnx: error: node 't_node' (Transpose): an order of axes that is neither channels "
            "first nor channels last");
}

TEST(UnsupportedOnnx, WhatAWorkloadCannotHoldIsSaid) {
  const auto refusal = [](const std::function<void(ModelBuilder&)>& build) {
    ModelBuilder model({1, 4, 8, 8});
    build(model);
    model.output("y");
    return refusal_of(model.bytes());
  };
  EXPECT_THAT(refusal([](ModelBuilder& m) {
                m.node("MatMul", {"x", "x"}, "y");
              }),
              HasSubstr("a product of two computed matrices"));
  EXPECT_THAT(refusal([](ModelBuilder& m) {
                m.node("GlobalAveragePool", {"x"}, "p");
                m.node("Mul", {"x", "p"}, "y");
              }),
              HasSubstr("broadcasting is not supported"));
  EXPECT_THAT(refusal([](ModelBuilder& m) {
                set(m.node("Concat", {"x", "x"}, "y"), "axis", 2);
              }),
              HasSubstr("only channels can be put behind one another"));
  EXPECT_THAT(refusal([](ModelBuilder& m) {
                m.integers("size", {1, 16, 4, 4});
                m.node("Reshape", {"x", "size"}, "y");
              }),
              HasSubstr("does not keep the layout of 4 x 8 x 8"));
  EXPECT_THAT(refusal([](ModelBuilder& m) {
                m.node("Softmax", {"x"}, "s");
                m.conv("s", "y", {4, 4, 1, 1});
              }),
              HasSubstr("a soft-max inside the network"));
  EXPECT_THAT(refusal([](ModelBuilder& m) {
                onnx::NodeProto& pool = m.node("MaxPool", {"x"}, "y");
                set(pool, "kernel_shape", Extents{2, 2});
                pool.add_output("indices");
                m.output("indices");
              }),
              HasSubstr("its output 2 is used"));
  EXPECT_THAT(refusal([](ModelBuilder& m) {
                m.add_input("other", {1, 4, 8, 8});
                m.node("Add", {"x", "other"}, "y");
              }),
              HasSubstr("a workload reads one input, the model has 2: x, other"));
  EXPECT_THAT(refusal([](ModelBuilder& m) {
                m.integers("pads", {0, 0, 1, 1, 0, 0, 1, 1});
                m.node("Pad", {"x", "pads"}, "p");
                m.node("Relu", {"p"}, "y");
              }),
              HasSubstr("padding is only supported in front of a Conv"));
  EXPECT_THAT(refusal([](ModelBuilder& m) {
                m.integers("pads", {0, 1, 1, 1, 0, 0, 1, 1});
                m.node("Pad", {"x", "pads"}, "p");
                m.conv("p", "y", {4, 5, 1, 1});
              }),
              HasSubstr("of other axes than rows and columns"));
  EXPECT_THAT(refusal([](ModelBuilder& m) { m.node("Identity", {"x"}, "y"); }),
              HasSubstr("no layer to import"));
  EXPECT_THAT(refusal([](ModelBuilder& m) {
                m.conv("x", "y", {4, 4, 9, 9});
              }),
              HasSubstr("net.onnx: error: "));
}

TEST(UnsupportedOnnx, LeavingOutNeverChangesAShape) {
  ModelBuilder model({1, 4, 8, 8});
  set(model.node("MaxPool", {"x"}, "y"), "kernel_shape", Extents{2, 2});
  model.output("y");
  EXPECT_THAT(refusal_of(model.bytes(), {{}, false, {"MaxPool"}}),
              HasSubstr("it changes the shape, so it cannot be left out"));
}

TEST(UnsupportedOnnx, WeightsThatAreNoNumbersAreNamed) {
  ModelBuilder model({1, 2});
  model.constant("w", {2, 1}, {1.0F, std::numeric_limits<float>::quiet_NaN()});
  model.node("MatMul", {"x", "w"}, "y");
  model.output("y");
  EXPECT_EQ(refusal_of(model.bytes(), {{}, true, {}}),
            "net.onnx: error: layer 'y_node': weight 1 is not a finite number");
}

}  // namespace
}  // namespace bitscale::importing
