#pragma once

#include <string_view>

namespace bitscale {

/// Version of the program, from the build.
inline constexpr std::string_view kVersion = BITSCALE_VERSION;

/// SHA-256 of the sources that decide results: what keys of stored results hold beside the
/// experiment, because a version's sources change until it is released.
[[nodiscard]] std::string_view source_digest();

}  // namespace bitscale
