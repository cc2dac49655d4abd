#include <fmt/format.h>

#include "arch/common/accumulator_netlist.hpp"
#include "arch/common/integer_bus.hpp"
#include "arch/common/signed_sum_netlist.hpp"
#include "arch/shift_add/shift_add.hpp"
#include "arch/unit_netlist.hpp"
#include "sim/workload/encodings.hpp"

namespace bitscale {

namespace {

using netlist::Bits;
using netlist::Builder;
using netlist::NodeId;

/// A log2 activation on an activation bus: four bits of code and the sign above them.
constexpr int kLog2Bits = 5;
constexpr std::size_t kCodeBits = 4;

/// Lines 1..15 of a decoder of four bits from two of two bits, all 0 without `enable`; line c is
/// bit c - 1 of the result.
Bits decode(Builder& b, const Bits& code, NodeId enable, std::size_t width) {
  const auto lines_of_two = [&](NodeId low, NodeId high) {
    const NodeId not_low = b.not_gate(low);
    const NodeId not_high = b.not_gate(high);
    return Bits{b.and_gate(not_high, not_low), b.and_gate(not_high, low), b.and_gate(high, not_low),
                b.and_gate(high, low)};
  };
  const Bits low = lines_of_two(code[0], code[1]);
  const Bits high = and_all(b, lines_of_two(code[2], code[3]), enable);
  Bits lines;
  for (std::size_t line = 1; line < 16 && lines.size() < width; ++line)
    lines.push_back(b.and_gate(low[line % 4], high[line / 4]));
  lines.resize(width, b.constant(false));
  return lines;
}

struct SignMagnitude {
  Bits word;                           ///< two's complement, or a power of two
  NodeId negative = netlist::kNoNode;  ///< of the power
};

/// The activation of a lane: the bus itself, or the power of two that its code names.
SignMagnitude draw_activation(Builder& b, const Bits& bus, NodeId is_log2, NodeId is_signed) {
  const Bits code(bus.begin(), bus.begin() + kCodeBits);
  const Bits integer = and_all(b, bus, b.not_gate(is_log2));
  const Bits power = decode(b, code, is_log2, bus.size());
  SignMagnitude result{signed_word(b, integer, is_signed), b.and_gate(bus[kCodeBits], is_log2)};
  for (std::size_t bit = 0; bit < power.size(); ++bit)
    result.word[bit] = b.or_gate(result.word[bit], power[bit]);
  return result;
}

/// word x 2^(code - 1), 0 for code 0: a shifter of one stage per bit of the code, whose lowest bit
/// no power uses.
Bits draw_shift(Builder& b, const Bits& word, const Bits& code) {
  NodeId nonzero = b.constant(false);
  for (const NodeId bit : code) nonzero = b.or_gate(nonzero, bit);
  Bits result = and_all(b, word, nonzero);
  for (std::size_t stage = 0; stage < code.size(); ++stage) {
    const std::size_t shift = std::size_t{1} << stage;
    result = resize(b, result, result.size() + shift, true);
    result = mux_all(b, code[stage], result, shift_left(b, result, shift));
  }
  result.erase(result.begin());
  return result;
}

struct Controls {
  int weight_bits = 5;
  bool log2_activations = false;
  bool holds = false;  ///< a lane without work keeps its activation
  bool has_sign_input = false;
  std::int64_t is_signed = 1;
};

void drive(const Controls& controls, const StepOperands& step, std::span<std::int64_t> buses) {
  for (std::size_t lane = 0; lane < step.valid.size(); ++lane) {
    const std::int32_t activation = step.activations[lane];
    std::int64_t& weight = buses[2 * lane + 1];
    if (step.valid[lane] == 0 && controls.holds) {
      weight &= std::int64_t{1} << (controls.weight_bits - 1);  // code 0
      continue;
    }
    buses[2 * lane] = controls.log2_activations ? log2_word(activation, kLog2Bits) : activation;
    weight = log2_word(step.weights[lane], controls.weight_bits);
  }
  std::size_t bus = 2 * step.valid.size();
  buses[bus++] = controls.log2_activations ? 1 : 0;
  if (controls.has_sign_input) buses[bus] = controls.is_signed;
}

/// Ties the bits of a log2 word that narrower codes leave at 0.
void tie_code(UnitNetlist& unit, const std::string& bus, const TensorType& type, int bus_bits) {
  const Bits& bits = input_bus(unit.netlist, bus).bits;
  for (auto bit = static_cast<std::size_t>(type.bits - 1); bit < bits.size(); ++bit) {
    if (bit != static_cast<std::size_t>(bus_bits - 1)) unit.ties.push_back({bits[bit], false});
  }
}

void tie(UnitNetlist& unit, const OperandTypes& types, std::int64_t lanes,
         const ShiftAddConfig& config) {
  const bool log2_activations = types.activation.encoding == Encoding::log2;
  for (std::int64_t lane = 0; lane < lanes; ++lane) {
    const std::string activation = fmt::format("activation{}", lane);
    if (log2_activations) {
      tie_code(unit, activation, types.activation, kLog2Bits);
    } else {
      tie_unused_bits(unit, activation, types.activation);
    }
    tie_code(unit, fmt::format("weight{}", lane), types.weight, config.weight_bits);
  }
  unit.ties.push_back({input_bus(unit.netlist, "activation_log2").bits[0], log2_activations});
  tie_activation_sign(unit, config.activation_bits, types.activation);
}

}  // namespace

UnitNetlist ShiftAddUnit::make_netlist(std::int64_t lanes, const OperandTypes& types) const {
  Builder b(fmt::format("shift_add_{}x{}_{}", config_.activation_bits, config_.weight_bits, lanes));
  std::vector<Bits> activations, weights;
  for (std::int64_t lane = 0; lane < lanes; ++lane) {
    activations.push_back(b.input(fmt::format("activation{}", lane), config_.activation_bits));
    weights.push_back(b.input(fmt::format("weight{}", lane), config_.weight_bits));
  }
  const NodeId is_log2 = b.input("activation_log2", 1)[0];
  const NodeId is_signed = sign_input(b, "activation_signed", config_.activation_bits);
  std::vector<Bits> words;
  Bits negatives;
  for (std::size_t lane = 0; lane < activations.size(); ++lane) {
    const SignMagnitude activation = draw_activation(b, activations[lane], is_log2, is_signed);
    const Bits code(weights[lane].begin(), weights[lane].end() - 1);
    words.push_back(draw_shift(b, activation.word, code));
    negatives.push_back(b.xor_gate(activation.negative, weights[lane].back()));
  }
  const OpenSum sum = add_or_subtract(b, std::move(words), negatives);
  draw_accumulator(b, "accumulator0", sum.bits, types.accumulator, netlist::AdderKind::ripple,
                   sum.carry);

  UnitNetlist unit;
  unit.netlist = b.build();
  tie(unit, types, lanes, config_);
  const Controls controls{config_.weight_bits, types.activation.encoding == Encoding::log2,
                          config_.guard == Guard::weight, config_.activation_bits < kSignedOnlyBits,
                          types.activation.encoding == Encoding::twos ? 1 : 0};
  unit.drive = [controls](const StepOperands& step, std::int64_t /*cycle*/,
                          std::span<std::int64_t> buses) {
    bitscale::drive(controls, step, buses);
  };
  unit.addend = [](const StepOperands& step, std::int64_t /*cycle*/, std::int64_t /*segment*/) {
    return sum_of_products(step);
  };
  return unit;
}

}  // namespace bitscale
