#include "arch/parallel/parallel.hpp"
#include "arch/unit_netlist.hpp"

namespace bitscale {

UnitNetlist ParallelUnit::make_netlist(std::int64_t /*lanes*/,
                                       const OperandTypes& /*types*/) const {
  return {};
}

}  // namespace bitscale
