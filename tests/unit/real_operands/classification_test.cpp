#include "sim/workload/classification.hpp"

#include <gtest/gtest.h>
#include <unistd.h>
#include <zlib.h>

#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>

#include "sim/core/errors.hpp"

namespace bitscale {
namespace {

/// A folder that stands for the installed data sets while it lives: labels 3, 9, 0 and no images.
class Labels : public testing::Test {
 protected:
  void SetUp() override {
    std::filesystem::create_directories(root_ + "/fashion-mnist");
    const std::string bytes("\0\0\x08\x01\0\0\0\x03\x03\x09\0", 11);
    const std::string name = "t10k-labels-idx1-ubyte.gz";
    gzFile file = gzopen((root_ + "/fashion-mnist/" + name).c_str(), "wb");
    gzwrite(file, bytes.data(), static_cast<unsigned>(bytes.size()));
    gzclose(file);
    ::setenv("BITSCALE_DATASETS", root_.c_str(), 1);
    workload_.input_source.kind = TensorSource::Kind::dataset;
    workload_.input_source.dataset = "fashion_mnist_test";
  }
  void TearDown() override {
    ::unsetenv("BITSCALE_DATASETS");
    std::filesystem::remove_all(root_);
  }

  /// Scores of ten classes, real, with one winner per image.
  static Tensor scores(const std::vector<std::size_t>& winners) {
    const auto images = static_cast<std::int64_t>(winners.size());
    Tensor tensor{{16, Encoding::twos, 0}, images, 10, 1, 1, {}, Origin::real};
    tensor.values.assign(winners.size() * 10, -5);
    for (std::size_t i = 0; i < winners.size(); ++i) tensor.values[i * 10 + winners[i]] = -4;
    return tensor;
  }

  std::string root_ = testing::TempDir() + "bitscale_labels_" + std::to_string(::getpid());
  Workload workload_;
};

TEST_F(Labels, CountImagesWhoseLargestScoreIsTheirLabels) {
  EXPECT_EQ(classify(workload_, scores({3, 1, 0})), (Classification{3, 2}));
}

TEST_F(Labels, StartAtTheBatchsFirstImage) {
  workload_.input_source.first_index = 1;
  EXPECT_EQ(classify(workload_, scores({9, 0})), (Classification{2, 2}));
}

TEST_F(Labels, SayNothingOfScoresFromSyntheticWeights) {
  Tensor mixed = scores({3});
  mixed.origin = Origin::mixed;
  EXPECT_EQ(classify(workload_, mixed), std::nullopt);
}

TEST_F(Labels, SayNothingOfAnotherNumberOfClasses) {
  Tensor tensor = scores({3});
  tensor.c = 5;
  tensor.n = 2;
  EXPECT_EQ(classify(workload_, tensor), std::nullopt);
}

TEST_F(Labels, SayNothingOfInputsThatAreNoDataSet) {
  workload_.input_source.kind = TensorSource::Kind::npy;
  EXPECT_EQ(classify(workload_, scores({3})), std::nullopt);
}

TEST_F(Labels, AreRefusedWhereTheBatchHasMoreImages) {
  EXPECT_THROW((void)classify(workload_, scores({3, 9, 0, 1})), ConfigError);
}

TEST(ClassesOf, AreTheFirstOfEqualScores) {
  const Tensor tensor{{8, Encoding::twos, 0}, 2, 3, 1, 1, {-1, 7, 7, 0, 0, 0}, Origin::real};
  EXPECT_EQ(classes_of(tensor), (std::vector<std::int32_t>{1, 0}));
}

TEST(ClassesOf, RefuseATensorWithoutValues) {
  const Tensor tensor{{8, Encoding::twos, 0}, 1, 3, 1, 1, {}, Origin::real};
  EXPECT_THROW((void)classes_of(tensor), std::invalid_argument);
}

/// Reference values: 81 of 263 is the worked example of Newcombe, Statistics in Medicine 17 (1998);
/// of none right the bound is z^2 / (n + z^2).
TEST(AccuracyInterval, IsWilsons) {
  const Interval interval = accuracy_interval({263, 81});
  EXPECT_NEAR(interval.low, 0.2553, 5e-5);
  EXPECT_NEAR(interval.high, 0.3662, 5e-5);
}

TEST(AccuracyInterval, StaysWithinShares) {
  const Interval none = accuracy_interval({10, 0});
  EXPECT_GE(none.low, 0);
  EXPECT_NEAR(none.low, 0, 1e-12);
  EXPECT_NEAR(none.high, 3.841459 / 13.841459, 1e-6);
  const Interval all = accuracy_interval({10, 10});
  EXPECT_LE(all.high, 1);
  EXPECT_NEAR(all.high, 1, 1e-12);
}

}  // namespace
}  // namespace bitscale
