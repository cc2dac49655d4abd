#include "arch/common/operands.hpp"

#include <fmt/format.h>

#include <bit>

namespace bitscale {

std::string integer_refusal(std::string_view operand, const TensorType& type, int unit_bits) {
  if (type.encoding != Encoding::unsigned_ && type.encoding != Encoding::twos) {
    return fmt::format("{} encoded as {}; the unit takes unsigned and twos", operand,
                       to_string(type.encoding));
  }
  const int least = type.encoding == Encoding::unsigned_ ? 1 : 2;
  if (type.bits < least || type.bits > unit_bits) {
    return fmt::format("{} of {} bits ({}); the unit takes {} to {}", operand, type.bits,
                       to_string(type.encoding), least, unit_bits);
  }
  return "";
}

std::string encoding_refusal(std::string_view operand, const TensorType& type,
                             std::initializer_list<Encoding> taken) {
  std::string names;
  for (const Encoding encoding : taken) {
    if (type.encoding == encoding) return "";
    names += names.empty() ? "" : " and ";
    names += to_string(encoding);
  }
  return fmt::format("{} encoded as {}; the unit takes {}", operand, to_string(type.encoding),
                     names);
}

int ceil_log2(std::int64_t value) {
  return value <= 1 ? 0 : static_cast<int>(std::bit_width(static_cast<std::uint64_t>(value - 1)));
}

}  // namespace bitscale
