#pragma once

#include <cstdint>

#include "sim/mapping/machine.hpp"
#include "sim/mapping/mapping.hpp"
#include "sim/mapping/tile_sums.hpp"

namespace bitscale {

/// What a choice of tiles is ranked by. Bits are exact, before compression; cycles and energy are
/// estimates, in doubles because those of a hostile layer may be huge.
struct TilingCost {
  double cycles = 0;
  std::int64_t dram_bits = 0;
  double energy_pJ = 0;  ///< of traffic alone, 0 without costs
};

/// Estimates the tiles and passes that `mapping` has. The array and the channel overlap: what
/// limits is the array behind the first tile's operands and before the last one's results, or the
/// channel and the array's work on one tile, which no transfer hides.
[[nodiscard]] TilingCost tiling_cost(const Mapping& mapping, const TileSums& sums,
                                     const TrafficCosts& costs);

}  // namespace bitscale
