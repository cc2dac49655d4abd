#include "sim/netlist/toggles.hpp"

#include <gtest/gtest.h>

#include <map>
#include <optional>

#include "sim/netlist/delay.hpp"
#include "sim/netlist/generators.hpp"
#include "tests/unit/netlist/streams.hpp"

namespace bitscale::netlist {
namespace {

/// An event-driven simulator of one lane, written to be obvious: every gate has at most one pending
/// change, which a newer one replaces (inertial delay as in Verilog).
class OneLane {
 public:
  OneLane(const Netlist& netlist, const Stimulus& stimulus, std::size_t lane)
      : netlist_(netlist),
        stimulus_(stimulus),
        lane_(lane),
        value_(netlist.nodes.size()),
        weights_(node_weight_halves(netlist)) {
    settle(0);
  }

  /// Weighted toggles of all steps, with delays or between settled states.
  std::uint64_t run(bool with_delays) {
    std::uint64_t half_units = 0;
    for (std::size_t step = 1; step < stimulus_.steps(); ++step) {
      half_units += with_delays ? timed_step(step) : settled_step(step);
    }
    return half_units;
  }
  std::uint64_t flip_flop_toggles = 0;

 private:
  bool function(NodeId id) const {
    const Node& node = netlist_.nodes[id];
    const auto read = [&](std::size_t pin) {
      return node.in.at(pin) != kNoNode && value_[node.in.at(pin)];
    };
    switch (node.cell) {
      case Cell::not_:
        return !read(0);
      case Cell::and_:
        return read(0) && read(1);
      case Cell::nand_:
        return !(read(0) && read(1));
      case Cell::or_:
        return read(0) || read(1);
      case Cell::nor_:
        return !(read(0) || read(1));
      case Cell::xor_:
        return read(0) != read(1);
      case Cell::mux:
        return read(0) ? read(2) : read(1);
      default:
        return value_[id];
    }
  }

  /// New values of inputs and flip-flops for a step.
  std::map<NodeId, bool> sources(std::size_t step) const {
    std::map<NodeId, bool> next;
    for (std::size_t i = 0; i < stimulus_.nodes().size(); ++i) {
      const std::uint64_t word = stimulus_.step_planes(step)[i * kPlaneWords + lane_ / 64];
      next[stimulus_.nodes()[i]] = (word >> (lane_ % 64) & 1U) != 0;
    }
    for (NodeId id = 0; id < value_.size(); ++id) {
      const Node& node = netlist_.nodes[id];
      if (node.cell == Cell::flip_flop) next[id] = step > 0 && value_[node.in[0]];
    }
    return next;
  }

  void settle(std::size_t step) {
    for (NodeId id = 0; id < value_.size(); ++id) {
      if (netlist_.nodes[id].cell == Cell::constant) value_[id] = netlist_.nodes[id].value;
    }
    for (const auto& [id, value] : sources(step)) value_[id] = value;
    for (NodeId id = 0; id < value_.size(); ++id) value_[id] = function(id);
  }

  std::uint64_t settled_step(std::size_t step) {
    const std::vector<bool> before = value_;
    settle(step);
    std::uint64_t half_units = 0;
    for (NodeId id = 0; id < value_.size(); ++id) {
      if (value_[id] == before[id]) continue;
      half_units += weights_[id];
      if (netlist_.nodes[id].cell == Cell::flip_flop) ++flip_flop_toggles;
    }
    return half_units;
  }

  std::uint64_t timed_step(std::size_t step) {
    struct Pending {
      std::uint32_t time = 0;
      bool value = false;
    };
    std::vector<std::optional<Pending>> pending(value_.size());
    std::uint64_t half_units = 0;
    for (const auto& [id, value] : sources(step)) {
      half_units += value_[id] != value ? weights_[id] : 0;
      value_[id] = value;
    }
    bool open = true;
    for (std::uint32_t now = 0; open; ++now) {
      for (NodeId id = 0; id < value_.size(); ++id) {
        if (!pending[id] || pending[id]->time != now) continue;
        half_units += value_[id] != pending[id]->value ? weights_[id] : 0;
        value_[id] = pending[id]->value;
        pending[id].reset();
      }
      open = false;
      for (NodeId id = 0; id < value_.size(); ++id) {
        const Cell cell = netlist_.nodes[id].cell;
        if (!is_gate(cell)) continue;
        const bool wanted = function(id);
        if (wanted == value_[id]) {
          pending[id].reset();
        } else if (!pending[id]) {
          pending[id] = Pending{now + unit_delay(cell), wanted};
        }
        open = open || pending[id].has_value();
      }
    }
    return half_units;
  }

