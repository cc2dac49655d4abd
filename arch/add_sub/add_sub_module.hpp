#pragma once

#include <systemc>

#include "arch/add_sub/add_sub.hpp"
#include "arch/common/clocked_unit_module.hpp"

namespace bitscale {

/// The add/subtract unit with pins: a weight of +1 adds its lane's activation, -1 subtracts it, 0
/// leaves it out.
class AddSubMac final : public ClockedUnit {
 public:
  AddSubMac(const sc_core::sc_module_name& name, std::size_t lanes, Guard guard,
            const AccumulatorConfig& accumulator)
      : ClockedUnit(name, lanes, 1, 1, accumulator), guard_(guard) {}

 protected:
  [[nodiscard]] std::int64_t addend(int cycle, std::size_t segment) const override;
  [[nodiscard]] bool lane_works(std::size_t lane) const override;

 private:
  Guard guard_;
};

}  // namespace bitscale
