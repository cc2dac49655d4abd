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

/// Estimates the tiles and passes that `mapping` has: the array's cycles overlapped with the
/// channel's from the second tile on, the first tile's operands and the last one's results exposed.
[[nodiscard]] TilingCost tiling_cost(const Mapping& mapping, const TileSums& sums,
                                     const TrafficCosts& costs);

}  // namespace bitscale
