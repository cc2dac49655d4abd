#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bitscale {

/// How text for people looks. Colour is for terminals only; the caller knows where the text goes.
struct TextStyle {
  bool colour = false;
};

/// `text` in bold where the style has colour.
[[nodiscard]] std::string bold(std::string_view text, const TextStyle& style);
[[nodiscard]] std::string green(std::string_view text, const TextStyle& style);
[[nodiscard]] std::string red(std::string_view text, const TextStyle& style);

/// Character cells that UTF-8 text takes: code points, without the colour sequences of the
/// functions above.
[[nodiscard]] std::size_t display_width(std::string_view text);

/// A text table for people: aligned columns, a header, numbers to the right.
class Table {
 public:
  enum class Align { left, right };
  struct Column {
    std::string title;
    Align align = Align::right;
  };

  explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}

  /// One cell per column; missing cells are empty. Throws std::invalid_argument for too many.
  void add_row(std::vector<std::string> cells);
  /// A line between the rows before and after.
  void add_rule();
  /// The table, each line indented by `indent` spaces, no trailing spaces, a newline behind each
  /// line.
  [[nodiscard]] std::string text(const TextStyle& style = {}, std::size_t indent = 2) const;

 private:
  std::vector<Column> columns_;
  std::vector<std::vector<std::string>> rows_;  ///< an empty row is a rule
};

/// `1,234,567`.
[[nodiscard]] std::string format_integer(std::uint64_t value);
/// `665.8 M`: four significant digits and an SI prefix, for counts whose last digits nobody reads.
[[nodiscard]] std::string format_count(std::uint64_t value);
/// `12.3 %` of a fraction; `-` for nothing.
[[nodiscard]] std::string format_percent(std::optional<double> fraction);
/// `2.24x`: two decimals; three significant digits below 0.1.
[[nodiscard]] std::string format_ratio(double ratio);
/// `12.3 uJ`.
[[nodiscard]] std::string format_energy_pJ(double energy_pJ);
/// `0.153 mm2` or `812 um2`.
[[nodiscard]] std::string format_area_um2(double area_um2);
/// Four significant digits, plain.
[[nodiscard]] std::string format_plain(double value);
/// `text` broken at spaces into lines of at most `width` cells, the following ones indented by
/// `indent`.
[[nodiscard]] std::string wrap_text(std::string_view text, std::size_t width, std::size_t indent);
/// `title:` and a wrapped line per item; nothing for an empty list.
[[nodiscard]] std::string format_items(std::string_view title,
                                       const std::vector<std::string>& items);

}  // namespace bitscale
