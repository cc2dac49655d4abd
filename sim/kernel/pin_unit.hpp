#pragma once

#include <cstdint>
#include <systemc>

namespace bitscale {

/// A unit of the array as a clocked module (fidelity: pin). Everything happens at the rising edge:
/// what stands on the inputs then is computed; the accumulator's new value and the operands for the
/// next neighbour are on the outputs after it. A step lasts cycles_per_step edges with `enable`;
/// edges without it, also in the middle of a step, change nothing.
class PinUnit : public sc_core::sc_module {
 public:
  sc_core::sc_in<bool> clock{"clock"};
  sc_core::sc_in<bool> enable{"enable"};  ///< an operand set stands on the lanes
  sc_core::sc_in<bool> clear{"clear"};    ///< the sum starts from partial_in instead of itself
  sc_core::sc_in<bool> hold{"hold"};  ///< all activations of the set are zero, says the dispatcher
  /// Per accumulator segment: from the unit before in a chain, or 0.
  sc_core::sc_vector<sc_core::sc_in<std::int64_t>> partial_in;
  /// Per position: lane * products of a lane + product.
  sc_core::sc_vector<sc_core::sc_in<std::int32_t>> activation_in;
  sc_core::sc_vector<sc_core::sc_in<std::int32_t>> weight_in;
  sc_core::sc_vector<sc_core::sc_in<bool>> lane_valid;  ///< false: no product for the position

  sc_core::sc_vector<sc_core::sc_out<std::int32_t>> activation_out;  ///< one cycle later
  sc_core::sc_vector<sc_core::sc_out<std::int32_t>> weight_out;
  sc_core::sc_out<bool> valid_out{"valid_out"};               ///< enable, one cycle later
  sc_core::sc_vector<sc_core::sc_out<std::int64_t>> sum_out;  ///< the accumulator's segments
  sc_core::sc_out<bool> busy{"busy"};                         ///< in the middle of a step
  sc_core::sc_out<bool> done{"done"};                         ///< sum_out holds one whole step more

  /// What the unit did since the start, in products and steps (not cycles).
  struct Counters {
    std::uint64_t active_macs = 0;
    std::uint64_t guarded_macs = 0;
    std::uint64_t unit_steps = 0;  ///< with at least one product
    std::uint64_t active_unit_steps = 0;
    std::uint64_t overflow_events = 0;
    bool operator==(const Counters&) const = default;
  };

  PinUnit(const sc_core::sc_module_name& name, std::size_t positions, std::size_t segments)
      : sc_core::sc_module(name),
        partial_in("partial_in", segments),
        activation_in("activation_in", positions),
        weight_in("weight_in", positions),
        lane_valid("lane_valid", positions),
        activation_out("activation_out", positions),
        weight_out("weight_out", positions),
        sum_out("sum_out", segments) {}

  /// What a position's input carries in cycle `cycle` of a step: the word, or one of its bits.
  [[nodiscard]] virtual std::int32_t activation_pins(std::int32_t word, int /*cycle*/) const {
    return word;
  }
  [[nodiscard]] virtual std::int32_t weight_pins(std::int32_t word, int /*cycle*/) const {
    return word;
  }

  [[nodiscard]] virtual Counters counters() const = 0;

  /// Registers the unit's signals in a VCD file. After its ports were bound, before the start.
  void trace(sc_core::sc_trace_file* file) const override = 0;
};

}  // namespace bitscale
