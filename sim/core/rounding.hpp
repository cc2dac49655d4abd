#pragma once

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <iterator>
#include <string>

namespace bitscale {

/// Digits that derived doubles are printed with, and that unit costs are rounded to before they
/// multiply counts: libm's last bit differs between machines, the ninth digit does not.
inline constexpr int kSignificantDigits = 9;

/// `value` to nine significant digits, as text; independent of the locale.
[[nodiscard]] inline std::string format_significant(double value) {
  return fmt::format("{:.{}g}", value, kSignificantDigits);
}

/// The double nearest to `value` written with nine significant digits.
[[nodiscard]] inline double round_significant(double value) {
  if (!std::isfinite(value)) return value;
  fmt::memory_buffer text;
  fmt::format_to(std::back_inserter(text), "{:.{}e}", value, kSignificantDigits - 1);
  double rounded = value;
  std::from_chars(text.data(), text.data() + text.size(), rounded);
  return rounded;
}

}  // namespace bitscale
