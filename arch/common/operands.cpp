#include "arch/common/operands.hpp"

#include <fmt/format.h>

#include <bit>

namespace bitscale {

namespace {

std::string_view spelling(Encoding encoding) {
  switch (encoding) {
    case Encoding::unsigned_:
      return "unsigned";
    case Encoding::twos:
      return "twos";
    case Encoding::binary_pm1:
      return "binary_pm1";
    case Encoding::ternary:
      return "ternary";
    case Encoding::log2:
      return "log2";
    case Encoding::codebook:
      return "codebook";
  }
  return "";
}

}  // namespace

std::int64_t max_magnitude(const TensorType& type) {
  const std::int64_t one = 1;
  return type.encoding == Encoding::unsigned_ ? (one << type.bits) - 1 : one << (type.bits - 1);
}

std::string integer_refusal(std::string_view operand, const TensorType& type, int unit_bits) {
  if (type.encoding != Encoding::unsigned_ && type.encoding != Encoding::twos) {
    return fmt::format("{} encoded as {}; the unit takes unsigned and twos", operand,
                       spelling(type.encoding));
  }
  const int least = type.encoding == Encoding::unsigned_ ? 1 : 2;
  if (type.bits < least || type.bits > unit_bits) {
    return fmt::format("{} of {} bits ({}); the unit takes {} to {}", operand, type.bits,
                       spelling(type.encoding), least, unit_bits);
  }
  return "";
}

int ceil_log2(std::int64_t value) {
  return value <= 1 ? 0 : static_cast<int>(std::bit_width(static_cast<std::uint64_t>(value - 1)));
}

}  // namespace bitscale
