#pragma once

#include <span>

#include "arch/unit.hpp"

namespace bitscale {

/// Every unit of this build; arch/builtin.cpp has one line each.
[[nodiscard]] std::span<const UnitKind> builtin_units();

/// Reads a `unit:` section: `kind:` selects which.
[[nodiscard]] std::shared_ptr<const Unit> parse_unit(config::Reader& reader);

}  // namespace bitscale
