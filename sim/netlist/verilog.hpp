#pragma once

#include <string>

#include "sim/netlist/netlist.hpp"

namespace bitscale::netlist {

/// How a netlist is written as structural Verilog.
struct VerilogOptions {
  bool delays =
      false;  ///< unit delays on every gate: an event-driven simulator then sees our glitches
  std::string module;  ///< '' for the netlist's own name
};

/// One module: a port per bus, a net<id> per node, a primitive or an assignment per gate.
/// Flip-flops are clocked by an additional port `clk` and start at 0.
[[nodiscard]] std::string to_verilog(const Netlist& netlist, const VerilogOptions& options = {});

/// A Graphviz drawing of the same.
[[nodiscard]] std::string to_dot(const Netlist& netlist);

}  // namespace bitscale::netlist
