#include "sim/power/technology.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/unit/power/technologies.hpp"

namespace bitscale {
namespace {

using ::testing::HasSubstr;

/// The message of the ConfigError that `action` throws; '' where it throws none.
template <typename F>
std::string config_error(F action) {
  try {
    action();
  } catch (const ConfigError& error) {
    return error.what();
  }
  return "";
}

TEST(Horowitz45, GivesThePublishedAddsExactly) {
  const Technology technology = horowitz45();
  EXPECT_EQ(unit_energy_pJ(technology, add(8)), 0.03);
  EXPECT_EQ(unit_energy_pJ(technology, add(16)), 0.05);
  EXPECT_EQ(unit_energy_pJ(technology, add(32)), 0.1);
  EXPECT_EQ(label_of(technology, add(32)), "published");
}

TEST(Horowitz45, GivesThePublishedMultipliesExactly) {
  const Technology technology = horowitz45();
  EXPECT_EQ(unit_energy_pJ(technology, multiply(8, 8)), 0.2);
  EXPECT_EQ(unit_energy_pJ(technology, multiply(32, 32)), 3.1);
  EXPECT_EQ(label_of(technology, multiply(8, 8)), "published");
}

TEST(Horowitz45, GivesThePublishedMemoriesPerBit) {
  const Technology technology = horowitz45();
  EXPECT_EQ(unit_energy_pJ(technology, memory(Action::sram_read, 8 * kKiB)), 10.0 / 64);
  EXPECT_EQ(unit_energy_pJ(technology, memory(Action::sram_read, 32 * kKiB)), 20.0 / 64);
  EXPECT_EQ(unit_energy_pJ(technology, memory(Action::sram_read, 1024 * kKiB)), 100.0 / 64);
  EXPECT_EQ(unit_energy_pJ(technology, dram(Action::dram_read)), 640.0 / 32);
}

TEST(Horowitz45, NamesTheSramPointsThatWereRecalled) {
  const Technology technology = horowitz45();
  EXPECT_EQ(label_of(technology, memory(Action::sram_read, 8 * kKiB)), "published");
  EXPECT_EQ(label_of(technology, memory(Action::sram_read, 32 * kKiB)), "published, recalled");
  EXPECT_EQ(label_of(technology, memory(Action::sram_read, 16 * kKiB)), "interpolated, recalled");
}

TEST(Horowitz45, InterpolatesTheSixteenBitMultiply) {
  const Technology technology = horowitz45();
  EXPECT_NEAR(unit_energy_pJ(technology, multiply(16, 16)), 0.787, 0.0005);
  EXPECT_EQ(label_of(technology, multiply(16, 16)), "interpolated");
}

TEST(Horowitz45, CostsAMultiplyByTheProductOfItsWidths) {
  const Technology technology = horowitz45();
  EXPECT_EQ(unit_energy_pJ(technology, multiply(4, 16)), 0.2);
  EXPECT_EQ(unit_energy_pJ(technology, multiply(5, 7)), unit_energy_pJ(technology, multiply(7, 5)));
}

TEST(Horowitz45, ExtrapolatesMultipliesOutsideTheTable) {
  const Technology technology = horowitz45();
  // 0.2 (16/64)^0.9885
  EXPECT_NEAR(unit_energy_pJ(technology, multiply(4, 4)), 0.0508, 0.0001);
  EXPECT_EQ(label_of(technology, multiply(4, 4)), "extrapolated");
  EXPECT_EQ(label_of(technology, multiply(32, 33)), "extrapolated");
}

TEST(Horowitz45, AddsAreLinearBelowEightBits) {
  const Technology technology = horowitz45();
  EXPECT_EQ(unit_energy_pJ(technology, add(2)), 0.0075);
  EXPECT_EQ(label_of(technology, add(2)), "interpolated");
}

TEST(Horowitz45, AddsFollowAPowerLawAboveEightBits) {
  const Technology technology = horowitz45();
  const double mid = unit_energy_pJ(technology, add(20));
  EXPECT_GT(mid, 0.05);
  EXPECT_LT(mid, 0.1);
  // Twice the energy for twice the width between 16 and 32 bits: a straight line, also beyond.
  EXPECT_NEAR(unit_energy_pJ(technology, add(48)), 0.15, 1e-9);
  EXPECT_EQ(label_of(technology, add(48)), "extrapolated");
}

TEST(Horowitz45, LargeMemoriesGrowWithTheSquareRootOfTheirCapacity) {
  const Technology technology = horowitz45();
  EXPECT_EQ(unit_energy_pJ(technology, memory(Action::sram_read, 4096 * kKiB)), 200.0 / 64);
  EXPECT_EQ(label_of(technology, memory(Action::sram_read, 4096 * kKiB)), "extrapolated, recalled");
}

TEST(Horowitz45, SmallMemoriesShrinkWithTheSquareRootOfTheirCapacity) {
  EXPECT_EQ(unit_energy_pJ(horowitz45(), memory(Action::sram_read, 2 * kKiB)), 5.0 / 64);
}

TEST(Horowitz45, WritesCostWhatReadsCostByAssumption) {
  const Technology technology = horowitz45();
  EXPECT_EQ(unit_energy_pJ(technology, memory(Action::sram_write, 8 * kKiB)), 10.0 / 64);
  EXPECT_EQ(unit_energy_pJ(technology, dram(Action::dram_write)), 20);
  EXPECT_EQ(label_of(technology, memory(Action::sram_write, 8 * kKiB)), "assumed");
  EXPECT_EQ(label_of(technology, dram(Action::dram_write)), "assumed");
}

TEST(Horowitz45, OtherAccessWidthsKeepTheEnergyPerBitByAssumption) {
  const Technology technology = horowitz45();
  const ActionCount wide = memory(Action::sram_read, 8 * kKiB, 256);
  EXPECT_EQ(unit_energy_pJ(technology, wide), 10.0 / 64);
  EXPECT_EQ(label_of(technology, wide), "assumed");
}

TEST(Horowitz45, GivesThePublishedAreas) {
  const Technology technology = horowitz45();
  EXPECT_EQ(area_um2(technology, {"adder_tree", Action::add, 16, 0, 0, 10}), 670);
  EXPECT_EQ(area_um2(technology, {"multiplier", Action::multiply, 8, 8, 0, 2}), 564);
  // 282 (256/64)^0.908
  EXPECT_NEAR(area_um2(technology, {"multiplier", Action::multiply, 16, 16, 0, 1}), 993, 1);
}

TEST(Horowitz45, MemoryAreaIsCellsAndAsMuchPeriphery) {
  EXPECT_EQ(area_um2(horowitz45(), {"weight_buffer", Action::sram_read, 0, 0, 1000, 3}), 2100);
}

constexpr std::string_view kAddOnly =
    "  add:\n"
    "    points:\n"
    "      - {width: 8, energy: 0.03pJ, source: {label: published, cite: x}}\n";

TEST(Technology, NamesTheMissingCostItsComponentAndTheRemedy) {
  const Technology technology = technology_with(kAddOnly);
  EXPECT_EQ(
      config_error([&] { (void)unit_energy_pJ(technology, dram(Action::dram_read)); }),
      "bench.yaml:8:3: error: costs.dram: no cost for the energy of dram_read, which component "
      "'dram_weights' needs; add 'dram:' with 'access_bits', 'read_energy', 'write' and "
      "'source' (an unknown cost is never taken as 0)");
}

TEST(Technology, HasNoCostOutsideItsPointsWithoutARule) {
  const Technology technology = technology_with(kAddOnly);
  EXPECT_EQ(unit_energy_pJ(technology, add(8)), 0.03);
  EXPECT_THAT(config_error([&] { (void)unit_energy_pJ(technology, add(9)); }),
              HasSubstr("costs.add: no cost for the energy of add 9 bit, which component "
                        "'adder_tree' needs; add a point with 'energy', or a rule"));
}

TEST(Technology, EveryMissingKindOfCostIsAnError) {
  const Technology technology = technology_with(kAddOnly);
  EXPECT_THAT(config_error([&] { (void)unit_energy_pJ(technology, multiply(8, 8)); }),
              HasSubstr("costs.multiply: no cost for the energy of multiply 8x8 bit"));
  EXPECT_THAT(
      config_error([&] { (void)unit_energy_pJ(technology, memory(Action::sram_read, 8 * kKiB)); }),
      HasSubstr("costs.sram: no cost for the energy of sram_read 8 KiB"));
  EXPECT_THAT(config_error([&] {
                (void)area_um2(technology, {"a", Action::add, 8, 0, 0, 1});
              }),
              HasSubstr("costs.add: no cost for the area of add 8 bit"));
}

constexpr std::string_view kBareMemories =
    "  sram:\n"
    "    points:\n"
    "      - {capacity: 8KiB, access_bits: 64, read_energy: 10pJ, source: {label: published, cite: "
    "x}}\n"
    "  dram:\n"
    "    access_bits: 32\n"
    "    read_energy: 640pJ\n"
    "    source: {label: published, cite: x}\n";

TEST(Technology, WritesNeedACostOfTheirOwn) {
  const Technology technology = technology_with(kBareMemories);
  EXPECT_EQ(unit_energy_pJ(technology, memory(Action::sram_read, 8 * kKiB)), 0.15625);
  EXPECT_THAT(
      config_error([&] { (void)unit_energy_pJ(technology, memory(Action::sram_write, 8 * kKiB)); }),
      HasSubstr("costs.sram: no cost for the energy of sram_write 8 KiB"));
  EXPECT_THAT(config_error([&] { (void)unit_energy_pJ(technology, dram(Action::dram_write)); }),
              HasSubstr("costs.dram: no cost for the energy of dram_write"));
}

ActionCount network_bit() { return {"array_network", Action::array_transfer, 0, 0, 0, 0, 1}; }

TEST(Technology, TransfersNeedACostThatMayBeDeclaredNothing) {
  EXPECT_EQ(unit_energy_pJ(horowitz45(), network_bit()), 0);
  EXPECT_THAT(
      config_error([&] { (void)unit_energy_pJ(technology_with(kBareMemories), network_bit()); }),
      HasSubstr("costs.transfer: no cost for the energy of array_transfer"));
}

TEST(EyerissRatios, PriceAWordByTheLevelItComesFrom) {
  const Technology ratios = config::read_all(
      config::load_yaml("configs/technologies/eyeriss_ratios.yaml"), parse_technology);
  const double mac = unit_energy_pJ(ratios, multiply(16, 16)) + unit_energy_pJ(ratios, add(32));
  EXPECT_NEAR(mac, 1, 1e-4);
  EXPECT_NEAR(16 * unit_energy_pJ(ratios, memory(Action::sram_read, 512 * 8, 16)), 1, 1e-6);
  EXPECT_NEAR(16 * unit_energy_pJ(ratios, network_bit()), 2, 1e-6);
  EXPECT_NEAR(16 * unit_energy_pJ(ratios, memory(Action::sram_read, 108 * kKiB, 16)), 6, 1e-6);
  EXPECT_NEAR(16 * unit_energy_pJ(ratios, dram(Action::dram_read)), 200, 1e-6);
  EXPECT_EQ(label_of(ratios, dram(Action::dram_read)), "published");
}

TEST(Technology, OtherAccessWidthsNeedARule) {
  const Technology technology = technology_with(kBareMemories);
  EXPECT_THAT(config_error([&] {
                (void)unit_energy_pJ(technology, memory(Action::sram_read, 8 * kKiB, 128));
              }),
              HasSubstr("accessed 128 bits at a time"));
}

TEST(Technology, AMemoryOfUnknownCapacityHasNoCost) {
  EXPECT_THAT(
      config_error([&] { (void)unit_energy_pJ(horowitz45(), memory(Action::sram_read, 0)); }),
      HasSubstr("add the capacity of that memory to the machine"));
}

TEST(Technology, RefusesPointsOutOfOrder) {
  EXPECT_THAT(config_error([&] {
                (void)technology_with(
                    "  add:\n    points:\n"
                    "      - {width: 16, energy: 0.05pJ, source: {label: published, cite: x}}\n"
                    "      - {width: 8, energy: 0.03pJ, source: {label: published, cite: x}}\n");
              }),
              HasSubstr("costs.add.points: expected points in ascending order of width"));
}

TEST(Technology, RefusesANumberWithoutASource) {
  EXPECT_THAT(config_error([&] {
                (void)technology_with("  add:\n    points:\n      - {width: 8, energy: 0.03pJ}\n");
              }),
              HasSubstr("source"));
}

TEST(Technology, RefusesAnUnknownLabel) {
  EXPECT_THAT(config_error([&] {
                (void)technology_with(
                    "  add:\n    points:\n"
                    "      - {width: 8, energy: 1pJ, source: {label: sure, cite: x}}\n");
              }),
              HasSubstr("costs.add.points.0.source.label"));
}

TEST(Technology, RefusesASlopeThatNoRuleReads) {
  EXPECT_THAT(
      config_error([&] {
        (void)technology_with(
            "  add:\n    points:\n"
            "      - {width: 8, energy: 1pJ, source: {label: published, cite: x}}\n"
            "    above: {rule: proportional, slope: 1, source: {label: assumed, cite: x}}\n");
      }),
      HasSubstr("only rule 'slope' has an exponent"));
}

TEST(Technology, RefusesACostOfZero) {
  EXPECT_THAT(config_error([&] {
                (void)technology_with(
                    "  add:\n    points:\n"
                    "      - {width: 8, energy: 0pJ, source: {label: assumed, cite: x}}\n");
              }),
              HasSubstr("costs.add.points.0.energy"));
}

TEST(Technology, DescribesEveryKeyOfItsFile) {
  const std::string schema = config::Reader::describe("technology", [](config::Reader& r) {
                               (void)parse_technology(r);
                             }).dump();
  for (const char* key : {"node_nm", "read_energy", "access_width", "nand2_area", "recalled",
                          "log_log", "factor", "overhead"}) {
    EXPECT_THAT(schema, HasSubstr(key));
  }
}

}  // namespace
}  // namespace bitscale
