#include <fmt/format.h>

#include "sim/mapping/mapping.hpp"

namespace bitscale {
namespace {

std::string loop_text(Dim dim, std::int64_t count) {
  return fmt::format(" {} {}", to_string(dim), count);
}

}  // namespace

std::string Mapping::describe() const {
  std::string text = "tiles";
  for (const Dim dim : tile_order) {
    const std::int64_t count = ceil_div(bound[dim], tile[dim]);
    if (count > 1) text += loop_text(dim, count);
  }
  text += " | passes";
  for (const Dim dim : pass_order) {
    const std::int64_t count = ceil_div(tile[dim], pass_extent[dim]);
    if (count > 1) text += loop_text(flattened && dim == Dim::P ? Dim::PQ : dim, count);
  }
  text += " | steps";
  for (const Dim dim : step_order) {
    const std::int64_t count = ceil_div(std::min(tile[dim], pass_extent[dim]), spatial[dim]);
    if (count > 1) text += loop_text(flattened && dim == Dim::P ? Dim::PQ : dim, count);
  }
  const auto axis_text = [&](std::string_view name, const MappedAxis& axis) {
    text += fmt::format(" | {}", name);
    for (const SpatialLoop& loop : axis.loops) {
      text += loop_text(flattened && loop.dim == Dim::P ? Dim::PQ : loop.dim, loop.factor);
    }
  };
  axis_text("rows", rows);
  axis_text("columns", columns);
  axis_text("lanes", lanes);
  if (subwords.size > 1) axis_text("subwords", subwords);
  return text;
}

}  // namespace bitscale
