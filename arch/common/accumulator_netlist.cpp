#include "arch/common/accumulator_netlist.hpp"

#include <algorithm>

namespace bitscale {
namespace {

/// The register's next value where it clamps. The sum is exact in one bit more than the wider of
/// its summands, so that its top bit is its sign whatever happens; it fits where all bits above the
/// register's sign equal that one.
netlist::Bits clamped_sum(netlist::Builder& b, const netlist::Bits& state,
                          const netlist::Bits& addend, netlist::AdderKind adder,
                          netlist::NodeId carry_in) {
  const std::size_t exact = std::max(state.size(), addend.size()) + 1;
  const netlist::Bits sum = netlist::add(b, adder, netlist::resize(b, state, exact, true),
                                         netlist::resize(b, addend, exact, true), carry_in)
                                .bits;
  const netlist::NodeId sign = sum.back();
  netlist::NodeId overflow = b.constant(false);
  for (std::size_t bit = state.size() - 1; bit + 1 < exact; ++bit) {
    overflow = b.or_gate(overflow, b.xor_gate(sum[bit], sign));
  }
  netlist::Bits next;
  const netlist::NodeId limit = b.not_gate(sign);  // of every bit but the sign: 0111 or 1000
  for (std::size_t bit = 0; bit + 1 < state.size(); ++bit) {
    next.push_back(b.mux(overflow, sum[bit], limit));
  }
  next.push_back(sign);
  return next;
}

}  // namespace

netlist::Bits draw_accumulator(netlist::Builder& b, const std::string& name,
                               const netlist::Bits& addend, const AccumulatorConfig& config,
                               netlist::AdderKind adder, netlist::NodeId carry_in) {
  if (carry_in == netlist::kNoNode) carry_in = b.constant(false);
  netlist::Bits state = b.flip_flops(name, config.bits);
  if (config.overflow == Overflow::saturate) {
    b.connect(state, clamped_sum(b, state, addend, adder, carry_in));
  } else {
    const netlist::Bits word = netlist::resize(b, addend, state.size(), true);
    b.connect(state, netlist::add(b, adder, state, word, carry_in).bits);
  }
  b.output(name, state, true);
  return state;
}

}  // namespace bitscale
