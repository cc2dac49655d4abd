#include "sim/mapping/active_steps.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace bitscale {
namespace {

/// Coordinates of one dimension that a unit takes in one step, for all its steps: tiles start
/// afresh.
std::vector<Range> unit_chunks(const Mapping& m, Dim dim) {
  std::vector<Range> chunks;
  const std::int64_t tile = std::max<std::int64_t>(m.tile[dim], 1);
  for (std::int64_t first = 0; first < m.bound[dim]; first += tile) {
    const std::int64_t end = std::min(first + tile, m.bound[dim]);
    for (std::int64_t begin = first; begin < end; begin += m.in_unit[dim]) {
      chunks.push_back({begin, std::min(begin + m.in_unit[dim], end)});
    }
  }
  return chunks;
}

/// Steps of a unit, and the coordinates along a dimension that they cover.
struct Covered {
  std::uint64_t steps = 0, coordinates = 0;
};

/// First and last group whose activations they read -> steps along K. A unit across packed groups
/// reads several.
std::map<std::pair<std::int64_t, std::int64_t>, Covered> filter_steps(const Mapping& m) {
  std::map<std::pair<std::int64_t, std::int64_t>, Covered> result;
  for (const Range& chunk : unit_chunks(m, Dim::K)) {
    const auto add = [&](std::int64_t first_group, std::int64_t last_group) {
      Covered& steps = result[{first_group, last_group}];
      ++steps.steps;
      steps.coordinates += static_cast<std::uint64_t>(chunk.extent());
    };
    if (m.packed_groups) {
      add(chunk.begin / m.shape.K, (chunk.end - 1) / m.shape.K);
    } else {
      for (std::int64_t group = 0; group < m.shape.G; ++group) add(group, group);
    }
  }
  return result;
}

/// Runs of windows that a unit takes at a time, as indices into P x Q.
std::vector<Range> window_chunks(const Mapping& m) {
  if (m.flattened) return unit_chunks(m, Dim::P);
  std::vector<Range> chunks;
  for (std::int64_t row = 0; row < m.shape.P; ++row) {
    for (const Range& chunk : unit_chunks(m, Dim::Q)) {
      chunks.push_back({row * m.shape.Q + chunk.begin, row * m.shape.Q + chunk.end});
    }
  }
  return chunks;
}

/// Where any of some planes is nonzero.
class Plane {
 public:
  Plane(const Mapping& m, const Tensor& activations)
      : m_(m),
        activations_(activations),
        nonzero_(static_cast<std::size_t>(m.shape.H * m.shape.W)) {}

  void clear() { std::ranges::fill(nonzero_, std::uint8_t{0}); }

  void merge(std::int64_t image, std::int64_t group, const Range& channels) {
    const auto pixels = static_cast<std::int64_t>(nonzero_.size());
    for (std::int64_t c = channels.begin; c < channels.end; ++c) {
      const std::int16_t* values =
          activations_.values.data() + ((image * m_.shape.G + group) * m_.shape.C + c) * pixels;
      for (std::size_t i = 0; i < nonzero_.size(); ++i) nonzero_[i] |= values[i] != 0 ? 1 : 0;
    }
  }

  /// The activation under tap (r, s) of a window.
  [[nodiscard]] bool nonzero(std::int64_t window, std::int64_t r, std::int64_t s) const {
    const LayerShape& shape = m_.shape;
    const std::int64_t row =
        window / shape.Q * shape.stride_h + r * shape.dilation_h - shape.pad_top;
    const std::int64_t column =
        window % shape.Q * shape.stride_w + s * shape.dilation_w - shape.pad_left;
    if (row < 0 || row >= shape.H || column < 0 || column >= shape.W) return m_.pad_value != 0;
    return nonzero_[static_cast<std::size_t>(row * shape.W + column)] != 0;
  }

  /// Steps with work along windows and taps.
  [[nodiscard]] Covered count(const std::vector<Range>& chunks) const {
    Covered active;
    for (std::int64_t r = 0; r < m_.shape.R; ++r) {
      for (std::int64_t s = 0; s < m_.shape.S; ++s) {
        for (const Range& chunk : chunks) {
          bool any = false;
          for (std::int64_t w = chunk.begin; w < chunk.end && !any; ++w) any = nonzero(w, r, s);
          if (!any) continue;
          ++active.steps;
          active.coordinates += static_cast<std::uint64_t>(chunk.extent());
        }
      }
    }
    return active;
  }

 private:
  const Mapping& m_;
  const Tensor& activations_;
  std::vector<std::uint8_t> nonzero_;
};

}  // namespace

ActiveGroups count_active_unit_steps(const Mapping& mapping, const Tensor& activations) {
  const auto filters = filter_steps(mapping);
  const std::vector<Range> windows = window_chunks(mapping);
  ActiveGroups active;
  Plane plane(mapping, activations);
  for (const Range& images : unit_chunks(mapping, Dim::N)) {
    for (const auto& [groups, steps] : filters) {
      for (const Range& channels : unit_chunks(mapping, Dim::C)) {
        plane.clear();
        for (std::int64_t image = images.begin; image < images.end; ++image) {
          for (std::int64_t group = groups.first; group <= groups.second; ++group) {
            plane.merge(image, group, channels);
          }
        }
        const Covered found = plane.count(windows);
        active.groups += found.steps * steps.steps;
        active.products += found.coordinates * steps.coordinates *
                           static_cast<std::uint64_t>(images.extent() * channels.extent());
      }
    }
  }
  return active;
}

}  // namespace bitscale
