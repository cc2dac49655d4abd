#pragma once

#include <systemc>

#include "arch/codebook/codebook.hpp"
#include "arch/common/clocked_unit_module.hpp"

namespace bitscale {

/// The codebook unit with pins, behind its tables: weight pins carry the entry that the table gave
/// out, because an index says nothing without the layer's table.
class LookUpMac final : public ClockedUnit {
 public:
  LookUpMac(const sc_core::sc_module_name& name, std::size_t lanes, Guard guard,
            const AccumulatorConfig& accumulator)
      : ClockedUnit(name, lanes, 1, 1, accumulator), guard_(guard) {}

 protected:
  [[nodiscard]] std::int64_t addend(int cycle, std::size_t segment) const override;
  [[nodiscard]] bool lane_works(std::size_t lane) const override;

 private:
  Guard guard_;
};

}  // namespace bitscale
