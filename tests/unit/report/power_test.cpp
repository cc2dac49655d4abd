#include "sim/report/power.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>

#include "sim/report/csv.hpp"
#include "sim/report/json.hpp"
#include "sim/report/metrics.hpp"
#include "sim/report/text.hpp"
#include "tests/unit/report/results.hpp"

namespace bitscale {
namespace {

using ::testing::HasSubstr;
using Json = nlohmann::ordered_json;

OperatingPoint point(std::int64_t clock_Hz, double datapath_V) {
  OperatingPoint result;
  result.clock_Hz = clock_Hz;
  result.throughput_ratio = 2;
  result.path_units = 90;
  result.full_path_units = 120;
  result.datapath = {datapath_V, false};
  result.control = {1.1, false};
  result.memory = {0.55, true};
  result.max_clock_Hz = 1.5 * static_cast<double>(clock_Hz);
  return result;
}

/// conv1: 100 cycles at 500 MHz, pool1: 25 at 1 GHz.
RunResult supplied_run() {
  RunResult run = small_run();
  run.images = 2;
  run.layers[0].operating = point(500'000'000, 0.85);
  run.layers[1].operating = point(1'000'000'000, 1.1);
  EnergyReport& energy = run.layers[0].energy;
  energy.components_pJ.push_back({"control", 40});
  energy.components_pJ.push_back({"leakage", 10});
  energy.total_pJ += 50;
  return run;
}

TEST(Seconds, AreCyclesOverTheClockOfEachLayer) {
  const RunResult run = supplied_run();
  EXPECT_DOUBLE_EQ(layer_seconds(run, run.layers[0]), 200e-9);
  EXPECT_DOUBLE_EQ(run.seconds(), 225e-9);
  EXPECT_DOUBLE_EQ(small_run().seconds(), 125e-9);
}

TEST(AveragePower, IsEnergyOverTheTimeOfAllLayers) {
  const RunResult run = supplied_run();
  EXPECT_DOUBLE_EQ(run.average_power_mW(), 200e-9 / 225e-9);
}

TEST(Speedup, ComparesTimesWhereClocksDifferByLayer) {
  EXPECT_DOUBLE_EQ(speedup(small_run(), supplied_run()), 125.0 / 225.0);
}

TEST(LayerPower, SumsToTheEnergyOverTheTime) {
  const RunResult run = supplied_run();
  const PowerReport power = layer_power(run, run.layers[0]);
  EXPECT_DOUBLE_EQ(power.datapath_mW, 125e-9 / 200e-9);
  EXPECT_DOUBLE_EQ(power.control_mW, 40e-9 / 200e-9);
  EXPECT_DOUBLE_EQ(power.leakage_mW, 10e-9 / 200e-9);
  EXPECT_DOUBLE_EQ(power.total_mW(), 175e-9 / 200e-9);
}

TEST(Frames, CountImagesOfTheBatch) {
  const RunResult run = supplied_run();
  EXPECT_DOUBLE_EQ(frames_per_second(run).value(), 2 / 225e-9);
  EXPECT_DOUBLE_EQ(energy_per_frame_pJ(run).value(), 100);
  EXPECT_EQ(frames_per_second(small_run()), std::nullopt);
}

TEST(ChipTopsPerWatt, LeavesTheDramOut) {
  RunResult run = supplied_run();
  const double alone = chip_tops_per_watt(run).value();
  ActionEnergy fetch;
  fetch.action.action = Action::dram_read;
  fetch.energy_pJ = 50;
  run.layers[0].energy.actions.push_back(fetch);
  run.layers[0].energy.total_pJ += fetch.energy_pJ;
  EXPECT_DOUBLE_EQ(chip_tops_per_watt(run).value(), alone);
  EXPECT_LT(run.tops_per_watt().value(), alone);
  EXPECT_THAT(power_text(run), HasSubstr("TOPS/W of the chip without its DRAM"));
}

TEST(EffectiveTopsPerWatt, CountsProductsWithoutAZero) {
  const RunResult run = supplied_run();
  EXPECT_DOUBLE_EQ(effective_tops_per_watt(run).value(), 2.0 * 375 / 200);
  EXPECT_GT(run.tops_per_watt().value(), effective_tops_per_watt(run).value());
}

TEST(SupplyJson, SaysWhereEachLayerRan) {
  const Json json = run_json(supplied_run());
  const Json& operating = json["layers"][0]["operating"];
  EXPECT_EQ(operating["clock_Hz"], 500'000'000);
  EXPECT_EQ(operating["path_ratio"], 0.75);
  EXPECT_EQ(operating["domains"]["datapath"]["supply_V"], 0.85);
  EXPECT_EQ(operating["domains"]["memory"]["at_floor"], true);
  EXPECT_EQ(json["totals"]["energy_per_frame_pJ"], 100.0);
}

TEST(SupplyJson, IsAbsentWhereSuppliesAreNotModelled) {
  const Json json = run_json(small_run());
  EXPECT_FALSE(json["layers"][0].contains("operating"));
  EXPECT_FALSE(json["totals"].contains("mean_power"));
}

void collect_keys(const Json& json, std::set<std::string>& keys) {
  for (const auto& [key, value] : json.items()) {
    if (json.is_object()) keys.insert(key);
    if (value.is_structured()) collect_keys(value, keys);
  }
}

TEST(SupplyJson, HasAnExplanationForEveryKey) {
  std::set<std::string> keys;
  const Json json = run_json(supplied_run());
  collect_keys(json["layers"][0]["operating"], keys);
  collect_keys(json["totals"]["mean_power"], keys);
  EXPECT_GT(keys.size(), 15U);
  for (const std::string& key : keys) EXPECT_NE(find_metric(key), nullptr) << key;
}

TEST(SupplyCsv, AddsColumnsToRunsThatHaveSupplies) {
  const std::string text = runs_csv({supplied_run()});
  EXPECT_THAT(text, HasSubstr(",layer_clock_Hz,seconds,datapath_V,control_V,memory_V,at_floor,"));
  EXPECT_THAT(text, HasSubstr(",500000000,2e-07,0.85,1.1,0.55,memory,0,90,120,"));
  EXPECT_EQ(runs_csv({small_run()}).find("datapath_V"), std::string::npos);
}

TEST(SupplyCsv, LeavesCellsOfOtherRunsEmpty) {
  const std::string text = runs_csv({supplied_run(), small_run("dadiannao")});
  EXPECT_THAT(text, HasSubstr(",,,,,,,,,,,,,,,,,\n"));
}

TEST(SupplyText, ShowsClocksSuppliesAndPower) {
  const std::string text = run_text(supplied_run());
  EXPECT_THAT(text, HasSubstr("at 500 MHz to 1 GHz"));
  EXPECT_THAT(text, HasSubstr("  90  "));
  EXPECT_THAT(text, HasSubstr("0.55 *"));
  EXPECT_THAT(text, HasSubstr("the lowest supply there is"));
  EXPECT_THAT(text, HasSubstr("frames/s"));
  EXPECT_EQ(power_text(small_run()), "");
}

TEST(SupplyText, SaysWhereTheClockIsTheMachinesOwnClaim) {
  RunResult run = supplied_run();
  EXPECT_EQ(power_text(run).find("its own claim"), std::string::npos);
  run.layers[0].operating->max_clock_Hz = 250e6;
  EXPECT_THAT(power_text(run), HasSubstr("as drawn allow 250 MHz only: the machine's clock is its "
                                         "own claim"));
}

}  // namespace
}  // namespace bitscale
