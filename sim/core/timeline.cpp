#include "sim/core/timeline.hpp"

#include <algorithm>

namespace bitscale {
namespace {

void extend(TileSlice& slice, const TileSlice& next) {
  slice.last_tile = std::max(slice.last_tile, next.last_tile);
  slice.end = std::max(slice.end, next.end);
  slice.busy += next.busy;
}

void extend(CycleAccount& account, const CycleAccount& next) {
  for (std::size_t i = 0; i < kCauses; ++i) account.by_cause[i] += next.by_cause[i];
}

}  // namespace

bool Timeline::continues(Track track, std::int64_t tile) const {
  const std::vector<TileSlice>& row = slices(track);
  return !row.empty() && row.back().first_tile / tiles_per_slice_ == tile / tiles_per_slice_;
}

void Timeline::add(Track track, std::int64_t tile, std::int64_t begin, std::int64_t end,
                   std::int64_t busy) {
  const TileSlice piece{tile, tile, begin, end, busy};
  if (continues(track, tile)) return extend(of(track).back(), piece);
  of(track).push_back(piece);
  if (of(track).size() > kMostSlices) coarsen();
}

void Timeline::add_array(std::int64_t tile, std::int64_t begin, std::int64_t end,
                         const CycleAccount& cycles) {
  if (continues(Track::array, tile)) {
    extend(array_cycles_.back(), cycles);
  } else {
    array_cycles_.push_back(cycles);
  }
  add(Track::array, tile, begin, end, end - begin);
}

void Timeline::coarsen() {
  tiles_per_slice_ *= 2;
  for (std::size_t track = 0; track < kTracks; ++track) {
    std::vector<TileSlice>& row = slices_[track];
    const bool has_causes = static_cast<Track>(track) == Track::array;
    std::size_t kept = 0;
    for (std::size_t i = 0; i < row.size(); ++i) {
      const bool merges = kept > 0 && row[kept - 1].first_tile / tiles_per_slice_ ==
                                          row[i].first_tile / tiles_per_slice_;
      if (merges) {
        extend(row[kept - 1], row[i]);
        if (has_causes) extend(array_cycles_[kept - 1], array_cycles_[i]);
        continue;
      }
      row[kept] = row[i];
      if (has_causes) array_cycles_[kept] = array_cycles_[i];
      ++kept;
    }
    row.resize(kept);
    if (has_causes) array_cycles_.resize(kept);
  }
}

CycleAccount difference(const CycleAccount& a, const CycleAccount& b) {
  CycleAccount result;
  for (std::size_t i = 0; i < kCauses; ++i) result.by_cause[i] = a.by_cause[i] - b.by_cause[i];
  return result;
}

}  // namespace bitscale
