// The chip of Moons and Verhelst on AlexNet's second layer: what is measured where tensors are
// given and declared where they are not.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "sim/reproduce/dvas_chip.hpp"
#include "sim/workload/npy.hpp"
#include "sim/workload/operands.hpp"

namespace bitscale::reproduce {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

/// A file of layer 2: every `period`-th value is `large`, every one after it `small`, others 0.
class TensorFile {
 public:
  TensorFile(const char* name, const Tensor& tensor)
      : path_((std::filesystem::path(testing::TempDir()) / name).string()) {
    write_npy(path_, tensor);
  }
  TensorFile(const char* name, Tensor tensor, std::size_t period, std::int16_t large,
             std::int16_t small)
      : path_((std::filesystem::path(testing::TempDir()) / name).string()) {
    tensor.values.assign(static_cast<std::size_t>(tensor.elements()), 0);
    for (std::size_t i = 0; i + 1 < tensor.values.size(); i += period) {
      tensor.values[i] = large;
      tensor.values[i + 1] = small;
    }
    write_npy(path_, tensor);
  }
  ~TensorFile() { std::filesystem::remove(path_); }
  TensorFile(const TensorFile&) = delete;
  TensorFile& operator=(const TensorFile&) = delete;
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
};

Tensor activations() { return {{}, 1, 96, 27, 27, {}, Origin::none}; }
Tensor weights() { return {{}, 256, 48, 5, 5, {}, Origin::none}; }

/// Half of the activations are zero at 16 bit and three quarters at 7, where 100 rounds to 0;
/// weights: three quarters and seven eighths.
struct Files {
  TensorFile a{"dvas_activations.npy", activations(), 4, 8000, 100};
  TensorFile w{"dvas_weights.npy", weights(), 8, -8000, -100};
};

/// Values without exact zeros of their own, as far as possible: a third is put in.
Tensor drawn(const Tensor& extents) {
  TensorSource source;
  source.zero_fraction = 1.0 / 3;
  return make_tensor(source, {}, extents.n, extents.c, extents.h, extents.w, 1);
}

const ReproduceCheck* find(const std::vector<ReproduceCheck>& checks, std::string_view name) {
  const auto found = std::find_if(checks.begin(), checks.end(),
                                  [&](const ReproduceCheck& check) { return check.name == name; });
  return found == checks.end() ? nullptr : &*found;
}

const std::vector<ReproduceCheck>& with_tensors() {
  static const std::vector<ReproduceCheck> kChecks = [] {
    const TensorFile a("dvas_drawn_activations.npy", drawn(activations()));
    const TensorFile w("dvas_drawn_weights.npy", drawn(weights()));
    return reproduce_dvas_on({a.path(), w.path(), 16}, {});
  }();
  return kChecks;
}

const std::vector<ReproduceCheck>& declared() {
  static const std::vector<ReproduceCheck> kChecks = reproduce_dvas({});
  return kChecks;
}

TEST(ChipZeros, AreCountedInTheTensorsThatAreGiven) {
  const Files files;
  const DvasZeros zeros = measure_zeros({files.a.path(), files.w.path(), 16});
  EXPECT_DOUBLE_EQ(zeros.activations_16, 0.5);
  EXPECT_DOUBLE_EQ(zeros.activations_7, 0.75);
  EXPECT_DOUBLE_EQ(zeros.weights_16, 0.75);
  EXPECT_DOUBLE_EQ(zeros.weights_7, 0.875);
}

TEST(ChipZeros, AreDeclaredForATensorThatIsNotGiven) {
  const Files files;
  const DvasZeros zeros = measure_zeros({"", files.w.path(), 16});
  EXPECT_EQ(zeros.activations_7, kZeros7);
  EXPECT_DOUBLE_EQ(zeros.weights_7, 0.875);
}

TEST(ChipZeros, FollowTheWidthOfTheFile) {
  // Of 6 bits, the value 1 is far from rounding to nothing at 7.
  const TensorFile a("dvas_narrow.npy", activations(), 4, 31, 1);
  EXPECT_DOUBLE_EQ(measure_zeros({a.path(), "", 6}).activations_7, 0.5);
}

TEST(ChipZeros, RefuseAFileInWhichNothingIsLeftAt7Bits) {
  const TensorFile a("dvas_nothing.npy", activations(), 4, 31, 1);
  try {
    (void)measure_zeros({a.path(), "", 16});
    FAIL() << "accepted";
  } catch (const ConfigError& error) {
    EXPECT_THAT(error.what(), HasSubstr(a.path()));
    EXPECT_THAT(error.what(), HasSubstr("--tensor-bits"));
  }
}

TEST(ChipZeros, RefuseATensorOfAnotherLayer) {
  const TensorFile w("dvas_swapped.npy", weights(), 4, 31, 1);
  EXPECT_THROW((void)measure_zeros({w.path(), "", 16}), ConfigError);
}

TEST(ChipStudy, SaysWhichZerosWereMeasured) {
  EXPECT_THAT(with_tensors().front().inputs, Contains(HasSubstr("measured: 33.")));
  EXPECT_THAT(declared().front().inputs,
              Contains(HasSubstr("declared: 80 % of the activations zero at 16 bit")));
  EXPECT_EQ(find(declared(), "measured: zero activations at 7 bit"), nullptr);
}

TEST(ChipStudy, JudgesMeasuredZerosByThePublishedShares) {
  const ReproduceCheck* zeros = find(with_tensors(), "measured: zero activations at 7 bit");
  ASSERT_NE(zeros, nullptr);
  EXPECT_LT(zeros->simulated, 50);
  EXPECT_EQ(zeros->verdict, Verdict::deviates);
  EXPECT_FALSE(zeros->note.empty());
}

TEST(ChipStudy, RunsTheStepsOnTheTensors) {
  const char* const kStep = "nothing fitted to a power: A, 16 bit";
  EXPECT_NE(find(with_tensors(), kStep)->simulated, find(declared(), kStep)->simulated);
  const char* const kOther = "nothing fitted to a power: dense 16 bit at 1.1 V";
  EXPECT_EQ(find(with_tensors(), kOther)->simulated, find(declared(), kOther)->simulated);
}

TEST(ChipStudy, AsksForNoOtherZerosThanThoseMeasured) {
  const char* const kRow = "sensitivity: A/C with 80 % zeros at 16 bit";
  EXPECT_EQ(find(with_tensors(), kRow), nullptr);
  EXPECT_NE(find(declared(), kRow), nullptr);
}

TEST(ChipStudy, FindsTheZerosThatMakeThePublishedRatio) {
  const ReproduceCheck* zeros = find(declared(), "zeros at 16 bit that make A/C exactly 2.56");
  ASSERT_NE(zeros, nullptr);
  const double low = find(declared(), "sensitivity: A/C with 89 % zeros at 16 bit")->simulated;
  const double high = find(declared(), "sensitivity: A/C with 80 % zeros at 16 bit")->simulated;
  EXPECT_LT(low, 2.56);
  EXPECT_GT(high, 2.56);
  EXPECT_GT(zeros->simulated, 80);
  EXPECT_LT(zeros->simulated, 89);
}

TEST(ChipStudy, LeavesNoPaddedTapInALayerThatFillsTheChip) {
  LayerShape shape;
  shape.R = shape.S = 3;
  shape.P = 16;
  shape.Q = 8;
  shape.stride_h = 2;
  shape.pad_top = shape.pad_bottom = shape.pad_left = shape.pad_right = 1;
  take_padding_off(shape);
  EXPECT_EQ(shape.pad_top + shape.pad_bottom + shape.pad_left + shape.pad_right, 0);
  EXPECT_EQ(shape.H, 33);
  EXPECT_EQ(shape.W, 10);
}

TEST(ChipStudy, MeetsTheRatioAndTheNetworksPowerWithTheControlOfLayer2) {
  EXPECT_EQ(find(declared(), "control fitted to layer 2: D")->verdict, Verdict::calibrated);
  for (const char* name :
       {"control fitted to layer 2: A/D", "control fitted to layer 2: dense 16 bit at 1.1 V",
        "control fitted to layer 2: AlexNet's convolutions"}) {
    EXPECT_EQ(find(declared(), name)->verdict, Verdict::reproduced) << name;
  }
  EXPECT_EQ(find(declared(), "control fitted to layer 2: minimum")->verdict, Verdict::deviates);
}

TEST(ChipStudy, NamesTheConstantsThatWereFittedBesideTheRowsThatRestOnThem) {
  const auto fit = [](const char* name) { return find(declared(), name)->inputs.back(); };
  EXPECT_THAT(fit("two constants fitted to 287 and 25 mW: A/D"), HasSubstr("287 and 25 mW"));
  EXPECT_THAT(fit("control fitted to layer 2: A/D"), HasSubstr("55 mW of layer 2"));
  EXPECT_THAT(fit("sensitivity: A/C with 80 % zeros at 16 bit"), Not(HasSubstr("in the place of")));
}

TEST(ChipStudy, SaysWhereTheFilesAreNarrowerThanTheBaseline) {
  const TensorFile a("dvas_8_bits.npy", activations(), 4, 100, 50);
  const auto hint = Contains(HasSubstr("low bits of step A are zeros"));
  EXPECT_THAT(dvas_inputs({a.path(), "", 8}, {}), hint);
  EXPECT_THAT(dvas_inputs({a.path(), "", 16}, {}), Not(hint));
}

TEST(ChipStudy, CallsFittedExtremesCalibrated) {
  for (const char* name : {"supply at 7 bit", "two constants fitted: dense 16 bit at 1.1 V",
                           "two constants fitted: minimum"}) {
    EXPECT_EQ(find(declared(), name)->verdict, Verdict::calibrated) << name;
  }
}

}  // namespace
}  // namespace bitscale::reproduce
