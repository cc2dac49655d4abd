#include "sim/report/csv.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/unit/report/results.hpp"

namespace bitscale {
namespace {

TEST(CsvCell, IsQuotedOnlyWhereItMustBe) {
  EXPECT_EQ(csv_cell("plain text"), "plain text");
  EXPECT_EQ(csv_cell("a,b"), "\"a,b\"");
  EXPECT_EQ(csv_cell("say \"hi\""), "\"say \"\"hi\"\"\"");
  EXPECT_EQ(csv_cell("two\nlines"), "\"two\nlines\"");
}

TEST(RunsCsv, HasARowPerRunAndLayer) {
  EXPECT_EQ(
      runs_csv({small_run()}),
      "machine,workload,profile,technology,fidelity,clock_Hz,layer,kind,activation_bits,weight_"
      "bits,"
      "accumulator_bits,macs,cycles,cycles_compute,cycles_fill,cycles_stationary_load,"
      "cycles_operand_fetch,cycles_spill,cycles_drain,cycles_wait_activations,cycles_wait_weights,"
      "cycles_wait_outputs,cycles_write_back,cycles_vector,slots_active,slots_guarded,slots_idle,"
      "slots_stalled,utilization,energy_pJ,pJ_per_mac,dram_bits,overflow_events,"
      "needed_accumulator_bits,guaranteed_accumulator_bits,operands,"
      "activation_zero_fraction,weight_zero_fraction,effectual_macs,check_mismatches,images,"
      "accuracy,result_digest,"
      "energy_multiplier_pJ,energy_weight_buffer_pJ,energy_vector_pJ\n"
      "stripes,lenet,,horowitz45,tile,1e+09,conv1,conv,8,4,32,1000,100,80,0,0,0,0,0,0,20,0,0,0,800,"
      "200,400,200,0.625,125,0.125,640,0,,,mixed,0.5,0.25,375,0,,," +
          std::string(64, 'd') +
          ",125,0,\n"
          "stripes,lenet,,horowitz45,tile,1e+09,pool1,max_pool,0,0,0,0,25,0,0,0,0,0,0,0,0,0,0,25,0,"
          "0,"
          "0,0,,25,,0,0,,,none,0,0,0,,,," +
          std::string(64, 'd') + ",,,25\n");
}

TEST(RunsCsv, EveryRowHasAsManyCellsAsTheHeader) {
  const std::string text = runs_csv({small_run(), slow_run()});
  std::size_t lines = 0, begin = 0, commas = 0;
  while (begin < text.size()) {
    const std::size_t end = text.find('\n', begin);
    const auto count =
        static_cast<std::size_t>(std::count(text.begin() + static_cast<std::ptrdiff_t>(begin),
                                            text.begin() + static_cast<std::ptrdiff_t>(end), ','));
    if (lines == 0) commas = count;
    EXPECT_EQ(count, commas) << "line " << lines;
    ++lines;
    begin = end + 1;
  }
  EXPECT_EQ(lines, 5U);
}

TEST(ReproduceCsv, HasARowPerCheck) {
  EXPECT_EQ(reproduce_csv(small_reproduction()),
            "experiment,name,published,simulated,unit,tolerance,verdict,inputs,source,note\n"
            "stripes,geometric mean speed-up,2.24,2.2475,x,0.015,reproduced,"
            "profiles: declared; shapes: computed,CAL 2015,\n"
            "stripes,\"lenet, \"\"ideal\"\"\",,5.33333333,x,0.015,information,"
            "profiles: declared; shapes: computed,,\n");
}

TEST(ReproduceCsv, SaysWhyAFigureDeviates) {
  ReproduceResult result = small_reproduction();
  result.checks[1].note = "assumed, not known";
  EXPECT_TRUE(reproduce_csv(result).ends_with("computed,,\"assumed, not known\"\n"));
}

}  // namespace
}  // namespace bitscale
