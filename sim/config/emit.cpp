#include <fmt/format.h>

#include <algorithm>
#include <cstdint>

#include "sim/config/tree.hpp"
#include "sim/config/utf8.hpp"

namespace bitscale::config {

namespace {

/// Double-quoted form. Line separators and what YAML calls not printable are escaped, other
/// characters stay.
std::string quote(std::string_view text) {
  std::string out = "\"";
  std::size_t at = 0;
  while (at < text.size()) {
    const auto [code, length] = decode_utf8(text, at);
    const std::string_view bytes = text.substr(at, std::max<std::size_t>(length, 1));
    at += bytes.size();
    const auto number = static_cast<std::uint32_t>(code);
    if (code == '"' || code == '\\') {
      out += '\\';
      out += bytes;
    } else if (code == '\n') {
      out += "\\n";
    } else if (code == '\t') {
      out += "\\t";
    } else if (number < 0x20 || (number >= 0x7f && number < 0xa0)) {
      out += fmt::format("\\x{:02x}", number);
    } else if (number == 0x2028 || number == 0x2029 || (number >= 0xfffe && number <= 0xffff) ||
               number == 0xfeff) {
      out += fmt::format("\\u{:04x}", number);
    } else {
      out += bytes;
    }
  }
  return out + "\"";
}

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

bool is_word_character(char c) {
  return is_letter(c) || (c >= '0' && c <= '9') || c == '-' || c == '.';
}

std::string emit_key(std::string_view key) {
  const bool word = !key.empty() && is_letter(key.front()) && key != "null" && key != "Null" &&
                    key != "NULL" && std::all_of(key.begin(), key.end(), is_word_character);
  return (word ? std::string(key) : quote(key)) + ":";
}

std::string inline_text(const Node& node) {
  switch (node.kind) {
    case Node::Kind::null:
      return "null";
    case Node::Kind::scalar:
      return node.quoted ? quote(node.scalar) : node.scalar;
    case Node::Kind::sequence:
      return "[]";
    case Node::Kind::mapping:
      return "{}";
  }
  return {};
}

/// `[1, 2, 3]` for a short list of words and numbers; empty where the list needs a line per
/// element.
std::string flow_list(const Node& node) {
  constexpr std::size_t kLongestList = 80;
  std::string out;
  for (const Node& item : node.items) {
    const bool word = item.kind == Node::Kind::scalar && !item.quoted &&
                      std::all_of(item.scalar.begin(), item.scalar.end(), is_word_character);
    if (!word || out.size() > kLongestList) return {};
    out += (out.empty() ? "[" : ", ") + item.scalar;
  }
  return out + "]";
}

/// Writes a collection with elements, each line behind `indent` spaces; `inside_line`: the first
/// line's margin is written already.
void emit(const Node& node, std::size_t indent, bool inside_line, std::string& out) {
  const bool mapping = node.kind == Node::Kind::mapping;
  for (std::size_t i = 0; i < node.items.size(); ++i) {
    const Node& item = node.items[i];
    if (i > 0 || !inside_line) out.append(indent, ' ');
    out += mapping ? emit_key(node.keys[i]) : "-";
    const std::string flow = item.kind == Node::Kind::sequence ? flow_list(item) : "";
    if (item.items.empty() || !flow.empty()) {
      out += ' ' + (item.items.empty() ? inline_text(item) : flow) + '\n';
    } else {
      out += mapping ? '\n' : ' ';
      emit(item, indent + 2, !mapping, out);
    }
  }
}

}  // namespace

std::string emit_yaml(const Node& node) {
  if (node.items.empty()) return inline_text(node) + "\n";
  std::string out;
  emit(node, 0, false, out);
  return out;
}

}  // namespace bitscale::config
