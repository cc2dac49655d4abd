#pragma once

#include <cstdint>
#include <deque>
#include <systemc>

#include "arch/bit_fusion/bit_fusion.hpp"
#include "arch/common/clocked_unit_module.hpp"

namespace bitscale {

/// A BitBrick with pins: its product follows its digits.
class BitBrickModule final : public sc_core::sc_module {
 public:
  sc_core::sc_in<std::int32_t> activation{"activation"};  ///< -2..3: two bits and a sign bit
  sc_core::sc_in<std::int32_t> weight{"weight"};
  sc_core::sc_out<std::int32_t> product{"product"};

  SC_HAS_PROCESS(BitBrickModule);
  explicit BitBrickModule(const sc_core::sc_module_name& name);

 private:
  void multiply();
};

/// A Fusion Unit with pins, combinational: hands the digits of its products' operands to 16
/// BitBricks and sums what they show by the programmable shift-add.
class FusionUnitModule final : public sc_core::sc_module {
 public:
  sc_core::sc_vector<sc_core::sc_in<std::int32_t>> activation, weight;  ///< per product of the mode
  sc_core::sc_vector<sc_core::sc_in<bool>> valid;
  sc_core::sc_out<std::int32_t> sum{"sum"};

  SC_HAS_PROCESS(FusionUnitModule);
  FusionUnitModule(const sc_core::sc_module_name& name, const FusionMode& mode);

  void trace(sc_core::sc_trace_file* file) const override;

 private:
  void distribute();
  void add();

  FusionMode mode_;
  sc_core::sc_vector<sc_core::sc_signal<std::int32_t>> activation_digits_, weight_digits_,
      products_;  ///< per brick, [row][column]
  sc_core::sc_vector<BitBrickModule> bricks_;
};

/// The clocked unit: a Fusion Unit per lane, their sum shifted by the weight of the halves that
/// meet in this cycle.
class BitFusionMac final : public ClockedUnit {
 public:
  SC_HAS_PROCESS(BitFusionMac);
  BitFusionMac(const sc_core::sc_module_name& name, std::size_t lanes, Guard guard,
               const FusionMode& mode, const AccumulatorConfig& accumulator);

  [[nodiscard]] std::int32_t activation_pins(std::int32_t word, int cycle) const override {
    return mode_.activation.half(word, mode_.activation_pass(cycle));
  }
  [[nodiscard]] std::int32_t weight_pins(std::int32_t word, int cycle) const override {
    return mode_.weight.half(word, mode_.weight_pass(cycle));
  }
  void trace(sc_core::sc_trace_file* file) const override;

 protected:
  [[nodiscard]] std::int64_t addend(int cycle, std::size_t segment) const override;
  [[nodiscard]] bool lane_works(std::size_t position) const override;

 private:
  void pass_on() { datapath_settled_.notify(); }

  Guard guard_;
  FusionMode mode_;
  sc_core::sc_vector<sc_core::sc_signal<std::int32_t>> sums_;  ///< per lane
  std::deque<FusionUnitModule> fusion_units_;
};

}  // namespace bitscale
