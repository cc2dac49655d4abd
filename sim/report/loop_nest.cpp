#include "sim/report/loop_nest.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "sim/core/plural.hpp"

namespace bitscale {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::array<Dim, 6> kTileDims = {Dim::N, Dim::G, Dim::K, Dim::C, Dim::P, Dim::Q};

/// Text that goes one level deeper with every loop.
class Nest {
 public:
  void level(const std::string& title) { text_ += fmt::format("    {}\n", title); }
  void loop(const NestLoop& loop) {
    text_ += fmt::format("{:{}}for {} in {}", "", indent(), to_string(loop.dim), loop.count);
    if (loop.size > 1) text_ += fmt::format(" by {}", loop.size);
    text_ += "\n";
    ++depth_;
  }
  void line(const std::string& text) { text_ += fmt::format("{:{}}{}\n", "", indent(), text); }
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  [[nodiscard]] int indent() const { return 6 + 2 * depth_; }
  std::string text_;
  int depth_ = 0;
};

std::string bits(std::uint64_t count) { return format_integer(count) + " bit"; }

std::string held_text(const NestBuffer& buffer) {
  std::string text =
      fmt::format("{} {}", buffer.operand, bits(static_cast<std::uint64_t>(buffer.tile_bits)));
  if (buffer.places > 1) text += fmt::format(" x {}", buffer.places);
  if (buffer.capacity_bits > 0)
    text += fmt::format(" of {}", format_integer(static_cast<std::uint64_t>(buffer.capacity_bits)));
  return text;
}

std::string positions_text(const LoopNest& nest) {
  std::vector<std::string> parts;
  for (const NestAxis& axis : nest.axes) {
    for (const NestLoop& loop : axis.loops) {
      if (loop.count > 1)
        parts.push_back(fmt::format("{} in {} ({})", to_string(loop.dim), loop.count, axis.name));
    }
  }
  return parts.empty() ? "one position" : fmt::format("parallel for {}", fmt::join(parts, ", "));
}

std::string nest_text(const LayerResult& layer) {
  const LoopNest& nest = *layer.nest;
  std::vector<std::string> sizes;
  for (std::size_t i = 0; i < kDims; ++i) {
    const std::int64_t extent = nest.extent.values[i];
    if (extent > 1) sizes.push_back(fmt::format("{} {}", to_string(static_cast<Dim>(i)), extent));
  }
  const NestBuffer& activations = nest.buffers[0];
  const NestBuffer& weights = nest.buffers[1];
  const NestBuffer& outputs = nest.buffers[2];
  Nest text;
  text.level(fmt::format("tiles: DRAM to buffers {} of activations, {} of weights; back {}",
                         bits(activations.dram_bits), bits(weights.dram_bits),
                         bits(outputs.dram_bits)));
  for (const NestLoop& loop : nest.tiles) text.loop(loop);
  text.line(fmt::format("buffers hold {}; {}; {}", held_text(activations), held_text(weights),
                        held_text(outputs)));
  text.level(fmt::format(
      "passes: buffers to array {} of activations, {} of weights; back {}{}",
      bits(activations.array_bits), bits(weights.array_bits), bits(outputs.array_bits),
      nest.partial_bits > 0 ? ", partial sums out and in " + bits(nest.partial_bits) : ""));
  for (const NestLoop& loop : nest.passes) text.loop(loop);
  text.level(fmt::format("steps: {} {} each in the units", nest.step_cycles,
                         plural(nest.step_cycles, "cycle")));
  for (const NestLoop& loop : nest.steps) text.loop(loop);
  text.line(positions_text(nest));
  return fmt::format("  {}: {}\n{}", layer.name, fmt::join(sizes, ", "), text.text());
}

/// A layer's name as a YAML key.
std::string key_text(const std::string& name) {
  const bool plain = !name.empty() && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  });
  return plain ? name : Json(name).dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string stated_text(const LayerResult& layer) {
  std::string text = fmt::format("          {}: {{", key_text(layer.name));
  for (const Dim dim : kTileDims)
    text += fmt::format("{}: {}, ", to_string(dim), layer.nest->tile[dim]);
  std::vector<std::string_view> order;
  for (const Dim dim : layer.nest->tile_order) order.push_back(to_string(dim));
  return text + fmt::format("order: [{}]}}\n", fmt::join(order, ", "));
}

Json loops_json(const std::vector<NestLoop>& loops) {
  Json json = Json::array();
  for (const NestLoop& loop : loops)
    json.push_back({{"dim", to_string(loop.dim)}, {"count", loop.count}, {"size", loop.size}});
  return json;
}

}  // namespace

std::string loop_nests_text(const RunResult& run, const TextStyle& style) {
  std::string nests;
  std::string stated;
  for (const LayerResult& layer : run.layers) {
    if (!layer.nest) continue;
    nests += nest_text(layer);
    if (!layer.nest->ideal_memory) stated += stated_text(layer);
  }
  if (nests.empty()) return "";
  std::string text =
      bold(fmt::format("Loop nests of {} on {}", run.provenance.workload, run.provenance.machine),
           style) +
      "\n" + nests + "\n";
  if (stated.empty()) return text;
  return text + "  The same tiles, for a machine file:\n    memory:\n      tiling:\n" +
         "        layers:\n" + stated + "\n";
}

Json loop_nest_json(const LoopNest& nest) {
  Json json;
  json["tiles"] = loops_json(nest.tiles);
  json["passes"] = loops_json(nest.passes);
  json["steps"] = loops_json(nest.steps);
  json["step_cycles"] = nest.step_cycles;
  json["positions"] = Json::object();
  for (const NestAxis& axis : nest.axes)
    json["positions"][axis.name] = {{"size", axis.positions}, {"loops", loops_json(axis.loops)}};
  json["buffers"] = Json::object();
  for (const NestBuffer& buffer : nest.buffers) {
    json["buffers"][buffer.operand] = {{"tile_bits", buffer.tile_bits},
                                       {"places", buffer.places},
                                       {"capacity_bits", buffer.capacity_bits},
                                       {"dram_bits", buffer.dram_bits},
                                       {"array_bits", buffer.array_bits}};
  }
  json["partial_sum_bits"] = nest.partial_bits;
  Json tiling = Json::object();
  for (const Dim dim : kTileDims) tiling[std::string(to_string(dim))] = nest.tile[dim];
  tiling["order"] = Json::array();
  for (const Dim dim : nest.tile_order) tiling["order"].push_back(to_string(dim));
  json["tiling"] = nest.ideal_memory ? Json(nullptr) : std::move(tiling);
  return json;
}

}  // namespace bitscale
