#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace bitscale {

/// What a physical quantity measures, named by its base unit.
enum class QuantityUnit { hertz, volt, second, joule, watt, bits, square_micrometre };

/// Reads a number with a unit: `606MHz`, `606 MHz`, `32KiB`, `192bit`, `1.1V`, `0.35um2`, `184aJ`.
/// SI prefixes are a f p n u (or the micro sign) m k M G T; bits and bytes also take Ki Mi Gi Ti.
/// Returns base units (Hz, V, s, J, W, bit, um2), correctly rounded, so exact where a double can
/// hold the value; nothing where the text is no such quantity. Only bits may stand without a unit.
[[nodiscard]] std::optional<double> parse_quantity(std::string_view text, QuantityUnit unit);

/// For people: SI-scaled, four significant digits: `606 MHz`, `32 KiB`, `1.1 V`, `0.35 um2`.
[[nodiscard]] std::string format_quantity(double value, QuantityUnit unit);

/// The shortest text that parse_quantity reads back to exactly `value`.
[[nodiscard]] std::string exact_quantity(double value, QuantityUnit unit);

/// A phrase for messages: `a frequency such as 606MHz`.
[[nodiscard]] std::string_view quantity_phrase(QuantityUnit unit);

/// ECMA regular expression that accepts what parse_quantity accepts.
[[nodiscard]] std::string quantity_pattern(QuantityUnit unit);

/// Reads a finite decimal number (`-1.5e-3`; no leading `+`, no `010`, no `.5`) independently of
/// the locale.
[[nodiscard]] std::optional<double> parse_decimal(std::string_view text);

}  // namespace bitscale
