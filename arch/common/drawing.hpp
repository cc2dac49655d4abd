#pragma once

#include <string>
#include <vector>

#include "sim/netlist/builder.hpp"
#include "sim/netlist/timing.hpp"
#include "sim/workload/workload.hpp"

namespace bitscale {

/// Inputs of this width take two's complement words only, because unsigned tensors have 15 bits at
/// most. Narrower ones have a signal that says whether operands are signed.
inline constexpr int kSignedOnlyBits = 16;

/// That signal, for an input of `bits` bits.
inline netlist::NodeId sign_input(netlist::Builder& b, const std::string& name, int bits) {
  return bits < kSignedOnlyBits ? b.input(name, 1)[0] : b.constant(true);
}

/// What it carries for operands of a type.
[[nodiscard]] constexpr bool is_signed(const TensorType& type) {
  return type.encoding != Encoding::unsigned_;
}

inline void append(std::vector<netlist::Tie>& ties, const std::vector<netlist::Tie>& more) {
  ties.insert(ties.end(), more.begin(), more.end());
}

}  // namespace bitscale
