#pragma once

#include <systemc>

#include "arch/common/clocked_unit_module.hpp"
#include "arch/dvafs/dvafs.hpp"

namespace bitscale {

/// The subword unit with pins: packs the operands of each lane into words, multiplies them through
/// the kept blocks of partial products and adds each product to its accumulator segment. One step
/// per clock.
class DvafsMultiplier final : public ClockedUnit {
 public:
  SC_HAS_PROCESS(DvafsMultiplier);
  DvafsMultiplier(const sc_core::sc_module_name& name, std::size_t lanes, Guard guard,
                  const DvafsSetting& setting, const AccumulatorConfig& segment);

  void trace(sc_core::sc_trace_file* file) const override;

 protected:
  [[nodiscard]] std::int64_t addend(int cycle, std::size_t segment) const override;
  [[nodiscard]] bool lane_works(std::size_t position) const override;

 private:
  struct Words {
    std::uint32_t activation = 0, weight = 0;
  };
  [[nodiscard]] Words pack(std::size_t lane) const;
  void show();  ///< combinational: packed words for the waveforms

  Guard guard_;
  DvafsSetting setting_;
  /// Per lane; what the unit has on its wires.
  sc_core::sc_vector<sc_core::sc_signal<std::uint32_t>> activation_word_, weight_word_, product_;
};

}  // namespace bitscale
