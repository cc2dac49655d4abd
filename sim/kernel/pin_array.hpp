#pragma once

#include <memory>
#include <string>

#include "arch/unit.hpp"
#include "sim/kernel/pass_executor.hpp"

namespace bitscale::kernel {

/// The array at pin fidelity: rows x columns clocked PinUnits, driven cycle by cycle from the
/// operand tensors by the mapping's coordinates, with the movements (broadcast, unicast, forward)
/// and combinations (local, chain, tree along the lanes) of the mapping. Counts what the units
/// count. For waveforms, teaching and proof on small layers.
class PinArray : public PassExecutor {
 public:
  /// Throws MappingError for more than 4096 units, ideal windows, or a combination that has no pins
  /// (tree along rows or columns). `vcd_path` (without '.vcd'), where not empty, receives the
  /// waveforms until the pass in which it reaches `vcd_max_bytes`.
  PinArray(const std::string& name, const Mapping& mapping, const Unit& unit,
           const Operands& operands, const std::string& vcd_path, std::uint64_t vcd_max_bytes);
  ~PinArray() override;

  [[nodiscard]] Visits visits() const override { return Visits::in_time; }
  void execute(const Pass& pass, std::int64_t duration) override;
  void flush() override;
  [[nodiscard]] const ExecutionRecord& record() const override;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace bitscale::kernel
