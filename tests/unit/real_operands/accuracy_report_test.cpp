#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "sim/report/csv.hpp"
#include "sim/report/json.hpp"
#include "sim/report/text.hpp"
#include "tests/unit/report/results.hpp"

namespace bitscale {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

RunResult classified_run() {
  RunResult run = small_run();
  run.images = 50;
  run.classification = Classification{50, 45};
  return run;
}

TEST(AccuracyText, GivesTheShareWithItsIntervalAndTheCostOfAnImage) {
  EXPECT_EQ(accuracy_text(classified_run()),
            "accuracy: 45 of 50 images are classified right, 90.0 % (78.6 % to 95.7 % at 95 % "
            "confidence)\n"
            "  per image: 2.5 cycles, 2.5 ns, 3 pJ\n");
}

TEST(AccuracyText, IsInTheHeadlineOfARun) {
  EXPECT_THAT(run_text(classified_run()), HasSubstr("\n  " + accuracy_text(classified_run())));
}

TEST(AccuracyText, IsNotInOtherRuns) {
  EXPECT_EQ(accuracy_text(small_run()), "");
  EXPECT_THAT(run_text(small_run()), Not(HasSubstr("classified")));
  EXPECT_EQ(operands_text(small_run()), "");
}

TEST(OperandsText, ShowsZerosOfArrayLayers) {
  EXPECT_EQ(operands_text(classified_run()),
            "  operands of layer  a x w bits  zero activations  zero weights  MACs without a zero\n"
            "  -----------------  ----------  ----------------  ------------  -------------------\n"
            "  conv1                     8x4            50.0 %        25.0 %               37.5 %\n"
            "\n");
}

TEST(AccuracyJson, IsInTheTotals) {
  const auto totals = run_json(classified_run())["totals"];
  EXPECT_EQ(totals["images"], 50);
  EXPECT_EQ(totals["correct_images"], 45);
  EXPECT_EQ(totals["accuracy"], 0.9);
}

TEST(AccuracyJson, IsNullWhereNothingWasClassified) {
  const auto totals = run_json(small_run())["totals"];
  EXPECT_TRUE(totals["accuracy"].is_null());
  EXPECT_TRUE(totals["correct_images"].is_null());
}

TEST(AccuracyCsv, StandsInEveryRow) {
  const std::string text = runs_csv({classified_run()});
  EXPECT_THAT(text, HasSubstr(",check_mismatches,images,accuracy,result_digest,"));
  EXPECT_THAT(text, HasSubstr(",375,0,50,0.9,ddd"));
  EXPECT_THAT(text, HasSubstr(",0,,50,0.9,ddd"));
}

TEST(AccuraciesText, HasARowPerPrecisionAndTheZerosOfEveryArrayLayer) {
  RunResult wide = classified_run();
  wide.provenance.profile = "bits_8";
  RunResult narrow = classified_run();
  narrow.provenance.profile = "bits_2";
  narrow.classification->correct = 5;
  narrow.layers[0].operands.weight_zero_fraction = 0.75;
  const std::string text = accuracies_text({wide, narrow});
  EXPECT_THAT(text, HasSubstr("lenet on stripes: 50 images at each precision\n"));
  EXPECT_THAT(text, HasSubstr("  bits_8     90.0 %  78.6 % .. 95.7 %           2.5      2.5 ns"));
  EXPECT_THAT(text, HasSubstr("  bits_2     10.0 %   4.3 % .. 21.4 %           2.5      2.5 ns"));
  EXPECT_THAT(text, HasSubstr("      bits_8      bits_2\n"));
  EXPECT_THAT(text, HasSubstr("  50.0, 25.0  50.0, 75.0\n"));
  EXPECT_THAT(text, Not(HasSubstr("pool1")));
}

TEST(AccuraciesText, ShowsSuppliesAndTheEnergyOnTheChipWhereSuppliesAreModelled) {
  RunResult wide = classified_run();
  wide.provenance.profile = "bits_8";
  for (LayerResult& layer : wide.layers) {
    layer.operating.emplace();
    layer.operating->clock_Hz = 1'000'000'000;
    layer.operating->datapath.V = 0.9;
  }
  wide.layers[0].energy.components_pJ.push_back({"dram_weights", 50});
  wide.layers[0].energy.total_pJ += 50;
  RunResult narrow = wide;
  narrow.provenance.profile = "bits_2";
  narrow.layers[0].operating->datapath = {0.55, true};
  narrow.layers[0].operating->clock_Hz = 500'000'000;
  const std::string text = accuracies_text({wide, narrow});
  EXPECT_THAT(text, HasSubstr("energy/image  on chip"));
  EXPECT_THAT(text, HasSubstr("          4 pJ   2.5 pJ"));
  EXPECT_THAT(text, HasSubstr("0.9  0.55 * at 500 MHz\n"));
  EXPECT_THAT(text, HasSubstr("* the lowest supply"));
}

TEST(AccuraciesText, ShowsNoSuppliesWhereThereAreNone) {
  const std::string text = accuracies_text({classified_run()});
  EXPECT_THAT(text, Not(HasSubstr("supply")));
  EXPECT_THAT(text, Not(HasSubstr("on chip")));
}

TEST(AccuracyJson, HasARunPerPrecision) {
  RunResult run = classified_run();
  run.provenance.profile = "bits_8";
  const auto document = accuracy_json({run, run});
  ASSERT_EQ(document["runs"].size(), 2U);
  EXPECT_EQ(document["runs"][1]["profile"], "bits_8");
  EXPECT_EQ(document["runs"][1]["result"], run_json(run));
}

}  // namespace
}  // namespace bitscale
