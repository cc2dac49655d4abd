#include "arch/bit_serial/bit_serial.hpp"
#include "arch/unit_netlist.hpp"

namespace bitscale {

UnitNetlist BitSerialUnit::make_netlist(std::int64_t /*lanes*/,
                                        const OperandTypes& /*types*/) const {
  return {};
}

}  // namespace bitscale
