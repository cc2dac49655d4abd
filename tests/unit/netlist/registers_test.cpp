#include "sim/netlist/registers.hpp"

#include <gtest/gtest.h>

#include "sim/netlist/generators.hpp"
#include "sim/netlist/timing.hpp"
#include "tests/unit/netlist/streams.hpp"

namespace bitscale::netlist {
namespace {

Netlist small_mac() { return mac({{6, 5, true, true}, 16}); }

/// The stream of a netlist on its cut twin: the register's buses get the states it goes through.
Stimulus with_states(const Netlist& netlist, const CutNetlist& cut, std::size_t steps) {
  const Stimulus stream = uniform_stream(netlist, steps);
  const Response response(netlist, stream);
  Stimulus opened(cut.netlist, steps);
  std::vector<std::int64_t> values(kLanes);
  for (std::size_t step = 0; step < steps; ++step) {
    const std::uint64_t* plane = stream.step_planes(step);
    for (std::size_t bus = 0; bus < cut.input_buses; ++bus) {
      std::ranges::fill(values, 0);
      const std::size_t bits = netlist.inputs[bus].bits.size();
      for (std::size_t bit = 0; bit < bits; ++bit, plane += kPlaneWords) {
        for (std::size_t lane = 0; lane < kLanes; ++lane) {
          values[lane] |= static_cast<std::int64_t>(plane[lane / 64] >> (lane % 64) & 1U) << bit;
        }
      }
      opened.set(step, bus, values);
    }
    for (std::size_t lane = 0; lane < kLanes; ++lane) values[lane] = response.value(step, 0, lane);
    opened.set(step, cut.input_buses, values);
  }
  return opened;
}

TEST(CutRegisters, TurnsARegisterIntoAnInputAndWhatItTakesIntoAnOutput) {
  const CutNetlist cut = cut_registers(small_mac());
  EXPECT_EQ(cut.input_buses, 2U);
  EXPECT_EQ(cut.flip_flops, 16U);
  EXPECT_EQ(count(cut.netlist, Cell::flip_flop), 0U);
  ASSERT_EQ(cut.netlist.inputs.size(), 3U);
  EXPECT_EQ(cut.netlist.inputs[2].name, "accumulator");
  ASSERT_EQ(cut.netlist.outputs.size(), 1U);
  EXPECT_EQ(cut.netlist.outputs[0].name, "accumulator_next");
  EXPECT_TRUE(cut.netlist.outputs[0].is_signed);
}

TEST(CutRegisters, AnyStateCanBePutIn) {
  const CutNetlist cut = cut_registers(small_mac());
  const std::vector<std::int64_t> states = {0, 1, -1, 32767, -32768, 1234, -4321};
  const std::vector<std::int64_t> a = {-32, 31, 7, -1, 0, 31, -32};
  const std::vector<std::int64_t> w = {-16, 15, -3, 15, -16, -16, 15};
  const std::vector<std::int64_t> next = outputs(cut.netlist, {a, w, states});
  for (std::size_t i = 0; i < states.size(); ++i) {
    EXPECT_EQ(next[i], as_bus(states[i] + a[i] * w[i], 16, true)) << i;
  }
}

TEST(CutRegisters, CountsTheTogglesOfTheWholeNetlistOnTheSameStates) {
  const Netlist netlist = small_mac();
  const CutNetlist cut = cut_registers(netlist);
  const std::size_t steps = 21;
  const Stimulus whole = uniform_stream(netlist, steps);
  const Stimulus opened = with_states(netlist, cut, steps);
  for (const VectorPath path : supported_paths()) {
    EXPECT_EQ(ZeroDelayToggles(cut.netlist, path).count(opened),
              ZeroDelayToggles(netlist, path).count(whole));
    EXPECT_EQ(InertialToggles(cut.netlist, path).count(opened),
              InertialToggles(netlist, path).count(whole));
  }
}

TEST(CutRegisters, LeavesPathsAsTheyAre) {
  const Netlist netlist = small_mac();
  EXPECT_EQ(analyse_timing(cut_registers(netlist).netlist).path_units,
            analyse_timing(netlist).path_units);
}

TEST(CutRegisters, KeepsOutputsThatShowMoreThanARegister) {
  Builder b("counter");
  const Bits state = b.flip_flops("state", 2);
  const Bits next = {b.not_gate(state[0]), b.xor_gate(state[0], state[1])};
  b.connect(state, next);
  b.output("state", state);
  b.output("is_last", {b.and_gate(state[0], state[1])});
  const CutNetlist cut = cut_registers(b.build(), "state");
  ASSERT_EQ(cut.netlist.outputs.size(), 2U);
  EXPECT_EQ(cut.netlist.outputs[0].name, "is_last");
  EXPECT_EQ(cut.netlist.outputs[1].name, "state_next");
}

TEST(CutRegisters, LeavesRegistersOfOtherNames) {
  const Netlist netlist = sip({4, 4, true, 16});
  const CutNetlist cut = cut_registers(netlist);
  EXPECT_EQ(cut.flip_flops, 0U);
  EXPECT_EQ(cut.netlist.inputs, netlist.inputs);
  EXPECT_EQ(count(cut.netlist, Cell::flip_flop), 16U);
  EXPECT_EQ(cut_registers(netlist, "sum").flip_flops, 16U);
}

TEST(CutRegisters, OfACombinationalNetlistChangesNothing) {
  const Netlist netlist = multiplier({4, 4});
  const CutNetlist cut = cut_registers(netlist);
  EXPECT_EQ(cut.netlist.nodes, netlist.nodes);
  EXPECT_EQ(cut.netlist.outputs, netlist.outputs);
  EXPECT_EQ(cut.flip_flops, 0U);
}

}  // namespace
}  // namespace bitscale::netlist
