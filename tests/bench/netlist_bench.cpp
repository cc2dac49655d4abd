// Toggles of a 16 x 16 multiplier (Dadda, ripple) under uniform operands: full zero-delay counts on
// every path that the machine has, the slow baseline with one population count per node, and
// glitch-exact counts. `items` are multiplications.
#include <benchmark/benchmark.h>

#include <bit>

#include "sim/core/rng.hpp"
#include "sim/netlist/generators.hpp"
#include "sim/netlist/toggles.hpp"

namespace bitscale::netlist {
namespace {

Stimulus uniform_stream(const Netlist& netlist, std::size_t steps) {
  Stimulus stimulus(netlist, steps);
  const CounterRng random(1, 0);
  std::vector<std::int64_t> values(kLanes);
  std::uint64_t index = 0;
  for (std::size_t step = 0; step < steps; ++step) {
    for (std::size_t bus = 0; bus < netlist.inputs.size(); ++bus) {
      for (std::int64_t& value : values) value = static_cast<std::int64_t>(random(index++));
      stimulus.set(step, bus, values);
    }
  }
  return stimulus;
}

void count_items(benchmark::State& state, std::size_t transitions) {
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations() * transitions));
}

template <class Counter>
void run(benchmark::State& state, const Netlist& netlist, std::size_t steps) {
  const auto path = static_cast<VectorPath>(state.range(0));
  if (!supported(path)) {
    state.SkipWithError("this machine lacks the instructions");
    return;
  }
  const Stimulus stimulus = uniform_stream(netlist, steps);
  Counter counter(netlist, path);
  ToggleCount count;
  for ([[maybe_unused]] auto iteration : state) {
    count = counter.count(stimulus);
    benchmark::DoNotOptimize(count);
  }
  count_items(state, count.transitions);
  state.counters["units"] = count.units_per_transition();
}

void netlist_zero_delay(benchmark::State& state) {
  run<ZeroDelayToggles>(state, multiplier({16, 16}), 64);
}
void netlist_zero_delay_mac(benchmark::State& state) {
  run<ZeroDelayToggles>(state, mac({{16, 16}, 48}), 64);
}
void netlist_inertial(benchmark::State& state) {
  run<InertialToggles>(state, multiplier({16, 16}), 9);
}

/// What the kernels are measured against: 64 lanes, a population count per node and step.
void netlist_popcount_per_node(benchmark::State& state) {
  const Netlist netlist = multiplier({16, 16});
  const std::vector<std::uint32_t> weights = node_weight_halves(netlist);
  const Stimulus stimulus = uniform_stream(netlist, 64);
  std::vector<std::uint64_t> values(netlist.nodes.size(), 0);
  std::uint64_t half_units = 0;
  for ([[maybe_unused]] auto iteration : state) {
    for (std::size_t step = 0; step < stimulus.steps(); ++step) {
      const std::uint64_t* planes = stimulus.step_planes(step);
      for (std::size_t i = 0; i < stimulus.nodes().size(); ++i) {
        values[stimulus.nodes()[i]] = planes[i * kPlaneWords];
      }
      for (std::size_t id = 0; id < values.size(); ++id) {
        const Node& node = netlist.nodes[id];
        if (!is_gate(node.cell)) continue;
        const std::uint64_t b = values[input_count(node.cell) > 1 ? node.in[1] : node.in[0]];
        const auto value = gate_value<std::uint64_t>(node.cell, values[node.in[0]], b, 0);
        half_units += weights[id] * static_cast<std::uint64_t>(std::popcount(value ^ values[id]));
        values[id] = value;
      }
    }
    benchmark::DoNotOptimize(half_units);
  }
  count_items(state, stimulus.steps() * 64);
}

/// Operand values to bit planes: two buses of 16 bits, `items` are operand pairs.
void netlist_stimulus(benchmark::State& state) {
  const Netlist netlist = multiplier({16, 16});
  const CounterRng random(1, 0);
  std::vector<std::int64_t> values(kLanes);
  for (std::size_t lane = 0; lane < kLanes; ++lane)
    values[lane] = static_cast<std::int64_t>(random(lane));
  Stimulus stimulus(netlist, 64);
  for ([[maybe_unused]] auto iteration : state) {
    for (std::size_t step = 0; step < stimulus.steps(); ++step) {
      stimulus.set(step, 0, values);
      stimulus.set(step, 1, values);
    }
    benchmark::DoNotOptimize(stimulus.step_planes(0));
  }
  count_items(state, stimulus.steps() * kLanes);
}

// Arguments: 0 plain 64-bit, 1 AVX2, 2 AVX-512.
BENCHMARK(netlist_zero_delay)->Arg(0)->Arg(1)->Arg(2);
BENCHMARK(netlist_zero_delay_mac)->Arg(0)->Arg(1)->Arg(2);
BENCHMARK(netlist_inertial)->Arg(0)->Arg(1)->Arg(2);
BENCHMARK(netlist_popcount_per_node);
BENCHMARK(netlist_stimulus);

}  // namespace
}  // namespace bitscale::netlist
