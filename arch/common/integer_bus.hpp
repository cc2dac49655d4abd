#pragma once

#include <string_view>

#include "arch/common/drawing.hpp"
#include "arch/unit_netlist.hpp"
#include "sim/netlist/builder.hpp"
#include "sim/workload/workload.hpp"

namespace bitscale {

/// Ties the input `activation_signed` (sign_input), where there is one, to what the type says.
void tie_activation_sign(UnitNetlist& unit, int activation_bits, const TensorType& type);

/// Ties the bits of a bus that values of the type leave at 0: those above an unsigned integer.
/// Above a two's complement one they repeat its sign.
void tie_unused_bits(UnitNetlist& unit, std::string_view bus, const TensorType& type);

/// The sum over the lanes that have one: what a unit adds whose step is exact.
[[nodiscard]] std::int64_t sum_of_products(const StepOperands& step);

}  // namespace bitscale
