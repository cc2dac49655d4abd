#include "sim/power/operating_point.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/power/delays.hpp"
#include "tests/unit/power/technologies.hpp"

namespace bitscale {
namespace {

constexpr std::int64_t kClockHz = 400'000'000;  // 100 unit delays at 1.1 V

VoltagePolicy policy(VoltageScaling kind, DomainRule control = DomainRule::fixed,
                     DomainRule memory = DomainRule::fixed) {
  VoltagePolicy result;
  result.kind = kind;
  result.control = control;
  result.memory = memory;
  return result;
}

/// A mode of `path` units and `products` per cycle in a unit whose widest mode is 100 units long.
OperatingRequest request(std::uint32_t path, std::int64_t products = 1, std::int64_t cycles = 1) {
  OperatingRequest result;
  result.layer = "conv2";
  result.timing.mode = {path, products, cycles};
  result.timing.full = {100, 1, 1};
  result.clock_Hz = kClockHz;
  return result;
}

OperatingPoint solve(const OperatingRequest& what, const VoltagePolicy& how) {
  return solve_operating_point(what, how, scalable_technology());
}

double supply_of(std::uint32_t path, double clock_Hz) {
  return min_voltage(lp_delay(), path, clock_Hz, {0.55, 1.1}).V;
}

std::string refusal(const OperatingRequest& what, const VoltagePolicy& how) {
  try {
    (void)solve(what, how);
  } catch (const MappingError& error) {
    return error.what();
  }
  return "";
}

TEST(Fixed, RunsAtTheNominalSupplyAndClock) {
  const OperatingPoint point = solve(request(60), policy(VoltageScaling::fixed));
  EXPECT_EQ(point.datapath.V, 1.1);
  EXPECT_EQ(point.control.V, 1.1);
  EXPECT_EQ(point.memory.V, 1.1);
  EXPECT_EQ(point.clock_Hz, kClockHz);
}

TEST(Fixed, NeedsNoDelayModel) {
  const OperatingPoint point =
      solve_operating_point(request(0), policy(VoltageScaling::fixed), horowitz45());
  EXPECT_EQ(point.datapath.V, 0.9);
  EXPECT_EQ(point.max_clock_Hz, 0);
}

TEST(Fixed, AtADeclaredSupplyThatIsTooLowIsRefused) {
  VoltagePolicy low = policy(VoltageScaling::fixed);
  low.vdd_V = 0.9;
  EXPECT_EQ(refusal(request(60), low), "");
  EXPECT_THAT(refusal(request(100), low),
              ::testing::HasSubstr("at 0.9 V a path of 100 unit delays allows 303"));
}

TEST(Fixed, WhereItIsStatedHoldsTheClockToThePathAtTheNominalSupplyToo) {
  VoltagePolicy stated = policy(VoltageScaling::fixed);
  EXPECT_EQ(refusal(request(101), stated), "");
  stated.declared = true;
  EXPECT_EQ(refusal(request(100), stated), "");
  EXPECT_THAT(refusal(request(101), stated),
              ::testing::HasSubstr("at 1.1 V a path of 101 unit delays allows 396"));
}

TEST(Dvas, FollowsThePathOfTheModeAtTheMachinesClock) {
  const OperatingPoint point = solve(request(75), policy(VoltageScaling::dvas));
  EXPECT_EQ(point.clock_Hz, kClockHz);
  EXPECT_EQ(point.datapath.V, supply_of(75, 400e6));
  EXPECT_EQ(point.path_ratio(), 0.75);
}

TEST(Dvas, InTheWidestModeRunsAtTheNominalSupply) {
  EXPECT_EQ(solve(request(100), policy(VoltageScaling::dvas)).datapath.V, 1.1);
}

TEST(Dvas, DomainsKeepToTheirRules) {
  const OperatingPoint point =
      solve(request(75), policy(VoltageScaling::dvas, DomainRule::follow, DomainRule::fixed));
  EXPECT_EQ(point.control, point.datapath);
  EXPECT_EQ(point.memory.V, 1.1);
}

TEST(Dvas, ADomainThatFollowsTheClockAloneDoesNotFall) {
  const OperatingPoint point =
      solve(request(75), policy(VoltageScaling::dvas, DomainRule::scaled, DomainRule::scaled));
  EXPECT_EQ(point.control.V, 1.1);
  EXPECT_EQ(point.memory.V, 1.1);
}

TEST(Dvafs, DividesTheClockByTheProductsPerCycle) {
  const OperatingPoint point = solve(request(80, 4), policy(VoltageScaling::dvafs));
  EXPECT_EQ(point.clock_Hz, kClockHz / 4);
  EXPECT_EQ(point.throughput_ratio, 4);
  EXPECT_EQ(point.datapath.V, supply_of(80, 100e6));
}

TEST(Dvafs, SuppliesThatFollowTheClockFallWithIt) {
  const OperatingPoint point =
      solve(request(80, 2), policy(VoltageScaling::dvafs, DomainRule::scaled, DomainRule::fixed));
  EXPECT_EQ(point.control.V, supply_of(100, 200e6));
  EXPECT_GT(point.control.V, point.datapath.V);
  EXPECT_EQ(point.memory.V, 1.1);
}

TEST(Dvafs, CountsCyclesOfSerialUnitsToo) {
  OperatingRequest serial = request(100, 1, 7);
  serial.timing.full = {100, 1, 16};
  const OperatingPoint point = solve(serial, policy(VoltageScaling::dvafs));
  EXPECT_EQ(point.clock_Hz, kClockHz * 7 / 16);
}

TEST(Dvafs, RoundsTheClockUpToWholeHertz) {
  EXPECT_EQ(solve(request(80, 3), policy(VoltageScaling::dvafs)).clock_Hz, 133'333'334);
}

TEST(Dvfs, RunsAtTheRequiredClock) {
  OperatingRequest slow = request(100);
  slow.required_Hz = 150'000'000;
  const OperatingPoint point = solve(slow, policy(VoltageScaling::dvfs));
  EXPECT_EQ(point.clock_Hz, 150'000'000);
  EXPECT_EQ(point.datapath.V, supply_of(100, 150e6));
}

TEST(Dvfs, ClockOfAThroughputIsCyclesOverMacs) {
  EXPECT_EQ(required_clock_Hz(5e9, 2e6, 10'000), 25'000'000);
  EXPECT_EQ(required_clock_Hz(5e9, 3, 1), 1'666'666'667);
}

TEST(Dvfs, BeyondWhatTheUnitReachesIsRefused) {
  OperatingRequest fast = request(100);
  fast.required_Hz = 500'000'000;
  EXPECT_THAT(refusal(fast, policy(VoltageScaling::dvfs)),
              ::testing::AllOf(::testing::HasSubstr("conv2"),
                               ::testing::HasSubstr("no supply up to 1.1 V reaches 500 MHz")));
}

TEST(OperatingPoint, FlagsEachDomainThatTheFloorHolds) {
  VoltagePolicy high_floor = policy(VoltageScaling::dvafs, DomainRule::scaled, DomainRule::fixed);
  high_floor.floor_V = 0.75;
  const OperatingPoint point = solve(request(50, 2), high_floor);
  EXPECT_EQ(point.datapath, (Supply{0.75, true}));
  EXPECT_TRUE(point.control.at_floor);
  EXPECT_FALSE(point.memory.at_floor);
}

TEST(OperatingPoint, TakesStepsInEveryScaledDomain) {
  VoltagePolicy stepped = policy(VoltageScaling::dvafs, DomainRule::scaled, DomainRule::follow);
  stepped.steps_V = {0.6, 0.7, 0.8, 1.1};
  const OperatingPoint point = solve(request(80, 2), stepped);
  EXPECT_EQ(point.datapath.V, 0.7);
  EXPECT_EQ(point.memory.V, 0.7);
  EXPECT_EQ(point.control.V, 0.8);
}

TEST(OperatingPoint, EmptyPathIsRefusedWithItsLayer) {
  EXPECT_THAT(
      refusal(request(0), policy(VoltageScaling::dvas)),
      ::testing::AllOf(::testing::HasSubstr("conv2"), ::testing::HasSubstr("empty critical path")));
}

TEST(BodyBias, ServesNarrowerModesOnly) {
  VoltagePolicy biased = policy(VoltageScaling::dvas);
  biased.body_bias_V = -0.3;
  EXPECT_EQ(solve(request(100), biased).body_bias_V, 0);
  EXPECT_EQ(solve(request(75), biased).body_bias_V, -0.3);
}

TEST(BodyBias, ThatCutsLeakageCostsSupply) {
  VoltagePolicy biased = policy(VoltageScaling::dvas);
  biased.body_bias_V = -0.3;
  const double plain_V = solve(request(75), policy(VoltageScaling::dvas)).datapath.V;
  EXPECT_GT(solve(request(75), biased).datapath.V, plain_V);
}

}  // namespace
}  // namespace bitscale
