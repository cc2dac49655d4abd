#pragma once

#include <cstdint>

#include "sim/mapping/mapping.hpp"

namespace bitscale::kernel {

/// Where a unit stands in the array.
struct GridPlace {
  std::int64_t row = 0, column = 0;
  bool operator==(const GridPlace&) const = default;
};

/// The wires of an array as a mapping asks for them: who drives whom, and how many cycles later a
/// unit works than the unit in the corner.
class PinLayout {
 public:
  /// Throws MappingError for what has no pins: too many units, ideal windows, trees along rows or
  /// columns, two chains, a chain across outputs, an operand forwarded to positions that need
  /// another one.
  explicit PinLayout(const Mapping& mapping);

  [[nodiscard]] std::int64_t rows() const { return mapping_.rows.size; }
  [[nodiscard]] std::int64_t columns() const { return mapping_.columns.size; }
  [[nodiscard]] std::int64_t lanes() const { return mapping_.lanes.size; }
  /// Operand pairs of a unit, and accumulators.
  [[nodiscard]] std::int64_t positions() const { return lanes() * mapping_.subwords.size; }
  [[nodiscard]] std::int64_t segments() const { return mapping_.segments; }
  [[nodiscard]] const Mapping& mapping() const { return mapping_; }

  /// Cycles of skew at a place; the largest is at the far corner.
  [[nodiscard]] std::int64_t delay(const GridPlace& place) const;
  [[nodiscard]] std::int64_t max_delay() const { return delay({rows() - 1, columns() - 1}); }

  /// Where a unit's operand comes from: the output of a neighbour, or the feed of a place.
  struct Source {
    bool neighbour = false;
    GridPlace place;
    bool operator==(const Source&) const = default;
  };
  [[nodiscard]] Source source(Operand operand, const GridPlace& place) const;

  [[nodiscard]] bool has_chain() const { return chain_ != Chain::none; }
  /// The unit whose partial sum enters here; itself at the head of a chain or without one.
  [[nodiscard]] GridPlace chain_before(const GridPlace& place) const;
  [[nodiscard]] GridPlace chain_head(const GridPlace& place) const;
  /// Last unit of its chain; every unit where there is none.
  [[nodiscard]] bool chain_foot(const GridPlace& place) const;

  /// Sums leave the units each cycle for a bank of accumulators, because they travel a chain or a
  /// pass visits several outputs per unit; else each unit's own accumulator holds its output.
  [[nodiscard]] bool uses_bank() const { return uses_bank_; }

 private:
  enum class Chain { none, rows, columns };
  void check_axis(const MappedAxis& axis, const char* name) const;
  [[nodiscard]] bool depends(Operand operand, const MappedAxis& axis) const;

  const Mapping& mapping_;
  Chain chain_ = Chain::none;
  bool row_skew_ = false, column_skew_ = false;
  bool uses_bank_ = false;
};

}  // namespace bitscale::kernel
