#include "sim/kernel/pin_unit.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>

#include "arch/bit_serial/bit_serial.hpp"
#include "arch/common/accumulate.hpp"
#include "arch/parallel/parallel.hpp"
#include "sim/kernel/context.hpp"
#include "tests/unit/arch/block.hpp"
#include "tests/unit/arch/pin_bench.hpp"

namespace bitscale {
namespace {

using Bench = test::PinBench;

OperandTypes types_of(int activation_bits, int weight_bits, AccumulatorConfig accumulator = {}) {
  return {{activation_bits, Encoding::twos, 0}, {weight_bits, Encoding::twos, 0}, accumulator};
}

ParallelUnit mac(Guard guard = Guard::none) { return ParallelUnit({16, 16, guard, {}}); }
BitSerialUnit sip(Serial serial, Guard guard = Guard::none) {
  return BitSerialUnit({serial, 16, 16, guard, {}});
}

TEST(GuardedMac, SumsItsLanesAtOneRisingEdge) {
  Bench bench(mac(), 3, types_of(8, 8));
  bench.step({2, -3, 5}, {7, 11, -13}, 1, true);
  EXPECT_EQ(bench.sum.read(), 14 - 33 - 65);
}

TEST(GuardedMac, AddsStepsUntilCleared) {
  Bench bench(mac(), 1, types_of(8, 8));
  bench.step({2}, {3}, 1, true);
  bench.step({4}, {5}, 1, false);
  EXPECT_EQ(bench.sum.read(), 26);
  bench.step({1}, {1}, 1, true);
  EXPECT_EQ(bench.sum.read(), 1);
}

TEST(GuardedMac, StartsFromThePartialSumOfTheUnitBefore) {
  Bench bench(mac(), 1, types_of(8, 8));
  bench.partial.write(100);
  bench.step({2}, {3}, 1, true);
  EXPECT_EQ(bench.sum.read(), 106);
  bench.step({2}, {3}, 1, false);
  EXPECT_EQ(bench.sum.read(), 112);
}

TEST(GuardedMac, HandsOperandsToTheNeighbourOneCycleLater) {
  Bench bench(mac(), 2, types_of(8, 8));
  bench.step({2, 4}, {7, 9}, 1, true);
  EXPECT_EQ(bench.activations_out[1].read(), 4);
  EXPECT_EQ(bench.weights_out[0].read(), 7);
  EXPECT_TRUE(bench.valid_out.read());
  bench.activations[1].write(6);
  sc_core::sc_start(0.25, sc_core::SC_NS);
  EXPECT_EQ(bench.activations_out[1].read(), 4);  // nothing moves before the edge
  bench.step({2, 6}, {7, 9}, 1, false);
  EXPECT_EQ(bench.activations_out[1].read(), 6);
}

TEST(GuardedMac, HandsNothingOnWithoutEnable) {
  Bench bench(mac(), 1, types_of(8, 8));
  bench.step({2}, {7}, 1, true);
  bench.activations[0].write(6);
  bench.tick();
  EXPECT_FALSE(bench.valid_out.read());
  EXPECT_EQ(bench.activations_out[0].read(), 2);
}

TEST(GuardedMac, LeavesIdleLanesOut) {
  Bench bench(mac(), 2, types_of(8, 8));
  bench.valid[1].write(false);
  bench.step({2, 4}, {7, 9}, 1, true);
  EXPECT_EQ(bench.sum.read(), 14);
  EXPECT_EQ(bench.unit->counters(), (PinUnit::Counters{1, 0, 1, 1, 0}));
}

TEST(GuardedMac, CountsAGuardedProductForEitherZeroOperand) {
  const std::vector<std::int32_t> activations = {0, 0, 3, 4};
  const std::vector<std::int32_t> weights = {5, 0, 0, 6};
  const auto active = [&](Guard guard) {
    Bench bench(mac(guard), 4, types_of(8, 8));
    bench.step(activations, weights, 1, true);
    EXPECT_EQ(bench.sum.read(), 24);
    EXPECT_EQ(bench.unit->counters().active_macs + bench.unit->counters().guarded_macs, 4U);
    return bench.unit->counters().active_macs;
  };
  EXPECT_EQ(active(Guard::none), 4U);
  EXPECT_EQ(active(Guard::activation), 2U);
  EXPECT_EQ(active(Guard::weight), 2U);
  EXPECT_EQ(active(Guard::product), 1U);
}

TEST(GuardedMac, CountsOverflowsOfItsAccumulator) {
  Bench bench(mac(), 1, types_of(8, 8, {8, Overflow::saturate}));
  bench.step({100}, {1}, 1, true);
  bench.step({100}, {1}, 1, false);
  EXPECT_EQ(bench.sum.read(), 127);
  EXPECT_EQ(bench.unit->counters().overflow_events, 1U);
}

TEST(BitSerialMac, IsDoneAfterOneCyclePerActivationBit) {
  Bench bench(sip(Serial::activations), 1, types_of(5, 8));
  bench.step({-7}, {9}, 4, true);
  EXPECT_TRUE(bench.busy.read());
  EXPECT_FALSE(bench.done.read());
  bench.enable.write(true);
  bench.clear.write(false);
  bench.activations[0].write(bench.unit->activation_pins(-7, 4));
  bench.tick();
  EXPECT_FALSE(bench.busy.read());
  EXPECT_TRUE(bench.done.read());
  EXPECT_EQ(bench.sum.read(), -63);
}

TEST(BitSerialMac, TakesSingleBitsOnItsSerialPins) {
  Bench bench(sip(Serial::activations), 1, types_of(5, 8));
  EXPECT_EQ(bench.unit->activation_pins(0b01101, 0), 0);  // most significant first
  EXPECT_EQ(bench.unit->activation_pins(0b01101, 1), 1);
  EXPECT_EQ(bench.unit->weight_pins(-9, 3), -9);
}

TEST(BitSerialMac, CyclesWithoutEnableChangeNothing) {
  Bench bench(sip(Serial::weights), 1, types_of(8, 3));
  bench.step({50}, {3}, 2, true);
  bench.tick();
  bench.tick();
  EXPECT_TRUE(bench.busy.read());
  EXPECT_EQ(bench.sum.read(), 0);  // the accumulator adds with the last bit
  bench.enable.write(true);
  bench.clear.write(false);
  bench.weights[0].write(bench.unit->weight_pins(3, 2));
  bench.tick();
  EXPECT_EQ(bench.sum.read(), 150);
}

TEST(BitSerialMac, ActivationBitsRunOutsideWeightBitsWhereBothAreSerial) {
  Bench bench(sip(Serial::both), 1, types_of(2, 3));
  const int word = 0b110;
  std::vector<int> activation, weight;
  for (int cycle = 0; cycle < 6; ++cycle) {
    activation.push_back(bench.unit->activation_pins(0b01, cycle));
    weight.push_back(bench.unit->weight_pins(word, cycle));
  }
  EXPECT_EQ(activation, (std::vector<int>{0, 0, 0, 1, 1, 1}));
  EXPECT_EQ(weight, (std::vector<int>{1, 1, 0, 1, 1, 0}));
}

TEST(BitSerialMac, HeldLaneGroupCountsAsGuarded) {
  Bench bench(sip(Serial::activations, Guard::lane_group), 2, types_of(3, 8));
  bench.step({0, 0}, {5, 6}, 3, true);
  bench.step({0, 1}, {5, 6}, 3, false);
  EXPECT_EQ(bench.sum.read(), 6);
  EXPECT_EQ(bench.unit->counters(), (PinUnit::Counters{2, 2, 2, 1, 0}));
}

/// Steps of random operands through the module and through the span kernel.
void expect_like_span_kernel(const Unit& unit, const OperandTypes& types, std::int64_t lanes,
                             std::uint64_t seed) {
  const std::int64_t steps = 12;
  test::Block block = test::random_block({steps, lanes, 1, 1}, types, seed);
  block.accumulators[0] = 0;
  Bench bench(unit, lanes, types);
  for (std::int64_t step = 0; step < steps; ++step) {
    std::vector<std::int32_t> a, w;
    for (std::int64_t term = step * lanes; term < (step + 1) * lanes; ++term) {
      a.push_back(block.activations[static_cast<std::size_t>(term)]);
      w.push_back(block.weights[static_cast<std::size_t>(term * block.weight_stride())]);
    }
    bench.step(a, w, static_cast<int>(unit.mode(types).cycles), step == 0);
  }
  const std::uint64_t events = unit.accumulate(block.view(), types);
  EXPECT_EQ(bench.sum.read(), block.accumulators[0]);
  EXPECT_EQ(bench.unit->counters().overflow_events, events);
}

TEST(PinUnit, EveryKindAgreesWithItsSpanKernelOnNarrowAccumulators) {
  const ParallelUnit parallel = mac();
  const BitSerialUnit by_activation = sip(Serial::activations);
  const BitSerialUnit by_weight = sip(Serial::weights);
  const BitSerialUnit by_both = sip(Serial::both);
  std::uint64_t seed = 0;
  for (const Unit* unit :
       std::initializer_list<const Unit*>{&parallel, &by_activation, &by_weight, &by_both}) {
    for (const Overflow overflow : {Overflow::wrap, Overflow::saturate}) {
      for (const int bits : {6, 12, 20, 48}) {
        OperandTypes types = types_of(5, 6, {bits, overflow});
        expect_like_span_kernel(*unit, types, 4, ++seed);
        types.activation.encoding = Encoding::unsigned_;
        expect_like_span_kernel(*unit, types, 1, ++seed);
      }
    }
  }
}

TEST(PinUnit, WritesItsWaveformsToAVcdFile) {
  const std::string path = testing::TempDir() + "pin_unit_test";
  {
    Bench bench(sip(Serial::activations), 2, types_of(3, 8));
    sc_core::sc_trace_file* file = sc_core::sc_create_vcd_trace_file(path.c_str());
    file->set_time_unit(1.0, sc_core::SC_PS);
    bench.unit->trace(file);
    bench.step({1, 2}, {3, 4}, 3, true);
    sc_core::sc_close_vcd_trace_file(file);
  }
  std::stringstream text;
  text << std::ifstream(path + ".vcd").rdbuf();
  for (const char* signal : {"activation_0", "weight_1", "addend", "sum", "cycle"}) {
    EXPECT_NE(text.str().find(signal), std::string::npos) << signal;
  }
  // The sum, 11, in binary, as the VCD writes a vector.
  EXPECT_NE(text.str().find("1011 "), std::string::npos);
  std::filesystem::remove(path + ".vcd");
}

}  // namespace
}  // namespace bitscale
