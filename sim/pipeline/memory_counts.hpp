#pragma once

#include <vector>

#include "sim/core/account.hpp"
#include "sim/mapping/machine.hpp"
#include "sim/mapping/schedule.hpp"
#include "sim/power/technology.hpp"

namespace bitscale {

/// Appends what a layer's traffic did to buffers, accumulator memory and DRAM: one entry per memory
/// and direction, in bits. A buffer without a declared size stands for no particular memory and has
/// no energy; reports name it as left out. Buffers that share one memory are priced at its size.
void count_memory(const MachineConfig& machine, const Traffic& traffic, int accumulator_bits,
                  std::vector<ActionCount>& actions);

/// The memories of a machine, for their area.
void count_memory_area(const MachineConfig& machine, std::vector<AreaItem>& items);

/// Energy of one bit of each kind of traffic, in pJ, as count_memory and the technology price it; 0
/// where a buffer has no size. Throws ConfigError where the technology lacks a cost.
[[nodiscard]] TrafficCosts traffic_costs(const MachineConfig& machine,
                                         const Technology& technology);

}  // namespace bitscale
