#include "sim/power/voltage.hpp"

#include <gtest/gtest.h>

#include "sim/config/tree.hpp"
#include "tests/unit/power/technologies.hpp"

namespace bitscale {
namespace {

VoltagePolicy policy_of(std::string_view text) {
  return config::read_all(config::parse_yaml(text, "v.yaml"), parse_voltage);
}

TEST(Voltage, IsTheTechnologysWhereNothingIsSaid) {
  EXPECT_EQ(supply_V(policy_of("{}"), horowitz45()), 0.9);
}

TEST(Voltage, MayRepeatTheTechnologys) {
  EXPECT_EQ(supply_V(policy_of("{policy: fixed, vdd: 0.9V}"), horowitz45()), 0.9);
}

TEST(Voltage, OtherThanTheTechnologysIsRefused) {
  try {
    (void)supply_V(policy_of("{policy: fixed, vdd: 1.1V}"), horowitz45());
    FAIL() << "a voltage without costs passed";
  } catch (const ConfigError& error) {
    EXPECT_STREQ(
        error.what(),
        "v.yaml:1:22: error: voltage.vdd: expected 0.9 V, the supply at which the costs of "
        "technology 'horowitz45' hold, got 1.1 V; a table of costs does not scale with "
        "voltage");
  }
}

TEST(Voltage, PolicyOtherThanFixedIsRefused) {
  EXPECT_THROW(policy_of("{policy: dvas}"), ConfigError);
}

}  // namespace
}  // namespace bitscale
