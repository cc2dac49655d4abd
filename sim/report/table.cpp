#include "sim/report/table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "sim/core/quantity.hpp"

namespace bitscale {

namespace {

std::string sequence(std::string_view code, std::string_view text, const TextStyle& style) {
  if (!style.colour) return std::string(text);
  return fmt::format("\x1b[{}m{}\x1b[0m", code, text);
}

std::string aligned(std::string_view cell, std::size_t width, Table::Align align) {
  const std::size_t used = display_width(cell);
  const std::string padding(width > used ? width - used : 0, ' ');
  return align == Table::Align::left ? std::string(cell) + padding : padding + std::string(cell);
}

std::string without_trailing_spaces(std::string line) {
  line.erase(line.find_last_not_of(' ') + 1);
  return line;
}

}  // namespace

std::string bold(std::string_view text, const TextStyle& style) {
  return sequence("1", text, style);
}
std::string green(std::string_view text, const TextStyle& style) {
  return sequence("32", text, style);
}
std::string red(std::string_view text, const TextStyle& style) {
  return sequence("31", text, style);
}

std::size_t display_width(std::string_view text) {
  std::size_t width = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\x1b') {  // a colour sequence ends with 'm'
      while (i < text.size() && text[i] != 'm') ++i;
      continue;
    }
    // Bytes 10xxxxxx continue a code point.
    if ((static_cast<unsigned char>(text[i]) & 0xC0U) != 0x80U) ++width;
  }
  return width;
}

void Table::add_row(std::vector<std::string> cells) {
  if (cells.size() > columns_.size()) throw std::invalid_argument("Table: more cells than columns");
  cells.resize(columns_.size());
  rows_.push_back(std::move(cells));
}

void Table::add_rule() { rows_.emplace_back(); }

std::string Table::text(const TextStyle& style, std::size_t indent) const {
  std::vector<std::size_t> widths;
  for (const Column& column : columns_) widths.push_back(display_width(column.title));
  for (const std::vector<std::string>& row : rows_) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      widths[i] = std::max(widths[i], display_width(row[i]));
    }
  }
  const std::string margin(indent, ' ');
  std::string header = margin;
  std::string rule = margin;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    if (i > 0) header += "  ";
    if (i > 0) rule += "  ";
    header += aligned(columns_[i].title, widths[i], columns_[i].align);
    rule += std::string(widths[i], '-');
  }
  std::string result = bold(without_trailing_spaces(header), style) + "\n" + rule + "\n";
  for (const std::vector<std::string>& row : rows_) {
    std::string line = margin;
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (i > 0) line += "  ";
      line += aligned(row[i], widths[i], columns_[i].align);
    }
    result += (row.empty() ? rule : without_trailing_spaces(line)) + "\n";
  }
  return result;
}

std::string format_integer(std::uint64_t value) {
  const std::string digits = std::to_string(value);
  std::string text;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    if (i > 0 && (digits.size() - i) % 3 == 0) text += ',';
    text += digits[i];
  }
  return text;
}

std::string format_count(std::uint64_t value) {
  if (value < 1000) return std::to_string(value);
  static constexpr const char* kPrefixes[] = {"", "k", "M", "G", "T", "P", "E"};
  auto scaled = static_cast<double>(value);
  std::size_t prefix = 0;
  // 999.95 and above would print as 1000: the next prefix then.
  while (scaled >= 999.95 && prefix < 6) {
    scaled /= 1000;
    ++prefix;
  }
  return fmt::format("{:.4g} {}", scaled, kPrefixes[prefix]);
}

std::string format_percent(std::optional<double> fraction) {
  if (!fraction || !std::isfinite(*fraction)) return "-";
  return fmt::format("{:.1f} %", *fraction * 100);
}

std::string format_ratio(double ratio) {
  if (!std::isfinite(ratio)) return "-";
  if (ratio != 0 && std::abs(ratio) < 0.1) return fmt::format("{:.3g}x", ratio);
  return fmt::format("{:.2f}x", ratio);
}

std::string format_energy_pJ(double energy_pJ) {
  return format_quantity(energy_pJ * 1e-12, QuantityUnit::joule);
}

std::string format_area_um2(double area_um2) {
  if (area_um2 >= 1e4) return fmt::format("{:.4g} mm2", area_um2 * 1e-6);
  return fmt::format("{:.4g} um2", area_um2);
}

std::string format_plain(double value) {
  return std::isfinite(value) ? fmt::format("{:.4g}", value) : "-";
}

std::string wrap_text(std::string_view text, std::size_t width, std::size_t indent) {
  std::string result;
  std::size_t used = 0;
  while (!text.empty()) {
    const std::size_t space = text.find(' ');
    const std::string_view word = text.substr(0, space);
    const std::size_t cells = display_width(word);
    if (used > 0 && used + 1 + cells > width) {
      result += '\n';
      result.append(indent, ' ');
      used = indent;
    } else if (!result.empty()) {
      result += ' ';
      ++used;
    }
    result += word;
    used += cells;
    text = space == std::string_view::npos ? std::string_view() : text.substr(space + 1);
  }
  return result;
}

std::string format_items(std::string_view title, const std::vector<std::string>& items) {
  if (items.empty()) return "";
  constexpr std::size_t kLineWidth = 100;
  std::string text = fmt::format("  {}:\n", title);
  for (const std::string& item : items)
    text += "    - " + wrap_text(item, kLineWidth - 6, 6) + "\n";
  return text;
}

}  // namespace bitscale
