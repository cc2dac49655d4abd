#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/config/tree.hpp"
#include "sim/core/quantity.hpp"

namespace bitscale::config {

/// What a node was read as, or `expected ..., got ...`.
template <typename T>
struct Parsed {
  std::optional<T> value;
  std::string message;
};

/// Text fit for one line of a message: cut after 40 characters, control characters replaced.
[[nodiscard]] std::string excerpt(std::string_view text);

/// `'abc'`, `the text "8"`, `a list`, `a mapping`, `nothing`: what a message says was found.
[[nodiscard]] std::string found(const Node& node);

/// `an integer between 1 and 16`, `a number of at least 0.5`, ...; infinite or extreme bounds are
/// left out.
[[nodiscard]] std::string integer_phrase(std::int64_t min, std::int64_t max);
[[nodiscard]] std::string number_phrase(double min, double max);
[[nodiscard]] std::string choice_phrase(const std::vector<std::string_view>& spellings);

[[nodiscard]] Parsed<std::int64_t> parse_integer(const Node& node, std::int64_t min,
                                                 std::int64_t max);
[[nodiscard]] Parsed<double> parse_number(const Node& node, double min, double max);
[[nodiscard]] Parsed<bool> parse_boolean(const Node& node);
[[nodiscard]] Parsed<std::string> parse_text(const Node& node);
[[nodiscard]] Parsed<double> parse_measure(const Node& node, QuantityUnit unit, double min,
                                           double max);
[[nodiscard]] Parsed<std::size_t> parse_choice(const Node& node,
                                               const std::vector<std::string_view>& spellings);

}  // namespace bitscale::config
