#pragma once

#include "sim/netlist/netlist.hpp"

namespace bitscale::netlist {

/// Delay of a gate in units of one simple gate: XOR and MUX are two gates deep (assumed).
[[nodiscard]] constexpr std::uint32_t unit_delay(Cell cell) {
  if (!is_gate(cell)) return 0;
  return cell == Cell::xor_ || cell == Cell::mux ? 2 : 1;
}

}  // namespace bitscale::netlist
