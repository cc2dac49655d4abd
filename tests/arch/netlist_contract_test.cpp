// What every registered unit's drawing must do: its accumulators take, cycle by cycle, what the
// unit says in integers, whatever they held before; it has an area and a path that narrow operands
// do not make longer.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "sim/netlist/area.hpp"
#include "sim/netlist/toggles.hpp"
#include "tests/arch/drawn_unit.hpp"
#include "tests/arch/unit_cases.hpp"
#include "tests/unit/mapping/machines.hpp"

namespace bitscale {
namespace {

using netlist::cut_registers;
using netlist::CutNetlist;
using netlist::kLanes;
using netlist::Response;
using netlist::Stimulus;
using testing_support::Driver;
using testing_support::OperandSet;
using testing_support::OperandSource;
using testing_support::UnitCase;

constexpr std::pair<int, int> kWidths[] = {{16, 16}, {8, 8},  {5, 5}, {4, 4},  {3, 2},
                                           {2, 2},   {1, 1},  {2, 8}, {8, 3},  {1, 4},
                                           {4, 1},   {16, 1}, {1, 2}, {15, 8}, {4, 12}};
constexpr Encoding kEncodings[] = {Encoding::unsigned_, Encoding::twos, Encoding::binary_pm1,
                                   Encoding::ternary,   Encoding::log2, Encoding::codebook};

std::string text_of(const OperandTypes& types) {
  return fmt::format("{} x {}", describe_values(types.activation), describe_values(types.weight));
}

class NetlistContract : public testing::TestWithParam<UnitCase> {
 protected:
  void SetUp() override {
    unit_ = config::read_all(config::parse_yaml("{" + GetParam().yaml + "}", "unit.yaml"),
                             [](config::Reader& reader) { return parse_unit(reader); });
  }

  /// Fused accumulators refuse lanes.
  static bool one_lane_only() {
    return GetParam().yaml.find("accumulate: fused") != std::string::npos;
  }

  /// Types of a few widths in all encodings that the unit takes.
  [[nodiscard]] std::vector<OperandTypes> types() const {
    std::vector<OperandTypes> result;
    for (const auto& [activation_bits, weight_bits] : kWidths) {
      for (const Encoding activation : kEncodings) {
        for (const Encoding weight : kEncodings) {
          OperandTypes types{
              {activation_bits, activation, 0}, {weight_bits, weight, 0}, unit_->accumulator()};
          if (exists(types.activation) && exists(types.weight) && unit_->refusal(types).empty())
            result.push_back(types);
        }
      }
    }
    return result;
  }

  std::shared_ptr<const Unit> unit_;

