// The pins of the Bit Fusion unit: products come from BitBricks, cycle by cycle.
#include "arch/bit_fusion/bit_fusion_module.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>

#include "sim/kernel/context.hpp"
#include "tests/unit/arch/bit_fusion_streams.hpp"
#include "tests/unit/arch/pin_bench.hpp"

namespace bitscale {
namespace {

using test::all_fusion_types;
using test::FusionStep;

/// The unit, cycle by cycle of a step.
struct Bench : test::PinBench {
  explicit Bench(const OperandTypes& types, std::int64_t lanes = 1)
      : PinBench(BitFusionUnit({}), lanes, types), mode(fusion_mode(types)) {}

  void cycle(const FusionStep& step, int number) {
    enable.write(true);
    clear.write(number == 0);
    for (std::size_t i = 0; i < step.weights.size(); ++i) {
      activations[i].write(unit->activation_pins(step.activations[i], number));
      weights[i].write(unit->weight_pins(step.weights[i], number));
    }
    tick();
  }

  /// One step from an empty accumulator.
  std::int64_t run(const FusionStep& step) {
    for (int number = 0; number < mode.cycles(); ++number) cycle(step, number);
    return sum.read();
  }

  FusionMode mode;
};

std::int64_t exact_sum(const FusionStep& step) {
  std::int64_t sum = 0;
  for (std::size_t i = 0; i < step.weights.size(); ++i) {
    sum += static_cast<std::int64_t>(step.activations[i]) * step.weights[i];
  }
  return sum;
}

TEST(BitFusionMac, SumsItsProductsInEveryModeAndSignMix) {
  std::mt19937_64 random(5);
  for (const OperandTypes& types : all_fusion_types({2, 4, 8, 16})) {
    Bench bench(types);
    for (const FusionStep& step : test::random_steps(types, 12, random)) {
      ASSERT_EQ(bench.run(step), exact_sum(step))
          << types.activation.bits << " x " << types.weight.bits << " bits";
    }
  }
}

TEST(BitFusionMac, SumsItsLanes) {
  std::mt19937_64 random(6);
  const OperandTypes types = test::fusion_types(4, Encoding::twos, 2, Encoding::twos);
  Bench bench(types, 3);
  const FusionStep step = test::random_step(types, 3 * 8, random);
  EXPECT_EQ(bench.run(step), exact_sum(step));
}

TEST(BitFusionMac, LeavesIdleProductsOut) {
  Bench bench(test::fusion_types(4, Encoding::twos, 4, Encoding::twos));
  bench.valid[2].write(false);
  EXPECT_EQ(bench.run({{2, 3, 5, 7}, {1, -2, 3, -4}}), 2 - 6 - 28);
  EXPECT_EQ(bench.unit->counters(), (PinUnit::Counters{3, 0, 1, 1, 0}));
}

TEST(BitFusionMac, AddsThePassesOfWideOperandsLowHalvesFirst) {
  Bench bench(test::fusion_types(16, Encoding::twos, 16, Encoding::twos));
  const FusionStep step{{-0x1234}, {0x4321}};
  const std::int32_t low = -0x1234 & 0xff;
  const std::int32_t high = -0x1234 >> 8;
  const std::vector<std::int64_t> sums = {low * 0x21, low * 0x21 + (low * 0x43) * 256,
                                          low * 0x4321 + (high * 0x21) * 256, -0x1234 * 0x4321};
  for (int number = 0; number < 4; ++number) {
    bench.cycle(step, number);
    EXPECT_EQ(bench.sum.read(), sums[static_cast<std::size_t>(number)]) << "cycle " << number;
    EXPECT_EQ(bench.done.read(), number == 3);
  }
}

TEST(BitFusionMac, PinsCarryTheHalvesOfWideOperandsOnly) {
  Bench bench(test::fusion_types(16, Encoding::twos, 8, Encoding::twos));
  EXPECT_EQ(bench.unit->activation_pins(-2, 0), 0xfe);
  EXPECT_EQ(bench.unit->activation_pins(-2, 1), -1);
  EXPECT_EQ(bench.unit->weight_pins(-2, 0), -2);
  EXPECT_EQ(bench.unit->weight_pins(-2, 1), -2);
}

TEST(BitFusionMac, ShowsItsBitBricksInTheWaveforms) {
  const std::string path = (std::filesystem::temp_directory_path() / "bit_fusion_pins").string();
  {
    Bench bench(test::fusion_types(8, Encoding::twos, 8, Encoding::twos));
    sc_core::sc_report_handler::set_actions("tracing timescale unit set", sc_core::SC_DO_NOTHING);
    sc_core::sc_trace_file* file = sc_core::sc_create_vcd_trace_file(path.c_str());
    file->set_time_unit(1.0, sc_core::SC_PS);
    bench.unit->trace(file);
    EXPECT_EQ(bench.run({{-77}, {101}}), -7777);
    sc_core::sc_close_vcd_trace_file(file);
  }
  std::stringstream text;
  text << std::ifstream(path + ".vcd").rdbuf();
  std::filesystem::remove(path + ".vcd");
  for (const char* module : {"fusion_unit_0", "bit_brick_0", "bit_brick_15"}) {
    EXPECT_NE(text.str().find(module), std::string::npos) << module;
  }
}

}  // namespace
}  // namespace bitscale
