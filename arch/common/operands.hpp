#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "sim/workload/encodings.hpp"

namespace bitscale {

/// Why an integer datapath `unit_bits` wide cannot take operands of this type, or ''. `operand`
/// names it in the message.
[[nodiscard]] std::string integer_refusal(std::string_view operand, const TensorType& type,
                                          int unit_bits);

/// Ceiling of log2(value), 0 for 1: the bits by which an adder tree over `value` inputs grows.
[[nodiscard]] int ceil_log2(std::int64_t value);

}  // namespace bitscale
