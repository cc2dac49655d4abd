#include "sim/power/delay.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <string>

#include "sim/config/tree.hpp"
#include "sim/power/leakage.hpp"
#include "tests/unit/power/delays.hpp"

namespace bitscale {
namespace {

using ::testing::HasSubstr;

/// A path whose 100 units take exactly 2.5 ns at the nominal supply.
constexpr std::uint32_t kPath = 100;
constexpr double kClockHz = 400e6;

constexpr SupplyRange kWhole{0.55, 1.1};

template <typename F>
std::string voltage_error(F action) {
  try {
    (void)action();
  } catch (const VoltageError& error) {
    return error.what();
  }
  return "";
}

// Reference values: V / (V - Vt)^a over that at Vnom, by hand.
TEST(Delay, FollowsTheAlphaPowerLaw) {
  EXPECT_NEAR(slowdown(lp_delay(), 0.8), 1.626283320520646, 1e-12);
  EXPECT_NEAR(slowdown(lp_delay(), 0.89), 1.3436810913327992, 1e-12);
  EXPECT_EQ(slowdown(lp_delay(), 1.1), 1);
}

TEST(Delay, RisesAsTheSupplyFalls) {
  for (int millivolts = 550; millivolts < 1100; millivolts += 10) {
    EXPECT_GT(slowdown(lp_delay(), millivolts * 1e-3),
              slowdown(lp_delay(), millivolts * 1e-3 + 0.01));
  }
}

TEST(Delay, EndsATenthOfAVoltAboveTheThreshold) {
  EXPECT_NO_THROW((void)slowdown(lp_delay(), 0.55));
  EXPECT_EQ(voltage_error([] { return slowdown(lp_delay(), 0.54); }),
            "a supply of 0.54 V is below 0.55 V, where the delay model ends");
}

TEST(Delay, OfAPathIncludesItsRegister) {
  DelayModel model = lp_delay();
  model.setup_s = 500e-12;
  EXPECT_NEAR(path_delay_s(model, kPath, 1.1), 3e-9, 1e-18);
  EXPECT_NEAR(max_clock_Hz(model, kPath, 1.1), 1 / 3e-9, 1);
  EXPECT_NEAR(path_delay_s(model, kPath, 0.8), 3e-9 * 1.626283320520646, 1e-18);
}

TEST(MinVoltage, OfTheNominalPeriodIsTheNominalSupply) {
  EXPECT_EQ(min_voltage(lp_delay(), kPath, kClockHz, kWhole).V, 1.1);
}

// Reference values: the law solved by bisection elsewhere, rounded up to 0.1 mV.
TEST(MinVoltage, SolvesTheLawForShorterPaths) {
  EXPECT_DOUBLE_EQ(min_voltage(lp_delay(), 748, 40e6, kWhole).V, 0.8928);
  EXPECT_DOUBLE_EQ(min_voltage(lp_delay(), 559, 40e6, kWhole).V, 0.7640);
  EXPECT_DOUBLE_EQ(min_voltage(lp_delay(), kPath, kClockHz / 2, kWhole).V, 0.7275);
}

TEST(MinVoltage, IsTheLowestTenthOfAMillivoltThatMeetsThePeriod) {
  for (std::uint32_t path = 40; path <= 100; ++path) {
    const Supply supply = min_voltage(lp_delay(), path, kClockHz, kWhole);
    ASSERT_FALSE(supply.at_floor);
    EXPECT_GE(max_clock_Hz(lp_delay(), path, supply.V), kClockHz * (1 - 1e-9)) << path;
    EXPECT_LT(max_clock_Hz(lp_delay(), path, supply.V - kSupplyGridVolt), kClockHz) << path;
  }
}

TEST(MinVoltage, FallsWithThePathAndRisesWithTheClock) {
  const auto volts = [](std::uint32_t path, double clock_Hz) {
    return min_voltage(lp_delay(), path, clock_Hz, kWhole).V;
  };
  for (std::uint32_t path = 50; path < 100; ++path) {
    EXPECT_LT(volts(path, kClockHz), volts(path + 1, kClockHz));
    EXPECT_LT(volts(path, 0.9 * kClockHz), volts(path, kClockHz));
  }
}

TEST(MinVoltage, SaysWhereTheFloorDecides) {
  const Supply supply = min_voltage(lp_delay(), 10, kClockHz, kWhole);
  EXPECT_EQ(supply.V, 0.55);
  EXPECT_TRUE(supply.at_floor);
  EXPECT_TRUE(min_voltage(lp_delay(), kPath, kClockHz / 2, {0.8, 1.1}).at_floor);
}

TEST(MinVoltage, TakesTheNextStepUp) {
  constexpr std::array kSteps = {0.6, 0.7, 0.9, 1.1};
  const SupplyRange range{0.55, 1.1, kSteps};
  EXPECT_EQ(min_voltage(lp_delay(), kPath, kClockHz / 2, range).V, 0.9);
  EXPECT_EQ(min_voltage(lp_delay(), kPath, kClockHz, range).V, 1.1);
}

TEST(MinVoltage, IsRefusedWhereNoStepIsHighEnough) {
  constexpr std::array kSteps = {0.6, 0.7};
  EXPECT_EQ(voltage_error([&] {
              return min_voltage(lp_delay(), kPath, kClockHz / 2, {0.55, 1.1, kSteps});
            }),
            "no supply step reaches 200 MHz: it needs 0.7275 V, the highest is 0.7 V");
}

TEST(MinVoltage, OfAPeriodThatNoSupplyReachesIsRefused) {
  EXPECT_EQ(voltage_error([] { return min_voltage(lp_delay(), kPath, 1.25 * kClockHz, kWhole); }),
            "no supply up to 1.1 V reaches 500 MHz: a path of 100 unit delays takes 2.5 ns there, "
            "which allows 400 MHz");
}

TEST(MinVoltage, OfAnEmptyPathIsRefused) {
  EXPECT_THAT(voltage_error([] { return min_voltage(lp_delay(), 0, kClockHz, kWhole); }),
              HasSubstr("empty critical path"));
}

TEST(Delay, UnderABiasKeepsTheLawsConstant) {
  // The factor V / (V - Vt)^a alone changes with the threshold: at equal V - Vt and a = 1 delay
  // goes with V.
  DelayModel model = lp_delay();
  model.alpha = 1;
  const DelayModel moved = with_threshold(model, 0.5);
  EXPECT_NEAR(path_delay_s(moved, kPath, 1.0) / path_delay_s(model, kPath, 0.95), 1.0 / 0.95, 1e-8);
  EXPECT_GT(path_delay_s(moved, kPath, 1.1), path_delay_s(model, kPath, 1.1));
}

DelayModel parsed(std::string_view text) {
  return config::read_all(config::parse_yaml(text, "d.yaml"), parse_delay);
}

TEST(DelaySection, ReadsItsConstants) {
  const DelayModel model = parsed(
      "{tau: 25ps, vt: 0.45V, alpha: 1.3, vnom: 1.1V, setup: 60ps, source: {label: fitted, cite: "
      "x}}");
  EXPECT_EQ(model.tau_s, 25e-12);
  EXPECT_EQ(model.setup_s, 60e-12);
  EXPECT_EQ(model.source.label, CostLabel::fitted);
}

TEST(DelaySection, RefusesANominalSupplyBelowTheModel) {
  try {
    (void)parsed(
        "{tau: 25ps, vt: 0.6V, alpha: 1.3, vnom: 0.65V, source: {label: fitted, cite: x}}");
    FAIL() << "a supply below the model's range passed";
  } catch (const ConfigError& error) {
    EXPECT_STREQ(error.what(),
                 "d.yaml:1:41: error: vnom: expected at least 0.7 V (vt and 0.1 V above it), got "
                 "0.65 V");
  }
}

TEST(DelaySection, ComparesNoVoltagesThatAreMissing) {
  try {
    (void)parsed("{tau: 25ps, alpha: 1.3, source: {label: fitted, cite: x}}");
    FAIL() << "a section without voltages passed";
  } catch (const ConfigError& error) {
    EXPECT_EQ(std::string(error.what()).find("at least"), std::string::npos) << error.what();
  }
}

TEST(Leakage, FallsWithSupplyAndReverseBias) {
  // (0.9 / 1.1) exp((0.1 (-0.2) + 0.1 (-0.3)) / (1.5 x 25.85 mV)), by hand.
  EXPECT_NEAR(leakage_factor(textbook_leakage(), 0.9, 1.1, -0.3), 0.2253362953487312, 1e-9);
  EXPECT_EQ(leakage_factor(textbook_leakage(), 1.1, 1.1, 0), 1);
  EXPECT_GT(leakage_factor(textbook_leakage(), 1.1, 1.1, 0.2), 1);
}

TEST(Leakage, ReverseBiasRaisesTheThreshold) {
  EXPECT_EQ(biased_threshold_V(textbook_leakage(), 0.45, -0.5), 0.5);
}

}  // namespace
}  // namespace bitscale
