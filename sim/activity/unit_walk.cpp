#include "sim/activity/unit_walk.hpp"

#include <algorithm>

namespace bitscale {
namespace {

constexpr std::array<Dim, kDims> kAllDims = {Dim::N, Dim::G, Dim::K, Dim::C,
                                             Dim::P, Dim::Q, Dim::R, Dim::S};

/// Units with a product along one dimension, summed over the iterations, passes and tiles there.
struct Chunks {
  std::int64_t iteration = 1, pass = 1, tile = 1, whole = 1;
};

std::int64_t in_iterations(const Mapping& m, Dim dim, std::int64_t extent) {
  const std::int64_t full = extent / m.spatial[dim];
  return full * (m.spatial[dim] / m.in_unit[dim]) +
         ceil_div(extent % m.spatial[dim], m.in_unit[dim]);
}

Chunks chunks_along(const Mapping& m, Dim dim) {
  Chunks chunks;
  chunks.iteration = m.spatial[dim] / m.in_unit[dim];
  chunks.pass = in_iterations(m, dim, m.pass_extent[dim]);
  const auto in_passes = [&](std::int64_t extent) {
    return extent / m.pass_extent[dim] * chunks.pass +
           in_iterations(m, dim, extent % m.pass_extent[dim]);
  };
  chunks.tile = in_passes(m.tile[dim]);
  chunks.whole = m.bound[dim] / m.tile[dim] * chunks.tile + in_passes(m.bound[dim] % m.tile[dim]);
  return chunks;
}

bool is_reduction(Dim dim) { return dim == Dim::C || dim == Dim::R || dim == Dim::S; }

}  // namespace

UnitSteps::UnitSteps(const Mapping& m) {
  for (const Dim dim : kAllDims) {
    chunks_[dim] = static_cast<std::uint64_t>(chunks_along(m, dim).whole);
    const std::int64_t widest = std::min({m.bound[dim], m.tile[dim], m.pass_extent[dim]});
    unit_chunks_[dim] =
        static_cast<std::uint64_t>(ceil_div(std::min(m.spatial[dim], widest), m.in_unit[dim]));
    count_ *= chunks_[dim];
    units_ *= unit_chunks_[dim];
  }
}

UnitWalk::UnitWalk(const Mapping& mapping, const Digits& offset)
    : mapping_(&mapping), offset_(offset) {
  for (const Dim dim : kAllDims) locate(dim);
  for (const Dim dim : mapping.tile_order) add_loop(kTile, dim);
  for (const Dim dim : mapping.pass_order) add_loop(kPass, dim);
  for (const Dim dim : mapping.step_order) add_loop(kStep, dim);
}

/// Counts are largest in the first block, which the digits stand at.
void UnitWalk::add_loop(Level level, Dim dim) {
  const Loop loop{level, dim};
  if (loop_count(loop) > 1) loops_.push_back(loop);
}

UnitWalk UnitWalk::at_choice(const Mapping& m, const Digits& choice) {
  Digits offset;
  std::array<Digits, 3> digits{};
  for (const Dim dim : kAllDims) {
    const Chunks chunks = chunks_along(m, dim);
    std::int64_t rest = choice[dim];
    digits[kTile][dim] = rest / chunks.tile;
    rest %= chunks.tile;
    digits[kPass][dim] = rest / chunks.pass;
    rest %= chunks.pass;
    digits[kStep][dim] = rest / chunks.iteration;
    offset[dim] = rest % chunks.iteration * m.in_unit[dim];
  }
  UnitWalk walk(m, offset);
  walk.digits_ = digits;
  for (const Dim dim : kAllDims) walk.locate(dim);
  return walk;
}

/// Blocks of the loop in which the unit has a product: those that reach beyond its offset.
std::int64_t UnitWalk::loop_count(const Loop& loop) const {
  const Mapping& m = *mapping_;
  const Dim dim = loop.dim;
  const std::int64_t tile_begin = digits_[kTile][dim] * m.tile[dim];
  const std::int64_t tile = std::min(m.tile[dim], m.bound[dim] - tile_begin);
  const std::int64_t pass_begin = digits_[kPass][dim] * m.pass_extent[dim];
  const std::int64_t pass = std::min(m.pass_extent[dim], tile - pass_begin);
  switch (loop.level) {
    case kTile:
      return ceil_div(m.bound[dim] - offset_[dim], m.tile[dim]);
    case kPass:
      return ceil_div(tile - offset_[dim], m.pass_extent[dim]);
    case kStep:
      return ceil_div(pass - offset_[dim], m.spatial[dim]);
  }
  return 1;
}

void UnitWalk::locate(Dim dim) {
  const Mapping& m = *mapping_;
  const std::int64_t tile = digits_[kTile][dim] * m.tile[dim];
  const std::int64_t pass = tile + digits_[kPass][dim] * m.pass_extent[dim];
  place_.at[dim] = pass + digits_[kStep][dim] * m.spatial[dim] + offset_[dim];
  place_.end[dim] = std::min({pass + m.pass_extent[dim], tile + m.tile[dim], m.bound[dim]});
}

bool UnitWalk::advance() {
  const std::array<Digits, 3> before = digits_;
  for (auto loop = loops_.rbegin(); loop != loops_.rend(); ++loop) {
    if (++digit(*loop) < loop_count(*loop)) {
      for (auto inner = loops_.rbegin(); inner != loop + 1; ++inner) locate(inner->dim);
      return true;
    }
    digit(*loop) = 0;
  }
  digits_ = before;
  return false;
}

bool UnitWalk::retreat() {
  for (auto loop = loops_.rbegin(); loop != loops_.rend(); ++loop) {
    if (digit(*loop) == 0) continue;
    --digit(*loop);
    // Counts of inner loops follow from the digits outside of them.
    for (auto inner = loop.base(); inner != loops_.end(); ++inner)
      digit(*inner) = loop_count(*inner) - 1;
    for (auto inner = loop.base() - 1; inner != loops_.end(); ++inner) locate(inner->dim);
    return true;
  }
  return false;
}

UnitWalk UnitWalk::history() const {
  UnitWalk walk = *this;
  std::erase_if(walk.loops_, [](const Loop& loop) { return !is_reduction(loop.dim); });
  for (const Loop& loop : walk.loops_) walk.digit(loop) = 0;
  for (const Loop& loop : walk.loops_) walk.locate(loop.dim);
  return walk;
}

/// Along one dimension: levels before `free` as they stand, `turns` of level `free` (all of them
/// where negative), the levels below in full. The walk stands where it stood afterwards.
std::vector<StepBox::Entry> UnitWalk::entries(Dim dim, int free, std::int64_t turns) {
  std::vector<StepBox::Entry> entries;
  std::int64_t& tile = digits_[kTile][dim];
  std::int64_t& pass = digits_[kPass][dim];
  std::int64_t& step = digits_[kStep][dim];
  const std::array<std::int64_t, 3> stood = {tile, pass, step};
  const auto first = [&](Level level) { return level < free ? stood.at(level) : 0; };
  const auto last = [&](Level level) {
    if (level < free) return stood.at(level) + 1;
    return level == free && turns >= 0 ? turns : loop_count({level, dim});
  };
  for (tile = first(kTile); tile < last(kTile); ++tile) {
    for (pass = first(kPass); pass < last(kPass); ++pass) {
      for (step = first(kStep); step < last(kStep); ++step) {
        locate(dim);
        entries.push_back({place_.at[dim], place_.end[dim]});
      }
    }
  }
  tile = stood[kTile];
  pass = stood[kPass];
  step = stood[kStep];
  return entries;
}

std::vector<StepBox> UnitWalk::past() const {
  std::vector<StepBox> boxes;
  UnitWalk walk = *this;
  PerDim<int> free;  // the first level of a dimension that no loop so far has fixed
  for (const Dim dim : kAllDims) free[dim] = 0;
  for (const Loop& loop : loops_) {
    if (!is_reduction(loop.dim)) continue;
    const std::int64_t turns = digits_[loop.level][loop.dim];
    if (turns > 0) {
      const auto along = [&](Dim dim) {
        return dim == loop.dim ? walk.entries(dim, loop.level, turns)
                               : walk.entries(dim, free[dim], -1);
      };
      boxes.push_back({along(Dim::C), along(Dim::R), along(Dim::S)});
    }
    free[loop.dim] = loop.level + 1;
  }
  return boxes;
}

}  // namespace bitscale
