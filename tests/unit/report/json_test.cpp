#include "sim/report/json.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "sim/report/comparison.hpp"
#include "tests/unit/report/results.hpp"

namespace bitscale {
namespace {

using Json = nlohmann::ordered_json;

TEST(RunJson, GivesALayerCompletely) {
  EXPECT_EQ(
      run_json(small_run())["layers"][0].dump(),
      R"({"name":"conv1","kind":"conv","macs":1000,"activation_bits":8,"weight_bits":4,)"
      R"("accumulator_bits":32,"cycles":100,"cycles_by_cause":{"compute":80,"fill":0,)"
      R"("stationary_load":0,"operand_fetch":0,"spill":0,"drain":0,"wait_activations":0,)"
      R"("wait_weights":20,"wait_outputs":0,"write_back":0,"vector":0},"slots":{"active":800,)"
      R"("guarded":200,"idle":400,"stalled":200},"utilization":0.625,)"
      R"("intensity_macs_per_byte":12.5,"peak_macs_per_cycle":0.0,)"
      R"("bandwidth_roof_macs_per_cycle":null,"attained_macs_per_cycle":10.0,"energy_pJ":125.0,)"
      R"("pJ_per_mac":0.125,"energy_by_component_pJ":{"multiplier":125.0,)"
      R"("weight_buffer":0.0},"actions":[{"component":"multiplier","action":"multiply",)"
      R"("width_a":8,"width_b":4,"count":1000,"unit_pJ":0.125,"energy_pJ":125.0,)"
      R"("cost_label":"interpolated"},{"component":"weight_buffer","action":"sram_read",)"
      R"("capacity_bits":65536,"access_bits":64,"count":0,"unit_pJ":null,"energy_pJ":0.0,)"
      R"("cost_label":null}],"dram_bits":640,"dram_bits_by_operand":{"activations":0,)"
      R"("weights":640,"outputs":0},"overflow_events":0,)"
      R"("needed_accumulator_bits":null,"guaranteed_accumulator_bits":null,)"
      R"("operands":{"result":"mixed",)"
      R"("activations":"real","weights":"synthetic","activation_zero_fraction":0.5,)"
      R"("weight_zero_fraction":0.25,"effectual_macs":375},"mapping":"K 4 | C 16",)"
      R"("check":{"matched":true,"comparable":true,"mismatches":0,"first_mismatch":""}})");
}

TEST(RunJson, WritesNullForWhatDoesNotExist) {
  const Json pool = run_json(small_run())["layers"][1];
  EXPECT_TRUE(pool["utilization"].is_null());
  EXPECT_TRUE(pool["pJ_per_mac"].is_null());
  EXPECT_TRUE(pool["check"].is_null());
}

TEST(RunJson, GivesTotals) {
  const Json totals = run_json(small_run())["totals"];
  EXPECT_EQ(totals["cycles"], 125);
  EXPECT_EQ(totals["cycles_by_cause"]["vector"], 25);
  EXPECT_EQ(totals["energy_pJ"], 150.0);
  EXPECT_EQ(totals["energy_by_component_pJ"].dump(),
            R"({"multiplier":125.0,"weight_buffer":0.0,"vector":25.0})");
  EXPECT_EQ(totals["area_kind"], "logic area");
  EXPECT_EQ(totals["operands"], "mixed");
  EXPECT_EQ(totals["check_matched"], true);
}

TEST(RunJson, StartsWithVersionProvenanceTotalsAndLayers) {
  const Json json = run_json(small_run());
  EXPECT_EQ(json["schema_version"], kReportSchemaVersion);
  EXPECT_EQ(json["provenance"]["seeds"].dump(), "[1,2]");
  EXPECT_EQ(json["provenance"]["result_digest"], std::string(64, 'd'));
  EXPECT_EQ(json["machine"]["clock_Hz"], 1e9);
  EXPECT_EQ(json["layers"].size(), 2U);
}

TEST(RunJson, RoundsDoublesToNineDigits) {
  RunResult run = small_run();
  run.layers[0].energy.total_pJ = 100.0 / 3;
  EXPECT_EQ(run_json(run)["layers"][0]["energy_pJ"].dump(), "33.3333333");
}

TEST(RunJson, KeepsCountsBeyondThirtyTwoBitsExact) {
  RunResult run = small_run();
  run.layers[0].macs = 18446744073709551615U;
  EXPECT_EQ(run_json(run)["layers"][0]["macs"].dump(), "18446744073709551615");
}

TEST(CompareJson, GivesSpeedupAndEnergyGainAgainstTheFirst) {
  const Json json = compare_json({{slow_run(), small_run()}, {"workload"}, {"array"}});
  EXPECT_EQ(json["runs"][1]["baseline"], "dadiannao");
  EXPECT_EQ(json["runs"][1]["speedup"], 2.0);
  EXPECT_EQ(json["runs"][1]["energy_gain"], 4.0);
  EXPECT_EQ(json["runs"][1]["result"]["totals"]["cycles"], 125);
  const Json& mean = json["geometric_means"][1];
  EXPECT_EQ(mean["machine"], "stripes");
  EXPECT_EQ(mean["baseline"], "dadiannao");
  EXPECT_EQ(mean["workloads"], 1);
  EXPECT_EQ(mean["speedup"], 2.0);
  EXPECT_EQ(mean["energy_gain"], 4.0);
  EXPECT_EQ(json["held_equal"].dump(), R"(["workload"])");
}

TEST(ReproduceJson, GivesEveryCheck) {
  const Json json = reproduce_json(small_reproduction());
  EXPECT_EQ(json["checks"][0].dump(),
            R"({"experiment":"stripes","name":"geometric mean speed-up","published":2.24,)"
            R"("simulated":2.2475,"unit":"x","tolerance":0.015,"verdict":"reproduced",)"
            R"("note":"","inputs":["profiles: declared","shapes: computed"],"source":"CAL 2015"})");
  EXPECT_TRUE(json["checks"][1]["published"].is_null());
  EXPECT_EQ(json["checks"][1]["verdict"], "information");
}

TEST(Dump, ReplacesInvalidUtf8AndEndsWithANewline) {
  EXPECT_EQ(dump(Json{{"a", "x\xff"}}), "{\n  \"a\": \"x\xEF\xBF\xBD\"\n}\n");
}

}  // namespace
}  // namespace bitscale
