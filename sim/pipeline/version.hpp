#pragma once

#include <string_view>

namespace bitscale {

/// Version of the program, from the build.
inline constexpr std::string_view kVersion = BITSCALE_VERSION;

}  // namespace bitscale
