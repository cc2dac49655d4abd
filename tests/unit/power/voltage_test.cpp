#include "sim/power/voltage.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/config/tree.hpp"
#include "tests/unit/power/delays.hpp"
#include "tests/unit/power/technologies.hpp"

namespace bitscale {
namespace {

VoltagePolicy policy_of(std::string_view text) {
  return config::read_all(config::parse_yaml(text, "v.yaml"), parse_voltage);
}

template <typename F>
std::string config_error(F action) {
  try {
    (void)action();
  } catch (const ConfigError& error) {
    return error.what();
  }
  return "";
}

std::string refusal(std::string_view text, const Technology& technology) {
  return config_error([&] { return supply_V(policy_of(text), technology); });
}

TEST(Voltage, IsTheTechnologysWhereNothingIsSaid) {
  EXPECT_EQ(supply_V(policy_of("{}"), horowitz45()), 0.9);
}

TEST(Voltage, MayRepeatTheTechnologys) {
  EXPECT_EQ(supply_V(policy_of("{policy: fixed, vdd: 0.9V}"), horowitz45()), 0.9);
}

TEST(Voltage, OtherThanTheTechnologysIsRefused) {
  EXPECT_EQ(refusal("{policy: fixed, vdd: 1.1V}", horowitz45()),
            "v.yaml:1:22: error: voltage.vdd: expected 0.9 V, the supply at which the costs of "
            "technology 'horowitz45' hold, got 1.1 V; a table of costs does not scale with "
            "voltage");
}

TEST(Voltage, CannotScaleWithoutADelayModel) {
  EXPECT_EQ(refusal("{policy: dvas, domains: {control: follow, memory: fixed}}", horowitz45()),
            "v.yaml:1:10: error: voltage.policy: expected fixed: technology 'horowitz45' has no "
            "delay model ('delay:'), from which a supply could follow");
}

TEST(Voltage, IsTheNominalOneOfTheDelayModel) {
  EXPECT_EQ(supply_V(policy_of("{}"), scalable_technology()), 1.1);
  EXPECT_EQ(supply_V(policy_of("{vdd: 1V}"), scalable_technology()), 1.0);
}

TEST(Voltage, OutsideTheDelayModelIsRefused) {
  EXPECT_EQ(refusal("{vdd: 0.5V}", scalable_technology()),
            "v.yaml:1:7: error: voltage.vdd: expected a voltage between 0.55 V (where the delay "
            "model of technology 'scalable' ends) and 1.1 V, got 0.5 V");
  EXPECT_NE(refusal("{vdd: 1.2V}", scalable_technology()), "");
}

TEST(Voltage, FloorAndStepsOutsideTheDelayModelAreRefusedTogether) {
  const std::string text =
      refusal("{floor: 0.5V, steps: [0.52V, 0.7V, 1.3V]}", scalable_technology());
  EXPECT_THAT(text, ::testing::HasSubstr("voltage.floor: expected a voltage between 0.55 V"));
  EXPECT_THAT(text, ::testing::HasSubstr("got 0.52 V"));
  EXPECT_THAT(text, ::testing::HasSubstr("got 1.3 V"));
}

TEST(Voltage, BiasWithoutALeakageModelIsRefused) {
  Technology technology = scalable_technology();
  technology.leakage.reset();
  EXPECT_THAT(refusal("{body_bias: -0.3V}", technology),
              ::testing::HasSubstr("voltage.body_bias: expected 0: technology 'scalable' lacks"));
  EXPECT_EQ(refusal("{body_bias: -0.3V}", scalable_technology()), "");
}

TEST(VoltageSection, ReadsEveryKey) {
  const VoltagePolicy policy = policy_of(
      "{policy: dvfs, macs_per_s: 5e9, floor: 0.6V, steps: [0.7V, 0.9V], body_bias: -0.2V, "
      "domains: {control: scaled, memory: follow}}");
  EXPECT_EQ(policy.kind, VoltageScaling::dvfs);
  EXPECT_EQ(policy.macs_per_s, 5e9);
  EXPECT_EQ(policy.floor_V, 0.6);
  EXPECT_EQ(policy.steps_V, (std::vector<double>{0.7, 0.9}));
  EXPECT_EQ(policy.body_bias_V, -0.2);
  EXPECT_EQ(policy.control, DomainRule::scaled);
  EXPECT_EQ(policy.memory, DomainRule::follow);
}

TEST(VoltageSection, ASupplyThatScalesNeedsARulePerDomain) {
  EXPECT_THAT(config_error([] { return policy_of("{policy: dvas}"); }),
              ::testing::HasSubstr("domains: required: a supply that scales needs 'control' and "
                                   "'memory'"));
  EXPECT_THAT(config_error([] { return policy_of("{policy: dvas, domains: {control: follow}}"); }),
              ::testing::HasSubstr("domains.memory"));
}

TEST(VoltageSection, RefusesStepsOutOfOrder) {
  EXPECT_EQ(config_error([] { return policy_of("{steps: [0.9V, 0.7V]}"); }),
            "v.yaml:1:9: error: steps: expected ascending voltages, got 0.7 V after 0.9 V");
  EXPECT_THAT(config_error([] { return policy_of("{steps: [0.9]}"); }),
              ::testing::HasSubstr("expected voltages such as 0.7V, got '0.9'"));
}

TEST(VoltageSection, ThroughputBelongsToDvfs) {
  const std::string domains = ", domains: {control: fixed, memory: fixed}}";
  EXPECT_THAT(config_error([&] { return policy_of("{policy: dvfs" + domains); }),
              ::testing::HasSubstr("dvfs needs macs_per_s or frames_per_s, one of them"));
  EXPECT_THAT(config_error([&] {
                return policy_of("{policy: dvfs, macs_per_s: 1e9, frames_per_s: 47" + domains);
              }),
              ::testing::HasSubstr("one of them"));
  EXPECT_THAT(config_error([&] { return policy_of("{policy: dvas, macs_per_s: 1e9" + domains); }),
              ::testing::HasSubstr("only dvfs has a required throughput"));
}

}  // namespace
}  // namespace bitscale
