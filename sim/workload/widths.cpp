#include "sim/workload/widths.hpp"

#include <charconv>

namespace bitscale {
namespace {

std::optional<int> parse_width(std::string_view text) {
  int bits = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), bits);
  if (error != std::errc() || end != text.data() + text.size() || bits < 1 || bits > 16)
    return std::nullopt;
  return bits;
}

}  // namespace

std::optional<WidthPair> parse_width_pair(std::string_view text) {
  const std::size_t cross = text.find('x');
  if (cross == std::string_view::npos) return std::nullopt;
  const std::optional<int> activation = parse_width(text.substr(0, cross));
  const std::optional<int> weight = parse_width(text.substr(cross + 1));
  if (!activation || !weight) return std::nullopt;
  return WidthPair{*activation, *weight};
}

}  // namespace bitscale
