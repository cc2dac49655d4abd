#include <gtest/gtest.h>

#include <map>

#include "sim/activity/activity.hpp"
#include "sim/activity/window_columns.hpp"
#include "sim/kernel/engine.hpp"
#include "tests/arch/unit_cases.hpp"
#include "tests/unit/mapping/machines.hpp"
#include "tests/unit/mapping/random_machines.hpp"

// What gates are shown while a layer is followed is what the layer does: the sums that stand in
// their registers in the end are those of the engine, for every unit and every way of combining.

namespace bitscale {
namespace {

using testing_support::all_cases;
using testing_support::machine_of;
using testing_support::RandomMachines;
using testing_support::UnitCase;

// NOLINTBEGIN(bugprone-suspicious-missing-comma): an entry is a text of several lines
/// Sums that stay in a unit for a pass, over passes, or in a memory of several entries.
const std::vector<std::string> kLocalArrays = {
    "array: {rows: {size: 3, loops: K 3, weights: unicast},\n"
    "        columns: {size: 2, loops: PQ 2, activations: unicast}, lanes: {size: 2, loops: C "
    "2}}\n",
    "array: {rows: {size: 2, loops: K 2, weights: unicast}, lanes: {size: 2, loops: C 2}}\n"
    "dataflow: {order: [C, N, G, K, PQ, R, S], pack_groups: true}\n",
    "array: {rows: {size: 2, loops: K 2, weights: unicast}, lanes: {size: 3, loops: C 3},\n"
    "        accumulator_entries: 5}\n"
    "dataflow: {stationary: weight}\n",
};
const std::vector<std::string> kChains = {
    "array: {rows: {size: 3, loops: C 3, activations: unicast, weights: unicast,\n"
    "               partial_sums: chain},\n"
    "        columns: {size: 2, loops: K 2, activations: forward, weights: unicast},\n"
    "        accumulator_entries: 5, shadow_weights: true}\n"
    "dataflow: {stationary: weight}\n",
    // Two chains one after the other along the rows.
    "array: {rows: {size: 6, loops: [K 2, C 3], activations: unicast, weights: unicast,\n"
    "               partial_sums: chain}, accumulator_entries: 5}\n"
    "dataflow: {stationary: weight}\n",
};
// NOLINTEND(bugprone-suspicious-missing-comma)

Layer small_layer(RandomMachines& random, const Unit& unit) {
  const auto fits = [&unit](const Layer& layer) {
    return unit.refusal({layer.activation, layer.weight, unit.accumulator()}).empty();
  };
  while (true) {
    Layer layer = random.layer();
    if (layer.shape.macs() > 1000) continue;
    if (!fits(layer)) random.quantise(layer);
    if (fits(layer)) return layer;
  }
}

std::int64_t low_bits(std::int64_t value, int bits) {
  const int unused = 64 - bits;
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(value) << unused) >> unused;
}

/// One step of one unit, with what its gates make of it.
struct FollowedStep {
  UnitWalk walk;
  Window window;                          ///< without transitions where the guard held the unit
  std::vector<std::int64_t> state, next;  ///< [cycle][segment]
};

/// All steps of all units: each shown to the gates on its own.
class Follower {
 public:
  Follower(const Mapping& mapping, const Unit& unit, const Operands& operands)
      : gates(cache_.gates(unit, mapping.lanes.size, mapping.types)),
        setup(mapping, unit, operands, gates) {
    const UnitSteps space(mapping);
    for (std::uint64_t index = 0; index < space.units(); ++index) {
      std::uint64_t rest = index;
      PerDim<std::int64_t> offset;
      for (std::size_t d = 0; d < kDims; ++d) {
        const auto dim = static_cast<Dim>(d);
        offset[dim] = static_cast<std::int64_t>(rest % space.units(dim)) * mapping.in_unit[dim];
        rest /= space.units(dim);
      }
      follow(UnitWalk(mapping, offset));
    }
    for (std::size_t first = 0; first < steps.size(); first += netlist::kLanes)
      ask_gates(first, std::min(first + netlist::kLanes, steps.size()));
  }

 private:
  GateCache cache_;

 public:
  UnitGates& gates;
  StreamSetup setup;
  std::vector<FollowedStep> steps;

 private:
  void follow(UnitWalk walk) {
    UnitStream stream(setup, walk);
    OperandActivity activations;
    OperandActivity weights;
    bool more = true;
    while (more) {
      FollowedStep& step = steps.emplace_back(FollowedStep{walk, {}, {}, {}});
      more = stream.read(1, step.window, activations, weights);
      ASSERT_EQ(walk.advance(), more);
    }
  }

  void ask_gates(std::size_t first, std::size_t last) {
    std::vector<Window> windows;
    for (std::size_t i = first; i < last; ++i) windows.push_back(steps[i].window);
    follow_registers(gates, windows);
    const auto cycles = static_cast<std::size_t>(gates.unit().cycles);
    const netlist::Stimulus stimulus = side_by_side(gates.open(), gates.planes(), whole(windows),
                                                    gates.packed_words(), cycles + 1);
    const netlist::Response response(gates.open(), stimulus);
    for (std::size_t i = first; i < last; ++i) {
      if (steps[i].window.transitions == 0) continue;
      const std::vector<std::uint64_t>& columns = windows[i - first].columns;
      for (std::size_t cycle = 1; cycle <= cycles; ++cycle) {
        for (std::int64_t segment = 0; segment < gates.unit().segments; ++segment) {
          const std::string name = "accumulator" + std::to_string(segment);
          const std::size_t bus = output(name + "_next");
          const int bits = gates.state_bits(segment);
          steps[i].next.push_back(low_bits(response.value(cycle, bus, i - first), bits));
          steps[i].state.push_back(
              low_bits(read_bits(columns.data() + cycle * gates.packed_words(), name, bits), bits));
        }
      }
    }
  }

