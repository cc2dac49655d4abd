#include "arch/bit_fusion/fusion_unit.hpp"

namespace bitscale {

FusedOperand fused_operand(const TensorType& type) {
  FusedOperand operand;
  operand.width = type.bits <= 2 ? 2 : type.bits <= 4 ? 4 : 8;
  operand.passes = type.bits <= 8 ? 1 : 2;
  operand.is_signed = type.encoding == Encoding::twos;
  return operand;
}

FusionMode fusion_mode(const OperandTypes& types) {
  return {fused_operand(types.activation), fused_operand(types.weight)};
}

std::int32_t shift_add(const FusionMode& mode, const Bricks& products) {
  const auto weigh = [](int bits, bool fused) { return fused ? 1 << bits : 1; };
  const std::int32_t row_pair = weigh(2, mode.activation.width >= 4);
  const std::int32_t column_pair = weigh(2, mode.weight.width >= 4);
  const std::int32_t row_half = weigh(4, mode.activation.width == 8);
  const std::int32_t column_half = weigh(4, mode.weight.width == 8);
  const auto rows = [&](std::size_t row, std::size_t column) {
    return products[row * kBrickRows + column] +
           products[(row + 1) * kBrickRows + column] * row_pair;
  };
  const auto group = [&](std::size_t row, std::size_t column) {
    return rows(row, column) + rows(row, column + 1) * column_pair;
  };
  const auto half = [&](std::size_t column) {
    return group(0, column) + group(2, column) * row_half;
  };
  return half(0) + half(2) * column_half;
}

}  // namespace bitscale
