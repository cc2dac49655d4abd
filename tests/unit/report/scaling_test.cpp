#include "sim/report/scaling.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "tests/unit/report/results.hpp"

namespace bitscale {
namespace {

ActionEnergy entry(const char* component, Action action, double energy_pJ) {
  ActionEnergy energy;
  energy.action.component = component;
  energy.action.action = action;
  energy.action.count = 1;
  energy.energy_pJ = energy_pJ;
  return energy;
}

/// Two images through one layer at 0.8 V and one at 0.9 V, 8 pJ of control each.
RunResult run_at_two_supplies() {
  RunResult run = small_run();
  run.images = 2;
  run.layers.clear();
  for (const double supply_V : {0.8, 0.9}) {
    LayerResult layer = conv_layer();
    layer.operating = OperatingPoint{};
    layer.operating->clock_Hz = 1000;
    layer.operating->datapath.V = supply_V;
    layer.energy = {};
    layer.energy.actions = {entry("datapath", Action::switch_zero_delay, 100),
                            entry("weight_buffer", Action::sram_read, 20),
                            entry("dram_weights", Action::dram_read, 40)};
    layer.energy.components_pJ = {
        {"datapath", 100}, {"weight_buffer", 20}, {"dram_weights", 40}, {"control", 8}};
    layer.energy.total_pJ = 168;
    run.layers.push_back(layer);
  }
  return run;
}

ScalingPoint point_of(const std::string& machine, int bits, double array_pJ) {
  ScalingPoint point;
  point.machine = machine;
  point.bits = bits;
  point.figures = ScalingFigures{};
  point.figures->lowest_V = point.figures->highest_V = 0.9;
  point.figures->array_pJ = array_pJ;
  return point;
}

ScalingResult two_by_two() {
  ScalingResult result;
  result.workload = "net";
  result.machines = {"a", "b"};
  result.bits = {16, 8};
  result.points = {point_of("a", 16, 100), point_of("a", 8, 50), point_of("b", 16, 200), {}};
  result.points.back().machine = "b";
  result.points.back().bits = 8;
  result.points.back().failure = "no mode, alas";
  return result;
}

TEST(Scaling, FiguresArePerImageAndByWhatDrawsThem) {
  const ScalingFigures figures = scaling_figures(run_at_two_supplies());
  EXPECT_EQ(figures.array_pJ, 100);
  EXPECT_EQ(figures.memories_pJ, 20);
  EXPECT_EQ(figures.dram_pJ, 40);
  EXPECT_EQ(figures.declared_pJ, 8);
  EXPECT_EQ(figures.total_pJ(), 168);
}

TEST(Scaling, SuppliesSpanTheLayersWithMacs) {
  RunResult run = run_at_two_supplies();
  LayerResult pool = pool_layer();
  pool.operating = run.layers.front().operating;
  pool.operating->datapath.V = 1.1;
  run.layers.push_back(pool);
  const ScalingFigures figures = scaling_figures(run);
  EXPECT_EQ(figures.lowest_V, 0.8);
  EXPECT_EQ(figures.highest_V, 0.9);
  EXPECT_EQ(figures.clock_Hz, 1000);
}

TEST(Scaling, EnergiesAreMeasuredAgainstTheFirstPoint) {
  const ScalingResult result = two_by_two();
  EXPECT_EQ(result.relative_energy(result.at(0, 1)), 0.5);
  EXPECT_EQ(result.relative_energy(result.at(1, 0)), 2.0);
  EXPECT_EQ(result.relative_energy(result.at(1, 1)), std::nullopt);
}

TEST(Scaling, TextShowsAPointThatFailedWithItsReason) {
  const std::string text = scaling_text(two_by_two(), {});
  EXPECT_NE(text.find("b at 8 bits: no mode, alas"), std::string::npos);
  EXPECT_EQ(text.find("OUTPUTS DIFFER"), std::string::npos);
}

TEST(Scaling, TextSaysWhereACheckFailed) {
  ScalingResult result = two_by_two();
  result.matched = false;
  EXPECT_NE(scaling_text(result, {}).find("OUTPUTS DIFFER"), std::string::npos);
}

TEST(Scaling, CsvHasEqualColumnsInEveryRow) {
  ScalingResult result = two_by_two();
  result.points.back().failure = "no mode";
  const std::string csv = scaling_csv(result);
  std::vector<std::ptrdiff_t> commas;
  for (std::size_t begin = 0; begin < csv.size();) {
    const std::size_t end = csv.find('\n', begin);
    commas.push_back(std::count(csv.begin() + static_cast<std::ptrdiff_t>(begin),
                                csv.begin() + static_cast<std::ptrdiff_t>(end), ','));
    begin = end + 1;
  }
  ASSERT_EQ(commas.size(), 5U);
  for (const std::ptrdiff_t count : commas) EXPECT_EQ(count, commas.front());
}

TEST(Scaling, JsonNamesEveryPoint) {
  const auto json = scaling_json(two_by_two());
  ASSERT_EQ(json["points"].size(), 4U);
  EXPECT_EQ(json["points"][1]["relative_energy"], 0.5);
  EXPECT_TRUE(json["points"][1]["failure"].is_null());
  EXPECT_EQ(json["points"][3]["failure"], "no mode, alas");
  EXPECT_FALSE(json["points"][3].contains("array_pJ"));
}

}  // namespace
}  // namespace bitscale
