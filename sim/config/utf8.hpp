#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace bitscale::config {

/// One character of a UTF-8 text; length 0 where the bytes are no character.
struct Utf8Character {
  char32_t code = 0;
  std::size_t length = 0;
};

/// Decodes the character at byte `at` (inside `text`). Refuses overlong forms, surrogates and codes
/// above U+10FFFF (RFC 3629).
[[nodiscard]] constexpr Utf8Character decode_utf8(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned lead = byte(at);
  if (lead < 0x80) return {lead, 1};
  const std::size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || text.size() - at < length) return {};
  char32_t code = lead & (0x7fU >> length);
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(at + i) & 0xc0U) != 0x80U) return {};
    code = (code << 6U) | (byte(at + i) & 0x3fU);
  }
  const bool overlong = (length == 3 && code < 0x800) || (length == 4 && code < 0x10000);
  const bool surrogate = code >= 0xd800 && code <= 0xdfff;
  if (overlong || surrogate || code > 0x10ffff) return {};
  return {code, length};
}

/// Refuses bytes that are no UTF-8 and characters that YAML does not allow, with a ConfigError at
/// `file`. yaml-cpp would take byte 4 for the end of the text, and guess at other encodings.
void check_characters(std::string_view text, const std::string& file);

}  // namespace bitscale::config
