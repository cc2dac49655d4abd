// Published figures of the DVAFS multiplier study, and what the reproduction may claim about them.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "sim/reproduce/reproductions.hpp"

namespace bitscale::reproduce {
namespace {

const std::vector<ReproduceCheck>& checks() {
  static const std::vector<ReproduceCheck> kChecks = reproduce_dvafs({});
  return kChecks;
}

const ReproduceCheck& check(std::string_view name) {
  for (const ReproduceCheck& one : checks()) {
    if (one.name == name) return one;
  }
  throw std::out_of_range(std::string(name));
}

TEST(DvafsStudy, SavesMoreThan95PercentAt4x4) {
  const ReproduceCheck& saving = check("energy per word saved at 4x4, constant throughput");
  EXPECT_GT(saving.simulated, 95);
  EXPECT_EQ(saving.verdict, Verdict::reproduced);
}

TEST(DvafsStudy, SuppliesThatEnteredTheFitAreCalledCalibrated) {
  for (const char* name : {"supply, 4 bit by DVAS at 500 MHz", "supply, 4x4 by DVAFS at 125 MHz"}) {
    const ReproduceCheck& supply = check(name);
    EXPECT_EQ(supply.verdict, Verdict::calibrated) << name;
    EXPECT_NEAR(supply.simulated, supply.published.value(), 0.05) << name;
  }
}

TEST(DvafsStudy, ActivityFallsAsPublished) {
  EXPECT_EQ(check("k1, activity (DVAS) at 4 bit").verdict, Verdict::reproduced);
  EXPECT_EQ(check("k3, activity (DVAFS) at 4 bit").verdict, Verdict::reproduced);
}

TEST(DvafsStudy, FiguresThatDeviateSayWhy) {
  int deviations = 0;
  for (const ReproduceCheck& one : checks()) {
    if (one.verdict != Verdict::deviates) continue;
    ++deviations;
    EXPECT_FALSE(one.note.empty()) << one.name;
  }
  EXPECT_GT(deviations, 0);
}

TEST(DvafsStudy, PredictsFactorsThatRiseAsPrecisionFalls) {
  for (const char* factor :
       {"k0, activity (DAS)", "k1, activity (DVAS)", "k2, supply (DVAS)", "k3, activity (DVAFS)",
        "k4, supply (DVAFS)", "k5, supply of what is not accuracy-scaled (DVAFS)"}) {
    double before = 0.999;
    for (const int bits : {16, 12, 8, 4}) {
      const double k = check(fmt::format("{} at {} bit", factor, bits)).simulated;
      EXPECT_GE(k, before) << factor << " at " << bits;
      before = k;
    }
    EXPECT_GT(before, 1.1) << factor;
  }
}

TEST(DvafsStudy, FactorsAreOneAtFullPrecision) {
  for (const char* factor : {"k0, activity (DAS)", "k2, supply (DVAS)", "k4, supply (DVAFS)"}) {
    EXPECT_DOUBLE_EQ(check(fmt::format("{} at 16 bit", factor)).simulated, 1) << factor;
  }
}

TEST(DvafsStudy, ABodyBiasThatCutsLeakageNeedsASupplyToKeepTheClock) {
  EXPECT_LT(check("energy at 4x4 by body bias").simulated,
            check("energy at 4x4 by body bias, supply left where it was").simulated);
}

TEST(Envision, SavesMoreBySubwordsThanBySupplyAndMoreByThatThanByGating) {
  const double das = check("Envision: 4 bit by DAS over 4x4 by DVAFS").simulated;
  const double dvas = check("Envision: 4 bit by DVAS over 4x4 by DVAFS").simulated;
  EXPECT_GT(dvas, 1);
  EXPECT_GT(das, dvas);
  EXPECT_GT(check("Envision: 16 bit over 4x4, constant throughput").simulated, das);
}

TEST(Envision, FitsNothingToAPublishedPower) {
  for (const ReproduceCheck& one : checks()) {
    if (!one.name.starts_with("Envision")) continue;
    EXPECT_NE(one.verdict, Verdict::calibrated) << one.name;
  }
}

}  // namespace
}  // namespace bitscale::reproduce
