#include "sim/config/values.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <system_error>

#include "sim/config/utf8.hpp"
#include "sim/core/suggest.hpp"

namespace bitscale::config {

namespace {

constexpr std::string_view kIntegerHint = "integers are plain decimal digits, such as 16";
constexpr std::string_view kNumberHint = "numbers are decimal, such as 0.5 or 1e-3";

template <typename T>
Parsed<T> mismatch(std::string_view expected, const Node& node, std::string_view hint = "") {
  std::string message = fmt::format("expected {}, got {}", expected, found(node));
  if (!hint.empty()) message += fmt::format(" ({})", hint);
  return {std::nullopt, std::move(message)};
}

/// What a capital K in an amount of data can mean: the binary prefix is Ki, the decimal one k.
std::string kilo(std::string_view text) {
  for (const std::string_view base : {"B", "bit", "b"}) {
    if (text.ends_with(fmt::format("K{}", base)))
      return fmt::format("k{0} is 1000 {0}, Ki{0} is 1024", base == "b" ? "bit" : base);
  }
  return "";
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_plain_scalar(const Node& node) { return node.kind == Node::Kind::scalar && !node.quoted; }

bool is_decimal_integer(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  if (text.empty() || !std::all_of(text.begin(), text.end(), is_digit)) return false;
  return text.size() == 1 || text.front() != '0';
}

/// True for what other readers would take for a number (010, 0x10, 1e3, 1_000, +5, .nan): worth a
/// hint.
bool resembles_number(std::string_view text) {
  if (!text.empty() && (text.front() == '-' || text.front() == '+')) text.remove_prefix(1);
  return !text.empty() && (is_digit(text.front()) || text.front() == '.');
}

std::string bounded(std::string_view what, bool has_min, bool has_max, const std::string& min,
                    const std::string& max) {
  if (has_min && has_max) return fmt::format("{} between {} and {}", what, min, max);
  if (has_min) return fmt::format("{} of at least {}", what, min);
  if (has_max) return fmt::format("{} of at most {}", what, max);
  return std::string(what);
}

}  // namespace

std::string excerpt(std::string_view text) {
  constexpr std::size_t kShown = 40;
  std::string out;
  std::size_t shown = 0;
  for (std::size_t at = 0; at < text.size(); ++shown) {
    if (shown == kShown) return out + "...";
    const auto [code, length] = decode_utf8(text, at);
    const bool printable = length > 0 && code >= 0x20 && (code < 0x7f || code >= 0xa0);
    out += printable ? text.substr(at, length) : std::string_view("?");
    at += std::max<std::size_t>(length, 1);
  }
  return out;
}

std::string found(const Node& node) {
  switch (node.kind) {
    case Node::Kind::null:
      return "nothing";
    case Node::Kind::scalar:
      return node.quoted ? fmt::format("the text \"{}\"", excerpt(node.scalar))
                         : fmt::format("'{}'", excerpt(node.scalar));
    case Node::Kind::sequence:
      return "a list";
    case Node::Kind::mapping:
      return "a mapping";
  }
  return {};
}

std::string integer_phrase(std::int64_t min, std::int64_t max) {
  using Limits = std::numeric_limits<std::int64_t>;
  return bounded("an integer", min != Limits::min(), max != Limits::max(), fmt::to_string(min),
                 fmt::to_string(max));
}

std::string number_phrase(double min, double max) {
  constexpr double kMost = std::numeric_limits<double>::max();
  return bounded("a number", min > -kMost, max < kMost, fmt::to_string(min), fmt::to_string(max));
}

std::string choice_phrase(const std::vector<std::string_view>& spellings) {
  if (spellings.size() == 1) return std::string(spellings.front());
  return fmt::format("one of {}", fmt::join(spellings, ", "));
}

Parsed<std::int64_t> parse_integer(const Node& node, std::int64_t min, std::int64_t max) {
  const std::string expected = integer_phrase(min, max);
  if (node.kind == Node::Kind::scalar && node.quoted && is_decimal_integer(node.scalar)) {
    return mismatch<std::int64_t>(expected, node, "write it without quotes");
  }
  if (!is_plain_scalar(node)) return mismatch<std::int64_t>(expected, node);
  const std::string& text = node.scalar;
  if (!is_decimal_integer(text)) {
    return mismatch<std::int64_t>(expected, node, resembles_number(text) ? kIntegerHint : "");
  }
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc()) {
    return mismatch<std::int64_t>(expected, node, "it does not fit 64 bits");
  }
  if (value < min || value > max) return mismatch<std::int64_t>(expected, node);
  return {value, ""};
}

Parsed<double> parse_number(const Node& node, double min, double max) {
  const std::string expected = number_phrase(min, max);
  if (!is_plain_scalar(node)) {
    const bool quoted_number = node.kind == Node::Kind::scalar && parse_decimal(node.scalar);
    return mismatch<double>(expected, node, quoted_number ? "write it without quotes" : "");
  }
  const auto value = parse_decimal(node.scalar);
  if (!value) {
    return mismatch<double>(expected, node, resembles_number(node.scalar) ? kNumberHint : "");
  }
  if (!(*value >= min && *value <= max)) return mismatch<double>(expected, node);
  return {value, ""};
}

Parsed<bool> parse_boolean(const Node& node) {
  if (is_plain_scalar(node) && node.scalar == "true") return {true, ""};
  if (is_plain_scalar(node) && node.scalar == "false") return {false, ""};
  return mismatch<bool>("true or false", node);
}

Parsed<std::string> parse_text(const Node& node) {
  if (node.kind != Node::Kind::scalar) return mismatch<std::string>("a text", node);
  return {node.scalar, ""};
}

Parsed<double> parse_measure(const Node& node, QuantityUnit unit, double min, double max) {
  const std::string_view expected = quantity_phrase(unit);
  if (!is_plain_scalar(node)) {
    const bool quoted = node.kind == Node::Kind::scalar && parse_quantity(node.scalar, unit);
    return mismatch<double>(expected, node, quoted ? "write it without quotes" : "");
  }
  const auto value = parse_quantity(node.scalar, unit);
  if (!value) {
    if (parse_decimal(node.scalar)) return mismatch<double>(expected, node, "the unit is missing");
    return mismatch<double>(expected, node, unit == QuantityUnit::bits ? kilo(node.scalar) : "");
  }
  if (unit == QuantityUnit::bits && std::floor(*value) != *value) {
    return mismatch<double>("a whole number of bits", node);
  }
  if (*value >= min && *value <= max) return {value, ""};
  const bool bounded_above = max < std::numeric_limits<double>::max();
  const std::string low = exact_quantity(min, unit);
  const std::string range = bounded_above
                                ? fmt::format("between {} and {}", low, exact_quantity(max, unit))
                                : fmt::format("of at least {}", low);
  const std::string_view noun = expected.substr(0, expected.find(" such as"));
  return mismatch<double>(fmt::format("{} {}", noun, range), node);
}

Parsed<std::size_t> parse_choice(const Node& node, const std::vector<std::string_view>& spellings) {
  if (node.kind == Node::Kind::scalar) {
    const auto match = std::find(spellings.begin(), spellings.end(), node.scalar);
    if (match != spellings.end()) return {static_cast<std::size_t>(match - spellings.begin()), ""};
  }
  Parsed<std::size_t> problem = mismatch<std::size_t>(choice_phrase(spellings), node);
  if (node.kind == Node::Kind::scalar) {
    const std::vector<std::string> candidates(spellings.begin(), spellings.end());
    const auto near = nearest(node.scalar, candidates);
    if (near) problem.message += fmt::format(", did you mean '{}'?", *near);
  }
  return problem;
}

}  // namespace bitscale::config
