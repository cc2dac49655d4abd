// Ratios, densities and means of machines side by side.
#include "sim/report/comparison.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "sim/report/csv.hpp"
#include "sim/report/json.hpp"
#include "sim/report/text.hpp"
#include "tests/unit/report/results.hpp"

namespace bitscale {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

MachineSize size_of(const std::string& machine, double area_um2) {
  MachineSize size;
  size.machine = machine;
  size.rows = 8;
  size.columns = 4;
  size.lanes = 2;
  size.declared_rows = size.declared_columns = 16;
  size.area_um2 = area_um2;
  size.held = 1010;
  size.asked = 1000;
  return size;
}

CompareResult resized() {
  CompareResult comparison{{slow_run("d", "a"), small_run("s", "a")}, {}, {}};
  comparison.sizes = {size_of("d", 500), size_of("s", 1000)};
  comparison.sizes.back().settings = {"array.rows.size=8"};
  comparison.iso = IsoCondition{Held::area, "what gates take", 1000, "the command line"};
  return comparison;
}

TEST(Comparison, MeasuresAgainstTheFirstMachineOfTheSameWorkload) {
  const CompareResult comparison{
      {slow_run("d", "a"), small_run("s", "a"), small_run("d", "b"), small_run("s", "b")}, {}, {}};
  EXPECT_EQ(baseline_of(comparison, comparison.runs[3]).provenance.workload, "b");
  const std::vector<MachineMean> means = machine_means(comparison);
  ASSERT_EQ(means.size(), 2U);
  EXPECT_EQ(means[0].machine, "d");
  EXPECT_NEAR(means[0].speedup, 1, 1e-12);
  EXPECT_EQ(means[1].baseline, "d");
  EXPECT_EQ(means[1].workloads, 2U);
  EXPECT_NEAR(means[1].speedup, std::sqrt(2.0), 1e-12);
  EXPECT_NEAR(means[1].energy_gain.value(), 2, 1e-12);
}

TEST(Comparison, MeasuresAgainstTheFirstMachineOfTheSameTask) {
  CompareResult comparison{{slow_run("d", "a"), small_run("s", "b")}, {}, {}};
  EXPECT_EQ(baseline_of(comparison, comparison.runs[1]).provenance.machine, "s");
  comparison.runs[0].task = comparison.runs[1].task = "a";
  EXPECT_EQ(baseline_of(comparison, comparison.runs[1]).provenance.machine, "d");
}

TEST(Comparison, EnergyDelayGainIsTheProductOfSpeedUpAndEnergyGain) {
  const std::vector<ComparisonRow> rows =
      comparison_rows({{slow_run("d", "a"), small_run("s", "a")}, {}, {}});
  EXPECT_NEAR(rows[1].edp_gain.value(), rows[1].speedup * rows[1].energy_gain.value(), 1e-12);
}

TEST(Comparison, CountsOperationsOverTimeEnergyAndArea) {
  // 1000 MACs in 125 cycles of 1 GHz, 150 pJ, on 1000 um2.
  const ComparisonRow row = comparison_rows(resized())[1];
  EXPECT_NEAR(row.tops, 2000 / 125e-9 * 1e-12, 1e-12);
  EXPECT_NEAR(row.tops_per_W.value(), 2000.0 / 150, 1e-12);
  EXPECT_NEAR(row.tops_per_mm2.value(), row.tops * 1000, 1e-9);
}

TEST(Comparison, NormalisesToOneBitByTheProductOfTheWidths) {
  const ComparisonRow row = comparison_rows(resized())[1];
  EXPECT_NEAR(row.tops_1b, 8 * 4 * row.tops, 1e-12);
  EXPECT_NEAR(row.tops_per_W_1b.value(), 8 * 4 * row.tops_per_W.value(), 1e-9);
  EXPECT_NEAR(row.tops_per_mm2_1b.value(), 8 * 4 * row.tops_per_mm2.value(), 1e-9);
}

TEST(Comparison, HasNoDensityWithoutAnArea) {
  const std::vector<ComparisonRow> rows =
      comparison_rows({{slow_run("d", "a"), small_run("s", "a")}, {}, {}});
  EXPECT_FALSE(rows[1].tops_per_mm2);
  EXPECT_FALSE(rows[1].tops_per_mm2_1b);
}

TEST(Comparison, HasNoMeanOfAFigureThatOneRunLacks) {
  CompareResult comparison{
      {slow_run("d", "a"), small_run("s", "a"), slow_run("d", "b"), small_run("s", "b")}, {}, {}};
  for (LayerResult& layer : comparison.runs[3].layers) layer.energy = {};
  const MachineMean mean = machine_means(comparison)[1];
  EXPECT_FALSE(mean.energy_gain);
  EXPECT_FALSE(mean.tops_per_W);
  EXPECT_TRUE(mean.tops);
}

TEST(MachineSize, DeviatesByWhatIsHeldOverWhatWasAsked) {
  EXPECT_NEAR(size_of("d", 1).deviation().value(), 0.01, 1e-12);
  EXPECT_FALSE(MachineSize{}.deviation());
}

TEST(FormatHeld, HasTheUnitOfTheQuantity) {
  EXPECT_EQ(format_held(Held::area, 1.5e6), "1.5 mm2");
  EXPECT_EQ(format_held(Held::power, 200), "200 mW");
  EXPECT_EQ(format_held(Held::throughput, 1.2e12), "1.2 TMAC/s");
  EXPECT_EQ(format_held(Held::macs, 4096), "4096 multiplier positions");
}

TEST(CompareText, StatesSizesAndWhatTheyMiss) {
  const std::string text = compare_text(resized());
  EXPECT_THAT(text, HasSubstr("Arrays of equal area: 1000 um2, as the command line says"));
  EXPECT_THAT(text, HasSubstr("8 x 4 x 2         64"));
  EXPECT_THAT(text, HasSubstr("+1.00 %"));
  EXPECT_THAT(text, HasSubstr("s: array.rows.size=8"));
}

TEST(CompareText, SaysPlainlyThatWorkDiffers) {
  CompareResult comparison = resized();
  EXPECT_THAT(compare_text(comparison), Not(HasSubstr("NOT the same work")));
  comparison.iso_task = {"b on s against a on d"};
  EXPECT_THAT(compare_text(comparison), HasSubstr("NOT the same work"));
  EXPECT_THAT(compare_text(comparison), HasSubstr("  - b on s against a on d\n"));
}

TEST(CompareJson, HoldsSizesAndWhatWasHeldEqual) {
  const nlohmann::ordered_json json = compare_json(resized());
  EXPECT_EQ(json["iso"]["held"], "area");
  EXPECT_EQ(json["iso"]["asked_value"], 1000);
  EXPECT_EQ(json["arrays"][1]["positions"], 64);
  EXPECT_EQ(json["arrays"][1]["held_deviation"], 0.01);
  EXPECT_EQ(json["arrays"][1]["resize_settings"][0], "array.rows.size=8");
}

TEST(CompareJson, HasNothingHeldWhereArraysAreAsDeclared) {
  const nlohmann::ordered_json json = compare_json({{slow_run(), small_run()}, {}, {}});
  EXPECT_TRUE(json["iso"].is_null());
  EXPECT_TRUE(json["arrays"].empty());
}

TEST(ComparisonCsv, HasARowPerRunAndOnePerMean) {
  const std::string text = comparison_csv(resized());
  EXPECT_EQ(std::ranges::count(text, '\n'), 5);
  EXPECT_THAT(text, HasSubstr("\na,a,s,d,2,4,8,"));
  EXPECT_THAT(text, HasSubstr("\ngeometric mean,,s,d,2,4,8,"));
  EXPECT_THAT(text, HasSubstr(",8,4,2,64,1000,area,1010,0.01\n"));
}

}  // namespace
}  // namespace bitscale