  const Netlist& netlist_;
  const Stimulus& stimulus_;
  std::size_t lane_;
  std::vector<bool> value_;
  std::vector<std::uint32_t> weights_;
};

std::uint64_t sum(const std::array<std::uint64_t, kPlaneWords>& words) {
  std::uint64_t total = 0;
  for (const std::uint64_t word : words) total += word;
  return total;
}

std::vector<Netlist> sample_netlists() {
  Builder b("mux_tree");
  const Bits x = b.input("x", 8);
  const Bits s = b.input("s", 3);
  Bits level = x;
  for (const NodeId select : s) {
    Bits next;
    for (std::size_t i = 0; i + 1 < level.size(); i += 2) {
      next.push_back(b.mux(select, level[i], b.nor_gate(level[i + 1], select)));
    }
    level = next;
  }
  b.output("y", level);
  return {multiplier({5, 6, true, true}),
          multiplier({6, 6, true, false, Reduction::booth, AdderKind::prefix}),
          multiplier({6, 6, false, false, Reduction::array}),
          mac({{4, 4}, 12, false, true}),
          sip({4, 4, true, 12}),
          b.build()};
}

TEST(ZeroDelayToggles, AreThoseOfASimulatorThatVisitsOneLaneAtATime) {
  for (const Netlist& netlist : sample_netlists()) {
    // 21 steps: two blocks of eight and a part of one.
    const Stimulus stimulus = uniform_stream(netlist, 21, 0, 64);
    const ToggleCount count = ZeroDelayToggles(netlist).count(stimulus);
    std::uint64_t half_units = 0;
    std::uint64_t flip_flop_toggles = 0;
    for (std::size_t lane = 0; lane < 64; ++lane) {
      OneLane reference(netlist, stimulus, lane);
      half_units += reference.run(false);
      flip_flop_toggles += reference.flip_flop_toggles;
    }
    EXPECT_EQ(sum(count.half_units), half_units) << netlist.name;
    EXPECT_EQ(sum(count.flip_flop_toggles), flip_flop_toggles) << netlist.name;
    EXPECT_EQ(count.transitions, 20U * 64U);
  }
}

TEST(InertialToggles, AreThoseOfAnEventDrivenSimulator) {
  for (const Netlist& netlist : sample_netlists()) {
    const Stimulus stimulus = uniform_stream(netlist, 6, 0, 64);
    std::uint64_t half_units = 0;
    for (std::size_t lane = 0; lane < 64; ++lane) {
      half_units += OneLane(netlist, stimulus, lane).run(true);
    }
    EXPECT_EQ(sum(InertialToggles(netlist).count(stimulus).half_units), half_units) << netlist.name;
  }
}

TEST(Toggles, AreTheSameOnEveryPath) {
  for (const Netlist& netlist : sample_netlists()) {
    for (const std::size_t lanes : {64U, 192U, 512U}) {
      const Stimulus stimulus = uniform_stream(netlist, 11, 0, lanes);
      const ToggleCount zero = ZeroDelayToggles(netlist, VectorPath::plain).count(stimulus);
      const ToggleCount slow = InertialToggles(netlist, VectorPath::plain).count(stimulus);
      for (const VectorPath path : supported_paths()) {
        EXPECT_EQ(ZeroDelayToggles(netlist, path).count(stimulus), zero) << netlist.name;
        EXPECT_EQ(InertialToggles(netlist, path).count(stimulus), slow) << netlist.name;
      }
    }
  }
}

TEST(Toggles, CountingTwiceGivesTheSame) {
  for (const Netlist& netlist : sample_netlists()) {
    const Stimulus stimulus = uniform_stream(netlist, 10);
    ZeroDelayToggles zero_delay(netlist);
    InertialToggles inertial(netlist);
    const ToggleCount zero = zero_delay.count(stimulus);
    const ToggleCount slow = inertial.count(stimulus);
    EXPECT_EQ(zero_delay.count(stimulus), zero) << netlist.name;
    EXPECT_EQ(inertial.count(stimulus), slow) << netlist.name;
  }
}

TEST(Toggles, OperandsThatHoldUseNothing) {
  const Netlist netlist = multiplier({8, 8});
  Stimulus stimulus(netlist, 20);
  stimulus.set_always(0, 0x5a);
  stimulus.set_always(1, -3);
  EXPECT_EQ(sum(ZeroDelayToggles(netlist).count(stimulus).half_units), 0U);
  EXPECT_EQ(sum(InertialToggles(netlist).count(stimulus).half_units), 0U);
}

TEST(Toggles, FirstStepSettlesAndCountsNothing) {
  const Netlist netlist = multiplier({8, 8});
  const ToggleCount count = ZeroDelayToggles(netlist).count(uniform_stream(netlist, 1));
  EXPECT_EQ(count.transitions, 0U);
  EXPECT_EQ(sum(count.half_units), 0U);
  EXPECT_EQ(count.units_per_transition(), 0);
}

TEST(InertialToggles, NeverFallBelowZeroDelayOnes) {
  for (const Netlist& netlist : sample_netlists()) {
    const Stimulus stimulus = uniform_stream(netlist, 9);
    EXPECT_GE(sum(InertialToggles(netlist).count(stimulus).half_units),
              sum(ZeroDelayToggles(netlist).count(stimulus).half_units))
        << netlist.name;
  }
}

TEST(InertialToggles, PulseShorterThanTheGateIsSwallowed) {
  // x AND NOT x is up for one unit after x rises: an AND passes the pulse, an XOR (delay 2)
  // swallows it.
  for (const bool through_xor : {false, true}) {
    Builder b("pulse");
    const NodeId x = b.input("x", 1)[0];
    const NodeId y = b.input("y", 1)[0];
    const NodeId pulse = b.and_gate(x, b.not_gate(x));
    b.output("z", {through_xor ? b.xor_gate(pulse, y) : b.or_gate(pulse, y)});
    const Netlist netlist = b.build();
    Stimulus stimulus(netlist, 2, 64);
    stimulus.set_all(1, 0, 1);
    // x drives AND and NOT (4), NOT an AND pin (1 + 2), the pulse rises and falls.
    const std::uint64_t pulse_halves = through_xor ? 5 + 6 : 5 + 4;
    const std::uint64_t output_halves = through_xor ? 0 : 2 * (5 + 2);
    EXPECT_EQ(InertialToggles(netlist).count(stimulus).half_units[0],
              64 * (8 + 6 + 2 * pulse_halves + output_halves));
  }
}

}  // namespace
}  // namespace bitscale::netlist
