#pragma once

#include <cstdint>
#include <vector>

#include "sim/mapping/mapping.hpp"

namespace bitscale {

/// The (step, unit) pairs of a layer that have a product, as a set that can be drawn from: the loop
/// nest is a product of its dimensions, so a pair is one choice per dimension, and no pass is
/// listed.
class UnitSteps {
 public:
  explicit UnitSteps(const Mapping& mapping);

  /// How many pairs there are; as many as Traffic::unit_steps.
  [[nodiscard]] std::uint64_t count() const { return count_; }
  /// Choices along one dimension.
  [[nodiscard]] std::uint64_t count(Dim dim) const { return chunks_[dim]; }
  /// Units that ever have a product, and choices of one along one dimension.
  [[nodiscard]] std::uint64_t units() const { return units_; }
  [[nodiscard]] std::uint64_t units(Dim dim) const { return unit_chunks_[dim]; }

 private:
  PerDim<std::uint64_t> chunks_, unit_chunks_;
  std::uint64_t count_ = 1, units_ = 1;
};

/// Where a unit stands in one step: the coordinates of its first position, and where the pass ends.
struct StepPlace {
  PerDim<std::int64_t> at, end;
};

/// Steps that are every combination of one entry per reduction dimension.
struct StepBox {
  /// Where a unit stands along one dimension, and where the pass ends there.
  struct Entry {
    std::int64_t at = 0, end = 0;
  };
  std::vector<Entry> channels, rows, taps;  ///< along C, R and S
};

/// One unit on its way through the schedule, step by step, over pass and tile boundaries; steps in
/// which it has no product are passed over. Order of loops as in Schedule and
/// position_coordinates().
class UnitWalk {
 public:
  using Digits = PerDim<std::int64_t>;

  /// The unit whose first position stands `offset` from the array's, at its first step. It must
  /// have one.
  UnitWalk(const Mapping& mapping, const Digits& offset);
  /// The pair that `choice` stands for: choice[dim] < UnitSteps::count(dim).
  static UnitWalk at_choice(const Mapping& mapping, const Digits& choice);

  /// To the next or previous step of the unit; false at the end, where it stays.
  bool advance();
  bool retreat();

  [[nodiscard]] const StepPlace& place() const { return place_; }
  [[nodiscard]] const Digits& offset() const { return offset_; }

  /// The same unit at the first of the steps that add to the present outputs, with the loops over
  /// C, R and S alone left to run: advance() visits them in schedule order.
  [[nodiscard]] UnitWalk history() const;
  /// The steps that history() visits before this one, as boxes: for every loop over C, R or S, the
  /// turns that it has finished, with the loops outside of it where they stand and those inside in
  /// full.
  [[nodiscard]] std::vector<StepBox> past() const;
  /// Whether it stands in the same step as `other`, a walk of the same unit.
  [[nodiscard]] bool same_step(const UnitWalk& other) const { return place_.at == other.place_.at; }

 private:
  enum Level : std::uint8_t { kTile, kPass, kStep };
  struct Loop {
    Level level = kTile;
    Dim dim = Dim::N;
  };

  void add_loop(Level level, Dim dim);
  [[nodiscard]] std::int64_t loop_count(const Loop& loop) const;
  void locate(Dim dim);
  [[nodiscard]] std::vector<StepBox::Entry> entries(Dim dim, int free, std::int64_t turns);
  std::int64_t& digit(const Loop& loop) { return digits_[loop.level][loop.dim]; }

  const Mapping* mapping_;
  Digits offset_;
  std::vector<Loop> loops_;  ///< that run more than once, outermost first
  std::array<Digits, 3> digits_{};
  StepPlace place_;
};

}  // namespace bitscale
