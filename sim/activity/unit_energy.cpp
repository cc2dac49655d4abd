#include "sim/activity/unit_energy.hpp"

#include <algorithm>
#include <vector>

#include "arch/common/accumulator.hpp"
#include "sim/core/rng.hpp"
#include "sim/netlist/registers.hpp"
#include "sim/netlist/sampling.hpp"
#include "sim/netlist/toggles.hpp"
#include "sim/workload/uniform.hpp"

namespace bitscale {
namespace {

using netlist::Stimulus;

/// Draws windows of uniform operands and follows the registers through them in integers.
class UniformStream {
 public:
  UniformStream(const Unit& unit, std::int64_t lanes, const OperandTypes& types,
                const UnitNetlist& gates, const netlist::CutNetlist& cut, const UnitSample& sample)
      : types_(types),
        gates_(gates),
        cut_(cut),
        sample_(sample),
        mode_(unit.mode(types)),
        positions_(static_cast<std::size_t>(lanes * mode_.products)),
        valid_(positions_, 1),
        columns_(cut.netlist.inputs.size(), std::vector<std::int64_t>(netlist::kLanes)) {}

  [[nodiscard]] std::size_t cycles() const {
    return sample_.steps * static_cast<std::size_t>(gates_.cycles);
  }

  /// 512 windows. Every lane keeps its buses and registers from cycle to cycle.
  void fill(std::uint64_t batch, Stimulus& stimulus) {
    // Addends are those of the register, in which sums of gated words stand high.
    const auto segments = static_cast<std::size_t>(gates_.segments);
    const AccumulatorConfig segment{
        static_cast<int>(cut_.netlist.inputs[cut_.input_buses].bits.size()),
        types_.accumulator.overflow};
    std::vector<Accumulator> sums(netlist::kLanes * segments, Accumulator(segment));
    std::vector<std::int64_t> buses(netlist::kLanes * cut_.input_buses, 0);
    const CounterRng random(sample_.seed, batch);
    std::uint64_t index = 0;
    for (std::size_t step = 0; step < sample_.steps; ++step) {
      operands_.resize(2 * positions_ * netlist::kLanes);
      for (std::int32_t& value : operands_) {
        const bool activation = (index / positions_) % 2 == 0;
        value = uniform_value(activation ? types_.activation : types_.weight, random(index));
        ++index;
      }
      for (std::int64_t cycle = 0; cycle < gates_.cycles; ++cycle) {
        for (std::size_t lane = 0; lane < netlist::kLanes; ++lane) drive(lane, cycle, buses, sums);
        const std::size_t at =
            step * static_cast<std::size_t>(gates_.cycles) + static_cast<std::size_t>(cycle);
        for (std::size_t bus = 0; bus < columns_.size(); ++bus)
          stimulus.set(at, bus, columns_[bus]);
      }
    }
  }

 private:
  void drive(std::size_t lane, std::int64_t cycle, std::vector<std::int64_t>& buses,
             std::vector<Accumulator>& sums) {
    const std::span<const std::int32_t> all(operands_);
    const StepOperands step{all.subspan(2 * lane * positions_, positions_),
                            all.subspan((2 * lane + 1) * positions_, positions_), valid_};
    const std::span<std::int64_t> mine =
        std::span(buses).subspan(lane * cut_.input_buses, cut_.input_buses);
    gates_.drive(step, cycle, mine);
    for (std::size_t bus = 0; bus < cut_.input_buses; ++bus) columns_[bus][lane] = mine[bus];
    const auto segments = static_cast<std::size_t>(gates_.segments);
    for (std::size_t segment = 0; segment < segments; ++segment) {
      Accumulator& sum = sums[lane * segments + segment];
      columns_[cut_.input_buses + segment][lane] = sum.value();
      sum.add(gates_.addend(step, cycle, static_cast<std::int64_t>(segment)));
    }
  }

