#include <gtest/gtest.h>

#include <algorithm>

#include "arch/bit_serial/bit_serial.hpp"
#include "arch/builtin.hpp"
#include "arch/parallel/parallel.hpp"

namespace bitscale {
namespace {

std::shared_ptr<const Unit> read(const std::string& yaml) {
  return config::read_all(config::parse_yaml(yaml, "unit.yaml"),
                          [](config::Reader& reader) { return parse_unit(reader); });
}

std::string problem_of(const std::string& yaml) {
  try {
    read(yaml);
  } catch (const ConfigError& error) {
    return to_string(error.diagnostics().front());
  }
  return "";
}

TEST(UnitFile, KindSelectsTheUnit) {
  EXPECT_EQ(read("kind: parallel")->kind(), "parallel");
  EXPECT_EQ(read("kind: bit_serial")->kind(), "bit_serial");
}

TEST(UnitFile, EveryBuiltinUnitReadsWithItsDefaults) {
  for (const UnitKind& unit : builtin_units()) {
    EXPECT_EQ(read("kind: " + unit.name)->kind(), unit.name);
  }
}

TEST(UnitFile, ParallelUnitTakesItsWidthsGuardAndAccumulator) {
  const auto unit = read(
      "kind: parallel\nactivation_bits: 8\nweight_bits: 4\nguard: product\n"
      "accumulator: {bits: 24, overflow: saturate}\n");
  EXPECT_EQ(unit->stored_activation_bits({}), 8);
  EXPECT_EQ(unit->stored_weight_bits({}), 4);
  EXPECT_EQ(unit->guard(), Guard::product);
  EXPECT_EQ(unit->accumulator(), (AccumulatorConfig{24, Overflow::saturate}));
}

TEST(UnitFile, ParallelUnitTakesItsGatingAndDrawing) {
  const auto unit = read(
      "kind: parallel\ngating: lsb\n"
      "netlist: {reduction: array, adder: prefix, accumulator_adder: prefix, accumulate: fused}\n");
  EXPECT_EQ(unit->stored_activation_bits({3, Encoding::twos, 0}), 3);
  EXPECT_NE(problem_of("kind: parallel\nnetlist: {reduction: wallace}\n"), "");
}

TEST(UnitFile, FusedAccumulatorsCannotClamp) {
  const std::string yaml = "kind: parallel\nnetlist: {accumulate: fused}\n";
  EXPECT_EQ(problem_of(yaml), "");
  EXPECT_NE(problem_of(yaml + "accumulator: {overflow: saturate}\n")
                .find("unit.yaml:2:10: error: "
                      "netlist: accumulate: fused"),
            std::string::npos);
}

TEST(UnitFile, BitSerialUnitTakesItsSerialOperandAndLimits) {
  const auto unit = read(
      "kind: bit_serial\nserial: both\nmax_activation_bits: 8\nmax_weight_bits: 9\n"
      "guard: lane_group\n");
  EXPECT_EQ(unit->guard(), Guard::lane_group);
  const OperandTypes types{{8, Encoding::twos, 0}, {9, Encoding::twos, 0}, {}};
  EXPECT_EQ(unit->mode(types).cycles, 72);
  EXPECT_NE(unit->refusal({{9, Encoding::twos, 0}, {9, Encoding::twos, 0}, {}}), "");
}

TEST(UnitFile, MisspeltKeyIsLocated) {
  EXPECT_NE(problem_of("kind: parallel\nweigth_bits: 4\n").find("unit.yaml:2:1"),
            std::string::npos);
}

TEST(UnitFile, UnitsRefuseGuardsTheyDoNotHave) {
  EXPECT_NE(problem_of("kind: bit_serial\nguard: product\n"), "");
  EXPECT_NE(problem_of("kind: parallel\nguard: lane_group\n"), "");
}

TEST(UnitFile, AccumulatorsOutOfRangeAreRefused) {
  EXPECT_NE(problem_of("kind: parallel\naccumulator: {bits: 3}\n"), "");
  EXPECT_NE(problem_of("kind: parallel\naccumulator: {bits: 65}\n"), "");
  EXPECT_EQ(problem_of("kind: parallel\naccumulator: {bits: 4}\n"), "");
}

TEST(UnitFile, UnknownKindIsRefused) { EXPECT_NE(problem_of("kind: paralel\n"), ""); }

}  // namespace
}  // namespace bitscale
