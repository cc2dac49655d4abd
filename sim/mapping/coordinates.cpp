#include "sim/mapping/mapping.hpp"

namespace bitscale {

bool position_coordinates(const Mapping& m, const Ranges& pass, std::int64_t step,
                          const Position& position, PerDim<std::int64_t>& coordinates) {
  PerDim<std::int64_t> offset;
  const auto decode = [&](const MappedAxis& axis, std::int64_t index) {
    std::int64_t used = 1;
    for (const SpatialLoop& loop : axis.loops) used *= loop.factor;
    if (index >= used) return false;
    for (const SpatialLoop& loop : axis.loops) {
      used /= loop.factor;
      offset[loop.dim] = offset[loop.dim] * loop.factor + (index / used) % loop.factor;
    }
    return true;
  };
  if (!decode(m.rows, position.row) || !decode(m.columns, position.column) ||
      !decode(m.lanes, position.lane / m.subwords.size) ||
      !decode(m.subwords, position.lane % m.subwords.size)) {
    return false;
  }
  for (std::size_t i = 0; i < kDims; ++i) {
    coordinates.values[i] = pass.values[i].begin + offset.values[i];
  }
  for (auto dim = m.step_order.rbegin(); dim != m.step_order.rend(); ++dim) {
    const std::int64_t count = ceil_div(pass[*dim].extent(), m.spatial[*dim]);
    coordinates[*dim] += (step % count) * m.spatial[*dim];
    step /= count;
  }
  for (std::size_t i = 0; i < kDims; ++i) {
    if (coordinates.values[i] >= pass.values[i].end) return false;
  }
  return true;
}

ElementIndex element_index(const Mapping& m, const PerDim<std::int64_t>& at) {
  const LayerShape& s = m.shape;
  const std::int64_t filter = m.packed_groups ? at[Dim::K] : at[Dim::G] * s.K + at[Dim::K];
  const std::int64_t group = filter / s.K;
  const std::int64_t p = m.flattened ? at[Dim::P] / s.Q : at[Dim::P];
  const std::int64_t q = m.flattened ? at[Dim::P] % s.Q : at[Dim::Q];
  const std::int64_t y = p * s.stride_h + at[Dim::R] * s.dilation_h - s.pad_top;
  const std::int64_t x = q * s.stride_w + at[Dim::S] * s.dilation_w - s.pad_left;
  ElementIndex index;
  if (y >= 0 && y < s.H && x >= 0 && x < s.W) {
    index.activation = ((at[Dim::N] * s.G * s.C + group * s.C + at[Dim::C]) * s.H + y) * s.W + x;
  }
  index.weight = ((filter * s.C + at[Dim::C]) * s.R + at[Dim::R]) * s.S + at[Dim::S];
  index.output = ((at[Dim::N] * s.G * s.K + filter) * s.P + p) * s.Q + q;
  return index;
}

}  // namespace bitscale
