#pragma once

#include <optional>
#include <string_view>

namespace bitscale {

/// Bits of activations and weights, as command lines and profiles name them together.
struct WidthPair {
  int activation = 0, weight = 0;
};

/// `8x4`, activations first: whole numbers from 1 to 16. Nothing for any other text.
[[nodiscard]] std::optional<WidthPair> parse_width_pair(std::string_view text);

}  // namespace bitscale
