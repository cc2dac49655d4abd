#include "sim/report/text.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/report/comparison.hpp"
#include "tests/unit/report/results.hpp"

namespace bitscale {
namespace {

using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

TEST(RunText, StartsWithTheHeadline) {
  EXPECT_THAT(run_text(small_run()),
              StartsWith("lenet on stripes: 125 cycles, 125 ns at 1 GHz, 150 pJ\n"
                         "  1 k MACs, 62.5 % of the array used, 0.15 pJ/MAC, 1.2 mW average, "
                         "4000 um2 logic area\n"
                         "  check: every output equals the reference convolution\n"));
}

TEST(RunText, ShowsLayersWithTheirLargestLoss) {
  EXPECT_THAT(
      run_text(small_run()),
      HasSubstr(
          "  layer  a x w bits  MACs  cycles  array used  energy  pJ/MAC  largest loss\n"
          "  -----  ----------  ----  ------  ----------  ------  ------  -------------------\n"
          "  conv1         8x4   1 k     100      62.5 %  125 pJ   0.125  wait_weights 20.0 %\n"
          "  pool1           -     -      25           -   25 pJ       -\n"));
}

TEST(RunText, ShowsOnlyCausesThatOccurred) {
  const std::string text = run_text(small_run());
  EXPECT_THAT(text,
              AllOf(HasSubstr("  compute              80   64.0 %\n"),
                    HasSubstr("  total               125  100.0 %\n"), Not(HasSubstr("spill"))));
}

TEST(RunText, ShowsEnergySharesThatSum) {
  EXPECT_THAT(run_text(small_run()), AllOf(HasSubstr("  multiplier           125 pJ   83.3 %\n"),
                                           HasSubstr("  total                150 pJ  100.0 %\n")));
}

TEST(RunText, SaysWhatTheNumbersRestOn) {
  EXPECT_THAT(
      run_text(small_run()),
      AllOf(HasSubstr("operands: mixed (values of a declared distribution and seed"),
            HasSubstr("  recalled, not checked against a source:\n    - weights of lenet\n"),
            HasSubstr("  assumed:\n    - a shared buffer\n"),
            HasSubstr("    - multiply 8x4 bit: interpolated (between)\n"),
            HasSubstr("  not in the area: weight_buffer\n"),
            HasSubstr("tile fidelity, technology horowitz45 at 0.9 V, bitscale 0.1.0")));
}

TEST(RunText, EndsWithWhatToTypeNext) {
  RunResult run = small_run();
  EXPECT_THAT(run_text(run), Not(HasSubstr("Next")));
  run.next = {"bitscale explain utilization"};
  EXPECT_THAT(run_text(run), EndsWith("Next\n  bitscale explain utilization\n"));
}

TEST(RunText, ShowsMismatchesOnTop) {
  RunResult run = small_run();
  run.layers[0].check = CheckResult{false, 1234, "output [0][1][2][3]: expected 5, got 6"};
  EXPECT_THAT(run_text(run), AllOf(HasSubstr("check: OUTPUTS DIFFER"),
                                   HasSubstr("conv1: 1,234 outputs differ: output [0][1][2][3]")));
}

TEST(RunText, SaysWhereSaturationLeavesNothingToCompare) {
  RunResult run = small_run();
  run.layers[0].check = CheckResult{false, 9, "a 24-bit accumulator saturated", false};
  EXPECT_EQ(run.check_matched(), std::nullopt);
  EXPECT_THAT(
      run_text(run),
      AllOf(HasSubstr("check: 1 of 1 layer cannot be compared with the reference convolution, "
                      "because their accumulators saturated\n"),
            HasSubstr("conv1: 9 outputs differ: a 24-bit accumulator saturated")));
}

TEST(RunText, LeavesOutTheLossesWhereThereAreNone) {
  RunResult run = small_run();
  run.layers[0].cycles[Cause::compute] = 1'000'000;
  EXPECT_THAT(run_text(run), Not(HasSubstr("largest loss")));
}

TEST(RunText, ShowsOverflowsOnlyWhereThereAreSome) {
  RunResult run = small_run();
  EXPECT_THAT(run_text(run), Not(HasSubstr("overflows")));
  run.layers[0].overflow_events = 7;
  EXPECT_THAT(run_text(run), HasSubstr("overflows"));
}

TEST(RunText, HasNoEscapeSequencesUnlessAskedFor) {
  EXPECT_THAT(run_text(small_run()), Not(HasSubstr("\x1b")));
  EXPECT_THAT(run_text(small_run(), {true}), HasSubstr("\x1b[1m"));
}

TEST(CompareText, StartsWithWhoWinsByHowMuch) {
  EXPECT_THAT(compare_text({{slow_run(), small_run()}, {}, {}}),
              StartsWith("stripes against dadiannao: 2.00x faster, 4.00x less energy on lenet\n"));
}

TEST(CompareText, SaysSlowerWhereItIs) {
  EXPECT_THAT(compare_text({{small_run(), slow_run()}, {}, {}}),
              StartsWith("dadiannao against stripes: 2.00x slower, 4.00x more energy on lenet\n"));
}

TEST(CompareText, TakesGeometricMeansOverWorkloads) {
  const CompareResult comparison{
      {slow_run("d", "a"), small_run("s", "a"), small_run("d", "b"), small_run("s", "b")},
      {"technology"},
      {"array"}};
  EXPECT_THAT(compare_text(comparison),
              AllOf(StartsWith("s against d: 1.41x faster, 2.00x less energy (geometric means over "
                               "2 workloads)\n"),
                    HasSubstr("  held equal: technology\n  differs: array\n")));
}

TEST(CompareText, ShowsLayersSideBySide) {
  EXPECT_THAT(compare_text({{slow_run(), small_run()}, {}, {}}),
              HasSubstr("  layer  dadiannao cycles  stripes cycles  speed-up\n"
                        "  -----  ----------------  --------------  --------\n"
                        "  conv1               200             100     2.00x\n"
                        "  pool1                50              25     2.00x\n"));
}

TEST(CompareText, ListsSharedAssumptionsOnce) {
  const std::string text = compare_text({{slow_run(), small_run()}, {}, {}});
  const std::size_t first = text.find("a shared buffer");
  ASSERT_NE(first, std::string::npos);
  EXPECT_EQ(text.find("a shared buffer", first + 1), std::string::npos);
}

TEST(CompareText, NamesTheMachinesWhoseMemoryIsIdeal) {
  RunResult slow = slow_run();
  RunResult small = small_run();
  slow.ideal_memory = true;
  small.ideal_memory = false;
  EXPECT_THAT(compare_text({{small, slow}, {}, {}}), HasSubstr("  ideal DRAM on dadiannao: "));
  small.ideal_memory = true;
  EXPECT_THAT(compare_text({{small, slow}, {}, {}}), HasSubstr("  ideal DRAM: "));
}

TEST(CompareText, OfNothingSaysSo) { EXPECT_EQ(compare_text({}), "nothing to compare\n"); }

TEST(ReproduceText, StartsWithTheHeadlineFigure) {
  EXPECT_THAT(reproduce_text(small_reproduction()),
              StartsWith("geometric mean speed-up: 2.248x simulated, 2.24x published (+0.3 %, "
                         "tolerance 1.5 %): reproduced\n"));
}

TEST(ReproduceText, ShowsEveryCheckWithItsVerdict) {
  EXPECT_THAT(reproduce_text(small_reproduction()),
              AllOf(HasSubstr("lenet, \"ideal\"                         5.333x"),
                    HasSubstr("information\n"), HasSubstr("    - profiles: declared\n"),
                    HasSubstr("  published figures from:\n    - CAL 2015\n"),
                    HasSubstr("1 reproduced, 1 information (bitscale 0.1.0)\n")));
}

TEST(ReproduceText, DoesNotHideADeviation) {
  ReproduceResult result = small_reproduction();
  result.checks[0].simulated = 2.0;
  result.checks[0].verdict = Verdict::deviates;
  EXPECT_THAT(reproduce_text(result), AllOf(HasSubstr("(-10.7 %, tolerance 1.5 %): deviates\n"),
                                            HasSubstr("1 deviates, 1 information")));
}

}  // namespace
}  // namespace bitscale
