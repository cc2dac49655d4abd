#pragma once

#include <string>

#include "sim/sweep/space.hpp"
#include "sim/sweep/workers.hpp"

namespace bitscale::app {

/// What a worker process of a sweep does with an index: make the point, run it, say how it ended.
/// Made in the worker. `store`: where results and simulations of earlier points are looked up; ''
/// for nowhere. `again`: results of the store do not count as done.
[[nodiscard]] sweep::WorkerPool::Work make_sweep_work(const sweep::SweepConfig& sweep,
                                                      const sweep::Space& space,
                                                      const std::string& store, bool again);

}  // namespace bitscale::app
