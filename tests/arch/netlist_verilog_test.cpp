// Modes of every registered unit in tools that know nothing of ours: Icarus Verilog sees the
// same values, glitches and settled states, Yosys finds no fault. Skipped, with a notice, where a
// tool is missing.
#include <gtest/gtest.h>

#include "sim/config/reader.hpp"
#include "tests/arch/drawn_unit.hpp"
#include "tests/arch/unit_cases.hpp"
#include "tests/unit/netlist/icarus.hpp"

namespace bitscale {
namespace {

using netlist::Stimulus;
using testing_support::Driver;
using testing_support::OperandSet;
using testing_support::OperandSource;

constexpr std::int64_t kUnitLanes = 2;
constexpr std::size_t kUnitSteps = 12;

class UnitVerilog : public testing::TestWithParam<UnitKind> {
 protected:
  void SetUp() override {
    // Of multiplexers over a table, few entries show as much as many.
    const std::string keys = GetParam().name == "codebook" ? ", index_bits: 4" : "";
    unit_ = testing_support::unit_of(GetParam(), "kind: " + GetParam().name + keys);
    ASSERT_NE(unit_, nullptr);
    draw(types_of(4));
  }

  void draw(const OperandTypes& types) {
    types_ = types;
    drawn_ = unit_->make_netlist(kUnitLanes, types_);
  }

  /// The first types that the unit takes, integers of so many bits.
  [[nodiscard]] OperandTypes types_of(int bits) const {
    const std::vector<TensorType> all = {
        {bits, Encoding::twos, 0}, {1, Encoding::binary_pm1, 0}, {2, Encoding::ternary, 0},
        {4, Encoding::log2, 0},    {3, Encoding::codebook, 0},
    };
    for (const TensorType& activation : all) {
      for (const TensorType& weight : all) {
        const OperandTypes types{activation, weight, unit_->accumulator()};
        if (unit_->refusal(types).empty()) return types;
      }
    }
    ADD_FAILURE() << "no types for " << GetParam().name;
    return {};
  }

  /// Random operands as the unit's own inputs carry them, the same in all lanes.
  [[nodiscard]] Stimulus stream() const {
    const auto cycles = static_cast<std::size_t>(drawn_.cycles);
    const OperandSource source(*unit_, types_, kUnitLanes);
    std::mt19937_64 random(3);
    Stimulus stimulus(drawn_.netlist, kUnitSteps * cycles, 64);
    Driver driver(drawn_, 64);
    for (std::size_t step = 0; step < kUnitSteps; ++step) {
      const std::vector<OperandSet> sets(64, source.random_set(random));
      for (std::size_t cycle = 0; cycle < cycles; ++cycle) {
        driver.drive(sets, static_cast<std::int64_t>(cycle), step * cycles + cycle, stimulus);
      }
    }
    return stimulus;
  }

  std::shared_ptr<const Unit> unit_;
  OperandTypes types_;
  UnitNetlist drawn_;
  netlist::Scratch scratch_;
};

INSTANTIATE_TEST_SUITE_P(Units, UnitVerilog,
                         testing::ValuesIn(builtin_units().begin(), builtin_units().end()),
                         [](const testing::TestParamInfo<UnitKind>& test) {
                           return test.param.name;
                         });

TEST_P(UnitVerilog, IcarusSeesOurValuesAndGlitches) {
  if (!netlist::installed("iverilog"))
    GTEST_SKIP() << "iverilog is not installed: export not simulated";
  for (const int bits : {4, 8}) {
    draw(types_of(bits));
    const Stimulus stimulus = stream();
    EXPECT_EQ(simulate(scratch_, drawn_.netlist, stimulus, true),
              expected_with_glitches(drawn_.netlist, stimulus))
        << bits;
  }
}

TEST_P(UnitVerilog, YosysAcceptsTheExport) {
  if (!netlist::installed("yosys")) GTEST_SKIP() << "yosys is not installed: export not checked";
  const std::string output = yosys_verdict(scratch_, drawn_.netlist, true);
  EXPECT_TRUE(output.ends_with("accepted\n")) << output;
}

}  // namespace
}  // namespace bitscale
