#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace bitscale {

/// Number of insertions, deletions, substitutions and swaps of neighbours between two words, case
/// ignored (Damerau-Levenshtein, optimal string alignment).
[[nodiscard]] std::size_t edit_distance(std::string_view a, std::string_view b);

/// The candidate that a mistyped word most likely meant, or nothing where none is near. The earlier
/// of two equally near candidates wins.
[[nodiscard]] std::optional<std::string> nearest(std::string_view word,
                                                 std::span<const std::string> candidates);

/// `, did you mean 'rows'?`, or `, expected one of a, b, c` where no candidate is near; empty
/// without candidates. Appended to messages about unknown names.
[[nodiscard]] std::string suggestion(std::string_view word,
                                     std::span<const std::string> candidates);

}  // namespace bitscale
