#pragma once

#include <span>

#include "arch/unit.hpp"

namespace bitscale {

[[nodiscard]] std::string_view to_string(Guard guard);

/// Reads the key `guard:`, one of the guards that a unit knows; none by default.
[[nodiscard]] Guard parse_guard(config::Reader& reader, std::span<const Guard> known);

/// Whether a multiplier with this guard keeps its inputs instead of taking the operands. lane_group
/// is not a multiplier's: it needs all activations of a unit.
[[nodiscard]] constexpr bool holds_still(Guard guard, std::int32_t activation,
                                         std::int32_t weight) {
  switch (guard) {
    case Guard::activation:
      return activation == 0;
    case Guard::weight:
      return weight == 0;
    case Guard::product:
      return activation == 0 || weight == 0;
    case Guard::none:
    case Guard::lane_group:
      return false;
  }
  return false;
}

}  // namespace bitscale
