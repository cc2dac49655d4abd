#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/core/errors.hpp"
#include "sim/kernel/engine.hpp"
#include "tests/unit/mapping/machines.hpp"

namespace bitscale {
namespace {

using kernel::LayerSimulation;
using testing::HasSubstr;
using testing_support::convolution;
using testing_support::layer_of;
using testing_support::machine_of;

const std::string kMachine =
    "unit: {kind: bit_serial}\n"
    "array: {rows: {size: 4, loops: K 4, weights: unicast}, lanes: {size: 4, loops: C 4}}\n"
    "memory: {dram: {kind: channel, bits_per_cycle: 64, clock: 1GHz}, tiling: {K: 4, P: 2}}\n";

LayerSimulation simulate(const kernel::SimulationOptions& options = {}) {
  const MachineConfig machine = machine_of(kMachine);
  const Layer layer = layer_of(convolution(10, 6, 8, 3));
  const Operands operands = make_operands(layer);
  return kernel::simulate_layer(map_layer(layer, machine), *machine.unit, &operands, options);
}

std::string failure_of_a_losing_array() {
  kernel::SimulationOptions options;
  options.lose_results = true;
  try {
    (void)simulate(options);
  } catch (const SimulationError& error) {
    return error.what();
  }
  return "";
}

void expect_same(const LayerSimulation& a, const LayerSimulation& b) {
  EXPECT_EQ(a.cycles, b.cycles);
  EXPECT_EQ(a.traffic, b.traffic);
  EXPECT_EQ(a.sums, b.sums);
  EXPECT_EQ(a.dram_busy_cycles, b.dram_busy_cycles);
}

TEST(Watchdog, AnArrayThatLosesItsResultsIsReportedWithTheStateOfEveryQueue) {
  const std::string text = failure_of_a_losing_array();
  EXPECT_THAT(text, HasSubstr("error: layer 'layer': the simulation makes no progress"));
  EXPECT_THAT(text, HasSubstr("tiles: 2 of 9 fetched, 0 computed; passes computed: 0"));
  EXPECT_THAT(text, HasSubstr("buffers held: activations 2, weights 1, outputs 1"));
  EXPECT_THAT(text, HasSubstr("accumulators drain for 0 cycles"));
  EXPECT_THAT(text, HasSubstr("queues: 1 resident tiles, 0 drains and write-backs"));
}

TEST(Watchdog, DoesNotBarkAtALayerThatIsOnlySlow) {
  // The first tile reads padding only; the fifth fetches a whole row, 64000 times a million cycles.
  const MachineConfig machine = machine_of(
      "unit: {kind: parallel}\narray: {rows: {size: 1}}\n"
      "memory: {dram: {kind: channel, bits_per_cycle: 1, clock: 1kHz}, tiling: {P: 1}}\n");
  LayerShape shape = convolution(1, 1, 1, 1);
  shape.W = shape.stride_w = 4000;
  shape.pad_top = 4;
  const Layer layer = layer_of(shape);
  EXPECT_GT(
      kernel::simulate_layer(map_layer(layer, machine), *machine.unit, nullptr, {}).cycles.total(),
      std::uint64_t{1} << 32);
}

TEST(Engine, RunsAfterAnErrorAsIfNothingHadHappened) {
  const LayerSimulation before = simulate();
  ASSERT_FALSE(failure_of_a_losing_array().empty());
  expect_same(simulate(), before);
}

TEST(Engine, TwoRunsInOneProcessGiveTheSameResult) { expect_same(simulate(), simulate()); }

TEST(Engine, RunsHundredsOfSimulationsInOneProcess) {
  const LayerSimulation first = simulate();
  for (int i = 0; i < 500; ++i) ASSERT_EQ(simulate().cycles, first.cycles);
}

TEST(Engine, PinLevelRunsAfterAnErrorToo) {
  kernel::SimulationOptions pin;
  pin.fidelity = kernel::Fidelity::pin;
  const LayerSimulation before = simulate(pin);
  ASSERT_FALSE(failure_of_a_losing_array().empty());
  expect_same(simulate(pin), before);
}

TEST(Engine, PinLevelNeedsOperands) {
  const MachineConfig machine = machine_of(kMachine);
  kernel::SimulationOptions pin;
  pin.fidelity = kernel::Fidelity::pin;
  try {
    (void)kernel::simulate_layer(map_layer(layer_of(convolution(1, 1, 1, 1)), machine),
                                 *machine.unit, nullptr, pin);
    FAIL() << "expected a MappingError";
  } catch (const MappingError& error) {
    EXPECT_THAT(error.what(), HasSubstr("fidelity: pin moves real operands; none were made"));
  }
}

TEST(Engine, ClosedFormRefusesAChannel) {
  const MachineConfig machine = machine_of(kMachine);
  kernel::SimulationOptions formula;
  formula.fidelity = kernel::Fidelity::closed_form;
  try {
    (void)kernel::simulate_layer(map_layer(layer_of(convolution(1, 1, 1, 1)), machine),
                                 *machine.unit, nullptr, formula);
    FAIL() << "expected a MappingError";
  } catch (const MappingError& error) {
    EXPECT_THAT(error.what(), HasSubstr("fidelity: closed_form needs ideal DRAM"));
  }
}

}  // namespace
}  // namespace bitscale
