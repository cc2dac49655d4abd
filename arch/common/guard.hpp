#pragma once

#include <span>

#include "arch/unit.hpp"

namespace bitscale {

[[nodiscard]] std::string_view to_string(Guard guard);

/// Reads the key `guard:`, one of the guards that a unit knows; none by default.
[[nodiscard]] Guard parse_guard(config::Reader& reader, std::span<const Guard> known);

}  // namespace bitscale
