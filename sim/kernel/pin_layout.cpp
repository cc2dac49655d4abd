#include "sim/kernel/pin_layout.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "sim/core/errors.hpp"

namespace bitscale::kernel {
namespace {

constexpr std::int64_t kMaxUnits = 4096;

bool is_reduction(Dim dim) { return dim == Dim::C || dim == Dim::R || dim == Dim::S; }

/// Whether the axis costs a cycle per hop, as the mapping counts its skew.
bool hops(const MappedAxis& axis) {
  return axis.activations == Movement::forward || axis.weights == Movement::forward ||
         axis.partial_sums == Combination::chain;
}

Movement movement(const MappedAxis& axis, Operand operand) {
  return operand == Operand::activations ? axis.activations : axis.weights;
}

}  // namespace

PinLayout::PinLayout(const Mapping& mapping) : mapping_(mapping) {
  if (rows() > kMaxUnits || columns() > kMaxUnits || rows() * columns() > kMaxUnits) {
    throw MappingError(mapping.layer,
                       fmt::format("fidelity: pin builds at most {} units, the array has {} x {}",
                                   kMaxUnits, rows(), columns()));
  }
  if (mapping.windows == Windows::ideal) {
    throw MappingError(mapping.layer,
                       "windows: ideal has no pins; use flattened or fidelity: tile");
  }
  check_axis(mapping.rows, "rows");
  check_axis(mapping.columns, "columns");
  const bool down = mapping.rows.partial_sums == Combination::chain;
  const bool across = mapping.columns.partial_sums == Combination::chain;
  if (down && across) {
    throw MappingError(mapping.layer,
                       "fidelity: pin has one chain of partial sums, along rows or columns");
  }
  chain_ = down ? Chain::rows : across ? Chain::columns : Chain::none;
  row_skew_ = hops(mapping.rows);
  column_skew_ = hops(mapping.columns);
  const bool many_outputs = std::ranges::any_of(mapping.step_order, [&](Dim dim) {
    return !is_reduction(dim) && mapping.pass_extent[dim] > mapping.spatial[dim];
  });
  uses_bank_ = has_chain() || many_outputs;
  if (uses_bank_ && mapping.segments > 1) {
    throw MappingError(mapping.layer,
                       "fidelity: pin has segmented accumulators in the units only, not at the end "
                       "of a chain or for several outputs per unit");
  }
}

void PinLayout::check_axis(const MappedAxis& axis, const char* name) const {
  if (axis.partial_sums == Combination::tree) {
    throw MappingError(
        mapping_.layer,
        fmt::format("fidelity: pin has adder trees along the lanes only, the machine "
                    "has one along its {}",
                    name));
  }
  if (axis.partial_sums == Combination::chain) {
    for (const SpatialLoop& loop : axis.loops) {
      if (loop.factor == 1 || is_reduction(loop.dim)) continue;
      throw MappingError(mapping_.layer,
                         fmt::format("fidelity: pin has chains that add to one output, but {} lies "
                                     "along the chained {}",
                                     to_string(loop.dim), name));
    }
  }
  for (const Operand operand : {Operand::activations, Operand::weights}) {
    if (movement(axis, operand) != Movement::forward || !depends(operand, axis)) continue;
    throw MappingError(
        mapping_.layer,
        fmt::format(
            "fidelity: pin forwards one value along an axis, but the {} differ along the {}",
            operand == Operand::activations ? "activations" : "weights", name));
  }
}

bool PinLayout::depends(Operand operand, const MappedAxis& axis) const {
  return std::ranges::any_of(axis.loops, [&](const SpatialLoop& loop) {
    if (loop.factor == 1) return false;
    // With packed groups, K also chooses the group and with it the input channels.
    if (operand == Operand::activations) return loop.dim != Dim::K || mapping_.packed_groups;
    return loop.dim == Dim::G || loop.dim == Dim::K || is_reduction(loop.dim);
  });
}

std::int64_t PinLayout::delay(const GridPlace& place) const {
  return (row_skew_ ? place.row : 0) + (column_skew_ ? place.column : 0);
}

PinLayout::Source PinLayout::source(Operand operand, const GridPlace& place) const {
  if (movement(mapping_.columns, operand) == Movement::forward && place.column > 0) {
    return {true, {place.row, place.column - 1}};
  }
  if (movement(mapping_.rows, operand) == Movement::forward && place.row > 0) {
    return {true, {place.row - 1, place.column}};
  }
  // One wire serves an axis where all positions need the same value in the same cycle. A skewed
  // axis has a feed per position: the driver stands for the skew registers.
  const auto shared = [&](const MappedAxis& axis, bool skew) {
    return movement(axis, operand) == Movement::broadcast && !skew && !depends(operand, axis);
  };
  return {false,
          {shared(mapping_.rows, row_skew_) ? 0 : place.row,
           shared(mapping_.columns, column_skew_) ? 0 : place.column}};
}

GridPlace PinLayout::chain_before(const GridPlace& place) const {
  if (chain_ == Chain::rows) return {std::max<std::int64_t>(place.row - 1, 0), place.column};
  if (chain_ == Chain::columns) return {place.row, std::max<std::int64_t>(place.column - 1, 0)};
  return place;
}

GridPlace PinLayout::chain_head(const GridPlace& place) const {
  if (chain_ == Chain::rows) return {0, place.column};
  if (chain_ == Chain::columns) return {place.row, 0};
  return place;
}

bool PinLayout::chain_foot(const GridPlace& place) const {
  if (chain_ == Chain::rows) return place.row == rows() - 1;
  if (chain_ == Chain::columns) return place.column == columns() - 1;
  return true;
}

}  // namespace bitscale::kernel
