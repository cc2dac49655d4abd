// Published figures that gates alone predict, and what the reproductions may claim about them.
#include <gtest/gtest.h>

#include <algorithm>

#include "sim/reproduce/reproductions.hpp"

namespace bitscale::reproduce {
namespace {

using Checks = std::vector<ReproduceCheck>;

const ReproduceCheck& check(const Checks& checks, std::string_view name) {
  const auto one = std::ranges::find(checks, name, &ReproduceCheck::name);
  if (one == checks.end()) throw std::out_of_range(std::string(name));
  return *one;
}

TEST(HorowitzStudy, PredictsEveryEntryFromTheOthers) {
  const Checks checks = reproduce_horowitz({});
  for (const char* name :
       {"8-bit add", "16-bit add", "32-bit add", "8-bit multiply", "32-bit multiply"}) {
    EXPECT_EQ(check(checks, name).verdict, Verdict::reproduced) << name;
    EXPECT_EQ(check(checks, name + std::string(", one constant for all")).verdict,
              Verdict::calibrated);
  }
  EXPECT_LT(check(checks, "rms deviation of the five, one constant for all (under 10 % expected)")
                .simulated,
            10);
  EXPECT_LT(check(checks, "rms deviation of the five at horowitz45's pin of 184 aJ").simulated, 10);
}

TEST(DvafsActivityStudy, ActivityAndIdleAddersAreThePublishedOnes) {
  const Checks checks = reproduce_dvafs_activity({});
  for (const std::string adder : {"ripple: ", "prefix: "}) {
    for (const char* name :
         {"activity at 16 bit over 4 bit, low bits gated (DVAS)",
          "activity per cycle at 1x16 over 4x4 (DVAFS)", "partial products that rest at 4x4"}) {
      EXPECT_EQ(check(checks, adder + name).verdict, Verdict::reproduced) << adder << name;
    }
  }
}

TEST(DvafsActivityStudy, TellsTheOverheadOfSubwordsAsTheDvafsStudyDoes) {
  const Checks activity = reproduce_dvafs_activity({});
  const Checks dvafs = reproduce_dvafs({});
  const std::string name = "energy that subwords add to a 16-bit multiplication";
  const ReproduceCheck& here = check(activity, "prefix: " + name);
  const ReproduceCheck& there = check(dvafs, name);
  EXPECT_NEAR(here.simulated, there.simulated, 1e-6 * there.simulated);
  EXPECT_EQ(here.published, there.published);
  EXPECT_EQ(here.verdict, there.verdict);
}

TEST(AccumulatorStudy, RegisterAndAdderAreTheWholeAccumulator) {
  const Checks checks = reproduce_accumulator({});
  for (const std::string gain : {"0", "1"}) {
    const std::string end = " over a 3x1-bit multiplier, g = " + gain;
    const ReproduceCheck& whole = check(checks, "32-bit accumulator" + end);
    EXPECT_NEAR(check(checks, "32-bit register (clock and toggles)" + end).simulated +
                    check(checks, "32-bit adder" + end).simulated,
                whole.simulated, 1e-9 * whole.simulated);
    EXPECT_FALSE(whole.note.empty() && whole.verdict == Verdict::deviates);
  }
}

TEST(EnergyPerMac, CoversEncodedWeightsAndGatedBits) {
  const Checks checks = reproduce_energy_per_mac({});
  EXPECT_GT(check(checks, "add_sub, 1 lane, 16x1 bit, g = 0").simulated,
            check(checks, "add_sub, 1 lane, 16x2 bit, g = 0").simulated);  // ternary ones skip
  EXPECT_GT(check(checks, "parallel, 1 lane, 4x4 bit, g = 0").simulated,
            2 * check(checks, "parallel (gating: lsb), 1 lane, 4x4 bit, g = 0").simulated);
  EXPECT_GT(check(checks, "parallel, 1 lane, 16x16 bit, g = 1").simulated,
            check(checks, "parallel, 1 lane, 16x16 bit, g = 0").simulated);
}

}  // namespace
}  // namespace bitscale::reproduce
