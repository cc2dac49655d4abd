#pragma once

#include <string>
#include <string_view>

namespace bitscale {

/// `layer` of one, `layers` of any other number: nouns with a regular plural, in texts for people.
template <typename Count>
[[nodiscard]] std::string plural(Count count, std::string_view noun) {
  std::string text(noun);
  if (count != 1) text += 's';
  return text;
}

}  // namespace bitscale
