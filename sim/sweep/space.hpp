#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/sweep/sweep_file.hpp"

namespace bitscale::sweep {

/// One candidate of a sweep: what it changes, in the order of the axes.
struct Point {
  std::uint64_t index = 0;
  std::vector<Setting> settings;
};

/// Work that a point is expected to be, in any unit, and a text that is equal where it is.
struct CostClass {
  std::string name;
  double cost = 1;
};

/// The candidates of a sweep, each made from its index alone: nothing is expanded, and any process
/// gets the same points in any order.
class Space {
 public:
  /// Throws ConfigError where there are more than kMaxPoints.
  explicit Space(const SweepConfig& sweep);

  [[nodiscard]] std::uint64_t size() const { return size_; }
  [[nodiscard]] Point at(std::uint64_t index) const;
  /// Every key that a point may set, in the order of the axes.
  [[nodiscard]] const std::vector<std::string>& keys() const { return keys_; }
  /// Position of each axis at a point: index of the level, or for numbers that are drawn the share
  /// of the range.
  [[nodiscard]] double coordinate(std::size_t axis, std::uint64_t index) const;

 private:
  [[nodiscard]] double share(std::size_t axis, std::uint64_t index) const;
  [[nodiscard]] std::uint64_t level(std::size_t axis, std::uint64_t index) const;

  const SweepConfig& sweep_;
  std::uint64_t size_ = 1;
  std::vector<std::uint64_t> strides_;  ///< product: the last axis runs fastest
  std::vector<std::string> keys_;
};

/// A permutation of 0 .. size-1 that needs no table: a Feistel network over the next power of four,
/// walked until it lands inside (Black and Rogaway, 2002).
[[nodiscard]] std::uint64_t permuted(std::uint64_t index, std::uint64_t size, std::uint64_t key);

/// The node of a number of an axis, written so that it reads back the same.
[[nodiscard]] config::Node range_value(const Range& range, double share, const Mark& where);

}  // namespace bitscale::sweep
