#include "sim/config/syntax.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

namespace bitscale::config {

namespace {

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

constexpr std::array<std::pair<std::string_view, std::string_view>, 8> kExplanations = {{
    {"illegal map value", "a ':' where no key can stand; check quotes and indentation"},
    {"end of sequence flow not found", "expected ',' or ']' in a list"},
    {"end of map flow not found", "expected ',' or '}' in a mapping"},
    {"end of map not found", "expected a key; check the indentation"},
    {"illegal block entry", "a '-' where no list can start"},
    {"illegal EOF in scalar", "the quote is never closed"},
    {"illegal flow end", "a closing bracket without an opening one"},
    {"unknown token", "a character that must stand in quotes"},
}};

/// Byte at which a line starts, line 1 behind a byte order mark.
std::size_t line_start(std::string_view text, int line) {
  std::size_t at = text.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0;
  for (int i = 1; i < line; ++i) {
    const std::size_t end = text.find('\n', at);
    if (end == std::string_view::npos) return text.size();
    at = end + 1;
  }
  return at;
}

bool is_white(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

std::size_t skip_properties(std::string_view text, std::size_t at) {
  while (at < text.size()) {
    if (is_white(text[at])) {
      ++at;
    } else if (text[at] == '#') {
      at = std::min(text.find('\n', at), text.size());
    } else if (text[at] == '&' || text[at] == '!') {
      while (at < text.size() && !is_white(text[at])) ++at;
    } else {
      break;
    }
  }
  return at;
}

}  // namespace

std::string explain_syntax_error(std::string_view message, std::string_view text, int line) {
  for (const auto& [original, explanation] : kExplanations) {
    if (message == original) message = explanation;
  }
  std::string result = fmt::format("not valid YAML: {}", message);
  const std::string_view rest = text.substr(line_start(text, line));
  const std::string_view indentation = rest.substr(0, rest.find_first_not_of(" \t"));
  if (indentation.find('\t') != std::string_view::npos) {
    result += " (the line is indented with a tab; YAML wants spaces)";
  }
  return result;
}

bool is_unclosed_quote(std::string_view text, const Mark& where) {
  std::size_t at = line_start(text, where.line) + static_cast<std::size_t>(where.column - 1);
  at = skip_properties(text, at);
  if (at >= text.size() || (text[at] != '"' && text[at] != '\'')) return false;
  const char quote = text[at];
  for (++at; at < text.size(); ++at) {
    const char next = at + 1 < text.size() ? text[at + 1] : '\0';
    const bool escape = quote == '"' ? text[at] == '\\' : text[at] == quote && next == quote;
    if (escape) {
      ++at;
    } else if (text[at] == quote) {
      return false;
    }
  }
  return true;
}

}  // namespace bitscale::config
