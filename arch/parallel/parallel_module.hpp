#pragma once

#include <systemc>

#include "arch/common/clocked_unit_module.hpp"
#include "arch/parallel/parallel.hpp"

namespace bitscale {

/// The parallel unit with pins: guarded multipliers, their adder tree and an accumulator. One step
/// per clock.
class GuardedMac final : public ClockedUnit {
 public:
  GuardedMac(const sc_core::sc_module_name& name, std::size_t lanes, Guard guard,
             const AccumulatorConfig& accumulator)
      : ClockedUnit(name, lanes, 1, 1, accumulator), guard_(guard) {}

 protected:
  [[nodiscard]] std::int64_t addend(int cycle, std::size_t segment) const override;
  [[nodiscard]] bool lane_works(std::size_t lane) const override;

 private:
  Guard guard_;
};

}  // namespace bitscale
