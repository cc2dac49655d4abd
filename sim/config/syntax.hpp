#pragma once

#include <string>
#include <string_view>

#include "sim/core/errors.hpp"

namespace bitscale::config {

/// yaml-cpp's message about `text` in words for people who know no YAML grammar. `line` is where it
/// stopped, counting from 1.
[[nodiscard]] std::string explain_syntax_error(std::string_view message, std::string_view text,
                                               int line);

/// True where the quoted scalar at `where` (properties such as `&name` may stand before it) has no
/// closing quote. yaml-cpp takes the rest of the text for its content then.
[[nodiscard]] bool is_unclosed_quote(std::string_view text, const Mark& where);

}  // namespace bitscale::config
