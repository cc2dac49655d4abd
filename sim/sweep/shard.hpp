#pragma once

#include <string>
#include <vector>

#include "sim/sweep/run.hpp"

namespace bitscale::sweep {

/// `2/8`. Throws UsageError.
[[nodiscard]] Shard parse_shard(const std::string& text);

/// Clears the flags of points that other shards do. Every shard of a count comes to the same
/// division from the sweep alone: points of equal cost are dealt round in turn, dearest first, each
/// round starting at the shard with least work.
void keep_shard(const Sweep& sweep, const Shard& shard, std::vector<bool>& selected);

}  // namespace bitscale::sweep
