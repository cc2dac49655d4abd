#include "sim/core/quantity.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cmath>
#include <span>
#include <system_error>

namespace bitscale {

namespace {

/// One spelling of a unit: value = number * 10^exponent * factor, factor a power of two, so that
/// the only rounding is the one of the decimal number.
struct Suffix {
  std::string_view text;
  int exponent;
  double factor;
};

constexpr std::string_view kMicroSign = "\u00b5";
constexpr std::string_view kGreekMu = "\u03bc";

struct Prefix {
  std::string_view text;
  int exponent;
};

/// Ascending, the preferred spelling of micro first.
constexpr std::array<Prefix, 13> kPrefixes = {{{"a", -18},
                                               {"f", -15},
                                               {"p", -12},
                                               {"n", -9},
                                               {"u", -6},
                                               {kMicroSign, -6},
                                               {kGreekMu, -6},
                                               {"m", -3},
                                               {"", 0},
                                               {"k", 3},
                                               {"M", 6},
                                               {"G", 9},
                                               {"T", 12}}};

constexpr std::array<Suffix, 19> kBitSuffixes = {{{"bit", 0, 1.0},
                                                  {"bits", 0, 1.0},
                                                  {"b", 0, 1.0},
                                                  {"B", 0, 8.0},
                                                  {"kbit", 3, 1.0},
                                                  {"Mbit", 6, 1.0},
                                                  {"Gbit", 9, 1.0},
                                                  {"Tbit", 12, 1.0},
                                                  {"kB", 3, 8.0},
                                                  {"MB", 6, 8.0},
                                                  {"GB", 9, 8.0},
                                                  {"TB", 12, 8.0},
                                                  {"Kibit", 0, 1024.0},
                                                  {"Mibit", 0, 1048576.0},
                                                  {"Gibit", 0, 1073741824.0},
                                                  {"KiB", 0, 8.0 * 1024.0},
                                                  {"MiB", 0, 8388608.0},
                                                  {"GiB", 0, 8589934592.0},
                                                  {"TiB", 0, 8796093022208.0}}};

constexpr std::array<Suffix, 5> kAreaSuffixes = {{{"um2", 0, 1.0},
                                                  {"\u00b5m2", 0, 1.0},
                                                  {"\u03bcm2", 0, 1.0},
                                                  {"nm2", -6, 1.0},
                                                  {"mm2", 6, 1.0}}};

std::string_view symbol(QuantityUnit unit) {
  switch (unit) {
    case QuantityUnit::hertz:
      return "Hz";
    case QuantityUnit::volt:
      return "V";
    case QuantityUnit::second:
      return "s";
    case QuantityUnit::joule:
      return "J";
    case QuantityUnit::watt:
      return "W";
    case QuantityUnit::bits:
      return "bit";
    case QuantityUnit::square_micrometre:
      return "um2";
  }
  return "";
}

std::optional<Suffix> find_suffix(std::string_view text, std::span<const Suffix> suffixes) {
  for (const Suffix& suffix : suffixes) {
    if (suffix.text == text) return suffix;
  }
  return std::nullopt;
}

std::optional<Suffix> find_suffix(std::string_view text, QuantityUnit unit) {
  if (unit == QuantityUnit::square_micrometre) return find_suffix(text, kAreaSuffixes);
  if (unit == QuantityUnit::bits) {
    if (text.empty()) return Suffix{"", 0, 1.0};
    return find_suffix(text, kBitSuffixes);
  }
  const std::string_view base = symbol(unit);
  if (!text.ends_with(base)) return std::nullopt;
  const std::string_view prefix_text = text.substr(0, text.size() - base.size());
  for (const Prefix& prefix : kPrefixes) {
    if (prefix.text == prefix_text) return Suffix{text, prefix.exponent, 1.0};
  }
  return std::nullopt;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::size_t digits_from(std::string_view text, std::size_t at) {
  std::size_t end = at;
  while (end < text.size() && is_digit(text[end])) ++end;
  return end - at;
}

/// Length of the decimal number at the start of `text`, split before its exponent; 0 where there is
/// none.
struct Decimal {
  std::string_view mantissa;
  int exponent = 0;
  std::size_t length = 0;
};

Decimal scan_decimal(std::string_view text) {
  std::size_t at = text.starts_with('-') ? 1 : 0;
  const std::size_t whole = digits_from(text, at);
  if (whole == 0 || (whole > 1 && text[at] == '0')) return {};
  at += whole;
  if (at < text.size() && text[at] == '.') {
    const std::size_t fraction = digits_from(text, at + 1);
    if (fraction == 0) return {};
    at += 1 + fraction;
  }
  Decimal decimal{text.substr(0, at), 0, at};
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    std::size_t digits = at + 1;
    if (digits < text.size() && (text[digits] == '+' || text[digits] == '-')) ++digits;
    const std::size_t count = digits_from(text, digits);
    if (count == 0 || count > 4) return count == 0 ? decimal : Decimal{};
    const std::size_t sign = text[at + 1] == '+' ? at + 2 : at + 1;
    std::from_chars(text.data() + sign, text.data() + digits + count, decimal.exponent);
    decimal.length = digits + count;
  }
  return decimal;
}

std::optional<double> to_double(std::string_view mantissa, int exponent) {
  const std::string text = fmt::format("{}e{}", mantissa, exponent);
  double value = 0.0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// Scales by thousands until four digits fit, counting a value that rounds up to 1000 as the next
/// prefix.
std::string scaled(double value, std::span<const std::string_view> units, double step) {
  std::size_t index = 0;
  while (index + 1 < units.size() && std::abs(value) >= step * (1.0 - 0.5e-4)) {
    value /= step;
    ++index;
  }
  return fmt::format("{:.4g} {}", value, units[index]);
}

std::string format_bits(double value) {
  constexpr double kBitsPerKiB = 8192.0;
  constexpr std::array<std::string_view, 4> kUnits = {"KiB", "MiB", "GiB", "TiB"};
  if (std::abs(value) < kBitsPerKiB) return fmt::format("{:.4g} bit", value);
  return scaled(value / kBitsPerKiB, kUnits, 1024.0);
}

std::string format_area(double value) {
  const double magnitude = std::abs(value);
  if (magnitude >= 1e5) return fmt::format("{:.4g} mm2", value * 1e-6);
  if (magnitude >= 1e4) return fmt::format("{:.0f} um2", value);
  return fmt::format("{:.4g} um2", value);
}

}  // namespace

std::optional<double> parse_decimal(std::string_view text) {
  const Decimal decimal = scan_decimal(text);
  if (decimal.length == 0 || decimal.length != text.size()) return std::nullopt;
  return to_double(decimal.mantissa, decimal.exponent);
}

std::optional<double> parse_quantity(std::string_view text, QuantityUnit unit) {
  const Decimal decimal = scan_decimal(text);
  if (decimal.length == 0) return std::nullopt;
  std::string_view rest = text.substr(decimal.length);
  if (!rest.empty()) {
    while (rest.starts_with(' ')) rest.remove_prefix(1);
    if (rest.empty()) return std::nullopt;
  }
  const auto suffix = find_suffix(rest, unit);
  if (!suffix) return std::nullopt;
  const auto number = to_double(decimal.mantissa, decimal.exponent + suffix->exponent);
  if (!number || !std::isfinite(*number * suffix->factor)) return std::nullopt;
  return *number * suffix->factor;
}

std::string format_quantity(double value, QuantityUnit unit) {
  if (unit == QuantityUnit::bits) return format_bits(value);
  if (unit == QuantityUnit::square_micrometre) return format_area(value);
  if (value == 0.0 || !std::isfinite(value)) return fmt::format("{} {}", value, symbol(unit));
  for (const Prefix& prefix : kPrefixes) {
    if (prefix.text == kMicroSign || prefix.text == kGreekMu) continue;
    // Dividing by 10^n is exact to one rounding where multiplying by 10^-n is not.
    const double power = std::pow(10.0, std::abs(prefix.exponent));
    const double number = prefix.exponent < 0 ? value * power : value / power;
    if (std::abs(number) < 999.95 || prefix.exponent == 12) {
      return fmt::format("{:.4g} {}{}", number, prefix.text, symbol(unit));
    }
  }
  return {};
}

std::string exact_quantity(double value, QuantityUnit unit) {
  std::string best = fmt::format("{}{}", value, symbol(unit));
  const auto consider = [&](double number, std::string_view suffix) {
    const std::string text = fmt::format("{:.15g}{}", number, suffix);
    if (text.size() < best.size() && parse_quantity(text, unit) == value) best = text;
  };
  if (value == 0.0) return best;
  if (unit == QuantityUnit::bits) {
    for (const Suffix& suffix : kBitSuffixes) {
      if (suffix.exponent == 0 && suffix.factor == 1.0) continue;
      consider(value / (suffix.factor * std::pow(10.0, suffix.exponent)), suffix.text);
    }
  } else if (unit != QuantityUnit::square_micrometre) {
    for (const Prefix& prefix : kPrefixes) {
      consider(value * std::pow(10.0, -prefix.exponent),
               fmt::format("{}{}", prefix.text, symbol(unit)));
    }
  }
  return best;
}

std::string_view quantity_phrase(QuantityUnit unit) {
  switch (unit) {
    case QuantityUnit::hertz:
      return "a frequency such as 606MHz";
    case QuantityUnit::volt:
      return "a voltage such as 1.1V";
    case QuantityUnit::second:
      return "a time such as 1.65ns";
    case QuantityUnit::joule:
      return "an energy such as 0.2pJ";
    case QuantityUnit::watt:
      return "a power such as 55mW";
    case QuantityUnit::bits:
      return "an amount of data such as 32KiB or 192bit";
    case QuantityUnit::square_micrometre:
      return "an area such as 0.35um2";
  }
  return "a quantity";
}

std::string quantity_pattern(QuantityUnit unit) {
  const std::string number = R"(^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]{1,4})? *)";
  if (unit == QuantityUnit::bits) {
    return number + "(bits?|b|B|[kMGT](bit|B)|[KMG]i(bit|B)|TiB)?$";
  }
  if (unit == QuantityUnit::square_micrometre) return number + "[un\u00b5\u03bcm]m2$";
  return number + fmt::format("[afpnu\u00b5\u03bcmkMGT]?{}$", symbol(unit));
}

}  // namespace bitscale
