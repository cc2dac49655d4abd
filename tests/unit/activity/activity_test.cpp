#include "sim/activity/activity.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "sim/activity/switching.hpp"
#include "sim/activity/unit_energy.hpp"
#include "sim/core/errors.hpp"
#include "sim/workload/statistics.hpp"
#include "tests/unit/mapping/machines.hpp"

namespace bitscale {
namespace {

using testing_support::convolution;
using testing_support::layer_of;
using testing_support::machine_of;

/// A layer on a machine, with its operands.
struct Case {
  MachineConfig machine;
  Layer layer;
  Mapping mapping;
  Operands operands;

  [[nodiscard]] LayerActivity measure(const ActivityPlan& plan,
                                      netlist::VectorPath path = netlist::best_path()) const {
    GateCache cache(path);
    return measure_activity(mapping, *machine.unit, operands, plan, cache);
  }
};

Layer sparse_layer() {
  LayerShape shape = convolution(5, 12, 9, 3);
  shape.pad_top = shape.pad_bottom = shape.pad_left = shape.pad_right = 1;
  Layer layer = layer_of(shape, 6, 6);
  layer.activation.encoding = Encoding::unsigned_;
  layer.activation_source.distribution = Distribution::half_normal;
  layer.activation_source.zero_fraction = 0.5;
  layer.weight_source.seed = 7;
  return layer;
}

Case case_of(const std::string& yaml, Layer layer = sparse_layer()) {
  Case made{machine_of(yaml), std::move(layer), {}, {}};
  made.mapping = map_layer(made.layer, made.machine);
  made.operands = make_operands(made.layer);
  return made;
}

const std::string kParallel =
    "unit: {kind: parallel, activation_bits: 8, weight_bits: 8, accumulator: {bits: 24}}\n";
const std::string kLocal =
    "array: {rows: {size: 4, loops: K 4, weights: unicast}, lanes: {size: 2, loops: C 2}}\n";

ActivityPlan full() {
  ActivityPlan plan;
  plan.full = true;
  return plan;
}

/// A plan that draws, also from a small layer.
ActivityPlan drawn(std::uint64_t seed, std::uint64_t transitions) {
  ActivityPlan plan;
  plan.full_below = 0;
  plan.relative_half_width = plan.glitch_half_width = 1e-6;
  plan.max_transitions = transitions;
  plan.seed = seed;
  return plan;
}

/// How often intervals hold the figure of the whole layer, and how far samples are from it.
class Agreement {
 public:
  void add(const netlist::Estimate& sample, const netlist::Estimate& whole) {
    const double off = sample.value - whole.value;
    covered_ += std::abs(off) <= sample.half_width ? 1 : 0;
    ++samples_;
    sum_ += off;
    squares_ += off * off;
  }
  [[nodiscard]] int covered() const { return covered_; }
  /// Of the samples' mean, in standard errors of that mean.
  [[nodiscard]] double deviation() const {
    const double mean = sum_ / samples_;
    const double variance = (squares_ - samples_ * mean * mean) / (samples_ - 1);
    return mean / std::sqrt(variance / samples_);
  }