 private:
  /// Unsigned tensors have 15 bits at most; other encodings' limits are those of the units.
  static bool exists(const TensorType& type) {
    return type.encoding != Encoding::unsigned_ || type.bits <= 15;
  }
};

/// Sets to be run side by side, step after step.
using Schedule = std::vector<std::vector<OperandSet>>;

Schedule random_schedule(const OperandSource& source, std::size_t steps) {
  std::mt19937_64 random(steps);
  Schedule schedule(steps);
  for (std::vector<OperandSet>& sets : schedule) {
    for (std::size_t window = 0; window < kLanes; ++window)
      sets.push_back(source.random_set(random));
  }
  return schedule;
}

/// Every pair of operands of a unit with one product.
Schedule every_pair(const OperandSource& source) {
  Schedule schedule(1);
  for (const std::int32_t activation : source.activations()) {
    for (const std::int32_t weight : source.weights()) {
      source.add(schedule[0].emplace_back(), activation, weight, true);
      // A held step does not happen where there is no other product.
      if (schedule[0].back().valid[0] == 0) schedule[0].pop_back();
    }
  }
  return schedule;
}

std::int64_t any_state(std::mt19937_64& random, int bits) {
  switch (random() % 8) {
    case 0:
      return accumulator_max(bits) - static_cast<std::int64_t>(random() % 3);
    case 1:
      return accumulator_min(bits) + static_cast<std::int64_t>(random() % 3);
    default:
      return static_cast<std::int64_t>(random()) >> (64 - bits);
  }
}

/// Runs a schedule with a random state of every accumulator in every cycle.
void expect_specified_sums(const UnitNetlist& drawn, const OperandTypes& types,
                           const Schedule& schedule) {
  const CutNetlist cut = cut_registers(drawn.netlist);
  const auto cycles = static_cast<std::size_t>(drawn.cycles);
  const auto segments = static_cast<std::size_t>(drawn.segments);
  const AccumulatorConfig segment{
      static_cast<int>(cut.netlist.inputs.at(cut.input_buses).bits.size()),
      types.accumulator.overflow};
  Stimulus stimulus(cut.netlist, schedule.size() * cycles);
  Driver driver(drawn, kLanes);
  std::mt19937_64 random(1);
  std::vector<std::vector<std::int64_t>> states;  // [step and segment][window]
  for (std::size_t step = 0; step < schedule.size() * cycles; ++step) {
    driver.drive(schedule[step / cycles], static_cast<std::int64_t>(step % cycles), step, stimulus);
    for (std::size_t s = 0; s < segments; ++s) {
      std::vector<std::int64_t>& state = states.emplace_back(kLanes);
      for (std::int64_t& value : state) value = any_state(random, segment.bits);
      ASSERT_EQ(cut.netlist.inputs[cut.input_buses + s].name, fmt::format("accumulator{}", s));
      stimulus.set(step, cut.input_buses + s, state);
    }
  }
  const Response response(cut.netlist, stimulus);
  const auto& outputs = cut.netlist.outputs;
  for (std::size_t s = 0; s < segments; ++s) {
    const auto bus = static_cast<std::size_t>(
        std::ranges::find(outputs, fmt::format("accumulator{}_next", s), &netlist::Bus::name) -
        outputs.begin());
    ASSERT_LT(bus, outputs.size());
    for (std::size_t step = 0; step < schedule.size() * cycles; ++step) {
      const std::vector<OperandSet>& sets = schedule[step / cycles];
      const auto cycle = static_cast<std::int64_t>(step % cycles);
      for (std::size_t window = 0; window < sets.size(); ++window) {
        Accumulator accumulator(segment);
        accumulator.load(states[step * segments + s][window]);
        const std::int64_t addend =
            drawn.addend(sets[window].view(), cycle, static_cast<std::int64_t>(s));
        accumulator.add(addend);
        ASSERT_EQ(response.value(step, bus, window), accumulator.value())
            << "cycle " << cycle << ", segment " << s << ", addend " << addend << " on "
            << states[step * segments + s][window];
        ASSERT_TRUE(addend == 0 || cycle >= drawn.idle_cycles) << "cycle " << cycle;
      }
    }
  }
}

/// Drawings that no choice at the top of a `unit:` section selects.
std::vector<UnitCase> further_cases() {
  std::vector<UnitCase> cases;
  const auto add = [&](const std::string& name, const std::string& yaml) {
    cases.push_back({name, "kind: " + yaml, false});
  };
  for (const std::string reduction : {"dadda", "array", "booth"}) {
    for (const std::string adder : {"ripple", "prefix"}) {
      std::string drawing = ", netlist: {reduction: ";
      drawing.append(reduction).append(", adder: ").append(adder);
      drawing.append(", accumulator_adder: ").append(adder);
      std::string name = "parallel_";
      name.append(reduction).append("_").append(adder);
      add(name, "parallel" + drawing + "}");
      add(name + "_fused", "parallel" + drawing + ", accumulate: fused}");
      for (const std::string widths : {"8_8", "5_16", "2_7"}) {
        std::string unit = "parallel, activation_bits: ";
        unit.append(widths, 0, 1).append(", weight_bits: ").append(widths, 2).append(drawing);
        add(std::string(name).append("_").append(widths), unit + "}, guard: product");
        add(std::string(name).append("_fused_").append(widths),
            unit + ", accumulate: fused}, accumulator: {bits: 20}");
      }
    }
  }
  add("parallel_8_lsb", "parallel, activation_bits: 8, weight_bits: 8, gating: lsb");
  return cases;
}

std::string name_of(const testing::TestParamInfo<UnitCase>& test) { return test.param.name; }

INSTANTIATE_TEST_SUITE_P(Drawings, NetlistContract, testing::ValuesIn(further_cases()), name_of);

INSTANTIATE_TEST_SUITE_P(
    Units, NetlistContract,
    testing::ValuesIn(testing_support::all_cases(testing_support::Accumulators::all)), name_of);

TEST_P(NetlistContract, AccumulatorsTakeWhatTheUnitSpecifies) {
  for (const OperandTypes& types : types()) {
    SCOPED_TRACE(text_of(types));
    const UnitNetlist drawn = unit_->make_netlist(1, types);
    const UnitMode mode = unit_->mode(types);
    ASSERT_EQ(drawn.cycles, mode.cycles);
    ASSERT_EQ(drawn.segments, mode.segments);
    const OperandSource source(*unit_, types, 1);
    const std::size_t pairs = source.activations().size() * source.weights().size();
    const bool exhaustive = mode.products == 1 && pairs <= 256;
    expect_specified_sums(drawn, types,
                          exhaustive ? every_pair(source) : random_schedule(source, 2));
    if (HasFatalFailure()) return;
  }
}

TEST_P(NetlistContract, LanesAreSummedAsTheUnitSpecifies) {
  if (one_lane_only()) {
    EXPECT_THROW(static_cast<void>(unit_->make_netlist(3, types().front())), netlist::NetlistError);
    return;
  }
  for (const OperandTypes& types : types()) {
    SCOPED_TRACE(text_of(types));
    const OperandSource source(*unit_, types, 3);
    expect_specified_sums(unit_->make_netlist(3, types), types, random_schedule(source, 1));
    if (HasFatalFailure()) return;
  }
}

TEST_P(NetlistContract, TiesHoldInputsAtWhatTheyAreDrivenTo) {
  const std::int64_t lanes = one_lane_only() ? 1 : 2;
  for (const OperandTypes& types : types()) {
    SCOPED_TRACE(text_of(types));
    const UnitNetlist drawn = unit_->make_netlist(lanes, types);
    const OperandSource source(*unit_, types, lanes);
    const Schedule schedule = random_schedule(source, 2);
    const auto cycles = static_cast<std::size_t>(drawn.cycles);
    Stimulus stimulus(drawn.netlist, schedule.size() * cycles);
    Driver driver(drawn, kLanes);
    for (std::size_t step = 0; step < stimulus.steps(); ++step) {
      driver.drive(schedule[step / cycles], static_cast<std::int64_t>(step % cycles), step,
                   stimulus);
    }
    for (const netlist::Tie& tie : drawn.ties) {
      const auto place = std::ranges::find(stimulus.nodes(), tie.node);
      ASSERT_NE(place, stimulus.nodes().end()) << node_name(drawn.netlist, tie.node);
      for (std::size_t step = 0; step < stimulus.steps(); ++step) {
        const std::uint64_t* plane =
            stimulus.step_planes(step) +
            static_cast<std::size_t>(place - stimulus.nodes().begin()) * netlist::kPlaneWords;
        for (std::size_t word = 0; word < netlist::kPlaneWords; ++word) {
          ASSERT_EQ(plane[word], tie.value ? ~std::uint64_t{0} : 0)
              << node_name(drawn.netlist, tie.node);
        }
      }
    }
  }
}

TEST_P(NetlistContract, OneDrawingServesAllModes) {
  const std::vector<OperandTypes> all = types();
  ASSERT_FALSE(all.empty());
  const netlist::Area first = area(unit_->make_netlist(1, all.front()).netlist);
  EXPECT_GT(first.combinational_nand2, 0);
  EXPECT_GT(first.flip_flop_nand2, 0);
  for (const OperandTypes& types : all) {
    const netlist::Area other = area(unit_->make_netlist(1, types).netlist);
    EXPECT_DOUBLE_EQ(other.total_nand2(), first.total_nand2()) << text_of(types);
  }
}

TEST_P(NetlistContract, NarrowerOperandsNeverHaveALongerPath) {
  // Within a mode: where operands get so narrow that more of them share the unit, others switch.
  const std::vector<OperandTypes> all = types();
  std::vector<std::uint32_t> paths;
  for (const OperandTypes& types : all) {
    const UnitNetlist drawn = unit_->make_netlist(1, types);
    paths.push_back(analyse_timing(drawn.netlist, drawn.ties).path_units);
    EXPECT_GT(paths.back(), 0U);
  }
  for (std::size_t i = 0; i < all.size(); ++i) {
    for (std::size_t j = 0; j < all.size(); ++j) {
      if (all[i].activation.encoding != all[j].activation.encoding ||
          all[i].weight.encoding != all[j].weight.encoding ||
          all[i].activation.bits > all[j].activation.bits ||
          all[i].weight.bits > all[j].weight.bits ||
          unit_->mode(all[i]).products != unit_->mode(all[j]).products) {
        continue;
      }
      EXPECT_LE(paths[i], paths[j]) << text_of(all[i]) << " against " << text_of(all[j]);
    }
  }
}

}  // namespace
}  // namespace bitscale
