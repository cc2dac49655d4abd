// Published answers to 'how many bits', and what the reproductions may claim about them.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "sim/reproduce/reproductions.hpp"
#include "tests/unit/precision/printed.hpp"

namespace bitscale::reproduce {
namespace {

using precision::is;

const ReproduceCheck& check(const std::vector<ReproduceCheck>& checks, std::string_view name) {
  for (const ReproduceCheck& one : checks) {
    if (one.name == name) return one;
  }
  throw std::out_of_range(std::string(name));
}

const std::vector<ReproduceCheck>& mpc() {
  static const std::vector<ReproduceCheck> kChecks = reproduce_mpc({});
  return kChecks;
}
const std::vector<ReproduceCheck>& complexity() {
  static const std::vector<ReproduceCheck> kChecks = reproduce_complexity({});
  return kChecks;
}
const std::vector<ReproduceCheck>& imc() {
  static const std::vector<ReproduceCheck> kChecks = reproduce_imc({});
  return kChecks;
}

TEST(MinimumPrecisionExample, TakesEightBitsWhateverTheLength) {
  EXPECT_EQ(check(mpc(), "bits by MPC, any length").verdict, Verdict::reproduced);
  for (const int length : {32, 64, 128, 256}) {
    EXPECT_NEAR(check(mpc(), fmt::format("SQNR by MPC, 8 bits, {} products, Monte-Carlo", length))
                    .simulated,
                40.6, 0.7)  // some ten clipped sums decide a decibel
        << length;
  }
}

TEST(MinimumPrecisionExample, CallsFiguresCalibratedWhoseInputsWereInferred) {
  for (const char* name : {"bits by truncated BGC, 256 products", "bits by BGC, 16 products",
                           "bits by BGC, 256 products"}) {
    EXPECT_EQ(check(mpc(), name).verdict, Verdict::calibrated) << name;
    EXPECT_EQ(check(mpc(), name).simulated, *check(mpc(), name).published) << name;
  }
}

TEST(MinimumPrecisionExample, HoldsOnTheSimulatedAccumulator) {
  int compared = 0;
  for (const ReproduceCheck& one : mpc()) {
    const std::size_t end = one.name.find(": simulated accumulator");
    if (end == std::string::npos) continue;
    EXPECT_NEAR(one.simulated, check(mpc(), one.name.substr(0, end) + ": formula").simulated, 0.3)
        << one.name;
    ++compared;
  }
  EXPECT_EQ(compared, 3);
}

struct Ratio {
  int least;
  const char *adders, *storage;
};

TEST(Complexity, HasTheRatiosOfThePublishedCode) {
  for (const Ratio& v : {Ratio{2, "8.30", "4.14"},
                         {4, "5.35", "3.27"},
                         {5, "4.44", "2.95"},
                         {6, "3.74", "2.70"},
                         {7, "3.19", "2.48"}}) {
    const std::string name =
        fmt::format("BinaryNet over granular precision, least {} bits", v.least);
    EXPECT_TRUE(is(check(complexity(), name + ": full adders").simulated, v.adders));
    EXPECT_TRUE(is(check(complexity(), name + ": storage").simulated, v.storage));
  }
}

TEST(Complexity, SaysThatStorageDeviates) {
  const ReproduceCheck& storage =
      check(complexity(), "BinaryNet over granular precision, least 6 bits: storage");
  EXPECT_EQ(storage.verdict, Verdict::deviates);
  EXPECT_FALSE(storage.note.empty());
}

TEST(TrainingCosts, ReproduceWhatTheTableDidNotChoose) {
  int reproduced = 0;
  int calibrated = 0;
  int deviating = 0;
  for (const ReproduceCheck& one : complexity()) {
    if (!one.name.starts_with("training")) continue;
    reproduced += one.verdict == Verdict::reproduced ? 1 : 0;
    calibrated += one.verdict == Verdict::calibrated ? 1 : 0;
    deviating += one.verdict == Verdict::deviates ? 1 : 0;
    // ConvNet's topology and the mantissa of multiplications come from the table itself.
    if (one.name.find("ConvNet") != std::string::npos || one.name.ends_with("C_M")) {
      EXPECT_NE(one.verdict, Verdict::reproduced) << one.name;
    }
  }
  EXPECT_EQ(reproduced, 6);
  EXPECT_EQ(calibrated, 13);
  EXPECT_EQ(deviating, 1);
  EXPECT_EQ(check(complexity(), "training, ConvNet, BinaryNet: C_A").verdict, Verdict::deviates);
}

TEST(InMemoryColumns, AgreeWithTheirDraws) {
  int compared = 0;
  for (const ReproduceCheck& one : imc()) {
    const std::size_t end = one.name.find(": SNR, Monte-Carlo");
    if (end == std::string::npos) continue;
    EXPECT_NEAR(one.simulated, check(imc(), one.name.substr(0, end) + ": SNR, formula").simulated,
                0.5)
        << one.name;
    ++compared;
  }
  EXPECT_EQ(compared, 6);
}

TEST(InMemoryColumns, LoseAboutHalfADecibelInTheirConverter) {
  for (const ReproduceCheck& one : imc()) {
    const std::size_t end = one.name.find(": SNR with that converter");
    if (end == std::string::npos) continue;
    const double before = check(imc(), one.name.substr(0, end) + ": SNR, Monte-Carlo").simulated;
    EXPECT_LT(before - one.simulated, 0.7) << one.name;
    EXPECT_GT(before - one.simulated, 0) << one.name;
  }
}

TEST(InMemoryColumns, DoNotRepeatTheMarginInPrint) {
  const ReproduceCheck& loss = check(imc(), "loss of an output 9 dB better than its input");
  EXPECT_EQ(loss.verdict, Verdict::deviates);
  EXPECT_NEAR(loss.simulated, 0.51497, 1e-5);
}

}  // namespace
}  // namespace bitscale::reproduce
