#include "sim/netlist/area.hpp"

namespace bitscale::netlist {

double cell_nand2(Cell cell) {
  switch (cell) {
    case Cell::not_:
      return 2.0 / 3;
    case Cell::nand_:
    case Cell::nor_:
      return 1;
    case Cell::and_:
    case Cell::or_:
      return 4.0 / 3;
    case Cell::xor_:
      return 2;
    case Cell::mux:
      return 7.0 / 3;
    case Cell::flip_flop:
      return 17.0 / 3;
    default:
      return 0;
  }
}

Area area(const Netlist& netlist) {
  Area result;
  for (const Node& node : netlist.nodes) {
    (node.cell == Cell::flip_flop ? result.flip_flop_nand2 : result.combinational_nand2) +=
        cell_nand2(node.cell);
  }
  return result;
}

}  // namespace bitscale::netlist
