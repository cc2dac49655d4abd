#include "sim/workload/dataset.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <string>

#include "sim/core/errors.hpp"

namespace bitscale {
namespace {

using testing::HasSubstr;

/// A folder that stands for /usr/share/datasets while it lives, holding two images 0, 1, 2, ... and
/// 1, 2, 3, ...
class TinyDataset : public testing::Test {
 protected:
  void SetUp() override {
    std::filesystem::create_directories(root_ + "/fashion-mnist");
    std::string images("\0\0\x08\x03\0\0\0\x02\0\0\0\x1c\0\0\0\x1c", 16);
    for (int first = 0; first < 2; ++first)
      for (int i = 0; i < 784; ++i) images += static_cast<char>((first + i) % 256);
    write("t10k-images-idx3-ubyte.gz", images);
    write("t10k-labels-idx1-ubyte.gz", std::string("\0\0\x08\x01\0\0\0\x02\x03\x09", 10));
    ::setenv("BITSCALE_DATASETS", root_.c_str(), 1);
  }
  void TearDown() override {
    ::unsetenv("BITSCALE_DATASETS");
    std::filesystem::remove_all(root_);
  }

  void write(const std::string& name, const std::string& bytes) const {
    gzFile file = gzopen((root_ + "/fashion-mnist/" + name).c_str(), "wb");
    gzwrite(file, bytes.data(), static_cast<unsigned>(bytes.size()));
    gzclose(file);
  }

  static Tensor images(std::int64_t first, std::int64_t count, const TensorType& type) {
    Tensor tensor{type, count, 1, 28, 28, {}, Origin::none};
    read_images("fashion_mnist_test", first, tensor);
    return tensor;
  }

  /// What reading two images says.
  template <typename Failure>
  static std::string failure() {
    try {
      (void)images(0, 2, {8, Encoding::unsigned_, 0});
    } catch (const Failure& error) {
      return error.what();
    }
    return "no such failure";
  }

  std::string root_ = testing::TempDir() + "bitscale_datasets_" + std::to_string(::getpid());
};

TEST_F(TinyDataset, GivesPixelsOfTheImagesAskedFor) {
  const Tensor tensor = images(1, 1, {8, Encoding::unsigned_, 0});
  EXPECT_EQ(tensor.values.size(), 784U);
  EXPECT_EQ(tensor.values[0], 1);
  EXPECT_EQ(tensor.values[254], 255);
  EXPECT_EQ(tensor.origin, Origin::real);
}

TEST_F(TinyDataset, RoundsPixelsToFewerBits) {
  const Tensor tensor = images(0, 1, {3, Encoding::unsigned_, 0});
  EXPECT_EQ(tensor.values[15], 0);
  EXPECT_EQ(tensor.values[16], 1);
  EXPECT_EQ(tensor.values[255], 7);
}

TEST_F(TinyDataset, KeepsPixelsAtTheSameShareOfAWiderFullScale) {
  EXPECT_EQ(images(0, 1, {16, Encoding::twos, 0}).values[200], 200 << 7);
}

TEST_F(TinyDataset, GivesLabels) {
  EXPECT_EQ(read_labels("fashion_mnist_test", 0, 2), (std::vector<std::uint8_t>{3, 9}));
}

TEST_F(TinyDataset, RefusesImagesBeyondTheLast) {
  EXPECT_THROW((void)images(1, 2, {8, Encoding::unsigned_, 0}), ConfigError);
  EXPECT_THROW((void)images(-1, 1, {8, Encoding::unsigned_, 0}), ConfigError);
}

TEST_F(TinyDataset, NamesBothShapesWhereTheyDiffer) {
  Tensor tensor{{8, Encoding::unsigned_, 0}, 1, 3, 32, 32, {}, Origin::none};
  try {
    read_images("fashion_mnist_test", 0, tensor);
    FAIL();
  } catch (const ConfigError& error) {
    EXPECT_THAT(error.what(), HasSubstr("images of 1 x 28 x 28, but the tensor is 3 x 32 x 32"));
  }
}

TEST_F(TinyDataset, RefusesAnUnknownName) {
  EXPECT_THROW((void)read_labels("cifar", 0, 1), ConfigError);
}

TEST_F(TinyDataset, NamesTheDebianPackageOfAMissingFile) {
  std::filesystem::remove_all(root_);
  EXPECT_THAT(failure<IoError>(), HasSubstr("dataset-fashion-mnist"));
}

TEST_F(TinyDataset, RefusesDamagedFiles) {
  const std::string name = "t10k-images-idx3-ubyte.gz";
  write(name, "");
  EXPECT_THAT(failure<IoError>(), HasSubstr("ends early"));
  write(name, std::string("\0\0\x08\x01\0\0\0\x02", 8));
  EXPECT_THAT(failure<IoError>(), HasSubstr("does not start as an IDX file"));
  write(name, std::string("\0\0\x08\x03\0\0\0\x02\0\0\0\x20\0\0\0\x20", 16));
  EXPECT_THAT(failure<IoError>(), HasSubstr("not 28 x 28"));
  write(name, std::string("\0\0\x08\x03\0\0\0\x02\0\0\0\x1c\0\0\0\x1c only this", 26));
  EXPECT_THAT(failure<IoError>(), HasSubstr("ends early"));
}

TEST(FashionMnist, IsThereWithHalfOfItsPixelsZero) {
  if (!std::filesystem::exists("/usr/share/datasets/fashion-mnist")) GTEST_SKIP();
  Tensor tensor{{8, Encoding::unsigned_, 0}, 1000, 1, 28, 28, {}, Origin::none};
  read_images("fashion_mnist_test", 0, tensor);
  const auto zeros = std::count(tensor.values.begin(), tensor.values.end(), 0);
  EXPECT_NEAR(static_cast<double>(zeros) / 784000.0, 0.5, 0.03);
  const auto labels = read_labels("fashion_mnist_test", 0, 1000);
  EXPECT_EQ(*std::max_element(labels.begin(), labels.end()), 9);
}

}  // namespace
}  // namespace bitscale
