#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "sim/netlist/delay.hpp"
#include "sim/netlist/netlist.hpp"

namespace bitscale::netlist {

/// An input bit that holds still: a gated LSB or a mode signal.
struct Tie {
  NodeId node = kNoNode;
  bool value = false;
  bool operator==(const Tie&) const = default;
};

/// The low `bits` of an input bus at 0; a whole bus at a value.
[[nodiscard]] std::vector<Tie> tie_low(const Netlist& netlist, std::string_view bus, int bits);
[[nodiscard]] std::vector<Tie> tie_bus(const Netlist& netlist, std::string_view bus,
                                       std::int64_t value);

/// The longest path that can switch, from inputs and flip-flops to outputs and flip-flop data.
struct Timing {
  std::uint32_t path_units = 0;              ///< in unit delays
  std::vector<NodeId> critical_path;         ///< from source to end; empty where nothing can switch
  std::vector<std::uint32_t> arrival_units;  ///< latest, per node
  std::vector<std::optional<bool>> constant;  ///< what each node is held at
};

/// Static timing with case analysis: ties are carried through the gates, and what they hold still
/// is on no path (a MUX with a known select passes one input only). Every other structural path
/// counts.
[[nodiscard]] Timing analyse_timing(const Netlist& netlist, const std::vector<Tie>& ties = {});

}  // namespace bitscale::netlist
