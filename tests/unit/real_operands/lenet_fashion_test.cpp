// The trained network against what scripts/train_lenet.py computes from the same integers with
// other code.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "sim/core/errors.hpp"
#include "sim/pipeline/runner.hpp"
#include "sim/workload/network.hpp"

namespace bitscale {
namespace {

/// Classes of the first test images at one precision.
struct Expected {
  int bits = 0;
  std::uint64_t correct = 0;
  std::string classes;  ///< a digit per image
  [[nodiscard]] std::int64_t images() const { return std::ssize(classes); }
  [[nodiscard]] std::string profile() const { return "bits_" + std::to_string(bits); }
};

std::vector<Expected> read_expected() {
  std::ifstream file("tests/unit/real_operands/lenet_fashion_expected.txt");
  std::vector<Expected> all;
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line.front() == '#') continue;
    std::istringstream words(line);
    words >> all.emplace_back().bits >> all.back().correct >> all.back().classes;
  }
  return all;
}

class LenetFashion : public testing::Test {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists("/usr/share/datasets/fashion-mnist"))
      GTEST_SKIP() << "the Debian package dataset-fashion-mnist is not installed";
    ASSERT_EQ(expected_.size(), 7U);
  }

  static Workload workload(const Expected& expected) {
    return load_workload("lenet_fashion", {expected.profile(), expected.images()});
  }

  static RunResult run(const std::string& machine, const std::string& profile,
                       std::int64_t images) {
    ExperimentRequest request;
    request.machine = machine;
    request.workload = "lenet_fashion";
    request.profile = profile;
    request.operands = "chained";
    request.batch = images;
    return run_experiment(load_experiment(request), {});
  }

  std::vector<Expected> expected_ = read_expected();
};

TEST_F(LenetFashion, PutsEveryImageIntoTheClassOfTheIndependentReference) {
  for (const Expected& expected : expected_) {
    const Tensor scores = run_reference(workload(expected)).back();
    std::string classes;
    for (const std::int32_t c : classes_of(scores)) classes += std::to_string(c);
    EXPECT_EQ(classes, expected.classes) << expected.bits << " bits";
  }
}

TEST_F(LenetFashion, IsAsAccurateOnAMachineAsInTheReference) {
  for (const char* machine : {"stripes", "dadiannao"}) {
    const Expected& expected = expected_.front();
    const RunResult result = run(machine, expected.profile(), expected.images());
    const Classification counted{static_cast<std::uint64_t>(expected.images()), expected.correct};
    EXPECT_EQ(result.classification, counted) << machine;
  }
}

TEST_F(LenetFashion, IsMadeOfRealOperandsOnly) {
  const RunResult result = run("stripes", "bits_8", 2);
  EXPECT_EQ(result.operands(), "real");
  EXPECT_TRUE(result.provenance.seeds.empty());
}

TEST_F(LenetFashion, LosesAccuracyWithBits) {
  EXPECT_GT(expected_.front().correct, 88U * expected_.front().classes.size() / 100);
  EXPECT_LT(expected_.back().correct, expected_.front().correct / 2);
  // Neighbouring widths may change places by a hundredth.
  for (std::size_t i = 1; i < expected_.size(); ++i)
    EXPECT_LE(expected_[i].correct, expected_[i - 1].correct + expected_[i].classes.size() / 100);
}

TEST_F(LenetFashion, HasMoreZerosWithFewerBits) {
  const RunResult wide = run("stripes", "bits_8", 20);
  const RunResult narrow = run("stripes", "bits_4", 20);
  for (std::size_t i = 0; i < wide.layers.size(); ++i) {
    if (wide.layers[i].macs == 0) continue;
    EXPECT_GT(narrow.layers[i].operands.weight_zero_fraction,
              wide.layers[i].operands.weight_zero_fraction);
    EXPECT_GE(narrow.layers[i].operands.activation_zero_fraction,
              wide.layers[i].operands.activation_zero_fraction);
  }
}

TEST_F(LenetFashion, ClassifiesNothingLayerByLayer) {
  ExperimentRequest request;
  request.machine = "stripes";
  request.workload = "lenet_fashion";
  const RunResult result = run_experiment(load_experiment(request), {});
  EXPECT_EQ(result.classification, std::nullopt);
}

TEST(LenetFashionWithoutData, NamesThePackageToInstall) {
  ::setenv("BITSCALE_DATASETS", "/nonexistent", 1);
  std::string message;
  try {
    (void)run_reference(load_workload("lenet_fashion"));
  } catch (const IoError& error) {
    message = error.what();
  }
  ::unsetenv("BITSCALE_DATASETS");
  EXPECT_THAT(message, testing::HasSubstr("install the Debian package dataset-fashion-mnist"));
}

}  // namespace
}  // namespace bitscale