 private:
  int covered_ = 0, samples_ = 0;
  double sum_ = 0, squares_ = 0;
};

/// 95 % intervals hold the truth in 40 of 40 to 34 of 40 samples, but for one time in a hundred.
void expect_agreement(const std::string& yaml, const Layer& layer = sparse_layer()) {
  const Case c = case_of(yaml, layer);
  const LayerActivity whole = c.measure(full());
  Agreement settled;
  Agreement glitches;
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    const LayerActivity sample = c.measure(drawn(seed, 4000));
    settled.add(sample.zero_delay, whole.zero_delay);
    glitches.add(sample.glitch_factor, whole.glitch_factor);
  }
  EXPECT_GE(settled.covered(), 34);
  EXPECT_LT(std::abs(settled.deviation()), 3);
  EXPECT_GE(glitches.covered(), 34);
  EXPECT_LT(std::abs(glitches.deviation()), 3);
}

TEST(Activity, SamplesAgreeWithTheWholeLayer) { expect_agreement(kParallel + kLocal); }

TEST(Activity, SamplesOfSerialUnitsAgreeWithTheWholeLayer) {
  expect_agreement("unit: {kind: bit_serial, max_activation_bits: 8, max_weight_bits: 8}\n" +
                   kLocal);
}

TEST(Activity, SamplesOfAWholeStepCountItsFirstAndLastCycleLikeTheOthers) {
  Layer layer = sparse_layer();
  layer.activation.bits = 15;  // a window is one step, which begins and ends the window
  expect_agreement(
      "unit: {kind: bit_serial, max_activation_bits: 16, max_weight_bits: 8}\n" + kLocal, layer);
}

TEST(Activity, SamplesOfGuardedUnitsAgreeWithTheWholeLayer) {
  expect_agreement(
      "unit: {kind: parallel, activation_bits: 8, weight_bits: 8, guard: product}\n"
      "array: {rows: {size: 4, loops: K 4, weights: unicast}}\n");
}

TEST(Activity, SamplesOfGuardedLanesAgreeWithTheWholeLayer) {
  expect_agreement(
      "unit: {kind: parallel, activation_bits: 8, weight_bits: 8, guard: activation}\n" + kLocal);
}

TEST(Activity, SamplesOfAChainAgreeWithTheWholeLayer) {
  expect_agreement(kParallel +
                   "array: {rows: {size: 5, loops: C 5, activations: unicast, weights: unicast,\n"
                   "               partial_sums: chain},\n"
                   "        columns: {size: 3, loops: K 3, activations: forward,\n"
                   "                  weights: unicast}, accumulator_entries: 16}\n"
                   "dataflow: {stationary: weight}\n");
}

/// A layer whose steps all have operands of their own is what `bitscale unit` measures.
TEST(Activity, OfIndependentUniformOperandsIsThatOfTheUnitAlone) {
  Layer layer = layer_of(convolution(8, 64, 8, 1), 8, 8);
  layer.activation_source.distribution = layer.weight_source.distribution = Distribution::uniform;
  layer.weight_source.seed = 2;
  const Case c =
      case_of(kParallel + "array: {rows: {size: 8, loops: K 8, weights: unicast}}\n", layer);
  const LayerActivity followed = c.measure(full());
  const UnitEnergy alone = measure_uniform(*c.machine.unit, 1, c.mapping.types, {});
  EXPECT_NEAR(followed.zero_delay.value / alone.zero_delay, 1, 0.03);
  EXPECT_NEAR(followed.glitch_factor.value, 1 + alone.glitches / alone.zero_delay, 0.05);
}

TEST(Activity, CountsAreTheSameOnEveryVectorPath) {
  const Case c = case_of(kParallel + kLocal);
  const LayerActivity plain = c.measure(drawn(3, 20000), netlist::VectorPath::plain);
  EXPECT_GT(plain.half_units, 0U);
  for (const netlist::VectorPath path : {netlist::VectorPath::avx2, netlist::VectorPath::avx512}) {
    if (!netlist::supported(path)) continue;
    EXPECT_EQ(c.measure(drawn(3, 20000), path), plain);
  }
}

TEST(Activity, TheSeedDecidesTheSample) {
  const Case c = case_of(kParallel + kLocal);
  const LayerActivity one = c.measure(drawn(1, 8000));
  EXPECT_EQ(c.measure(drawn(1, 8000)), one);
  EXPECT_NE(c.measure(drawn(2, 8000)), one);
}

TEST(Activity, FullFollowsEveryCycleOfEveryUnitOnce) {
  const Case c =
      case_of("unit: {kind: bit_serial, max_activation_bits: 8, max_weight_bits: 8}\n" + kLocal);
  const LayerActivity whole = c.measure(full());
  const auto unit_cycles = static_cast<std::uint64_t>(c.mapping.unit_cycles);
  EXPECT_EQ(whole.transitions, UnitSteps(c.mapping).count() * unit_cycles);
  EXPECT_TRUE(whole.reached());
  EXPECT_EQ(whole.zero_delay.half_width, 0);
}

TEST(Activity, FullDoesNotDependOnTheLengthOfWindows) {
  const Case c = case_of(
      "unit: {kind: parallel, activation_bits: 8, weight_bits: 8, guard: product}\n" + kLocal);
  ActivityPlan plan = full();
  const LayerActivity whole = c.measure(plan);
  plan.window_cycles = 100;
  const LayerActivity longer = c.measure(plan);
  EXPECT_EQ(longer.half_units, whole.half_units);
  EXPECT_EQ(longer.timed_half_units, whole.timed_half_units);
  EXPECT_EQ(longer.flip_flop_toggles, whole.flip_flop_toggles);
  EXPECT_EQ(longer.activations, whole.activations);
}

TEST(Activity, SaysWhereTheIntervalWasNotReached) {
  const Case c = case_of(kParallel + kLocal);
  ActivityPlan plan = drawn(1, 8000);
  EXPECT_FALSE(c.measure(plan).reached());
  plan.relative_half_width = plan.glitch_half_width = 0.1;
  EXPECT_TRUE(c.measure(plan).reached());
}

TEST(Activity, OperandsOfZeroSwitchNothing) {
  Case c = case_of(kParallel + kLocal);
  for (Tensor* tensor : {&c.operands.activations, &c.operands.weights})
    std::ranges::fill(tensor->values, std::int16_t{0});
  const LayerActivity still = c.measure(drawn(1, 1000000));
  EXPECT_EQ(still.half_units, 0U);
  EXPECT_EQ(still.timed_half_units, 0U);
  EXPECT_EQ(still.activations.bus_toggles, 0U);
}

TEST(Activity, AGuardThatHoldsEverythingLeavesNoTransition) {
  Case c = case_of(
      "unit: {kind: parallel, activation_bits: 8, weight_bits: 8, guard: activation}\n"
      "array: {rows: {size: 4, loops: K 4, weights: unicast}}\n");
  std::ranges::fill(c.operands.activations.values, std::int16_t{0});
  EXPECT_EQ(c.measure(full()).transitions, 0U);
  const LayerActivity still = c.measure(drawn(1, 100000));
  EXPECT_EQ(still.transitions, 0U);
}

std::string guarded(
    const char* guard,
    const std::string& array = "array: {rows: {size: 4, loops: K 4, weights: unicast}}\n") {
  return std::string(
             "unit: {kind: parallel, activation_bits: 8, weight_bits: 8, "
             "accumulator: {bits: 24}, guard: ") +
         guard + "}\n" + array;
}

const std::string kSkipping =
    "memory:\n  activations: {capacity: 64KiB, skip_zeros: true}\n"
    "  weights: {capacity: 64KiB, skip_zeros: true}\n";

TEST(Activity, WiresCarryWhatIsFetchedWhetherOrNotAGuardLooks) {
  const LayerActivity open = case_of(guarded("none")).measure(full());
  const LayerActivity held = case_of(guarded("product")).measure(full());
  EXPECT_LT(held.transitions, open.transitions / 2);
  EXPECT_EQ(held.activations, open.activations);
  EXPECT_EQ(held.weights, open.weights);
  const LayerActivity lanes = case_of(kParallel + kLocal).measure(full());
  const LayerActivity held_lanes = case_of(guarded("product", kLocal)).measure(full());
  EXPECT_EQ(held_lanes.weights.bus_toggles, lanes.weights.bus_toggles);
}

TEST(Activity, WiresStayAsTheyAreWhereAZeroIsNotRead) {
  const Case c = case_of(guarded("product") + kSkipping);
  const LayerActivity read = case_of(guarded("product")).measure(full());
  const LayerActivity skipped = c.measure(full());
  EXPECT_EQ(skipped.transitions, read.transitions);
  EXPECT_EQ(skipped.activations.used_bits, read.activations.used_bits);
  EXPECT_LT(skipped.activations.bus_toggles, read.activations.bus_toggles);
  EXPECT_GT(skipped.activations.bus_toggles, 0U);
  const OperandStatistics zeros =
      count_operands(c.layer.shape, c.operands.activations, c.operands.weights);
  EXPECT_EQ(skipped.activations.fetched_bits, zeros.nonzero_activation_products * 8);
  EXPECT_EQ(skipped.weights.fetched_bits, zeros.nonzero_weight_products * 8);
  EXPECT_FALSE(same_walk(c.mapping, case_of(guarded("product")).mapping));
}

TEST(Activity, WiderValuesSwitchMore) {
  Layer wide = sparse_layer();
  wide.activation.bits = 7;
  Layer narrow = sparse_layer();
  narrow.activation.bits = 3;
  EXPECT_GT(case_of(kParallel + kLocal, wide).measure(full()).zero_delay.value,
            1.3 * case_of(kParallel + kLocal, narrow).measure(full()).zero_delay.value);
}

TEST(Activity, NamesTheTreeThatGatesLack) {
  const Case c = case_of(kParallel +
                         "array: {rows: {size: 2, loops: C 2, activations: unicast,\n"
                         "               weights: unicast, partial_sums: tree}}\n");
  try {
    (void)c.measure(full());
    FAIL();
  } catch (const MappingError& error) {
    EXPECT_NE(std::string(error.what()).find("adder trees along the lanes only"),
              std::string::npos);
  }
}

TEST(Activity, NamesTheLoopBetweenTheUnitsOfAChain) {
  const Case c = case_of(kParallel +
                         "array: {rows: {size: 4, loops: [C 2, K 2], activations: unicast,\n"
                         "               weights: unicast, partial_sums: chain}}\n");
  try {
    (void)c.measure(full());
    FAIL();
  } catch (const MappingError& error) {
    EXPECT_NE(std::string(error.what()).find("but K lies between"), std::string::npos);
  }
}

std::uint64_t count_of(const std::vector<ActionCount>& actions, const std::string& component,
                       Action action) {
  for (const ActionCount& entry : actions) {
    if (entry.component == component && entry.action == action) return entry.count;
  }
  ADD_FAILURE() << component << " " << to_string(action);
  return 0;
}

TEST(Switching, CountsOfAFullLayerAreItsOwn) {
  const Case c = case_of(kParallel + kLocal);
  const LayerActivity whole = c.measure(full());
  UnitActivity work;
  work.active_unit_steps = work.unit_steps = UnitSteps(c.mapping).count();
  work.macs = static_cast<std::uint64_t>(c.layer.shape.macs());
  Traffic traffic;
  traffic.activation_reads = whole.activations.fetched_bits;
  traffic.weight_reads = whole.weights.fetched_bits;
  std::vector<ActionCount> actions;
  count_switching(whole, c.mapping, work, traffic, actions);
  EXPECT_EQ(count_of(actions, "datapath", Action::switch_zero_delay), (whole.half_units + 1) / 2);
  EXPECT_EQ(count_of(actions, "registers", Action::flip_flop_clock), work.unit_steps * 24);
  EXPECT_EQ(count_of(actions, "registers", Action::flip_flop_toggle), whole.flip_flop_toggles);
  EXPECT_EQ(count_of(actions, "broadcast", Action::wire_toggle),
            whole.activations.bus_toggles + whole.weights.bus_toggles);
  // Stored words of 8 bits, one per product and operand.
  EXPECT_EQ(count_of(actions, "operand_registers", Action::flip_flop_clock), work.macs * 16);
}

TEST(Switching, AWindowsRegisterTakesOverWhatItsNeighbourHad) {
  const std::string array =
      "array: {rows: {size: 5, loops: K 5, weights: unicast}, columns: {size: 3, loops: Q 3, "
      "activations: ";
  const auto actions_of = [&](const char* movement) {
    const Case c = case_of(kParallel + array + movement + "}}\ndataflow: {windows: per_row}\n");
    const LayerActivity whole = c.measure(full());
    UnitActivity work;
    work.active_unit_steps = UnitSteps(c.mapping).count();
    work.macs = static_cast<std::uint64_t>(c.layer.shape.macs());
    Traffic traffic;  // as if every activation were fetched once for all of its windows
    traffic.activation_reads = work.macs * 8 / 5 / (c.mapping.slides ? 3 : 1);
    std::vector<ActionCount> actions;
    count_switching(whole, c.mapping, work, traffic, actions);
    return actions;
  };
  const std::vector<ActionCount> fetched = actions_of("unicast");
  const std::vector<ActionCount> slid = actions_of("slide");
  for (const Action action : {Action::flip_flop_clock, Action::flip_flop_toggle})
    EXPECT_EQ(count_of(slid, "operand_registers", action),
              count_of(fetched, "operand_registers", action));
  EXPECT_EQ(count_of(slid, "broadcast", Action::wire_toggle),
            count_of(fetched, "broadcast", Action::wire_toggle));
  EXPECT_GT(count_of(slid, "broadcast", Action::wire_toggle), 0U);
}

TEST(Switching, HandedOnOperandsHaveRegistersInEveryUnitAndNoLongWires) {
  const Case c = case_of(kParallel +
                         "array: {rows: {size: 4, loops: K 4, activations: forward,\n"
                         "               weights: unicast}, lanes: {size: 2, loops: C 2}}\n");
  const LayerActivity whole = c.measure(full());
  UnitActivity work;
  work.active_unit_steps = UnitSteps(c.mapping).count();
  work.macs = 1000;
  std::vector<ActionCount> actions;
  count_switching(whole, c.mapping, work, {}, actions);
  EXPECT_EQ(count_of(actions, "broadcast", Action::wire_toggle), 0U);
  EXPECT_EQ(count_of(actions, "operand_registers", Action::flip_flop_clock), 8000U);
  EXPECT_GT(count_of(actions, "operand_registers", Action::flip_flop_toggle), 0U);
}

}  // namespace
}  // namespace bitscale
