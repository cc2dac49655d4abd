#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <numeric>

#include "sim/import/onnx_tensor.hpp"
#include "tests/unit/import/onnx_models.hpp"

namespace bitscale::importing {
namespace {

using test::Extents;
using test::import_bytes;
using test::ModelBuilder;
using test::set;

const OnnxOptions kWithWeights{{8, 8}, true, {}};

std::vector<std::int16_t> weights_of(const ModelBuilder& model, std::size_t index = 0,
                                     const OnnxOptions& options = kWithWeights) {
  return import_bytes(model.bytes(), options).weights.at(index).tensor.values;
}

/// -6, -5, ... 5
std::vector<float> ramp() {
  std::vector<float> values(12);
  std::iota(values.begin(), values.end(), -6.0F);
  return values;
}

TEST(OnnxWeights, OfAConvolutionKeepTheirOrder) {
  ModelBuilder model({1, 2, 4, 4});
  model.constant("w", {2, 2, 1, 2}, {1, 2, 3, 4, 5, 6, 7, -8});
  model.node("Conv", {"x", "w"}, "y");
  model.output("y");
  const Imported imported = import_bytes(model.bytes(), kWithWeights);
  const Tensor& tensor = imported.weights.at(0).tensor;
  EXPECT_EQ(tensor.type.frac_bits, 3);
  EXPECT_EQ(tensor.values, (std::vector<std::int16_t>{8, 16, 24, 32, 40, 48, 56, -64}));
  EXPECT_EQ(tensor.n, 2);
  EXPECT_EQ(tensor.c, 2);
  EXPECT_EQ(tensor.h, 1);
  EXPECT_EQ(tensor.w, 2);
}

TEST(OnnxWeights, AreOnlyReadOnRequest) {
  ModelBuilder model({1, 2, 4, 4});
  model.conv("x", "y", {2, 2, 1, 1});
  model.output("y");
  EXPECT_TRUE(import_bytes(model.bytes()).weights.empty());
}

TEST(OnnxWeights, OfAGemmAreTurnedToFiltersFirst) {
  ModelBuilder model({1, 3});
  model.constant("w", {3, 2}, {1, 2, 3, 4, 5, 6});
  model.node("Gemm", {"x", "w"}, "y");
  model.output("y");
  EXPECT_EQ(weights_of(model), (std::vector<std::int16_t>{16, 48, 80, 32, 64, 96}));
}

TEST(OnnxWeights, OfAGemmAreMultipliedByAlpha) {
  ModelBuilder model({1, 2});
  model.constant("w", {1, 2}, {1, 2});
  onnx::NodeProto& gemm = model.node("Gemm", {"x", "w"}, "y");
  set(gemm, "transB", 1);
  test::set_real(gemm, "alpha", 0.25F);
  model.output("y");
  const Tensor tensor = import_bytes(model.bytes(), kWithWeights).weights.at(0).tensor;
  EXPECT_EQ(tensor.values[1] * std::ldexp(1.0, -tensor.type.frac_bits), 0.5);
}

/// Flattening an image with its channels last numbers its elements otherwise than ours.
TEST(OnnxWeights, BehindChannelsLastFollowTheirElements) {
  ModelBuilder model({1, 2, 2, 3});
  set(model.node("Transpose", {"x"}, "first"), "perm", Extents{0, 3, 1, 2});
  set(model.node("Transpose", {"first"}, "last"), "perm", Extents{0, 2, 3, 1});
  model.node("Flatten", {"last"}, "f");
  model.constant("w", {12, 1}, ramp());
  model.node("MatMul", {"f", "w"}, "y");
  model.output("y");
  // Element (channel c, pixel p) of ours is element 3 p + c of the model's.
  std::vector<std::int16_t> expected;
  for (int c = 0; c < 3; ++c)
    for (int p = 0; p < 4; ++p) expected.push_back(static_cast<std::int16_t>(16 * (3 * p + c - 6)));
  EXPECT_EQ(weights_of(model), expected);
}

TEST(OnnxWeights, TakeTheScaleOfABatchNormalisation) {
  ModelBuilder model({1, 1, 2, 2});
  model.constant("w", {2, 1, 1, 1}, {1, 1});
  model.node("Conv", {"x", "w"}, "c");
  model.constant("gamma", {2}, {1, 3});
  model.constant("beta", {2});
  model.constant("mean", {2});
  model.constant("variance", {2}, {1, 1});
  test::set_real(model.node("BatchNormalization", {"c", "gamma", "beta", "mean", "variance"}, "y"),
                 "epsilon", 0.0F);
  model.output("y");
  EXPECT_EQ(weights_of(model), (std::vector<std::int16_t>{32, 96}));
}

TEST(OnnxWeights, AreLeftAloneWhereOthersReadTheSums) {
  ModelBuilder model({1, 1, 2, 2});
  model.constant("w", {2, 1, 1, 1}, {1, 1});
  model.node("Conv", {"x", "w"}, "c");
  model.constant("gamma", {2}, {1, 3});
  model.constant("rest", {2});
  model.node("BatchNormalization", {"c", "gamma", "rest", "rest", "rest"}, "n");
  model.node("Add", {"c", "n"}, "y");
  model.output("y");
  EXPECT_EQ(weights_of(model), (std::vector<std::int16_t>{64, 64}));
}

TEST(OnnxWeights, OfEveryElementTypeAreRead) {
  struct Case {
    int type;
    std::string raw;
  };
  const auto raw = [](auto first, auto second) {
    std::string bytes(sizeof(first) + sizeof(second), '\0');
    std::memcpy(bytes.data(), &first, sizeof(first));
    std::memcpy(bytes.data() + sizeof(first), &second, sizeof(second));
    return bytes;
  };
  using T = onnx::TensorProto;
  const std::vector<Case> cases = {
      {T::FLOAT, raw(1.0F, -2.0F)},
      {T::DOUBLE, raw(1.0, -2.0)},
      {T::INT8, raw(std::int8_t{1}, std::int8_t{-2})},
      {T::INT16, raw(std::int16_t{1}, std::int16_t{-2})},
      {T::INT32, raw(std::int32_t{1}, std::int32_t{-2})},
      {T::INT64, raw(std::int64_t{1}, std::int64_t{-2})},
      {T::FLOAT16, raw(std::uint16_t{0x3c00}, std::uint16_t{0xc000})},
      {T::BFLOAT16, raw(std::uint16_t{0x3f80}, std::uint16_t{0xc000})}};
  for (const Case& c : cases) {
    onnx::TensorProto tensor;
    tensor.add_dims(2);
    tensor.set_data_type(c.type);
    tensor.set_raw_data(c.raw);
    EXPECT_EQ(tensor_problem(tensor), "") << c.type;
    const WeightAt number = numbers_of(tensor, "");
    EXPECT_EQ(number(0), 1.0) << c.type;
    EXPECT_EQ(number(1), -2.0) << c.type;
  }
}

TEST(OnnxWeights, OfHalfPrecisionAreExact) {
  const auto half = [](std::int32_t bits) {
    onnx::TensorProto tensor;
    tensor.set_data_type(onnx::TensorProto::FLOAT16);
    tensor.add_int32_data(bits);
    return numbers_of(tensor, "")(0);
  };
  EXPECT_EQ(half(0x3555), 0.333251953125);
  EXPECT_EQ(half(0x0001), std::ldexp(1.0, -24));
  EXPECT_EQ(half(0x7bff), 65504.0);
  EXPECT_EQ(half(0x8000), 0.0);
  EXPECT_TRUE(std::isnan(half(0x7c00)));
}

/// A folder that is gone when the test ends.
class Folder {
 public:
  Folder() : path_(std::filesystem::temp_directory_path() / "bitscale_onnx_XXXXXX") {
    std::string name = path_.string();
    path_ = ::mkdtemp(name.data());
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

ModelBuilder with_external(const std::string& location, const std::string& offset) {
  ModelBuilder model({1, 2});
  onnx::TensorProto& weights = model.constant("w", {2, 1});
  weights.clear_float_data();
  weights.set_data_location(onnx::TensorProto::EXTERNAL);
  for (const auto& [key, value] :
       {std::pair<std::string, std::string>{"location", location}, {"offset", offset}}) {
    auto* entry = weights.add_external_data();
    entry->set_key(key);
    entry->set_value(value);
  }
  model.node("MatMul", {"x", "w"}, "y");
  model.output("y");
  return model;
}

void write_floats(const std::filesystem::path& path, const std::vector<float>& values) {
  std::ofstream stream(path, std::ios::binary);
  stream.write(reinterpret_cast<const char*>(values.data()),
               static_cast<std::streamsize>(values.size() * sizeof(float)));
}

TEST(OnnxExternalWeights, AreReadFromTheModelsFolder) {
  const Folder folder;
  write_floats(folder.path() / "w.bin", {9.0F, 1.0F, -2.0F});
  const std::string path = (folder.path() / "net.onnx").string();
  const Imported imported = import_bytes(with_external("w.bin", "4").bytes(), kWithWeights, path);
  EXPECT_EQ(imported.weights.at(0).tensor.values, (std::vector<std::int16_t>{32, -64}));
}

std::string refusal_in(const Folder& folder, const std::string& location,
                       const std::string& offset) {
  try {
    (void)import_bytes(with_external(location, offset).bytes(), kWithWeights,
                       (folder.path() / "net.onnx").string());
  } catch (const IoError& error) {
    return error.what();
  }
  return "";
}

TEST(OnnxExternalWeights, OutsideTheModelsFolderAreRefused) {
  const Folder outside;
  const Folder folder;
  write_floats(outside.path() / "w.bin", {1.0F, 2.0F});
  const std::string up = "../" + outside.path().filename().string() + "/w.bin";
  std::filesystem::create_symlink(outside.path() / "w.bin", folder.path() / "link.bin");
  for (const std::string& location :
       {up, (outside.path() / "w.bin").string(), std::string("link.bin"), std::string()}) {
    EXPECT_NE(refusal_in(folder, location, "0").find("outside the model's folder"),
              std::string::npos)
        << location;
  }
}

TEST(OnnxExternalWeights, ThatAreMissingOrShortAreRefused) {
  const Folder folder;
  write_floats(folder.path() / "w.bin", {1.0F});
  EXPECT_NE(refusal_in(folder, "none.bin", "0").find("no such file"), std::string::npos);
  EXPECT_NE(refusal_in(folder, "w.bin", "0").find("8 bytes wanted behind byte 0, the file has 4"),
            std::string::npos);
  EXPECT_NE(refusal_in(folder, "w.bin", "18446744073709551615").find("the file has 4"),
            std::string::npos);
  EXPECT_NE(refusal_in(folder, "w.bin", "-1").find("no number"), std::string::npos);
}

}  // namespace
}  // namespace bitscale::importing