  const OperandTypes& types_;
  const UnitNetlist& gates_;
  const netlist::CutNetlist& cut_;
  const UnitSample& sample_;
  UnitMode mode_;
  std::size_t positions_;
  std::vector<std::int32_t> operands_;
  std::vector<std::uint8_t> valid_;
  std::vector<std::vector<std::int64_t>> columns_;
};

}  // namespace

namespace {

/// Counts the toggles of batches of windows that `fill(batch, stimulus)` draws. `clocked`
/// flip-flops see the clock in a cycle, on average.
template <typename Fill>
UnitEnergy measure(const netlist::Netlist& gates, double clocked, std::size_t cycles,
                   const UnitSample& sample, Fill&& fill) {
  Stimulus stimulus(gates, cycles);
  netlist::ZeroDelayToggles zero_delay(gates);
  netlist::InertialToggles inertial(gates);
  netlist::GroupStatistics statistics;
  UnitEnergy energy;
  double flip_flop_toggles = 0;
  double settled = 0;   // on the windows that are also timed
  double switched = 0;  // the same windows with glitches
  for (std::uint64_t batch = 0; batch < sample.zero_delay_batches; ++batch) {
    fill(batch, stimulus);
    const netlist::ToggleCount count = zero_delay.count(stimulus);
    energy.transitions += count.transitions;
    flip_flop_toggles += count.flip_flop_toggles_per_transition();
    for (std::size_t word = 0; word < count.words; ++word) {
      statistics.add(static_cast<double>(count.half_units[word]) /
                     (2.0 * 64 * static_cast<double>(cycles - 1)));
    }
    if (batch >= sample.inertial_batches) continue;
    settled += count.units_per_transition();
    switched += inertial.count(stimulus).units_per_transition();
  }
  const netlist::Estimate estimate = statistics.estimate(0.95);
  energy.zero_delay = estimate.value;
  energy.relative_half_width = estimate.relative_half_width();
  if (settled > 0) energy.glitches = energy.zero_delay * (switched / settled - 1);
  energy.flip_flops = netlist::kFlipFlopClockUnits * clocked +
                      netlist::kFlipFlopToggleUnits * flip_flop_toggles /
                          static_cast<double>(std::max<std::size_t>(sample.zero_delay_batches, 1));
  return energy;
}

}  // namespace

UnitEnergy measure_uniform(const Unit& unit, std::int64_t lanes, const OperandTypes& types,
                           const UnitSample& asked) {
  const UnitNetlist gates = unit.make_netlist(lanes, types);
  // Steps of very many cycles are followed in fewer windows.
  constexpr std::size_t kUsualCycles = 16;
  UnitSample sample = asked;
  sample.zero_delay_batches = std::clamp<std::size_t>(
      asked.zero_delay_batches * kUsualCycles / static_cast<std::size_t>(gates.cycles), 1,
      asked.zero_delay_batches);
  const netlist::CutNetlist cut = netlist::cut_registers(gates.netlist);
  UniformStream stream(unit, lanes, types, gates, cut, sample);
  const double idle = static_cast<double>(gates.idle_cycles) / static_cast<double>(gates.cycles);
  const double clocked =
      static_cast<double>(netlist::count(gates.netlist, netlist::Cell::flip_flop)) -
      idle * static_cast<double>(cut.flip_flops);
  return measure(cut.netlist, clocked, stream.cycles(), sample,
                 [&](std::uint64_t batch, Stimulus& stimulus) { stream.fill(batch, stimulus); });
}

namespace {

/// Bits of an input bus that do not move, and where they stand.
struct HeldBits {
  std::uint64_t mask = 0, value = 0;
};

std::vector<HeldBits> held_bits(const netlist::Netlist& gates,
                                const std::vector<netlist::Tie>& ties) {
  std::vector<HeldBits> held(gates.inputs.size());
  for (const netlist::Tie& tie : ties) {
    for (std::size_t bus = 0; bus < held.size(); ++bus) {
      const netlist::Bits& bits = gates.inputs[bus].bits;
      const auto found = std::find(bits.begin(), bits.end(), tie.node);
      if (found == bits.end()) continue;
      const auto bit = std::uint64_t{1} << static_cast<unsigned>(found - bits.begin());
      held[bus].mask |= bit;
      if (tie.value) held[bus].value |= bit;
    }
  }
  return held;
}

}  // namespace

UnitEnergy measure_uniform(const netlist::Netlist& gates, const UnitSample& sample,
                           const std::vector<netlist::Tie>& ties) {
  const std::vector<HeldBits> held = held_bits(gates, ties);
  std::vector<std::int64_t> values(netlist::kLanes);
  const auto fill = [&](std::uint64_t batch, Stimulus& stimulus) {
    const CounterRng random(sample.seed, batch);
    std::uint64_t index = 0;
    for (std::size_t step = 0; step < sample.steps; ++step) {
      for (std::size_t bus = 0; bus < gates.inputs.size(); ++bus) {
        for (std::int64_t& value : values) {
          value = static_cast<std::int64_t>((random(index++) & ~held[bus].mask) | held[bus].value);
        }
        stimulus.set(step, bus, values);
      }
    }
  };
  const auto clocked = static_cast<double>(netlist::count(gates, netlist::Cell::flip_flop));
  return measure(gates, clocked, sample.steps, sample, fill);
}

}  // namespace bitscale
