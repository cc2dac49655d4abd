#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

#include "sim/workload/encodings.hpp"

namespace bitscale {

/// Why an integer datapath `unit_bits` wide cannot take operands of this type, or ''. `operand`
/// names it in the message.
[[nodiscard]] std::string integer_refusal(std::string_view operand, const TensorType& type,
                                          int unit_bits);

/// Why a datapath made for some encodings cannot take this one, or ''.
[[nodiscard]] std::string encoding_refusal(std::string_view operand, const TensorType& type,
                                           std::initializer_list<Encoding> taken);

/// Ceiling of log2(value), 0 for 1: the bits by which an adder tree over `value` inputs grows.
[[nodiscard]] int ceil_log2(std::int64_t value);

}  // namespace bitscale