  std::size_t output(const std::string& name) const {
    for (std::size_t bus = 0; bus < gates.open().outputs.size(); ++bus)
      if (gates.open().outputs[bus].name == name) return bus;
    ADD_FAILURE() << "no output " << name;
    return 0;
  }

  /// Buses stand one after the other in a packed column.
  std::int64_t read_bits(const std::uint64_t* words, const std::string& name, int bits) const {
    std::size_t first = 0;
    for (const netlist::Bus& bus : gates.open().inputs) {
      if (bus.name == name) break;
      first += bus.bits.size();
    }
    std::uint64_t value = 0;
    for (int bit = 0; bit < bits; ++bit) {
      const std::size_t at = first + static_cast<std::size_t>(bit);
      value |= (words[at / 64] >> (at % 64) & 1U) << bit;
    }
    return static_cast<std::int64_t>(value);
  }
};

class ActivityContract : public testing::TestWithParam<UnitCase> {
 protected:
  template <typename Visit>
  void for_each_layer(const std::string& array, Visit&& visit) {
    const MachineConfig machine = machine_of("unit: {" + GetParam().yaml + "}\n" + array);
    // Held units of a chain hand on what nobody sees here.
    if (array.find("chain") != std::string::npos && machine.unit->guard() != Guard::none) return;
    RandomMachines random(31);
    int mapped = 0;
    for (int round = 0; round < 20 && mapped < 3; ++round) {
      const Layer layer = small_layer(random, *machine.unit);
      if (!testing_support::refusal_of(layer, machine).empty()) continue;
      const Mapping mapping = map_layer(layer, machine);
      SCOPED_TRACE(mapping.describe());
      ++mapped;
      visit(mapping, *machine.unit, make_operands(layer));
      if (HasFatalFailure()) return;
    }
    EXPECT_GT(mapped, 0);
  }
};

INSTANTIATE_TEST_SUITE_P(Units, ActivityContract,
                         testing::ValuesIn(all_cases(testing_support::Accumulators::all)),
                         [](const auto& test) { return test.param.name; });

TEST_P(ActivityContract, TheGatesEndWithTheSumsOfTheEngine) {
  for (const std::string& array : kLocalArrays) {
    for_each_layer(array, [](const Mapping& mapping, const Unit& unit, const Operands& operands) {
      const Follower follower(mapping, unit, operands);
      const std::int64_t outputs = mapping.shape.outputs();
      const bool apart = mapping.sums_per_output() > 1;
      std::vector<std::int64_t> sums(static_cast<std::size_t>(mapping.sums_per_output() * outputs));
      for (const FollowedStep& step : follower.steps) {
        if (step.next.empty()) continue;
        for (std::int64_t segment = 0; segment < mapping.segments; ++segment) {
          PerDim<std::int64_t> at = step.walk.place().at;
          if (mapping.segments > 1 && !apart) at[mapping.subwords.loops.front().dim] += segment;
          bool exists = true;
          for (std::size_t d = 0; d < kDims; ++d)
            exists = exists && at.values[d] < step.walk.place().end.values[d];
          if (!exists) continue;
          const std::int64_t output = element_index(mapping, at).output;
          const std::size_t last =
              step.next.size() - static_cast<std::size_t>(mapping.segments - segment);
          sums[static_cast<std::size_t>((apart ? segment * outputs : 0) + output)] =
              step.next[last] >> follower.setup.alignment[static_cast<std::size_t>(segment)];
        }
      }
      const std::vector<std::int64_t> expected =
          kernel::simulate_layer(mapping, unit, &operands, {}).sums;
      for (std::int64_t output = 0; output < outputs; ++output) {
        std::int64_t sum = 0;
        for (std::int64_t i = 0; i < mapping.sums_per_output(); ++i)
          sum += sums[static_cast<std::size_t>(i * outputs + output)];
        ASSERT_EQ(sum, expected[static_cast<std::size_t>(output)]) << "output " << output;
      }
    });
  }
}

TEST_P(ActivityContract, AChainHandsOnWhatTheUnitBeforeMade) {
  for (const std::string& array : kChains) {
    for_each_layer(array, [](const Mapping& mapping, const Unit& unit, const Operands& operands) {
      const Follower follower(mapping, unit, operands);
      // By what the chain's units have in common in a step: from the head on.
      std::map<std::array<std::int64_t, kDims>, std::vector<const FollowedStep*>> chains;
      for (const FollowedStep& step : follower.steps) {
        PerDim<std::int64_t> head = step.walk.place().at;
        head[Dim::C] -= step.walk.offset()[Dim::C];
        chains[head.values].push_back(&step);
      }
      ASSERT_FALSE(chains.empty());
      for (auto& [head, units] : chains) {
        std::ranges::sort(units, {},
                          [](const FollowedStep* step) { return step->walk.offset()[Dim::C]; });
        std::vector<std::int64_t> entering(units.front()->state.size(), 0);
        for (const FollowedStep* step : units) {
          ASSERT_EQ(step->state, entering);
          entering = step->next;
        }
      }
    });
  }
}

}  // namespace
}  // namespace bitscale
