#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <systemc>
#include <vector>

#include "arch/unit.hpp"
#include "sim/kernel/accumulator_bank.hpp"
#include "sim/kernel/pin_layout.hpp"
#include "sim/kernel/pin_unit.hpp"

namespace bitscale::kernel {

/// Signals that go in the reverse of the order in which they came: see PinGrid's destructor.
template <typename T>
class Wires {
 public:
  Wires() = default;
  ~Wires() {
    while (!signals_.empty()) signals_.pop_back();
  }
  Wires(const Wires&) = delete;
  Wires& operator=(const Wires&) = delete;

  void grow(std::int64_t count) {
    while (static_cast<std::int64_t>(signals_.size()) < count) signals_.emplace_back();
  }
  [[nodiscard]] std::size_t size() const { return signals_.size(); }
  [[nodiscard]] sc_core::sc_signal<T>& operator[](std::size_t i) { return signals_[i]; }

 private:
  std::deque<sc_core::sc_signal<T>> signals_;
};

/// One unit of the grid and the signals on its pins; a module of its own, because SystemC searches
/// a parent's children one by one when they go. `activations` and `weights` are empty where the
/// unit takes the operand from a neighbour or from another unit's feed.
struct GridUnit : sc_core::sc_module {
  GridUnit(const sc_core::sc_module_name& name, const GridPlace& where, const PinLayout& layout,
           const Unit& kind, const OperandTypes& types);

  GridPlace place;
  std::int64_t delay = 0;
  std::unique_ptr<PinUnit> pins;
  std::unique_ptr<AccumulatorBank> bank;  ///< at the foot of a chain
  sc_core::sc_signal<bool> enable, clear, hold, valid_out, busy, done, bank_valid;
  sc_core::sc_signal<std::int64_t> bank_address;
  Wires<std::int64_t> partials, sums;  ///< per accumulator segment
  Wires<std::int32_t> activations, weights, activations_out, weights_out;
  Wires<bool> lane_valid;
};

/// Units, wires and clock of a pin-level array: the netlist without the driver.
class PinGrid : public sc_core::sc_module {
 public:
  /// `types` hold the accumulator in force; where sums travel a chain, only the banks are that
  /// narrow. Banks keep their entries in `sums`.
  PinGrid(const sc_core::sc_module_name& name, const PinLayout& layout, const Unit& unit,
          const OperandTypes& types, std::vector<std::int64_t>& sums);
  ~PinGrid() override;

  [[nodiscard]] std::deque<GridUnit>& units() { return units_; }
  [[nodiscard]] const std::deque<GridUnit>& units() const { return units_; }

  /// One array cycle, from a thread: a rising and a falling edge, both in its second half, so that
  /// what was written before is seen and what the edges did can be read afterwards.
  void tick();

  /// Registers clock and units in a VCD file.
  void trace(sc_core::sc_trace_file* file) const override;

 private:
  GridUnit& at(const GridPlace& place) {
    return units_[static_cast<std::size_t>(place.row * layout_.columns() + place.column)];
  }
  void bind(GridUnit& unit);

  const PinLayout& layout_;
  std::unique_ptr<sc_core::sc_signal<bool>> first_;  ///< first made, first gone
  sc_core::sc_signal<bool> clock_{"clock"};
  std::deque<GridUnit> units_;
};

}  // namespace bitscale::kernel
