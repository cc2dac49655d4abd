#include "arch/dvafs/mode_select.hpp"

namespace bitscale {

using netlist::Bits;
using netlist::NodeId;

ModeSelect::ModeSelect(netlist::Builder& b, std::size_t modes) : b_(b) {
  if (modes > 1) after_ = b.input("mode", static_cast<int>(modes) - 1);
}

NodeId ModeSelect::in(ModeSet set) {
  const auto known = sets_.find(set);
  if (known != sets_.end()) return known->second;
  // Runs of neighbouring modes: after the one before the run, and not after its last.
  NodeId result = b_.constant(false);
  for (std::size_t mode = 0; mode < modes(); ++mode) {
    if ((set >> mode & 1U) == 0) continue;
    NodeId run = mode == 0 ? b_.constant(true) : after_[mode - 1];
    while (mode + 1 < modes() && (set >> (mode + 1) & 1U) != 0) ++mode;
    if (mode + 1 < modes()) run = b_.and_gate(run, b_.not_gate(after_[mode]));
    result = b_.or_gate(result, run);
  }
  return sets_[set] = result;
}

NodeId ModeSelect::choose(const Bits& sources) {
  const auto known = choices_.find(sources);
  if (known != choices_.end()) return known->second;
  NodeId result = sources.back();
  for (std::size_t mode = modes() - 1; mode-- > 0;) {
    result = b_.mux(after_[mode], sources[mode], result);
  }
  return choices_[sources] = result;
}

}  // namespace bitscale
