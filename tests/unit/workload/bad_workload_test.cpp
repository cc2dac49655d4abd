#include <fmt/format.h>
#include <gtest/gtest.h>

#include <ostream>

#include "tests/unit/workload/read_workload.hpp"

namespace bitscale {
namespace {

using test::error_of;

const std::string kHead = R"(schema_version: 1
kind: workload
name: net
input: {channels: 4, height: 8, width: 8}
layers:
)";

/// One mistake and the whole text a user sees. Layers start at line 6.
struct Mistake {
  std::string name;
  std::string layers;
  std::string message;
};

std::ostream& operator<<(std::ostream& out, const Mistake& mistake) { return out << mistake.name; }

class BadWorkload : public testing::TestWithParam<Mistake> {};

TEST_P(BadWorkload, IsRefusedWithALocatedMessage) {
  EXPECT_EQ(error_of(kHead + GetParam().layers), GetParam().message);
}

const Mistake kShapeMistakes[] = {
    {"groups_and_filters", "  - {name: a, op: conv, out_channels: 6, kernel: 3, groups: 4}\n",
     "net.yaml:6:61: error: layers.a.groups: 4 groups do not divide the 6 output channels"},
    {"groups_and_channels", "  - {name: a, op: conv, out_channels: 6, kernel: 3, groups: 3}\n",
     "net.yaml:6:61: error: layers.a.groups: 3 groups do not divide the 4 input channels"},
    {"kernel_over_input",
     "  - {name: a, op: conv, out_channels: 1, kernel: 9, pad: [0, 0, 0, 1]}\n",
     "net.yaml:6:50: error: layers.a.kernel: the kernel covers 9 x 9 positions, but the padded "
     "input has only 8 x 9"},
    {"zero_channels", "  - {name: a, op: conv, out_channels: 0, kernel: 3, groups: 2}\n",
     "net.yaml:6:39: error: layers.a.out_channels: expected an integer between 1 and 16777216, got "
     "'0'"},
    {"negative_pad", "  - {name: a, op: conv, out_channels: 1, kernel: 3, pad: -1}\n",
     "net.yaml:6:58: error: layers.a.pad: expected an integer between 0 and 4096, got '-1'"},
    {"own_input_and_inputs",
     "  - {name: a, op: relu}\n"
     "  - {name: b, op: fully_connected, out_channels: 1, inputs: a, reads: {channels: 1}}\n",
     "net.yaml:7:71: error: layers.b.reads: has no meaning with inputs: a layer on its own reads "
     "no "
     "other"},
    {"huge_own_input",
     "  - {name: a, op: fully_connected, out_channels: 1,\n"
     "     reads: {channels: 16777216, height: 16777216, width: 16777216}}\n",
     "net.yaml:7:13: error: layers.a.reads: the input would have more than 2^62 elements; a tensor "
     "holds at most 2147483648"},
    {"huge_channels", "  - {name: a, op: conv, out_channels: 99999999999999999999, kernel: 3}\n",
     "net.yaml:6:39: error: layers.a.out_channels: expected an integer between 1 and 16777216, got "
     "'99999999999999999999' (it does not fit 64 bits)"},
    {"overflowing_weights", "  - {name: a, op: conv, out_channels: 16777216, kernel: 6}\n",
     "net.yaml:6:5: error: layers.a: the weights would have 2415919104 elements; a tensor holds at "
     "most 2147483648"},
    {"kernel_of_three", "  - {name: a, op: conv, out_channels: 1, kernel: [1, 2, 3]}\n",
     "net.yaml:6:50: error: layers.a.kernel: expected a number or [height, width], got a list of "
     "3"},
    {"pad_of_three", "  - {name: a, op: conv, out_channels: 1, kernel: 1, pad: [1, 2, 3]}\n",
     "net.yaml:6:58: error: layers.a.pad: expected a number, [vertical, horizontal] or [top, "
     "bottom, left, right], got a list of 3"},
    {"pool_without_kernel", "  - {name: a, op: max_pool}\n",
     "net.yaml:6:5: error: layers.a.kernel: missing: give a kernel, or global: true"},
    {"global_with_kernel", "  - {name: a, op: max_pool, kernel: 2, global: true}\n",
     "net.yaml:6:37: error: layers.a.kernel: has no meaning with global: true"},
    {"pool_of_pad", "  - {name: a, op: max_pool, kernel: 2, pad: 2}\n",
     "net.yaml:6:45: error: layers.a.pad: a pool's pad must be smaller than its 2 x 2 kernel, or a "
     "window would see no data"},
    {"rows_of_matmul", "  - {name: a, op: matmul, rows: 3, columns: 5}\n",
     "net.yaml:6:33: error: layers.a.rows: expected 64, the pixels of the input, got 3"},
    {"inner_of_matmul", "  - {name: a, op: matmul, inner: 5, columns: 5}\n",
     "net.yaml:6:34: error: layers.a.inner: expected 4, the channels of the input, got 5"}};

const Mistake kGraphMistakes[] = {
    {"unknown_input", "  - {name: conv1, op: relu}\n  - {name: b, op: relu, inputs: conv2}\n",
     "net.yaml:7:33: error: layers.b.inputs: no layer 'conv2', did you mean 'conv1'?"},
    {"later_input", "  - {name: a, op: relu, inputs: b}\n  - {name: b, op: relu}\n",
     "net.yaml:6:33: error: layers.a.inputs: layer 'b' comes later: list layers in the order they "
     "run"},
    {"own_input", "  - {name: a, op: relu, inputs: a}\n",
     "net.yaml:6:33: error: layers.a.inputs: layer 'a' reads itself"},
    {"unlike_addends",
     "  - {name: a, op: conv, out_channels: 8, kernel: 3}\n"
     "  - {name: b, op: add, inputs: [a, input]}\n",
     "net.yaml:7:32: error: layers.b.inputs: the inputs of add must have the same shape: the first "
     "has 8 channels of 6 x 6, another has 4 channels of 8 x 8"},
    {"unlike_images",
     "  - {name: a, op: conv, out_channels: 8, kernel: 3}\n"
     "  - {name: b, op: concat, inputs: [a, input]}\n",
     "net.yaml:7:35: error: layers.b.inputs: the inputs of concat must have rows and columns "
     "alike: "
     "the first has 8 channels of 6 x 6, another has 4 channels of 8 x 8"},
    {"one_addend", "  - {name: a, op: add, inputs: [input]}\n",
     "net.yaml:6:32: error: layers.a.inputs: add reads 2..8 layers, got a list of 1"},
    {"three_factors", "  - {name: a, op: multiply, inputs: [input, input, input]}\n",
     "net.yaml:6:37: error: layers.a.inputs: multiply reads two layers, got a list of 3"},
    {"two_inputs_of_relu", "  - {name: a, op: relu, inputs: [input, input]}\n",
     "net.yaml:6:33: error: layers.a.inputs: relu reads one layer, got a list of 2"},
    {"same_name", "  - {name: a, op: relu}\n  - {name: a, op: relu}\n",
     "net.yaml:7:12: error: layers.a.name: 'a' is already the name of layer 1"},
    {"reserved_name", "  - {name: input, op: relu}\n",
     "net.yaml:6:12: error: layers.input.name: expected a name of letters, digits, _ and - that is "
     "not 'input', got 'input'"},
    {"no_layers", "  []\n", "net.yaml:6:3: error: layers: a workload has at least one layer"},
    {"misspelt_key", "  - {name: a, op: conv, out_channels: 1, kernel: 1, strde: 2}\n",
     "net.yaml:6:53: error: layers.a.strde: unknown key, did you mean 'stride'?"},
    {"key_of_another_op", "  - {name: a, op: relu, kernel: 3}\n",
     "net.yaml:6:25: error: layers.a.kernel: unknown key, expected one of name, op, inputs, "
     "output"},
    {"misspelt_op", "  - {name: a, op: cnov, out_channels: 1, kernel: 1}\n",
     "net.yaml:6:19: error: layers.a.op: expected one of conv, depthwise, fully_connected, matmul, "
     "max_pool, average_pool, relu, bias, add, concat, multiply, got 'cnov', did you mean "
     "'conv'?"}};

const Mistake kTypeMistakes[] = {
    {"unsigned_16", "  - {name: a, op: bias, weight: {encoding: unsigned}}\n",
     "net.yaml:6:44: error: layers.a.weight.encoding: encoding unsigned has 1..15 bits, got 16; "
     "use "
     "encoding twos for 16 bits"},
    {"seventeen_bits", "  - {name: a, op: bias, weight: {bits: 17}}\n",
     "net.yaml:6:40: error: layers.a.weight.bits: expected an integer between 1 and 16, got '17'"},
    {"one_bit_twos", "  - {name: a, op: bias, weight: {bits: 1}}\n",
     "net.yaml:6:40: error: layers.a.weight.bits: encoding twos has 2..16 bits, got 1"},
    {"six_bit_log2", "  - {name: a, op: bias, weight: {bits: 6, encoding: log2}}\n",
     "net.yaml:6:40: error: layers.a.weight.bits: encoding log2 has 2..5 bits, got 6; larger "
     "powers of two do not fit 16-bit words"},
    {"codebook_of_activations",
     "  - {name: a, op: fully_connected, out_channels: 1, activation: {bits: 4, encoding: "
     "codebook}}\n",
     "net.yaml:6:85: error: layers.a.activation.encoding: expected an encoding that sums can be "
     "rounded to; codebook is one of weights"},
    {"entries_without_codebook", "  - {name: a, op: bias, weight: {entry_bits: 8}}\n",
     "net.yaml:6:46: error: layers.a.weight.entry_bits: only a codebook has a table, this is twos"},
    {"binary_padded_with_0",
     "  - {name: a, op: conv, out_channels: 1, kernel: 3, pad: 1,\n"
     "     activation: {bits: 1, encoding: binary_pm1}}\n",
     "net.yaml:6:58: error: layers.a.pad: the activations, binary_pm1 1 bits (-1..1 without 0), "
     "cannot be padded with 0: give pad_value: 1 or -1"},
    {"unsigned_padded_with_minus_1",
     "  - {name: a, op: conv, out_channels: 1, kernel: 3, pad: 1, pad_value: -1,\n"
     "     activation: {bits: 8, encoding: unsigned}}\n",
     "net.yaml:6:72: error: layers.a.pad_value: expected a value of the activations, unsigned 8 "
     "bits (0..255), got -1"},
    {"narrow_accumulator",
     "  - {name: a, op: fully_connected, out_channels: 1, accumulator_bits: 3}\n",
     "net.yaml:6:71: error: layers.a.accumulator_bits: expected 0 or 4..64, got 3"},
    {"zeros_over_one", "  - {name: a, op: bias, weight: {source: {zero_fraction: 1.5}}}\n",
     "net.yaml:6:58: error: layers.a.weight.source.zero_fraction: expected a number between 0 and "
     "1, got '1.5'"},
    {"npy_without_path", "  - {name: a, op: bias, weight: {source: {kind: npy}}}\n",
     "net.yaml:6:42: error: layers.a.weight.source.path: missing required key, expected a text"},
    {"unknown_dataset", "  - {name: a, op: bias, weight: {source: {kind: dataset, name: mnist}}}\n",
     "net.yaml:6:64: error: layers.a.weight.source.name: expected one of fashion_mnist_test, "
     "fashion_mnist_train, got 'mnist'"},
    {"profile_of_unknown_layer",
     "  - {name: conv1, op: fully_connected, out_channels: 1}\n"
     "profiles: {p: {source: x, confidence: recalled, activation_bits: {conv2: 3}}}\n",
     "net.yaml:7:74: error: profiles.p.activation_bits.conv2: no layer 'conv2', did you mean "
     "'conv1'?"},
    {"profile_of_relu",
     "  - {name: r, op: relu}\n"
     "profiles: {p: {source: x, confidence: recalled, activation_bits: {r: 3}}}\n",
     "net.yaml:7:70: error: profiles.p.activation_bits.r: a precision belongs to an array layer, "
     "this one is a relu"},
    {"profile_bits",
     "  - {name: a, op: fully_connected, out_channels: 1}\n"
     "profiles: {p: {source: x, confidence: recalled, weight_bits: {a: 1}}}\n",
     "net.yaml:7:66: error: profiles.p.weight_bits.a: encoding twos has 2..16 bits, got 1"},
    {"profile_default_bits",
     "  - {name: a, op: fully_connected, out_channels: 1}\n"
     "profiles: {p: {source: x, confidence: recalled, default_weight_bits: 1}}\n",
     "net.yaml:7:70: error: profiles.p.default_weight_bits: layer 'a': encoding twos has 2..16 "
     "bits, got 1"},
    {"profile_encoding_without_bits",
     "  - {name: a, op: fully_connected, out_channels: 1}\n"
     "profiles: {p: {source: x, confidence: recalled, weight_encoding: ternary}}\n",
     "net.yaml:7:66: error: profiles.p.weight_encoding: layer 'a': encoding ternary has 2..2 bits, "
     "got 16"},
    {"profile_of_binary_padding",
     "  - {name: a, op: conv, out_channels: 1, kernel: 3, pad: 1}\n"
     "profiles: {p: {source: x, confidence: recalled, activation_encoding: binary_pm1,\n"
     "               default_activation_bits: 1}}\n",
     "net.yaml:7:70: error: profiles.p.activation_encoding: layer 'a': it is padded with 0, which "
     "binary_pm1 does not have"},
    {"profile_of_activation_codebooks",
     "  - {name: a, op: fully_connected, out_channels: 1}\n"
     "profiles: {p: {source: x, confidence: recalled, activation_encoding: codebook,\n"
     "               default_activation_bits: 4}}\n",
     "net.yaml:7:70: error: profiles.p.activation_encoding: layer 'a': sums cannot be rounded to a "
     "codebook"},
    {"profile_without_source",
     "  - {name: a, op: relu}\n"
     "profiles: {p: {confidence: recalled}}\n",
     "net.yaml:7:15: error: profiles.p.source: missing required key, expected a text"}};

std::string name_of(const testing::TestParamInfo<Mistake>& info) { return info.param.name; }

INSTANTIATE_TEST_SUITE_P(Shapes, BadWorkload, testing::ValuesIn(kShapeMistakes), name_of);
INSTANTIATE_TEST_SUITE_P(Graph, BadWorkload, testing::ValuesIn(kGraphMistakes), name_of);
INSTANTIATE_TEST_SUITE_P(Types, BadWorkload, testing::ValuesIn(kTypeMistakes), name_of);

TEST(BadWorkloads, ReportEveryMistakeOfAFile) {
  const std::string error =
      error_of(kHead +
               "  - {name: a, op: conv, out_channels: 6, kernel: 3, groups: 4}\n"
               "  - {name: b, op: relu}\n"
               "  - {name: c, op: relu, inputs: x}\n");
  EXPECT_NE(error.find("layers.a.groups"), std::string::npos);
  EXPECT_NE(error.find("layers.c.inputs"), std::string::npos);
}

TEST(BadWorkloads, DoNotRepeatOneMistakeInTheLayersBehindIt) {
  const std::string error =
      error_of(kHead +
               "  - {name: a, op: conv, out_channels: 0, kernel: 3}\n"
               "  - {name: b, op: conv, out_channels: 4, kernel: 3, groups: 2}\n"
               "  - {name: c, op: add, inputs: [a, b]}\n");
  EXPECT_EQ(error.find('\n'), std::string::npos) << error;
}

TEST(BadWorkloads, WithoutInputNeedAMatmul) {
  EXPECT_EQ(error_of("schema_version: 1\nkind: workload\nname: net\nlayers:\n"
                     "  - {name: a, op: relu}\n  - {name: b, op: relu, inputs: input}\n"),
            "net.yaml:5:5: error: layers.a.inputs: the file has no `input:`, which only a first "
            "matmul with rows and inner can do without");
}

TEST(BadWorkloads, RefuseAnInputOverTheLargestTensor) {
  EXPECT_EQ(error_of("schema_version: 1\nkind: workload\nname: net\n"
                     "input: {channels: 16777216, height: 16777216, width: 16777216}\n"
                     "layers:\n  - {name: a, op: relu}\n"),
            "net.yaml:4:8: error: input: the input would have more than 2^62 elements; a tensor "
            "holds at most 2147483648");
}

TEST(BadWorkloads, RefuseANetworkOver2To62Macs) {
  std::string text =
      "schema_version: 1\nkind: workload\nname: net\n"
      "input: {channels: 11, height: 8192, width: 16384}\nlayers:\n";
  for (int i = 0; i < 20; ++i) {
    text += fmt::format(
        "  - {{name: c{}, op: conv, out_channels: 11, kernel: 4096, pad: [2047, 2048, 2047, "
        "2048]}}\n",
        i);
  }
  // 121 x 2^51 each: the 17th sum passes 2^62.
  EXPECT_EQ(error_of(text),
            "net.yaml:22:5: error: layers.c16: the network has more than 2^62 multiply-accumulates "
            "up to this layer");
}

TEST(BadWorkloads, SuggestTheNearestProfile) {
  const std::string text = kHead +
                           "  - {name: a, op: relu}\n"
                           "profiles: {stripes_100: {source: x, confidence: recalled}}\n";
  EXPECT_EQ(error_of(text, {"stripes100", std::nullopt}),
            "net.yaml:7:11: error: profiles: net has no profile 'stripes100', did you mean "
            "'stripes_100'? (8x4 is activations of 8 bits and weights of 4 in every layer)");
}

TEST(BadWorkloads, RefuseWidthsThatALayerCannotTake) {
  const std::string text = kHead + "  - {name: a, op: fc, out_features: 4}\n";
  const std::string too_wide = error_of(text, {"16x1", std::nullopt});
  EXPECT_NE(too_wide.find("profile 16x1: layer 'a': "), std::string::npos) << too_wide;
  const std::string unknown = error_of(text, {"17x4", std::nullopt});
  EXPECT_NE(unknown.find("has no profile '17x4'"), std::string::npos) << unknown;
}

}  // namespace
}  // namespace bitscale
