#include <algorithm>

#include "sim/mapping/machine.hpp"

namespace bitscale {
namespace {

constexpr std::int64_t kMaxTile = std::int64_t{1} << 40;

/// `order` of tile loops: the five of N G K C P once each, and Q, which else follows P.
std::vector<Dim> parse_tile_order(config::Reader& reader) {
  const std::vector<std::string> names =
      reader
          .doc(
              "Loops over tiles, outermost first: N G K C P Q in any order, C inside the others "
              "where it is tiled; chosen per layer if absent")
          .texts("order", std::vector<std::string>{});
  if (names.empty()) return {};
  std::vector<Dim> order;
  for (const std::string& name : names) {
    order.push_back(dim_named(name).value_or(Dim::PQ));
    if (order.back() == Dim::P && std::ranges::find(names, "Q") == names.end())
      order.push_back(Dim::Q);
  }
  std::vector<Dim> sorted = order;
  std::ranges::sort(sorted);
  if (sorted != std::vector<Dim>{Dim::N, Dim::G, Dim::K, Dim::C, Dim::P, Dim::Q}) {
    reader.problem("order", "expected each of N, G, K, C, P and Q once (Q may be left out)");
    return {};
  }
  return order;
}

TileRequest parse_request(config::Reader& reader) {
  TileRequest request;
  request.key = reader.path();
  request.where = reader.where("");
  const auto size = [&](Dim dim, const char* what) {
    request.size[dim] = reader.doc(what).integer(to_string(dim), 0, kMaxTile, 0);
  };
  size(Dim::N, "Images per tile; 0 is chosen per layer");
  size(Dim::G, "Groups per tile; 0 is chosen per layer");
  size(Dim::K, "Filters per tile; 0 is chosen per layer");
  size(Dim::C, "Channels per tile; 0 is chosen per layer");
  size(Dim::P, "Output rows per tile; 0 is chosen per layer");
  size(Dim::Q, "Output columns per tile; 0 is chosen per layer");
  request.order = parse_tile_order(reader);
  return request;
}

}  // namespace

std::optional<Dim> dim_named(std::string_view name) {
  for (std::size_t i = 0; i < kDimNames.size(); ++i) {
    if (kDimNames[i] == name) return static_cast<Dim>(i);
  }
  return std::nullopt;
}

TilingConfig parse_tiling(config::Reader& reader) {
  TilingConfig tiling;
  tiling.all = parse_request(reader);
  tiling.objective = reader.doc("What the choice of tiles makes small")
                         .choice<TilingObjective>("objective",
                                                  {{"cycles", TilingObjective::cycles},
                                                   {"traffic", TilingObjective::traffic},
                                                   {"energy", TilingObjective::energy}},
                                                  TilingObjective::cycles);
  reader.doc("Tiles of single layers, by name: the same keys, over those for all")
      .entries(
          "layers",
          [&](config::Reader& layer, const std::string& name) {
            tiling.layers.emplace_back(name, parse_request(layer));
            layer.finish();
          },
          false);
  reader.finish();
  return tiling;
}

}  // namespace bitscale
