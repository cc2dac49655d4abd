#pragma once

#include "sim/netlist/netlist.hpp"

namespace bitscale::netlist {

/// Cell count in NAND2 equivalents.
struct Area {
  double combinational_nand2 = 0;
  double flip_flop_nand2 = 0;
  [[nodiscard]] double total_nand2() const { return combinational_nand2 + flip_flop_nand2; }
};

/// Area of a cell against a NAND2: NAND, NOR 1; NOT 2/3; AND, OR 4/3; XOR 2; MUX 7/3; flip-flop
/// 17/3 (recalled: ratios of an open 45 nm standard cell library, smallest drive).
[[nodiscard]] double cell_nand2(Cell cell);
[[nodiscard]] Area area(const Netlist& netlist);

}  // namespace bitscale::netlist
