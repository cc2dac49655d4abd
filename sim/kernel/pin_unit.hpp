#pragma once

#include <cstdint>
#include <systemc>

namespace bitscale {

/// A unit of the array as a clocked module (fidelity: pin). Everything happens at the rising edge:
/// what stands on the inputs then is computed, the accumulator's new value and the operands for the
/// next neighbour are on the outputs after it. A step lasts cycles_per_step edges with `enable`;
/// the driver holds the words or presents their bits (activation_pins, weight_pins) for as long.
class PinUnit : public sc_core::sc_module {
 public:
  sc_core::sc_in<bool> clock{"clock"};
  sc_core::sc_in<bool> enable{"enable"};  ///< an operand set stands on the lanes
  sc_core::sc_in<bool> clear{"clear"};  ///< in a step's first cycle: the sum starts from partial_in
  sc_core::sc_in<std::int64_t> partial_in{"partial_in"};  ///< from the unit before in a chain, or 0
  sc_core::sc_vector<sc_core::sc_in<std::int32_t>> activation_in;
  sc_core::sc_vector<sc_core::sc_in<std::int32_t>> weight_in;
  sc_core::sc_vector<sc_core::sc_in<bool>>
      lane_valid;  ///< false: the layer maps no product to the lane

  sc_core::sc_vector<sc_core::sc_out<std::int32_t>>
      activation_out;  ///< activation_in, one cycle later
  sc_core::sc_vector<sc_core::sc_out<std::int32_t>> weight_out;
  sc_core::sc_out<bool> valid_out{"valid_out"};      ///< enable, one cycle later
  sc_core::sc_out<std::int64_t> sum_out{"sum_out"};  ///< the accumulator
  sc_core::sc_out<bool> busy{"busy"};                ///< in the middle of a step
  sc_core::sc_out<bool> done{"done"};                ///< sum_out now holds a whole step more

  /// What happened to the lanes since the start, in lane-cycles, and to the accumulator.
  struct Counters {
    std::uint64_t active = 0;
    std::uint64_t guarded = 0;
    std::uint64_t overflow_events = 0;
    bool operator==(const Counters&) const = default;
  };

  PinUnit(const sc_core::sc_module_name& name, std::size_t lanes)
      : sc_core::sc_module(name),
        activation_in("activation_in", lanes),
        weight_in("weight_in", lanes),
        lane_valid("lane_valid", lanes),
        activation_out("activation_out", lanes),
        weight_out("weight_out", lanes) {}

  /// What a lane's input carries in cycle `cycle` of a step: the word, or one of its bits.
  [[nodiscard]] virtual std::int32_t activation_pins(std::int32_t word,
                                                     std::int64_t /*cycle*/) const {
    return word;
  }
  [[nodiscard]] virtual std::int32_t weight_pins(std::int32_t word, std::int64_t /*cycle*/) const {
    return word;
  }

  [[nodiscard]] virtual Counters counters() const = 0;

  /// Registers the unit's signals in a VCD file. Before the simulation starts.
  virtual void trace(sc_core::sc_trace_file* file) const = 0;
};

}  // namespace bitscale
